#include "tests/system/golden/scheduler_replay.h"

#include <QJsonArray>

namespace meseta::test {

EventStream::EventStream(quint16 port, const QByteArray &path, const QJsonObject &call,
                         const QByteArray &accept)
    : m_client(port)
{
    const QByteArray text = QJsonDocument(call).toJson(QJsonDocument::Compact);
    m_client.send("POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + QByteArray::number(port)
                  + "\r\nContent-Type: application/json\r\n" + accept
                  + "Content-Length: " + QByteArray::number(text.size()) + "\r\n\r\n" + text);
}

void EventStream::takeHead()
{
    const qsizetype end = m_client.buffered.indexOf("\r\n\r\n");
    if (end < 0)
        return;
    qsizetype length = 0;
    for (const QByteArray &line : m_client.buffered.left(end).split('\n')) {
        head += QString::fromLatin1(line.trimmed());
        if (line.startsWith("Mesos-Stream-Id: "))
            streamId = line.mid(17).trimmed();
        if (line.startsWith("Content-Length: "))
            length = line.mid(16).trimmed().toLongLong();
    }
    m_client.buffered.remove(0, end + 4);
    if (!head.contains(QStringLiteral("Transfer-Encoding: chunked"))) {
        body = m_client.readBytes(length);
        ended = true;
    }
}

void EventStream::poll()
{
    if (m_closed || ended)
        return;
    (void)m_client.isClosed(0);
    if (!hasHead())
        takeHead();
    if (!hasHead() || ended)
        return;
    for (;;) {
        const qsizetype line = m_client.buffered.indexOf("\r\n");
        if (line < 0)
            return;
        const qsizetype size = m_client.buffered.left(line).toLongLong(nullptr, 16);
        if (m_client.buffered.size() < line + 2 + size + 2)
            return;
        const QByteArray chunk = m_client.buffered.mid(line + 2, size);
        m_client.buffered.remove(0, line + 2 + size + 2);
        if (size == 0) {
            ended = true;
            return;
        }
        chunks += chunk;
        badlyFramed |=
            chunk.left(chunk.indexOf('\n')).toLongLong() != chunk.size() - chunk.indexOf('\n') - 1;
        events.push_back(QJsonDocument::fromJson(chunk.mid(chunk.indexOf('\n') + 1)).object());
    }
}

} // namespace meseta::test
