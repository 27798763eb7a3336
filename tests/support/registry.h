#pragma once

#include <QTemporaryDir>

#include "tests/support/server_process.h"

namespace meseta::test {

/// A Docker registry (Debian's docker-registry) on a free loopback port, with its images in a
/// temporary folder.
class TestRegistry
{
public:
    /// What is missing to run one; empty when nothing is.
    static QString missing();

    /// With a user and password, every request must be authorised by them.
    Result<> start(const QString &user = {}, const QString &password = {});
    void stop() { m_server.stop(); }
    /// As when its machine loses power; `start` brings it back with its images.
    void crash();

    /// From the next start on it speaks TLS with these files (PEM); nothing: plain HTTP.
    void setTls(const QString &certificate, const QString &key);
    /// From the next start on it takes tokens only, which are to be had at `realm` and signed by
    /// the key of this certificate. Source: Docker Registry configuration, auth.token.
    void setTokens(const QString &realm, const QString &certificate);
    static QString tokenService() { return QStringLiteral("a test's registry"); }
    static QString tokenIssuer() { return QStringLiteral("a test's token server"); }

    quint16 port() const { return m_port; }
    /// "127.0.0.1:5001": what goes before the repository in an image's name.
    QString host() const { return QStringLiteral("127.0.0.1:%1").arg(m_port); }

private:
    QTemporaryDir m_folder;
    quint16 m_port = 0;
    QByteArray m_tls;
    QByteArray m_tokens;
    ServerProcess m_server;
};

} // namespace meseta::test
