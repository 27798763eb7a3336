#include "common/http/server.h"

#include <cerrno>
#include <cstring>
#include <unordered_map>

#include <QTimer>

#include "common/http/listener.h"
#include "common/http/router.h"
#include "common/http/server_connection.h"

namespace meseta::http {

struct Server::Private final : ServerConnection::Host, Listener::Owner
{
    explicit Private(Server *server)
    {
        m_sweep.setInterval(1000);
        QObject::connect(&m_sweep, &QTimer::timeout, server, [this] { sweep(); });
    }

    const Limits &limits() const override { return m_limits; }
    qint64 countBodies(qint64 bytes) override { return m_bodyBytes += bytes; }
    Router::Match match(Request &request) const override;
    void serve(const Router::Match &match, const Request &request,
               const std::shared_ptr<Responder> &responder) override;
    void serveStreaming(const Router::Match &match, const Request &request,
                        const std::shared_ptr<RequestStream> &body,
                        const std::shared_ptr<Responder> &responder) override;
    void bury(ServerConnection *connection) override;
    void resumeSoon(ServerConnection *connection) override;
    void accepted(int fd, const QByteArray &peerAddress) override;

    bool isMessage(const Request &request) const;
    bool filtered(const Request &request, Responder &responder) const;
    void sweep();
    void setSweepInterval();

