#include "daemons/agent/containerizer/docker/engine.h"

#include <QJsonArray>
#include <QUrl>

namespace meseta::agent {

Q_LOGGING_CATEGORY(dockerLog, "agent.docker")

namespace {

using std::chrono::milliseconds;

constexpr milliseconds firstRetry(200), lastRetry(5000);
constexpr milliseconds pingInterval(10000);
constexpr qsizetype maxEventBytes = 1 << 20;
constexpr qint64 maxReplyBytes = 64LL << 20;

http::Endpoint endpointOf(const std::string &socket)
{
    if (socket.starts_with("tcp://")) {
        const QUrl url(QString::fromStdString(socket));
        return http::Endpoint::tcp(url.host(), static_cast<quint16>(url.port(2375)));
    }
    return http::Endpoint::unixPath(
        QString::fromStdString(socket.starts_with("unix://") ? socket.substr(7) : socket));
}

/// "1.41" as 1041, to compare.
int versionNumber(const QString &text)
{
    const auto parts = text.split(QLatin1Char('.'));
    return parts.size() == 2 ? parts[0].toInt() * 1000 + parts[1].toInt() : 0;
}

constexpr int newestVersion = 1041, oldestVersion = 1024;

milliseconds inMilliseconds(Duration duration)
{
    return std::chrono::ceil<milliseconds>(duration);
}

} // namespace

std::string DockerReply::message() const
{
    const QString told = object().value(u"message").toString();
    if (!told.isEmpty())
        return told.toStdString();
    const QByteArray text = body.trimmed().left(500);
    return text.isEmpty() ? "status " + std::to_string(status) : text.toStdString();
}

DockerEngine::DockerEngine(Options options, QObject *parent)
    : QObject(parent), m_options(std::move(options)), m_endpoint(endpointOf(m_options.socket))
{
    m_retry.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, &DockerEngine::probe);
    m_ping.setInterval(pingInterval);
    connect(&m_ping, &QTimer::timeout, this, &DockerEngine::ping);
    m_retry.start(0);
}

DockerEngine::~DockerEngine()
{
    delete m_events;
}

std::string DockerEngine::name() const
{
    return "the Docker engine at "
        + (m_endpoint.unixSocket.isEmpty() ? m_options.socket
                                           : "unix://" + m_endpoint.unixSocket.toStdString());
}

std::string DockerEngine::explain(const std::string &reason) const
{
    return name() + " does not answer: " + reason
        + " (start it, or name its socket with --docker_socket)";
}

Result<> DockerEngine::state() const
{
    if (m_up)
        return {};
    return fail(explain(m_reason));
}

void DockerEngine::whenUp(Duration wait, std::function<void(Result<>)> done)
{
    m_waiters.push_back({std::move(done), std::make_unique<QTimer>()});
    const auto waiter = std::prev(m_waiters.end());
    waiter->timer->setSingleShot(true);
    connect(waiter->timer.get(), &QTimer::timeout, this, [this, waiter] {
        const auto tell = std::move(waiter->done);
        waiter->timer.release()->deleteLater();
        m_waiters.erase(waiter);
        tell(state());
    });
    waiter->timer->start(m_up ? milliseconds(0) : inMilliseconds(wait));
}

void DockerEngine::whenTried(std::function<void(Result<>)> done)
{
    m_triedWaiters.push_back(std::move(done));
    if (m_tried)
        QTimer::singleShot(0, this, [this] { tried(); });
}

void DockerEngine::tried()
{
    m_tried = true;
    for (const auto &done : std::exchange(m_triedWaiters, {}))
        done(state());
}

http::Request DockerEngine::request(const QByteArray &method, const QByteArray &target,
                                    const QByteArray &body) const
{
    http::Request request;
    request.method = method;
    request.target =
        m_version.empty() ? target : "/v" + QByteArray::fromStdString(m_version) + target;
    request.headers.set("Host", "docker");
    if (!body.isEmpty())
        request.headers.set("Content-Type", "application/json");
    request.body = body;
    return request;
}

void DockerEngine::call(const QByteArray &method, const QByteArray &target, const QByteArray &body,
                        Reply done, Duration timeout)
{
    http::CallOptions options;
    options.timeout = inMilliseconds(timeout > Duration::zero() ? timeout : m_options.timeout);
    options.maxBodyBytes = maxReplyBytes;
    m_client.call(
        m_endpoint, request(method, target, body),
        [this, done = std::move(done)](Result<http::Response> response) {
            if (response)
                done(DockerReply{response->status, std::move(response->body)});
            else
                done(fail(explain(response.error().message)));
        },
        options);
}

void DockerEngine::post(const QByteArray &target, const QJsonObject &body, Reply done)
{
    call("POST", target, QJsonDocument(body).toJson(QJsonDocument::Compact), std::move(done));
}

std::unique_ptr<http::Exchange> DockerEngine::open(const QByteArray &method,
                                                   const QByteArray &target, const QByteArray &body,
                                                   http::Headers headers, Duration silence)
{
    auto streamed = request(method, target, body);
    for (const auto &[key, value] : headers.fields())
        streamed.headers.set(key, value);
    http::CallOptions options;
    options.timeout = inMilliseconds(m_options.timeout);
    options.inactivity = inMilliseconds(silence);
    return m_client.open(m_endpoint, std::move(streamed), options);
}

