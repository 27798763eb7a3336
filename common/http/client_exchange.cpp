#include "common/http/client_exchange.h"

#include <algorithm>
#include <utility>

#include <QHostAddress>
#include <QHostInfo>

#include "common/http/wire.h"

namespace meseta::http {

namespace {

constexpr std::size_t idlePerEndpoint = 16;
constexpr std::chrono::seconds idleLongest{15};

QString keyOf(const Endpoint &endpoint)
{
    return (endpoint.tls ? QStringLiteral("tls ") : QString()) + describe(endpoint);
}

bool mayRepeat(const QByteArray &method)
{
    return method == "GET" || method == "HEAD";
}

} // namespace

ConnectionPool::ConnectionPool()
{
    m_sweep.setInterval(std::chrono::seconds(5));
    QObject::connect(&m_sweep, &QTimer::timeout, &m_sweep, [this] { dropOld(); });
}

ConnectionPool::~ConnectionPool()
{
    for (auto &[key, connections] : m_idle) {
        for (auto &connection : connections)
            retire(std::move(connection));
    }
}

std::unique_ptr<ClientConnection> ConnectionPool::take(const Endpoint &endpoint)
{
    auto &idle = m_idle[keyOf(endpoint)];
    if (idle.empty())
        return nullptr;
    auto connection = std::move(idle.back());
    idle.pop_back();
    connection->onSpoiled = nullptr;
    return connection;
}

void ConnectionPool::give(const Endpoint &endpoint, std::unique_ptr<ClientConnection> connection)
{
    auto &idle = m_idle[keyOf(endpoint)];
    if (idle.size() >= idlePerEndpoint)
        return retire(std::move(connection));
    connection->idleSince = std::chrono::steady_clock::now();
    connection->pauseReading(false);
    connection->onSpoiled = [this](ClientConnection *spoiled) { drop(spoiled); };
    idle.push_back(std::move(connection));
    if (!m_sweep.isActive())
        m_sweep.start();
}

void ConnectionPool::retire(std::unique_ptr<ClientConnection> connection)
{
    connection->setUser(nullptr);
    connection->onSpoiled = nullptr;
    connection->close();
    Reactor::current()->later([kept = std::shared_ptr<ClientConnection>(std::move(connection))] {});
}

void ConnectionPool::drop(ClientConnection *connection)
{
    for (auto &[key, idle] : m_idle) {
        const auto found = std::find_if(idle.begin(), idle.end(), [connection](const auto &held) {
            return held.get() == connection;
        });
        if (found == idle.end())
            continue;
        retire(std::move(*found));
        idle.erase(found);
        return;
    }
}

void ConnectionPool::dropOld()
{
    const auto oldest = std::chrono::steady_clock::now() - idleLongest;
    for (auto &[key, idle] : m_idle) {
        while (!idle.empty() && idle.front()->idleSince < oldest) {
            retire(std::move(idle.front()));
            idle.erase(idle.begin());
        }
    }
    std::erase_if(m_idle, [](const auto &entry) { return entry.second.empty(); });
    if (m_idle.empty())
        m_sweep.stop();
}

ClientExchange::ClientExchange(std::weak_ptr<ConnectionPool> pool, Endpoint endpoint,
                               Request request, const CallOptions &options)
    : m_pool(std::move(pool))
    , m_endpoint(std::move(endpoint))
    , m_request(std::move(request))
    , m_options(options)
{
    m_deadline.setSingleShot(true);
    m_silence.setSingleShot(true);
    connect(&m_deadline, &QTimer::timeout, this, [this] {
        fail(QStringLiteral("no answer within %1 ms").arg(m_options.timeout.count()));
    });
    connect(&m_silence, &QTimer::timeout, this, [this] {
        fail(QStringLiteral("nothing heard for %1 ms").arg(m_options.inactivity.count()));
    });
    if (hasToken(m_request.headers.value("Transfer-Encoding"), "chunked")) {
        m_chunked = true;
        m_bodyDone = false;
        if (!m_request.body.isEmpty())
            write(std::exchange(m_request.body, {}));
    }
    if (m_options.timeout.count() > 0)
        m_deadline.start(m_options.timeout);
    m_reactor->later([self = QPointer<ClientExchange>(this)] {
        if (self)
            self->start();
    });
}

ClientExchange::~ClientExchange()
{
    retire();
}

void ClientExchange::start()
{
    if (!m_over)
        obtainConnection(true);
}

void ClientExchange::obtainConnection(bool mayReuse)
{
    const auto pool = m_pool.lock();
    // A kept connection may turn out to be closed, and a body that streams cannot be sent again.
    m_connection = pool && mayReuse && !m_chunked ? pool->take(m_endpoint) : nullptr;
    m_reused = m_connection != nullptr;
    if (m_reused) {
        m_connection->setUser(this);
        return connectionReady();
    }
    if (m_endpoint.unixSocket.isEmpty())
        return resolve();
    m_connection = std::make_unique<ClientConnection>();
    m_connection->setUser(this);
    const auto result = m_connection->connectToUnixSocket(m_endpoint.unixSocket.toLocal8Bit());
    if (!result)
        fail(QString::fromStdString(result.error().message));
}

void ClientExchange::resolve()
{
    const QHostAddress literal(m_endpoint.host);
    if (!literal.isNull())
        return connectTo(m_endpoint.host.toLatin1());
    if (m_endpoint.host.compare(QLatin1String("localhost"), Qt::CaseInsensitive) == 0)
        return connectTo("127.0.0.1");
    QHostInfo::lookupHost(m_endpoint.host, this, [this](const QHostInfo &info) {
        if (m_over)
            return;
        const auto addresses = info.addresses();
        if (addresses.isEmpty())
            return fail(QStringLiteral("the name cannot be resolved: ") + info.errorString());
        const auto four =
            std::find_if(addresses.begin(), addresses.end(), [](const QHostAddress &address) {
                return address.protocol() == QAbstractSocket::IPv4Protocol;
            });
        connectTo((four != addresses.end() ? *four : addresses.front()).toString().toLatin1());
    });
}

void ClientExchange::connectTo(const QByteArray &ip)
{
    m_connection = std::make_unique<ClientConnection>();
    m_connection->setUser(this);
    auto result = m_endpoint.tls ? secure() : Result<>();
    if (result)
        result = m_connection->connectToIp(ip, m_endpoint.port);
    if (!result)
        fail(QString::fromStdString(result.error().message));
}

Result<> ClientExchange::secure()
{
    const auto pool = m_pool.lock();
    if (!pool || !pool->tls())
        return meseta::fail("this program does not speak TLS");
    auto session = pool->tls()->connectTo(m_endpoint.host);
    if (!session)
        return meseta::fail(session.error());
    m_connection->secure(std::move(*session));
    return {};
}

void ClientExchange::connectionReady()
{
    m_connection->expectAnswer(m_request.method == "HEAD");
    m_connection->pauseReading(m_paused);
    sendRequest();
    heard();
}

QByteArray ClientExchange::requestHead() const
{
    QByteArray head = m_request.method + ' ' + m_request.target + " HTTP/1.1\r\n";
    const QByteArray host =
        m_endpoint.unixSocket.isEmpty() ? describe(m_endpoint).toUtf8() : QByteArray("localhost");
    if (!m_request.headers.has("Host"))
        head += "Host: " + host + "\r\n";
    for (const auto &[name, value] : m_request.headers.fields()) {
        const QByteArray lower = name.toLower();
        if (lower != "content-length" && lower != "transfer-encoding")
            head += name + ": " + value + "\r\n";
    }
    const bool mayBeBare =
        m_request.method == "GET" || m_request.method == "HEAD" || m_request.method == "DELETE";
    if (m_chunked)
        head += "Transfer-Encoding: chunked\r\n";
    else if (!m_request.body.isEmpty() || !mayBeBare)
        head += "Content-Length: " + QByteArray::number(m_request.body.size()) + "\r\n";
    return head + "\r\n";
}

void ClientExchange::sendRequest()
{
    m_sent = true;
    m_connection->write(requestHead());
    m_connection->write(m_chunked ? std::exchange(m_unsentBody, {}) : m_request.body);
}

void ClientExchange::write(const QByteArray &chunk)
{
    if (m_over || chunk.isEmpty() || (m_sent && !m_chunked) || (m_chunked && m_bodyDone))
        return;
    m_chunked = true;
    m_bodyDone = false;
    const QByteArray framed = chunkHead(chunk.size()) + chunk + "\r\n";
    if (m_sent && m_connection)
        m_connection->write(framed);
    else
        m_unsentBody += framed;
}

void ClientExchange::finishBody()
{
    if (m_over || !m_chunked || m_bodyDone)
        return;
    m_bodyDone = true;
    if (m_sent && m_connection)
        m_connection->write(lastChunk());
    else
        m_unsentBody += lastChunk();
}

void ClientExchange::pause(bool paused)
{
    m_paused = paused;
    if (m_connection && m_sent)
        m_connection->pauseReading(paused);
    if (paused)
        m_silence.stop();
    else
        heard();
}

qint64 ClientExchange::backlog() const
{
    return m_unsentBody.size() + (m_connection ? m_connection->backlog() : 0);
}

/// The peer is alive: its silence counts from now.
void ClientExchange::heard()
{
    if (m_options.inactivity.count() > 0 && !m_paused && !m_over)
        m_silence.start(m_options.inactivity);
}

void ClientExchange::answerHead(const Response &response)
{
    heard();
    if (!m_limitWhole)
        m_deadline.stop();
    Q_EMIT head(response);
}

void ClientExchange::answerData(const char *bytes, qsizetype size)
{
    heard();
    Q_EMIT data(QByteArray(bytes, size));
}

void ClientExchange::answerComplete(bool reusable)
{
    m_over = true;
    m_deadline.stop();
    m_silence.stop();
    const auto pool = m_pool.lock();
    if (pool && reusable && m_bodyDone && m_connection->backlog() == 0)
        pool->give(m_endpoint, std::move(m_connection));
    else
        retire();
    Q_EMIT finished();
}

void ClientExchange::connectionBroken(const QByteArray &reason)
{
    const bool stale =
        m_reused && !m_connection->hasAnswerBegun() && mayRepeat(m_request.method) && !m_chunked;
    if (!stale)
        return fail(QString::fromLocal8Bit(reason));
    retire();
    m_sent = false;
    obtainConnection(false);
}

void ClientExchange::fail(const QString &reason)
{
    if (m_over)
        return;
    m_over = true;
    m_deadline.stop();
    m_silence.stop();
    retire();
    const QString doing = m_sent
        ? QString::fromUtf8(m_request.method + ' ' + m_request.target.split('?').front())
            + QStringLiteral(" on ") + describe(m_endpoint) + QStringLiteral(" failed: ")
        : QStringLiteral("cannot reach ") + describe(m_endpoint) + QStringLiteral(": ");
    Q_EMIT failed(doing + reason);
}

void ClientExchange::retire()
{
    if (m_connection)
        ConnectionPool::retire(std::move(m_connection));
}

} // namespace meseta::http
