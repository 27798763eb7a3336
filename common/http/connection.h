#pragma once

#include <memory>
#include <vector>

#include <QByteArray>

#include "common/base/result.h"
#include "common/http/reactor.h"

struct sockaddr;

namespace meseta::http {

/// One non-blocking stream socket, TCP or unix, of either side. It holds no buffers while idle;
/// what is written is kept until the peer takes it and leaves in few system calls, at the latest at
/// the end of the turn.
class Connection : private Watcher
{
public:
    /// Told what happens. Each call may delete the connection.
    class Owner
    {
    public:
        virtual ~Owner() = default;
        virtual void connected() { }
        virtual void received(const char *data, qsizetype size) = 0;
        /// The peer will send nothing more (it may still read). Told once.
        virtual void ended() = 0;
        /// All that was written has been taken by the kernel.
        virtual void drained() { }
        /// Broken, or could not be made; the descriptor is closed.
        virtual void failed(const QByteArray &reason) = 0;
    };

    /// Takes over a connected descriptor.
    Connection(Owner &owner, int fd);
    ~Connection() override;
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;

    /// Starts to connect; `connected` or `failed` tells how it went.
    static Result<std::unique_ptr<Connection>> toAddress(Owner &owner, const sockaddr *address,
                                                         unsigned length);
    static Result<std::unique_ptr<Connection>> toIp(Owner &owner, const QByteArray &ip,
                                                    quint16 port);
    static Result<std::unique_ptr<Connection>> toUnixSocket(Owner &owner, const QByteArray &path);

    void write(const QByteArray &bytes);

    /// Sends what the kernel takes now.
    void flush();

    qint64 backlog() const { return m_backlog; }
    /// Bytes the kernel has taken so far, to see whether a slow peer makes progress.
    qint64 sent() const { return m_sent; }

    void pauseReading(bool paused);
    /// Tells the peer that nothing follows; reading goes on.
    void shutdownWriting();
    void close();
    /// Closes at once and takes back what the peer's kernel has not acknowledged, where `close`
    /// leaves it with ours, which goes on trying to deliver it for minutes.
    void abort();
    bool isOpen() const { return m_fd >= 0; }
    int descriptor() const { return m_fd; }

private:
    Connection(Owner &owner, int fd, bool connecting);
    void ready(std::uint32_t events) override;
    void turnEnded() override;
    void park();
    void finishConnecting();
    bool readOnce();
    bool sendOnce();
    void dropSent(qint64 bytes);
    void watch();
    void fail(int error);

    Owner &m_owner;
    std::shared_ptr<Reactor> m_reactor;
    std::vector<QByteArray> m_out;
    qint64 m_backlog = 0;
    qint64 m_sent = 0;
    qint64 m_firstOffset = 0; // of m_out's first block, already sent
    Reactor::Ticket m_ticket = 0;
    int m_fd = -1;
    int m_error = 0;
    std::uint32_t m_watched = 0;
    bool m_connecting = false;
    bool m_readPaused = false;
    bool m_ended = false;
    bool m_blocked = false;
    bool m_turnEndAsked = false;
};

} // namespace meseta::http
