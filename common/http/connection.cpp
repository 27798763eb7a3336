#include "common/http/connection.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

namespace meseta::http {

namespace {

constexpr qsizetype joinBelow =
    16 * 1024; // smaller writes are gathered in one block of up to this size
constexpr qint64 sendAtOnceFrom = 256 * 1024; // more than this does not wait for the turn's end
constexpr std::size_t blocksPerSend = 32;

std::string errnoText(int error)
{
    return std::strerror(error);
}

int pendingError(int fd, int otherwise)
{
    int error = 0;
    socklen_t length = sizeof error;
    ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    return error != 0 ? error : otherwise;
}

/// Not so for `QByteArray::fromRawData`, which may not be kept.
bool ownsItsBytes(const QByteArray &bytes)
{
    return const_cast<QByteArray &>(bytes).data_ptr().d_ptr() != nullptr;
}

} // namespace

Connection::Connection(Owner &owner, int fd) : Connection(owner, fd, false) { }

Connection::Connection(Owner &owner, int fd, bool connecting)
    : m_owner(owner), m_reactor(Reactor::current()), m_fd(fd), m_connecting(connecting)
{
    int on = 1; // fails on unix sockets, harmlessly
    ::setsockopt(m_fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    m_watched = connecting ? EPOLLOUT : EPOLLIN;
    m_ticket = m_reactor->add(m_fd, m_watched, *this);
}

Connection::~Connection()
{
    close();
}

Result<std::unique_ptr<Connection>> Connection::toAddress(Owner &owner, const sockaddr *address,
                                                          unsigned length)
{
    const int fd = ::socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return meseta::fail(errnoText(errno));
    if (::connect(fd, address, length) != 0 && errno != EINPROGRESS) {
        // A full backlog of a unix socket says EAGAIN at once; no later event would tell when there
        // is room.
        const int error = errno;
        ::close(fd);
        return meseta::fail(errnoText(error));
    }
    return std::unique_ptr<Connection>(new Connection(owner, fd, true));
}

Result<std::unique_ptr<Connection>> Connection::toIp(Owner &owner, const QByteArray &ip,
                                                     quint16 port)
{
    sockaddr_in four{};
    if (::inet_pton(AF_INET, ip.constData(), &four.sin_addr) == 1) {
        four.sin_family = AF_INET;
        four.sin_port = htons(port);
        return toAddress(owner, reinterpret_cast<const sockaddr *>(&four), sizeof four);
    }
    sockaddr_in6 six{};
    if (::inet_pton(AF_INET6, ip.constData(), &six.sin6_addr) == 1) {
        six.sin6_family = AF_INET6;
        six.sin6_port = htons(port);
        return toAddress(owner, reinterpret_cast<const sockaddr *>(&six), sizeof six);
    }
    return meseta::fail("'" + ip.toStdString() + "' is no IP address");
}

Result<std::unique_ptr<Connection>> Connection::toUnixSocket(Owner &owner, const QByteArray &path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= qsizetype(sizeof address.sun_path))
        return meseta::fail("the socket path is longer than "
                            + std::to_string(sizeof address.sun_path - 1) + " bytes");
    std::memcpy(address.sun_path, path.constData(), size_t(path.size()));
    return toAddress(owner, reinterpret_cast<const sockaddr *>(&address), sizeof address);
}

void Connection::write(const QByteArray &bytes)
{
    if (m_fd < 0 || bytes.isEmpty())
        return;
    if (!m_out.empty() && m_out.back().size() + bytes.size() <= joinBelow)
        m_out.back().append(bytes);
    else
        m_out.push_back(ownsItsBytes(bytes) ? bytes : QByteArray(bytes.constData(), bytes.size()));
    m_backlog += bytes.size();
    if (m_blocked || m_connecting)
        return;
    if (m_backlog >= sendAtOnceFrom)
        while (m_error == 0 && sendOnce()) { }
    if (!m_turnEndAsked && !m_blocked) {
        m_turnEndAsked = true;
        m_reactor->atTurnEnd(m_ticket);
    }
}

void Connection::turnEnded()
{
    m_turnEndAsked = false;
    flush();
}

void Connection::flush()
{
    if (m_fd < 0 || m_connecting)
        return;
    const bool hadBacklog = m_backlog > 0 || m_error != 0;
    while (m_error == 0 && !m_out.empty() && sendOnce()) { }
    if (m_error != 0)
        return fail(m_error);
    watch();
    if (hadBacklog && m_backlog == 0)
        m_owner.drained();
}

bool Connection::sendOnce()
{
    if (m_out.empty())
        return false;
    std::array<iovec, blocksPerSend> vectors;
    const std::size_t count = std::min(m_out.size(), blocksPerSend);
    for (std::size_t i = 0; i < count; ++i) {
        const qint64 offset = i == 0 ? m_firstOffset : 0;
        vectors[i].iov_base = const_cast<char *>(m_out[i].constData() + offset);
        vectors[i].iov_len = size_t(m_out[i].size() - offset);
    }
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = count;
    const ssize_t sent = ::sendmsg(m_fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
        if (errno == EINTR)
            return true;
        if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS)
            m_blocked = true;
        else
            m_error = errno;
        return false;
    }
    dropSent(sent);
    return !m_out.empty();
}

