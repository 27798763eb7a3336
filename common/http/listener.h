#pragma once

#include <memory>

#include <QByteArray>
#include <QHostAddress>
#include <QTimer>

#include "common/base/result.h"
#include "common/http/reactor.h"

namespace meseta::http {

/// A listening socket, TCP or unix.
class Listener : private Watcher
{
public:
    class Owner
    {
    public:
        virtual ~Owner() = default;
        /// A client came; the descriptor is the owner's. `peerAddress` is its ip, empty on a unix
        /// socket.
        virtual void accepted(int fd, const QByteArray &peerAddress) = 0;
    };

    static Result<std::unique_ptr<Listener>> onAddress(Owner &owner, const QHostAddress &address,
                                                       quint16 port);
    /// A socket file that nobody listens on any more is replaced; it is removed at the end.
    static Result<std::unique_ptr<Listener>> onUnixSocket(Owner &owner, const QByteArray &path);

    ~Listener() override;
    quint16 port() const;

private:
    Listener(Owner &owner, int fd, QByteArray path);
    void ready(std::uint32_t events) override;
    bool acceptOne();
    void pauseAccepting(int error);

    Owner &m_owner;
    std::shared_ptr<Reactor> m_reactor;
    QByteArray m_path;
    QTimer m_pause;
    Reactor::Ticket m_ticket = 0;
    int m_fd = -1;
};

} // namespace meseta::http
