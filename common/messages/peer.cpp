#include "common/messages/peer.h"

#include <utility>

#include <QHostAddress>
#include <QHostInfo>
#include <QTimer>

namespace meseta::messages {

namespace {

/// How long an address that is not linked may take to read the last message and close.
constexpr std::chrono::seconds closingTime{10};
/// The kernel's own patience with a host that does not answer is minutes.
constexpr std::chrono::seconds connectingTime{15};

} // namespace

Peer::Peer(std::string host, std::uint16_t port, qint64 queueLimit,
           std::function<void(Peer *)> lost)
    : m_host(std::move(host)), m_port(port), m_queueLimit(queueLimit), m_lost(std::move(lost))
{
    QTimer::singleShot(connectingTime, this, [this] {
        if (m_phase == Phase::Connecting)
            lose(QStringLiteral("no connection within %1 s").arg(connectingTime.count()));
    });
    const QString name = QString::fromStdString(m_host);
    QHostAddress literal(name);
    if (!literal.isNull()) {
        connectTo(name.toLatin1());
        return;
    }
    QHostInfo::lookupHost(name, this, [this](const QHostInfo &info) {
        for (const QHostAddress &address : info.addresses()) {
            if (address.protocol() == QAbstractSocket::IPv4Protocol)
                return connectTo(address.toString().toLatin1());
        }
        lose(QStringLiteral("the name has no IPv4 address"));
    });
}

Peer::~Peer() = default;

void Peer::connectTo(const QByteArray &ip)
{
    if (m_phase != Phase::Connecting)
        return;
    auto made = http::Connection::toIp(*this, ip, m_port);
    if (!made) {
        const QString reason = QString::fromStdString(made.error().message);
        // Not from inside the constructor: whoever made us has to know us first.
        QTimer::singleShot(0, this, [this, reason] { lose(reason); });
        return;
    }
    m_connection = std::move(*made);
    if (!m_waiting.isEmpty())
        m_connection->write(std::exchange(m_waiting, {}));
}

void Peer::send(const QByteArray &bytes)
{
    if (!isUsable())
        return;
    const qint64 queued =
        (m_connection ? m_connection->backlog() : m_waiting.size()) + bytes.size();
    if (queued > m_queueLimit) {
        m_phase = Phase::Overfull;
        QTimer::singleShot(0, this, [this] {
            lose(QStringLiteral("it has let more than %1 bytes of messages pile up")
                     .arg(m_queueLimit));
        });
        return;
    }
    if (m_connection)
        m_connection->write(bytes);
    else
        m_waiting += bytes;
}

void Peer::setKept(bool kept)
{
    m_kept = kept;
    if (m_phase == Phase::Open && m_connection->backlog() == 0)
        closeWhenIdle();
}

void Peer::drop()
{
    m_phase = Phase::Over;
    m_lost = nullptr;
    if (m_connection)
        m_connection->close();
}

void Peer::cut()
{
    if (m_connection)
        m_connection->abort();
    drop();
}

void Peer::connected()
{
    m_wasConnected = true;
    m_phase = Phase::Open;
    if (m_connection->backlog() == 0)
        closeWhenIdle();
}

void Peer::drained()
{
    closeWhenIdle();
}

void Peer::closeWhenIdle()
{
    if (m_kept || m_phase != Phase::Open)
        return;
    m_phase = Phase::Closing;
    // The receiver's answers are still read: closing on unread input would reset the connection
    // under its hands.
    m_connection->shutdownWriting();
    QTimer::singleShot(closingTime, this, [this] { lose({}); });
}

void Peer::ended()
{
    lose(QStringLiteral("it closed the connection"));
}

void Peer::failed(const QByteArray &reason)
{
    lose(QString::fromLocal8Bit(reason));
}

void Peer::lose(const QString &problem)
{
    if (m_phase == Phase::Over)
        return;
    m_phase = Phase::Over;
    m_problem = problem;
    if (m_connection)
        m_connection->close();
    if (const auto lost = std::exchange(m_lost, nullptr))
        lost(this);
}

} // namespace meseta::messages
