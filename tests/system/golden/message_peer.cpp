#include "tests/system/golden/message_peer.h"

#include <algorithm>

#include <QTest>

namespace meseta::test {

MessagePeer::MessagePeer()
{
    m_server.listen(QHostAddress::LocalHost);
    QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] {
        QTcpSocket *socket = m_server.nextPendingConnection();
        auto buffer = std::make_shared<QByteArray>();
        QObject::connect(socket, &QTcpSocket::readyRead, socket,
                         [this, socket, buffer] { read(*socket, *buffer); });
        QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    });
}

void MessagePeer::read(QTcpSocket &socket, QByteArray &buffer)
{
    buffer += socket.readAll();
    for (;;) {
        const qsizetype headEnd = buffer.indexOf("\r\n\r\n");
        if (headEnd < 0)
            return;
        Message message;
        QList<QByteArray> lines = buffer.left(headEnd).split('\n');
        message.requestLine = lines.takeFirst().trimmed();
        for (const QByteArray &line : lines)
            message.headers += QString::fromLatin1(line.trimmed());
        qsizetype at = headEnd + 4;
        if (message.headers.contains(QStringLiteral("Transfer-Encoding: chunked"))) {
            for (;;) {
                const qsizetype line = buffer.indexOf("\r\n", at);
                if (line < 0)
                    return;
                const qsizetype size = buffer.mid(at, line - at).toLongLong(nullptr, 16);
                if (buffer.size() < line + 2 + size + 2)
                    return;
                message.body += buffer.mid(line + 2, size);
                at = line + 2 + size + 2;
                if (size == 0)
                    break;
                ++message.chunks;
            }
        }
        buffer.remove(0, at);
        message.name = QString::fromLatin1(message.requestLine.split(' ').value(1))
                           .section(QLatin1Char('.'), -1);
        received.push_back(message);
        socket.write("HTTP/1.1 202 Accepted\r\nDate: Sun, 22 Nov 2026 16:46:37 "
                     "GMT\r\nContent-Length: 0\r\n\r\n");
    }
}

QStringList MessagePeer::send(quint16 to, const QByteArray &requestLine, const QStringList &headers,
                              const QByteArray &body)
{
    if (!m_client)
        m_client = std::make_unique<RawClient>(to);
    QByteArray bytes =
        requestLine + "\r\n" + headers.join(QStringLiteral("\r\n")).toLatin1() + "\r\n\r\n";
    if (!body.isEmpty())
        bytes += QByteArray::number(body.size(), 16) + "\r\n" + body + "\r\n0\r\n\r\n";
    m_client->send(bytes);
    const RawClient::Answer answer = m_client->readAnswer();
    QStringList head{QString::fromLatin1(answer.statusLine)};
    for (const QByteArray &line : answer.headerLines)
        head += QString::fromLatin1(line);
    return head;
}

MessagePeer::Message MessagePeer::take(const QString &name, int milliseconds)
{
    auto at = received.end();
    const auto found = [&] {
        at = std::find_if(received.begin(), received.end(),
                          [&](const Message &message) { return message.name == name; });
        return at != received.end();
    };
    if (!QTest::qWaitFor(found, milliseconds))
        return {};
    const Message message = *at;
    received.erase(at);
    return message;
}

} // namespace meseta::test
