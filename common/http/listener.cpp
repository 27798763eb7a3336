#include "common/http/listener.h"

#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <QLoggingCategory>

namespace meseta::http {

namespace {

Q_LOGGING_CATEGORY(logListener, "meseta.http")

constexpr int acceptsPerTurn = 64;
constexpr int queueLength = 4096; // the kernel cuts this to net.core.somaxconn
constexpr std::chrono::milliseconds pauseWithoutDescriptors{200};

QByteArray ipText(const sockaddr_storage &address)
{
    char text[INET6_ADDRSTRLEN] = {};
    if (address.ss_family == AF_INET) {
        const auto &four = reinterpret_cast<const sockaddr_in &>(address);
        ::inet_ntop(AF_INET, &four.sin_addr, text, sizeof text);
    } else if (address.ss_family == AF_INET6) {
        const auto &six = reinterpret_cast<const sockaddr_in6 &>(address);
        if (IN6_IS_ADDR_V4MAPPED(&six.sin6_addr))
            ::inet_ntop(AF_INET, &six.sin6_addr.s6_addr[12], text, sizeof text);
        else
            ::inet_ntop(AF_INET6, &six.sin6_addr, text, sizeof text);
    }
    return QByteArray(text);
}

socklen_t toSockaddr(const QHostAddress &address, quint16 port, sockaddr_storage &storage)
{
    storage = {};
    const bool six = address.protocol() == QAbstractSocket::IPv6Protocol
        || address == QHostAddress(QHostAddress::Any);
    if (!six) {
        auto &target = reinterpret_cast<sockaddr_in &>(storage);
        target.sin_family = AF_INET;
        target.sin_port = htons(port);
        target.sin_addr.s_addr = htonl(address.toIPv4Address());
        return sizeof target;
    }
    auto &target = reinterpret_cast<sockaddr_in6 &>(storage);
    target.sin6_family = AF_INET6;
    target.sin6_port = htons(port);
    const Q_IPV6ADDR bytes = address.toIPv6Address();
    std::memcpy(&target.sin6_addr, &bytes, sizeof target.sin6_addr);
    return sizeof target;
}

/// Whether something accepts connections on this socket file.
bool isAlive(const sockaddr_un &address)
{
    const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (probe < 0)
        return true;
    const int result =
        ::connect(probe, reinterpret_cast<const sockaddr *>(&address), sizeof address);
    const bool refused = result != 0 && errno == ECONNREFUSED;
    ::close(probe);
    return !refused;
}

int bindAndListen(const sockaddr *address, socklen_t length)
{
    const int fd = ::socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    int on = 1;
    int off = 0;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address->sa_family == AF_INET6)
        ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (::bind(fd, address, length) == 0 && ::listen(fd, queueLength) == 0)
        return fd;
    const int error = errno;
    ::close(fd);
    errno = error;
    return -1;
}

} // namespace

Result<std::unique_ptr<Listener>> Listener::onAddress(Owner &owner, const QHostAddress &address,
                                                      quint16 port)
{
    sockaddr_storage storage;
    // "Any" means IPv4 first: daemons advertise IPv4 addresses only, and a machine may have no IPv6
    // at all.
    const QHostAddress wanted =
        address == QHostAddress(QHostAddress::Any) ? QHostAddress(QHostAddress::AnyIPv4) : address;
    const socklen_t length = toSockaddr(wanted, port, storage);
    const int fd = bindAndListen(reinterpret_cast<const sockaddr *>(&storage), length);
    if (fd >= 0)
        return std::unique_ptr<Listener>(new Listener(owner, fd, {}));
    const int error = errno;
    const std::string place = wanted.toString().toStdString() + ":" + std::to_string(port);
    const char *advice = error == EADDRINUSE ? "; choose another port with --port"
        : error == EADDRNOTAVAIL             ? "; choose an address of this machine with --ip"
        : error == EACCES ? "; ports below 1024 need root, choose another with --port"
                          : "";
    return fail("cannot listen on " + place + ": " + std::strerror(error) + advice);
}

Result<std::unique_ptr<Listener>> Listener::onUnixSocket(Owner &owner, const QByteArray &path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string place = "cannot listen on the socket '" + path.toStdString() + "': ";
    if (path.isEmpty() || path.size() >= qsizetype(sizeof address.sun_path))
        return fail(place + "its path must have 1 to " + std::to_string(sizeof address.sun_path - 1)
                    + " bytes");
    std::memcpy(address.sun_path, path.constData(), size_t(path.size()));
    struct stat status
    { };
    if (::lstat(path.constData(), &status) == 0 && S_ISSOCK(status.st_mode) && !isAlive(address))
        ::unlink(path.constData());
    const int fd = bindAndListen(reinterpret_cast<const sockaddr *>(&address), sizeof address);
    if (fd < 0)
        return fail(place + std::strerror(errno));
    return std::unique_ptr<Listener>(new Listener(owner, fd, path));
}

Listener::Listener(Owner &owner, int fd, QByteArray path)
    : m_owner(owner), m_reactor(Reactor::current()), m_path(std::move(path)), m_fd(fd)
{
    m_ticket = m_reactor->add(m_fd, EPOLLIN, *this);
    m_pause.setSingleShot(true);
    QObject::connect(&m_pause, &QTimer::timeout, &m_pause,
                     [this] { m_reactor->change(m_ticket, m_fd, EPOLLIN); });
}

Listener::~Listener()
{
    m_reactor->remove(m_ticket, m_fd);
    ::close(m_fd);
    if (!m_path.isEmpty())
        ::unlink(m_path.constData());
}

quint16 Listener::port() const
{
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    if (::getsockname(m_fd, reinterpret_cast<sockaddr *>(&storage), &length) != 0)
        return 0;
    if (storage.ss_family == AF_INET)
        return ntohs(reinterpret_cast<const sockaddr_in &>(storage).sin_port);
    return storage.ss_family == AF_INET6
        ? ntohs(reinterpret_cast<const sockaddr_in6 &>(storage).sin6_port)
        : 0;
}

void Listener::ready(std::uint32_t)
{
    for (int i = 0; i < acceptsPerTurn && acceptOne(); ++i) { }
}

bool Listener::acceptOne()
{
    sockaddr_storage peer{};
    socklen_t length = sizeof peer;
    const int fd =
        ::accept4(m_fd, reinterpret_cast<sockaddr *>(&peer), &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        m_owner.accepted(fd, ipText(peer));
        return true;
    }
    if (errno == EINTR || errno == ECONNABORTED)
        return true;
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
        pauseAccepting(errno);
    return false;
}

/// Out of descriptors: the waiting client would wake us again and again, so look the other way for
/// a moment.
void Listener::pauseAccepting(int error)
{
    qCWarning(
        logListener,
        "cannot accept a connection: %s; trying again in %lld ms (raise the limit of open files)",
        std::strerror(error), static_cast<long long>(pauseWithoutDescriptors.count()));
    m_reactor->change(m_ticket, m_fd, 0);
    m_pause.start(pauseWithoutDescriptors);
}

} // namespace meseta::http
