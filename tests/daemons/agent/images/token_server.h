#pragma once

#include <QDateTime>
#include <QHostAddress>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QUuid>

#include "common/http/server.h"
#include "tests/daemons/agent/images/difficult_image.h"
#include "tests/support/registry.h"

namespace meseta::agent {

/// Gives tokens for a registry to who says the right user and password, and to everybody for what
/// is public. Source: Docker Registry v2 authentication, token server.
class TokenServer
{
public:
    TokenServer()
    {
        m_server.setFallback([this](const http::Request &request, auto responder) {
            requests.push_back(request);
            responder->send(answer(request));
        });
        static_cast<void>(m_server.listen(QHostAddress::LocalHost, 0));
    }

    /// Makes the key that tokens are signed with.
    Result<> prepare() const
    {
        const auto made = test::runProgram(
            QStringLiteral("openssl"),
            {QStringLiteral("req"), QStringLiteral("-x509"), QStringLiteral("-newkey"),
             QStringLiteral("rsa:2048"), QStringLiteral("-nodes"), QStringLiteral("-keyout"), key(),
             QStringLiteral("-out"), certificate(), QStringLiteral("-days"), QStringLiteral("2"),
             QStringLiteral("-subj"), QStringLiteral("/CN=localhost"), QStringLiteral("-addext"),
             QStringLiteral("subjectAltName=DNS:localhost,IP:127.0.0.1")});
        return made ? Result<>() : fail(made.error());
    }

    QString realm() const
    {
        return QStringLiteral("http://127.0.0.1:%1/token").arg(m_server.port());
    }
    QString key() const { return m_folder.filePath(QStringLiteral("key.pem")); }
    QString certificate() const { return m_folder.filePath(QStringLiteral("certificate.pem")); }

    std::vector<http::Request> requests;
    QByteArray credentials; ///< "who:secret"

private:
    static QByteArray encoded(const QByteArray &bytes)
    {
        return bytes.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
    }

    http::Response answer(const http::Request &request) const
    {
        const QByteArray said = request.headers.value("Authorization");
        const bool known = said == "Basic " + credentials.toBase64();
        if (!said.isEmpty() && !known)
            return http::Response::text(401, "no such user");
        const QByteArray scope = request.parameter("scope").value_or("");
        const QByteArrayList parts = scope.split(':'); // repository:<name>:pull
        QJsonArray access;
        if (parts.size() == 3 && (known || parts[1].startsWith("public/")))
            access.append(
                QJsonObject{{QStringLiteral("type"), QStringLiteral("repository")},
                            {QStringLiteral("name"), QString::fromLatin1(parts[1])},
                            {QStringLiteral("actions"), QJsonArray{QStringLiteral("pull")}}});
        return http::Response::json(
            QJsonDocument(
                QJsonObject{{QStringLiteral("token"), QString::fromLatin1(token(access, request))}})
                .toJson());
    }

    QByteArray token(const QJsonArray &access, const http::Request &request) const
    {
        QFile file(certificate());
        const QByteArray pem = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        const QByteArray chain = pem.mid(27, pem.indexOf("-----END") - 27).replace('\n', "");
        const qint64 now = QDateTime::currentSecsSinceEpoch();
        const QJsonObject head{{QStringLiteral("typ"), QStringLiteral("JWT")},
                               {QStringLiteral("alg"), QStringLiteral("RS256")},
                               {QStringLiteral("x5c"), QJsonArray{QString::fromLatin1(chain)}}};
        const QJsonObject claims{
            {QStringLiteral("iss"), test::TestRegistry::tokenIssuer()},
            {QStringLiteral("sub"), QStringLiteral("who")},
            {QStringLiteral("aud"),
             QString::fromUtf8(request.parameter("service").value_or("(none)"))},
            {QStringLiteral("exp"), now + 300},
            {QStringLiteral("nbf"), now - 10},
            {QStringLiteral("iat"), now},
            {QStringLiteral("jti"), QUuid::createUuid().toString(QUuid::WithoutBraces)},
            {QStringLiteral("access"), access}};
        const QByteArray text = encoded(QJsonDocument(head).toJson(QJsonDocument::Compact)) + '.'
            + encoded(QJsonDocument(claims).toJson(QJsonDocument::Compact));
        return text + '.' + encoded(signature(text));
    }

    QByteArray signature(const QByteArray &text) const
    {
        const QString path = m_folder.filePath(QStringLiteral("to-sign"));
        test::writeFile(path, text);
        const auto made = test::runProgram(QStringLiteral("openssl"),
                                           {QStringLiteral("dgst"), QStringLiteral("-sha256"),
                                            QStringLiteral("-sign"), key(), path});
        return made ? *made : QByteArray();
    }

    QTemporaryDir m_folder;
    http::Server m_server;
};

} // namespace meseta::agent