    std::shared_ptr<Reactor> m_reactor = Reactor::current();
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
    Limits m_limits;
    Router m_router;
    Handler m_fallback;
    Handler m_messageHandler;
    std::function<std::optional<Response>(const Request &)> m_filter;
    std::unordered_map<ServerConnection *, std::unique_ptr<ServerConnection>> m_connections;
    std::vector<std::unique_ptr<ServerConnection>> m_graves;
    std::vector<ServerConnection *> m_paused;
    std::vector<std::unique_ptr<Listener>> m_listeners;
    QTimer m_sweep;
    qint64 m_bodyBytes = 0;
};

namespace {

/// Clients beyond the limit of connections that are told so, at a time; yet more are closed without
/// a word.
constexpr int turnedAwayAtOnce = 256;

} // namespace

bool Server::Private::isMessage(const Request &request) const
{
    return m_messageHandler && request.method == "POST"
        && (request.headers.has("Libprocess-From")
            || request.headers.value("User-Agent").startsWith("libprocess/"));
}

Router::Match Server::Private::match(Request &request) const
{
    if (isMessage(request))
        return {};
    Router::Match match = m_router.find(request.path);
    request.fullPath = match.fullPath;
    return match;
}

bool Server::Private::filtered(const Request &request, Responder &responder) const
{
    if (!m_filter)
        return false;
    auto answer = m_filter(request);
    if (answer)
        responder.send(std::move(*answer));
    return answer.has_value();
}

void Server::Private::serve(const Router::Match &match, const Request &request,
                            const std::shared_ptr<Responder> &responder)
{
    if (isMessage(request))
        return m_messageHandler(request, responder);
    if (filtered(request, *responder))
        return;
    if (match.forbidden)
        return responder->send(Response::text(404));
    if (match.route != nullptr && match.route->plain)
        return match.route->plain(request, responder);
    if (m_fallback)
        return m_fallback(request, responder);
    responder->send(Response::text(404));
}

void Server::Private::serveStreaming(const Router::Match &match, const Request &request,
                                     const std::shared_ptr<RequestStream> &body,
                                     const std::shared_ptr<Responder> &responder)
{
    if (!filtered(request, *responder))
        match.route->streaming(request, body, responder);
}

void Server::Private::accepted(int fd, const QByteArray &peerAddress)
{
    const bool full = int(m_connections.size()) >= m_limits.connections;
    auto connection = std::make_unique<ServerConnection>(*this, fd, peerAddress);
    if (int(m_connections.size()) >= m_limits.connections + turnedAwayAtOnce)
        return;
    ServerConnection *key = connection.get();
    m_connections.emplace(key, std::move(connection));
    if (full)
        key->turnAway();
    if (!m_sweep.isActive())
        m_sweep.start();
}

void Server::Private::bury(ServerConnection *connection)
{
    const auto found = m_connections.find(connection);
    if (found == m_connections.end())
        return;
    m_graves.push_back(std::move(found->second));
    m_connections.erase(found);
    if (m_graves.size() > 1)
        return;
    m_reactor->later([this, alive = std::weak_ptr(m_alive)] {
        if (alive.expired())
            return;
        const auto graves = std::exchange(m_graves, {});
        for (const auto &grave : graves)
            grave->mourn();
    });
}

void Server::Private::resumeSoon(ServerConnection *connection)
{
    m_paused.push_back(connection);
    if (m_paused.size() > 1)
        return;
    m_reactor->later([this, alive = std::weak_ptr(m_alive)] {
        if (alive.expired())
            return;
        const auto paused = std::exchange(m_paused, {});
        for (ServerConnection *waiting : paused) {
            if (m_connections.contains(waiting))
                waiting->resume();
        }
    });
}

void Server::Private::sweep()
{
    if (m_connections.empty())
        return m_sweep.stop();
    std::vector<ServerConnection *> all;
    all.reserve(m_connections.size());
    for (const auto &[key, connection] : m_connections)
        all.push_back(key);
    const auto now = std::chrono::steady_clock::now();
    for (ServerConnection *connection : all)
        connection->checkTimes(now); // buries at most itself, and graves outlive this turn
}

void Server::Private::setSweepInterval()
{
    std::chrono::milliseconds interval{1000};
    for (const auto limit : {m_limits.requestTimeout, m_limits.idleTimeout, m_limits.writeTimeout,
                             m_limits.halfClosedTimeout}) {
        if (limit.count() > 0)
            interval = std::clamp(limit / 4, std::chrono::milliseconds(10), interval);
    }
    m_sweep.setInterval(interval);
}

Server::Server(QObject *parent) : QObject(parent), d(std::make_unique<Private>(this)) { }

Server::~Server() = default;

void Server::setLimits(const Limits &limits)
{
    d->m_limits = limits;
    d->setSweepInterval();
}

void Server::setDelegate(const QByteArray &process)
{
    d->m_router.setDelegate(process);
}

void Server::route(const QByteArray &process, const QByteArray &path, Handler handler)
{
    d->m_router.add(process, path, {std::move(handler), {}});
}

void Server::routeStreaming(const QByteArray &process, const QByteArray &path,
                            StreamingHandler handler)
{
    d->m_router.add(process, path, {{}, std::move(handler)});
}

void Server::setFallback(Handler handler)
{
    d->m_fallback = std::move(handler);
}

void Server::setMessageHandler(Handler handler)
{
    d->m_messageHandler = std::move(handler);
}

void Server::setFilter(std::function<std::optional<Response>(const Request &)> filter)
{
    d->m_filter = std::move(filter);
}

Result<> Server::listen(const QHostAddress &address, quint16 port)
{
    auto listener = Listener::onAddress(*d, address, port);
    if (!listener)
        return fail(listener.error());
    d->m_listeners.push_back(std::move(*listener));
    return {};
}

Result<> Server::listenLocal(const QString &socketPath)
{
    auto listener = Listener::onUnixSocket(*d, socketPath.toLocal8Bit());
    if (!listener)
        return fail(listener.error());
    d->m_listeners.push_back(std::move(*listener));
    return {};
}

quint16 Server::port() const
{
    for (const auto &listener : d->m_listeners) {
        if (listener->port() != 0)
            return listener->port();
    }
    return 0;
}

void Server::stopListening()
{
    d->m_listeners.clear();
}

int Server::connectionCount() const
{
    return int(d->m_connections.size());
}

} // namespace meseta::http
