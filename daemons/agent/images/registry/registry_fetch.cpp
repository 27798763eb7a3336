#include "daemons/agent/images/registry/registry_fetch.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "common/http/tls_session.h"

namespace meseta::agent {

namespace {

constexpr qsizetype problemBytes = 4096;
constexpr std::chrono::seconds longestPause{30};

constexpr qsizetype toldCharacters = 300;

/// What a registry says in the body of an error (Docker Registry HTTP API v2, errors); of others
/// that answer in its place, a line of plain text.
std::string problemText(const QByteArray &body)
{
    const auto errors = QJsonDocument::fromJson(body).object().value(u"errors").toArray();
    QString message = errors.at(0).toObject().value(u"message").toString();
    if (message.isEmpty() && !body.startsWith('<') && !body.startsWith('{'))
        message = QString::fromUtf8(body).simplified();
    return message.isEmpty() ? std::string() : ": " + message.left(toldCharacters).toStdString();
}

bool isRedirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool isPassing(int status)
{
    return status == 408 || status == 429 || status >= 500;
}

} // namespace

RegistryFetch::RegistryFetch(RegistrySession &session, What what, BodySink &sink, Done done,
                             QObject *parent)
    : QObject(parent)
    , m_session(session)
    , m_what(std::move(what))
    , m_sink(sink)
    , m_done(std::move(done))
    , m_home(session.location().registry)
{
    m_pause.setSingleShot(true);
    connect(&m_pause, &QTimer::timeout, this, &RegistryFetch::attempt);
    m_pause.start(0);
}

RegistryFetch::~RegistryFetch() = default;

bool RegistryFetch::isAtHome() const
{
    return m_what.withCredentials && m_address == m_home;
}

http::Request RegistryFetch::request()
{
    http::Request request;
    request.method = "GET";
    request.target =
        m_url.toEncoded(QUrl::RemoveScheme | QUrl::RemoveAuthority | QUrl::RemoveFragment);
    if (!request.target.startsWith('/'))
        request.target.prepend('/');
    if (!m_what.accept.isEmpty())
        request.headers.add("Accept", m_what.accept);
    request.headers.add("User-Agent", "meseta");
    m_used = isAtHome() ? m_session.authorization() : QByteArray();
    if (!m_used.isEmpty())
        request.headers.add("Authorization", m_used);
    if (const auto taken = m_sink.taken(); taken > 0)
        request.headers.add("Range", "bytes=" + QByteArray::number(quint64(taken)) + "-");
    return request;
}

/// Starts from the registry again: what a redirect led to may be good for one time only.
void RegistryFetch::attempt()
{
    if (m_redirects == 0)
        m_url = m_what.url;
    const auto address = RegistryAddress::fromUrl(m_url);
    if (!address)
        return end(fail(address.error()));
    m_address = *address;
    m_status = 0;
    m_problem.clear();
    http::CallOptions options;
    options.timeout = options.inactivity =
        std::chrono::ceil<std::chrono::milliseconds>(m_session.patience().stallTimeout);
    m_exchange = m_session.client().open(m_address.endpoint(), request(), options);
    connect(m_exchange.get(), &http::Exchange::head, this, &RegistryFetch::answered);
    connect(m_exchange.get(), &http::Exchange::data, this, &RegistryFetch::received);
    connect(m_exchange.get(), &http::Exchange::finished, this, &RegistryFetch::complete);
    connect(m_exchange.get(), &http::Exchange::failed, this, [this](const QString &reason) {
        if (reason.contains(QLatin1String(http::distrustText)))
            end(fail(reason.toStdString()
                     + "; add its authority to the certificates of the system, or to a file that "
                       "SSL_CERT_FILE names in the agent's environment"));
        else
            tryAgain(reason.toStdString());
    });
}

void RegistryFetch::answered(const http::Response &head)
{
    m_status = head.status;
    m_headers = head.headers;
    if (head.status == 200 || head.status == 206)
        answeredBody(head);
    else if (isRedirect(head.status))
        follow(head.headers.value("Location"));
    else if (head.status == 401 && isAtHome())
        letIn(head);
    else if (head.status == 416) { // what is there cannot be gone on with
        const auto restarted = m_sink.restart();
        restarted ? tryAgain("the registry cannot go on where the transfer broke")
                  : end(fail(restarted.error()));
    }
}

void RegistryFetch::answeredBody(const http::Response &head)
{
    const auto taken = m_sink.taken();
    if (taken == 0 && head.status == 200)
        return;
    const QByteArray expected = "bytes " + QByteArray::number(quint64(taken)) + "-";
    if (head.status == 206 && head.headers.value("Content-Range").startsWith(expected))
        return;
    if (auto restarted = m_sink.restart(); !restarted)
        end(fail(restarted.error()));
    else if (head.status == 206)
        tryAgain("the registry goes on at another place than was asked for");
}

void RegistryFetch::received(const QByteArray &bytes)
{
    if (m_status != 200 && m_status != 206) {
        m_problem += bytes.left(problemBytes - m_problem.size());
        return;
    }
    if (auto taken = m_sink.take(bytes); !taken)
        return end(fail(taken.error()));
    if (m_sink.taken() > m_furthest) { // starting over and over is no progress
        m_furthest = m_sink.taken();
        m_failures = 0;
    }
    Q_EMIT progressed();
}

void RegistryFetch::complete()
{
    if (m_status == 200 || m_status == 206)
        end(m_headers);
    else if (isPassing(m_status))
        tryAgain("it answered with status " + std::to_string(m_status) + problemText(m_problem),
                 std::chrono::seconds(std::max(0, m_headers.value("Retry-After").toInt())));
    else
        refused(m_status);
}

void RegistryFetch::refused(int status)
{
    const std::string problem = problemText(m_problem);
    if (status == 404)
        end(fail(m_address.text() + " does not have it" + problem
                 + "; check the registry, the name and the tag"));
    else if (status == 401 || status == 403)
        end(fail(m_address.text() + " does not allow it" + problem
                 + "; the image may need a password in --docker_config"));
    else
        end(fail(m_address.text() + " answered with status " + std::to_string(status) + problem));
}

void RegistryFetch::follow(const QByteArray &location)
{
    const QUrl target = m_url.resolved(QUrl::fromEncoded(location));
    const auto address = RegistryAddress::fromUrl(target);
    if (location.isEmpty() || !address)
        return end(fail(m_address.text() + " sends elsewhere without saying where"));
    if (++m_redirects > m_session.patience().redirects)
        return end(fail(m_address.text() + " sends from place to place: more than "
                        + std::to_string(m_session.patience().redirects) + " redirects"));
    if (m_address.tls && !address->tls)
        return end(
            fail(m_address.text() + " sends to " + address->text() + ", which is not encrypted"));
    dropExchange();
    m_url = target;
    m_pause.start(0);
}

void RegistryFetch::letIn(const http::Response &head)
{
    const auto challenge = Challenge::parse(head.headers.value("WWW-Authenticate"));
    const bool isToken = challenge && challenge->scheme == Challenge::Scheme::Bearer;
    if (!challenge || (m_wasLetIn && isToken))
        return; // told as a refusal, with what its body says
    m_wasLetIn = true;
    dropExchange();
    m_session.authorize(*challenge, m_used, this, [this](const Result<> &result) {
        if (result)
            attempt();
        else
            end(fail(result.error()));
    });
}

void RegistryFetch::tryAgain(const std::string &reason, Duration atLeast)
{
    dropExchange();
    const auto &patience = m_session.patience();
    if (++m_failures >= patience.attempts)
        return end(fail("given up after " + std::to_string(m_failures)
                        + " attempts, the last: " + reason));
    const Duration pause = patience.firstPause * (1 << std::min(m_failures - 1, 8));
    m_redirects = 0;
    m_wasLetIn = false; // a token may have ended
    m_pause.start(std::chrono::ceil<std::chrono::milliseconds>(
        std::min<Duration>(std::max(pause, atLeast), longestPause)));
}

void RegistryFetch::stop()
{
    m_done = nullptr;
    m_pause.stop();
    dropExchange();
}

void RegistryFetch::dropExchange()
{
    if (!m_exchange)
        return;
    m_exchange->disconnect(this);
    m_exchange.release()->deleteLater();
}

void RegistryFetch::end(Result<http::Headers> result)
{
    dropExchange();
    m_pause.stop();
    if (!result)
        result = fail(result.error().within("getting " + m_what.name));
    if (const Done done = std::exchange(m_done, nullptr))
        done(std::move(result));
}

} // namespace meseta::agent
