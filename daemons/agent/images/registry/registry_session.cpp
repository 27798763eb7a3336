#include "daemons/agent/images/registry/registry_session.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QPointer>
#include <QUrlQuery>

namespace meseta::agent {

namespace {

constexpr qint64 tokenBytes = 1 << 20;

QByteArray basicOf(const RegistryCredentials &credentials)
{
    return "Basic "
        + (credentials.user + QLatin1Char(':') + credentials.password).toUtf8().toBase64();
}

QByteArray formOf(const std::vector<std::pair<QByteArray, QByteArray>> &fields)
{
    QByteArray form;
    for (const auto &[name, value] : fields)
        form += (form.isEmpty() ? "" : "&") + name + "=" + value.toPercentEncoding();
    return form;
}

} // namespace

struct RegistrySession::Waiting
{
    QPointer<QObject> receiver;
    std::function<void(Result<>)> done;
};

RegistrySession::RegistrySession(http::Client &client, ImageLocation location,
                                 std::optional<RegistryCredentials> credentials,
                                 RegistryPatience patience, QObject *parent)
    : QObject(parent)
    , m_client(client)
    , m_location(std::move(location))
    , m_credentials(std::move(credentials))
    , m_patience(patience)
{ }

RegistrySession::~RegistrySession() = default;

void RegistrySession::authorize(const Challenge &challenge, const QByteArray &used,
                                QObject *receiver, std::function<void(Result<>)> done)
{
    m_waiting.push_back({receiver, std::move(done)});
    if (m_asking)
        return;
    m_asking = true;
    if (used != m_authorization) // another request was let in meanwhile
        QMetaObject::invokeMethod(
            this, [this] { authorized({}); }, Qt::QueuedConnection);
    else if (challenge.scheme == Challenge::Scheme::Bearer)
        requestToken(challenge);
    else
        QMetaObject::invokeMethod(
            this, [this] { authorized(answerBasic()); }, Qt::QueuedConnection);
}

Result<> RegistrySession::answerBasic()
{
    const std::string where = m_location.registry.text();
    if (!m_credentials)
        return fail("the registry " + where
                    + " asks for a password and there is none for it; add one to --docker_config "
                      "or to the image");
    const QByteArray answer = basicOf(*m_credentials);
    if (answer == m_authorization)
        return fail("the registry " + where + " does not accept the user '"
                    + m_credentials->user.toStdString() + "' with this password");
    m_authorization = answer;
    return {};
}

http::Request RegistrySession::tokenRequest(const QUrl &realm, const Challenge &challenge) const
{
    const QByteArray service = challenge.parameter("service");
    QByteArray scope = challenge.parameter("scope");
    if (scope.isEmpty())
        scope = "repository:" + m_location.repository.toUtf8() + ":pull";
    http::Request request;
    QUrl target = realm;
    if (m_credentials && !m_credentials->identityToken.isEmpty()) {
        request.method = "POST";
        request.headers.add("Content-Type", "application/x-www-form-urlencoded");
        request.body = formOf({{"grant_type", "refresh_token"},
                               {"service", service},
                               {"scope", scope},
                               {"client_id", "meseta"},
                               {"refresh_token", m_credentials->identityToken.toUtf8()}});
    } else {
        request.method = "GET";
        QUrlQuery query(target);
        if (!service.isEmpty())
            query.addQueryItem(QStringLiteral("service"),
                               QString::fromLatin1(service.toPercentEncoding()));
        query.addQueryItem(QStringLiteral("scope"), QString::fromLatin1(scope.toPercentEncoding()));
        target.setQuery(query);
        if (m_credentials)
            request.headers.add("Authorization", basicOf(*m_credentials));
    }
    request.target =
        target.toEncoded(QUrl::RemoveScheme | QUrl::RemoveAuthority | QUrl::RemoveFragment);
    if (!request.target.startsWith('/'))
        request.target.prepend('/');
    return request;
}

void RegistrySession::requestToken(const Challenge &challenge)
{
    const QUrl realm = QUrl::fromEncoded(challenge.parameter("realm"));
    const auto address = RegistryAddress::fromUrl(realm);
    Result<> usable;
    if (!address)
        usable = fail(address.error().within("the registry names no place to get a token"));
    else if (m_location.registry.tls && !address->tls)
        usable = fail("the registry wants its password sent to " + address->text()
                      + ", which is not encrypted");
    if (!usable) {
        QMetaObject::invokeMethod(
            this, [this, usable] { authorized(usable); }, Qt::QueuedConnection);
        return;
    }
    http::CallOptions options;
    options.timeout = std::chrono::ceil<std::chrono::milliseconds>(m_patience.stallTimeout);
    options.maxBodyBytes = tokenBytes;
    m_client.call(
        address->endpoint(), tokenRequest(realm, challenge),
        [self = QPointer<RegistrySession>(this)](const Result<http::Response> &answer) {
            if (self)
                self->authorized(self->takeToken(answer));
        },
        options);
}

Result<> RegistrySession::takeToken(const Result<http::Response> &answer)
{
    if (!answer)
        return fail(answer.error().within("getting a token"));
    if (answer->status != 200)
        return fail("no token was given: the server answered with status "
                    + std::to_string(answer->status)
                    + (m_credentials ? "; check the password in --docker_config or the image"
                                     : "; the image may need a password"));
    const QJsonObject object = QJsonDocument::fromJson(answer->body).object();
    QByteArray token = object.value(u"token").toString().toUtf8();
    if (token.isEmpty())
        token = object.value(u"access_token").toString().toUtf8();
    if (token.isEmpty() || token.contains('\r') || token.contains('\n'))
        return fail("the answer to the request for a token has none");
    m_authorization = "Bearer " + token;
    return {};
}

void RegistrySession::authorized(const Result<> &result)
{
    m_asking = false;
    for (const auto &waiting : std::exchange(m_waiting, {})) {
        if (waiting.receiver)
            waiting.done(result);
    }
}

} // namespace meseta::agent
