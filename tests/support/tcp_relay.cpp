#include "tests/support/tcp_relay.h"

#include <utility>

namespace meseta::test {

namespace {

constexpr qint64 pieceBytes = 64 * 1024;

} // namespace

TcpRelay::TcpRelay(quint16 target) : m_target(target)
{
    connect(&m_server, &QTcpServer::newConnection, this, &TcpRelay::accepted);
    m_server.listen(QHostAddress::LocalHost, 0);
}

TcpRelay::~TcpRelay()
{
    cut();
}

void TcpRelay::cut()
{
    for (QTcpSocket *socket : std::exchange(m_open, {})) {
        socket->disconnect(this);
        socket->abort();
        socket->deleteLater();
    }
}

void TcpRelay::whenReceived(qint64 bytes, std::function<void()> then)
{
    m_mark = m_received + bytes;
    m_then = std::move(then);
}

void TcpRelay::accepted()
{
    while (QTcpSocket *client = m_server.nextPendingConnection()) {
        auto *target = new QTcpSocket(this);
        target->setReadBufferSize(pieceBytes);
        m_open << client << target;
        target->connectToHost(QHostAddress::LocalHost, m_target);
        connect(client, &QTcpSocket::readyRead, this, [this, client, target] {
            const QByteArray bytes = client->readAll();
            m_sent += bytes;
            target->write(bytes); // kept until it is connected
        });
        const auto passing = [this, client, target] { passBack(client, target); };
        connect(target, &QTcpSocket::readyRead, this, passing);
        connect(client, &QTcpSocket::bytesWritten, this, passing);
        const auto ended = [this, client, target] {
            passBack(client, target);
            client->disconnectFromHost();
            target->disconnectFromHost();
        };
        connect(target, &QTcpSocket::disconnected, this, ended);
        connect(target, &QTcpSocket::errorOccurred, this, ended);
        connect(client, &QTcpSocket::disconnected, this, ended);
    }
}

/// As the client takes it, so that the target feels a slow one.
void TcpRelay::passBack(QTcpSocket *client, QTcpSocket *target)
{
    while (client->bytesToWrite() < pieceBytes && target->bytesAvailable() > 0
           && client->state() == QTcpSocket::ConnectedState) {
        const QByteArray bytes = target->read(pieceBytes);
        m_received += bytes.size();
        client->write(bytes);
        if (m_then && m_received >= m_mark)
            return std::exchange(m_then, nullptr)();
    }
}

} // namespace meseta::test
