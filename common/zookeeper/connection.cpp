#include "common/zookeeper/connection.h"

#include <cerrno>
#include <cstring>

#include <QLoggingCategory>
#include <QPointer>
#include <QSocketNotifier>

#include <fcntl.h>
#include <zookeeper/zookeeper.h>

namespace meseta::zookeeper {

namespace {

Q_LOGGING_CATEGORY(clientLog, "meseta.zookeeper.client", QtWarningMsg)

constexpr int firstDelayMs = 20;
constexpr int slowDelayMs = 100;
constexpr int longestDelayMs = 2000;

void logLine(const char *line)
{
    qCDebug(clientLog, "%s", line);
}

/// Addresses come as numbers; there is nothing to look up, and nothing may hold the event loop.
constexpr int neverResolveAgain = -1;

int milliseconds(Duration duration)
{
    return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(duration).count());
}

} // namespace

Connection::Connection(const std::string &servers, int serverCount, Duration timeout)
    : m_serverCount(serverCount), m_wanted(timeout)
{
    zoo_set_debug_level(clientLog().isDebugEnabled() ? ZOO_LOG_LEVEL_DEBUG : ZOO_LOG_LEVEL_ERROR);
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &Connection::pump);
    m_handle = zookeeper_init2(servers.c_str(), &Connection::onEvent, milliseconds(timeout),
                               nullptr, this, ZOO_NO_LOG_CLIENTENV, logLine);
    if (!m_handle) {
        m_problem = QString::fromLocal8Bit(std::strerror(errno));
        return;
    }
    zoo_set_servers_resolution_delay(m_handle, neverResolveAgain);
    kick();
}

Connection::~Connection()
{
    disconnect();
    close();
}

void Connection::close()
{
    if (!m_handle)
        return;
    m_timer.stop();
    dropNotifiers();
    m_watches.clear();
    zookeeper_close(std::exchange(m_handle, nullptr));
    settle();
}

std::int64_t Connection::sessionId() const
{
    return m_handle ? zoo_client_id(m_handle)->client_id : 0;
}

Duration Connection::timeout() const
{
    if (!m_handle || sessionId() == 0)
        return m_wanted;
    return std::chrono::milliseconds(zoo_recv_timeout(m_handle));
}

void Connection::addAuth(const std::string &credentials)
{
    const auto ignore = [](int, const void *) {}; // a refusal comes as an event as well
    zoo_add_auth(m_handle, "digest", credentials.data(), static_cast<int>(credentials.size()),
                 ignore, nullptr);
}

void Connection::onEvent(_zhandle *, int type, int state, const char *, void *context)
{
    auto *self = static_cast<Connection *>(context);
    if (type != ZOO_SESSION_EVENT)
        return; // watches have their own way
    self->tell([self, state] {
        const State before = self->m_state;
        if (state == ZOO_CONNECTED_STATE)
            self->m_state = State::Connected;
        else if (state == ZOO_EXPIRED_SESSION_STATE)
            self->m_state = State::Expired;
        else if (state == ZOO_AUTH_FAILED_STATE)
            self->m_state = State::AuthFailed;
        else
            self->m_state = State::Connecting;
        if (self->m_state == State::Connected)
            self->m_failures = 0;
        if (self->m_state != before)
            Q_EMIT self->stateChanged();
    });
}

Connection::WatchId Connection::addWatch(Told changed)
{
    m_watches.emplace(m_nextWatch, std::move(changed));
    return m_nextWatch++;
}

void Connection::fireWatch(WatchId id)
{
    tell([this, id] {
        const auto found = m_watches.find(id);
        if (found == m_watches.end())
            return;
        const Told changed = std::move(found->second);
        m_watches.erase(found);
        changed();
    });
}

void Connection::kick()
{
    // A call that finds its connection broken closes the socket without a word.
    if (m_descriptor >= 0 && ::fcntl(m_descriptor, F_GETFD) < 0)
        dropNotifiers();
    if (!m_handle || m_kicked)
        return;
    m_kicked = true;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_kicked = false;
            pump();
        },
        Qt::QueuedConnection);
}

void Connection::pump()
{
    if (!m_handle)
        return;
    int descriptor = -1;
    int interest = 0;
    timeval wait{};
    const int code = zookeeper_interest(m_handle, &descriptor, &interest, &wait);
    if (code == ZOK && descriptor >= 0) {
        watch(descriptor, interest);
        m_timer.start(static_cast<int>(wait.tv_sec * 1000 + (wait.tv_usec + 999) / 1000));
    } else {
        dropNotifiers();
        retryLater();
    }
    settle();
}

void Connection::process(int events)
{
    if (!m_handle)
        return;
    const int code = zookeeper_process(m_handle, events);
    if (code == ZOK || code == ZNOTHING) {
        kick(); // what it waits for may be another now
    } else {
        dropNotifiers();
        retryLater();
    }
    settle();
}

/// What the library reported, in its order. Any of it may delete this.
void Connection::settle()
{
    if (m_settling)
        return;
    m_settling = true;
    const QPointer<Connection> self(this);
    while (!m_told.empty()) {
        const Told told = std::move(m_told.front());
        m_told.pop_front();
        told();
        if (!self)
            return;
    }
    m_settling = false;
}

void Connection::watch(int descriptor, int interest)
{
    if (descriptor != m_descriptor)
        dropNotifiers();
    if (!m_reader) {
        m_descriptor = descriptor;
        const std::uint64_t generation = ++m_generation;
        const auto on = [this, generation](int events) {
            return [this, generation, events] {
                if (generation == m_generation)
                    process(events);
            };
        };
        m_reader = std::make_unique<QSocketNotifier>(descriptor, QSocketNotifier::Read);
        m_writer = std::make_unique<QSocketNotifier>(descriptor, QSocketNotifier::Write);
        connect(m_reader.get(), &QSocketNotifier::activated, this, on(ZOOKEEPER_READ));
        connect(m_writer.get(), &QSocketNotifier::activated, this, on(ZOOKEEPER_WRITE));
    }
    m_reader->setEnabled((interest & ZOOKEEPER_READ) != 0);
    m_writer->setEnabled((interest & ZOOKEEPER_WRITE) != 0);
}

/// They may be what is calling, so they go at the next turn.
void Connection::dropNotifiers()
{
    ++m_generation;
    m_descriptor = -1;
    for (std::unique_ptr<QSocketNotifier> *one : {&m_reader, &m_writer}) {
        if (!*one)
            continue;
        (*one)->setEnabled(false);
        (*one)->disconnect(this);
        one->release()->deleteLater();
    }
}

/// Every server gets a quick try; then the waits grow, so that a dead ensemble costs nothing.
void Connection::retryLater()
{
    if (m_state == State::Expired || m_state == State::AuthFailed)
        return m_timer.stop();
    const int longest = std::min(longestDelayMs, std::max(slowDelayMs, milliseconds(m_wanted) / 6));
    const int rounds = ++m_failures - m_serverCount;
    m_timer.start(rounds <= 0 ? firstDelayMs
                              : std::min(longest, slowDelayMs << std::min(rounds - 1, 5)));
}

} // namespace meseta::zookeeper
