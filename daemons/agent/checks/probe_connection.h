#pragma once

#include <functional>
#include <memory>

#include <QHostAddress>
#include <QObject>

#include "daemons/agent/checks/checker.h"

class QSocketNotifier;

namespace meseta::agent {

/// One connection attempt by a socket that somebody else makes: QTcpSocket makes its own, in the
/// network namespace of its thread, and the container's is another. Tries the addresses of a host
/// in turn; calls one of the two handlers once, never from inside `connectTo`. Silent once deleted.
class ProbeConnection : public QObject
{
    Q_OBJECT
public:
    struct Handlers
    {
        std::function<void(int socket)> connected; ///< who is called owns the descriptor
        std::function<void(const QString &why)> refused; ///< names the address and what happened
    };

    ProbeConnection(QObject *parent, SocketMaker socket, Handlers handlers);
    ~ProbeConnection() override;

    /// Names are looked up as the agent would; "localhost" is the loopback address.
    void connectTo(const QString &host, quint16 port);

private:
    void tryNext();
    void onWritable();
    void refuse(const QString &why);
    void closeSocket();

    SocketMaker m_makeSocket;
    Handlers m_handlers;
    QList<QHostAddress> m_addresses; ///< still to be tried, the current one first
    quint16 m_port = 0;
    int m_socket = -1;
    std::unique_ptr<QSocketNotifier> m_writable;
};

} // namespace meseta::agent