void DockerEngine::probe()
{
    m_version.clear();
    call("GET", "/version", {}, [this](Result<DockerReply> reply) {
        if (!reply)
            probeFailed(reply.error().message);
        else if (!reply->ok())
            probeFailed("GET /version: " + reply->message());
        else
            agreeOn(*reply);
    });
}

void DockerEngine::probeFailed(const std::string &reason)
{
    const std::string prefix = name() + " does not answer: ";
    m_reason = reason.starts_with(prefix)
        ? reason.substr(prefix.size(), reason.rfind(" (start it") - prefix.size())
        : reason;
    m_retry.start(m_retryDelay);
    m_retryDelay = std::min(m_retryDelay * 2, lastRetry);
    tried();
}

void DockerEngine::agreeOn(const DockerReply &version)
{
    const QString newest = version.object().value(u"ApiVersion").toString();
    const int number = std::min(versionNumber(newest), newestVersion);
    if (number < oldestVersion
        || versionNumber(version.object().value(u"MinAPIVersion").toString()) > newestVersion) {
        probeFailed("it speaks version " + newest.toStdString()
                    + " of the Docker Engine API, and versions 1.24 to 1.41 are understood here");
        return;
    }
    m_version = std::to_string(number / 1000) + "." + std::to_string(number % 1000);
    askAboutMachine();
}

void DockerEngine::askAboutMachine()
{
    get("/info", [this](Result<DockerReply> reply) {
        if (!reply || !reply->ok()) {
            probeFailed(reply ? "GET /info: " + reply->message() : reply.error().message);
            return;
        }
        m_totalMemory = reply->object().value(u"MemTotal").toDouble();
        m_logsToFiles = reply->object().value(u"LoggingDriver").toString() == u"json-file";
        openEvents();
    });
}

void DockerEngine::openEvents()
{
    const QJsonObject filters{{QStringLiteral("type"), QJsonArray{QStringLiteral("container")}},
                              {QStringLiteral("event"), QJsonArray{QStringLiteral("die")}},
                              {QStringLiteral("label"),
                               QJsonArray{QLatin1String(workDirLabelKey) + QLatin1Char('=')
                                          + QString::fromStdString(m_options.workDirLabel)}}};
    const QByteArray text = QJsonDocument(filters).toJson(QJsonDocument::Compact);
    m_eventText.clear();
    m_events = open("GET", "/events?filters=" + text.toPercentEncoding(), {}, {}).release();
    connect(m_events, &http::Exchange::head, this, [this](const http::Response &head) {
        if (head.status == 200)
            becomeUp();
        else
            becomeDown("GET /events was answered by status " + std::to_string(head.status));
    });
    connect(m_events, &http::Exchange::data, this, &DockerEngine::readEvents);
    connect(m_events, &http::Exchange::finished, this,
            [this] { becomeDown("it closed its event stream"); });
    connect(m_events, &http::Exchange::failed, this,
            [this](const QString &reason) { becomeDown(reason.toStdString()); });
}

void DockerEngine::readEvents(const QByteArray &bytes)
{
    m_eventText += bytes;
    for (qsizetype end = 0; (end = m_eventText.indexOf('\n')) >= 0;) {
        const auto event = QJsonDocument::fromJson(m_eventText.left(end)).object();
        m_eventText.remove(0, end + 1);
        handleEvent(event);
    }
    if (m_eventText.size() > maxEventBytes)
        becomeDown("an event is larger than 1 MB");
}

void DockerEngine::handleEvent(const QJsonObject &event)
{
    if (event.value(u"Action").toString() == u"die")
        Q_EMIT containerDied(event.value(u"Actor").toObject().value(u"ID").toString());
}

void DockerEngine::becomeUp()
{
    m_up = true;
    m_retryDelay = firstRetry;
    m_ping.start();
    qCInfo(dockerLog, "%s is there (API %s)", name().c_str(), m_version.c_str());
    Q_EMIT up();
    tellWaiters();
    tried();
}

void DockerEngine::becomeDown(const std::string &reason)
{
    if (m_events != nullptr) {
        m_events->disconnect(this);
        std::exchange(m_events, nullptr)->deleteLater();
    }
    m_ping.stop();
    const bool wasUp = std::exchange(m_up, false);
    probeFailed(reason);
    if (wasUp) {
        qCWarning(dockerLog, "%s is gone: %s", name().c_str(), m_reason.c_str());
        Q_EMIT down(QString::fromStdString(m_reason));
    }
}

void DockerEngine::ping()
{
    call("GET", "/_ping", {}, [this](Result<DockerReply> reply) {
        if (m_up && (!reply || !reply->ok()))
            becomeDown(reply ? "GET /_ping: " + reply->message()
                             : "it hangs: " + reply.error().message);
    });
}

void DockerEngine::tellWaiters()
{
    for (auto &waiter : m_waiters)
        waiter.timer->start(0);
}

} // namespace meseta::agent