void Connection::dropSent(qint64 bytes)
{
    m_backlog -= bytes;
    m_sent += bytes;
    std::size_t done = 0;
    bytes += m_firstOffset;
    while (done < m_out.size() && bytes >= m_out[done].size())
        bytes -= m_out[done++].size();
    m_firstOffset = bytes;
    if (done == m_out.size())
        std::vector<QByteArray>().swap(m_out); // an idle connection keeps no memory
    else
        m_out.erase(m_out.begin(), m_out.begin() + qsizetype(done));
}

void Connection::watch()
{
    const std::uint32_t wanted = (m_readPaused || m_ended ? 0U : std::uint32_t(EPOLLIN))
        | (m_blocked || m_connecting ? std::uint32_t(EPOLLOUT) : 0U);
    if (m_fd < 0 || wanted == m_watched)
        return;
    m_watched = wanted;
    m_reactor->change(m_ticket, m_fd, wanted);
}

void Connection::pauseReading(bool paused)
{
    m_readPaused = paused;
    watch();
}

void Connection::ready(std::uint32_t events)
{
    // The owner may close or delete this connection; its ticket tells afterwards.
    const std::shared_ptr<Reactor> reactor = m_reactor;
    const Reactor::Ticket ticket = m_ticket;
    if (m_connecting) {
        finishConnecting();
    } else if ((events & EPOLLIN) != 0U && !m_readPaused && !m_ended) {
        readOnce();
    } else if ((events & EPOLLHUP) != 0U && (events & EPOLLERR) == 0U && m_readPaused && !m_ended) {
        park();
    } else if ((events & (EPOLLERR | EPOLLHUP)) != 0U) {
        fail(pendingError(m_fd, ECONNRESET));
    }
    if (!reactor->holds(ticket) || (events & EPOLLOUT) == 0U || m_connecting)
        return;
    m_blocked = false;
    flush();
}

/// The peer has closed, but what it sent last is still to be read and reading is paused. A hang-up
/// cannot be masked, so the descriptor is set aside until reading goes on.
void Connection::park()
{
    if (m_watched == EPOLLONESHOT)
        return;
    m_watched = EPOLLONESHOT;
    m_reactor->change(m_ticket, m_fd, m_watched);
}

void Connection::finishConnecting()
{
    if (const int error = pendingError(m_fd, 0); error != 0)
        return fail(error);
    m_connecting = false;
    watch();
    m_owner.connected();
}

bool Connection::readOnce()
{
    const ssize_t count =
        ::recv(m_fd, m_reactor->readBuffer(), Reactor::readBufferSize, MSG_DONTWAIT);
    if (count > 0) {
        m_owner.received(m_reactor->readBuffer(), count);
        return true;
    }
    if (count == 0) {
        m_ended = true;
        watch();
        m_owner.ended();
        return false;
    }
    if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
        fail(errno);
    return false;
}

void Connection::shutdownWriting()
{
    if (m_fd >= 0)
        ::shutdown(m_fd, SHUT_WR);
}

void Connection::close()
{
    if (m_fd < 0)
        return;
    m_reactor->remove(m_ticket, m_fd);
    ::close(m_fd);
    m_fd = -1;
    m_backlog = 0;
    std::vector<QByteArray>().swap(m_out);
}

void Connection::abort()
{
    const linger none{1, 0};
    if (m_fd >= 0)
        ::setsockopt(m_fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    close();
}

void Connection::fail(int error)
{
    close();
    m_owner.failed(QByteArray(std::strerror(error)));
}

} // namespace meseta::http
