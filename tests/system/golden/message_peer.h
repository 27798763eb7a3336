#pragma once

#include <memory>
#include <vector>

#include <QTcpServer>
#include <QTcpSocket>

#include "tests/common/http/raw_client.h"

namespace meseta::test {

/// The other end of the daemon wire, in bytes: a pretended agent or master. Listens, answers each
/// message as Mesos does, and keeps what came exactly as it came.
class MessagePeer
{
public:
    struct Message
    {
        QByteArray requestLine;
        QStringList headers;
        QByteArray body; ///< chunks joined
        int chunks = 0; ///< without the last, empty one
        QString name; ///< "PingSlaveMessage"
    };

    MessagePeer();

    quint16 port() const { return m_server.serverPort(); }

    /// Sends one message to a daemon on a connection that stays, with exactly these headers; the
    /// answer's status line and headers.
    QStringList send(quint16 to, const QByteArray &requestLine, const QStringList &headers,
                     const QByteArray &body);

    /// The daemon has been started again: the next message goes on a new connection.
    void reconnect() { m_client.reset(); }

    /// The first message of this name that has come and was not taken before; one without a name if
    /// none comes in time.
    Message take(const QString &name, int milliseconds = 30000);

    std::vector<Message> received;

private:
    void read(QTcpSocket &socket, QByteArray &buffer);

    QTcpServer m_server;
    std::unique_ptr<RawClient> m_client;
};

} // namespace meseta::test
