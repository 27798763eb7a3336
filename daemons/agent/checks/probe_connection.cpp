#include "daemons/agent/checks/probe_connection.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <QHostInfo>
#include <QSocketNotifier>
#include <QTimer>

namespace meseta::agent {

using namespace Qt::StringLiterals;

namespace {

QString wordsOf(int error)
{
    return QString::fromLocal8Bit(std::strerror(error));
}

Result<int> ownSocket(int family)
{
    const int socket = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket < 0)
        return fail(std::string("a socket cannot be made: ") + std::strerror(errno));
    return socket;
}

int familyOf(const QHostAddress &address)
{
    return address.protocol() == QHostAddress::IPv6Protocol ? AF_INET6 : AF_INET;
}

/// Begins to connect; 0, or the error.
int beginConnecting(int socket, const QHostAddress &address, quint16 port)
{
    sockaddr_storage target{};
    socklen_t size = 0;
    if (familyOf(address) == AF_INET6) {
        auto &six = reinterpret_cast<sockaddr_in6 &>(target);
        six = {};
        six.sin6_family = AF_INET6;
        six.sin6_port = htons(port);
        const Q_IPV6ADDR bytes = address.toIPv6Address();
        std::memcpy(&six.sin6_addr, &bytes, sizeof six.sin6_addr);
        size = sizeof six;
    } else {
        auto &four = reinterpret_cast<sockaddr_in &>(target);
        four = {};
        four.sin_family = AF_INET;
        four.sin_port = htons(port);
        four.sin_addr.s_addr = htonl(address.toIPv4Address());
        size = sizeof four;
    }
    const int flags = ::fcntl(socket, F_GETFL);
    if (flags < 0 || ::fcntl(socket, F_SETFL, flags | O_NONBLOCK) != 0)
        return errno;
    if (::connect(socket, reinterpret_cast<const sockaddr *>(&target), size) != 0
        && errno != EINPROGRESS)
        return errno;
    return 0;
}

} // namespace

ProbeConnection::ProbeConnection(QObject *parent, SocketMaker socket, Handlers handlers)
    : QObject(parent)
    , m_makeSocket(socket ? std::move(socket) : SocketMaker(ownSocket))
    , m_handlers(std::move(handlers))
{ }

ProbeConnection::~ProbeConnection()
{
    closeSocket();
}

void ProbeConnection::closeSocket()
{
    m_writable.reset();
    if (m_socket >= 0)
        ::close(std::exchange(m_socket, -1));
}

void ProbeConnection::connectTo(const QString &host, quint16 port)
{
    m_port = port;
    if (const QHostAddress address(host); !address.isNull())
        m_addresses = {address};
    else if (host.compare("localhost"_L1, Qt::CaseInsensitive) == 0)
        m_addresses = {QHostAddress(QHostAddress::LocalHost),
                       QHostAddress(QHostAddress::LocalHostIPv6)};
    if (!m_addresses.isEmpty()) {
        QTimer::singleShot(0, this, &ProbeConnection::tryNext);
        return;
    }
    QHostInfo::lookupHost(host, this, [this, host](const QHostInfo &found) {
        m_addresses = found.addresses();
        if (m_addresses.isEmpty())
            m_handlers.refused(
                u"the host name %1 is not known: %2"_s.arg(host, found.errorString()));
        else
            tryNext();
    });
}

void ProbeConnection::tryNext()
{
    const QHostAddress &address = m_addresses.constFirst();
    const Result<int> made = m_makeSocket(familyOf(address));
    if (!made) {
        refuse(QString::fromStdString(made.error().message));
        return;
    }
    m_socket = *made;
    if (const int error = beginConnecting(m_socket, address, m_port); error != 0) {
        refuse(wordsOf(error));
        return;
    }
    m_writable = std::make_unique<QSocketNotifier>(m_socket, QSocketNotifier::Write);
    connect(m_writable.get(), &QSocketNotifier::activated, this, &ProbeConnection::onWritable);
}

void ProbeConnection::onWritable()
{
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(m_socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        error = errno;
    m_writable->setEnabled(false);
    m_writable.release()->deleteLater(); // it is what is calling
    if (error != 0)
        refuse(wordsOf(error));
    else
        m_handlers.connected(std::exchange(m_socket, -1));
}

void ProbeConnection::refuse(const QString &why)
{
    const QHostAddress address = m_addresses.takeFirst();
    closeSocket();
    if (!m_addresses.isEmpty()) {
        tryNext();
        return;
    }
    const QString shown =
        familyOf(address) == AF_INET6 ? u"[%1]"_s.arg(address.toString()) : address.toString();
    m_handlers.refused(u"no connection to %1:%2: %3"_s.arg(shown).arg(m_port).arg(why));
}

} // namespace meseta::agent
