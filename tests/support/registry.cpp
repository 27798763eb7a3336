#include "tests/support/registry.h"

#include <QFile>
#include <QStandardPaths>

#include <crypt.h>
#include <signal.h>

namespace meseta::test {

namespace {

bool writeFile(const QString &path, const QByteArray &content)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(content) == content.size();
}

/// A line of an htpasswd file; the registry knows bcrypt only.
QByteArray passwordLine(const QString &user, const QString &password)
{
    const char *hash = ::crypt(password.toUtf8().constData(), "$2y$05$abcdefghijklmnopqrstuu");
    return user.toUtf8() + ':' + QByteArray(hash) + '\n';
}

} // namespace

QString TestRegistry::missing()
{
    return QStandardPaths::findExecutable(QStringLiteral("docker-registry")).isEmpty()
        ? QStringLiteral(
            "no registry: the program docker-registry (Debian package docker-registry) is missing")
        : QString();
}

Result<> TestRegistry::start(const QString &user, const QString &password)
{
    if (m_port == 0)
        m_port = freePort();
    QByteArray config =
        "version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: \""
        + m_folder.filePath(QStringLiteral("data")).toUtf8()
        + "\"}, delete: {enabled: true}}\nhttp: {addr: \"" + host().toUtf8() + "\"" + m_tls + "}\n"
        + m_tokens;
    if (!user.isEmpty()) {
        const QString passwords = m_folder.filePath(QStringLiteral("htpasswd"));
        if (!writeFile(passwords, passwordLine(user, password)))
            return fail("cannot write " + passwords.toStdString());
        config += "auth: {htpasswd: {realm: test, path: \"" + passwords.toUtf8() + "\"}}\n";
    }
    const QString path = m_folder.filePath(QStringLiteral("config.yml"));
    if (!writeFile(path, config))
        return fail("cannot write " + path.toStdString());
    return m_server.start(QStringLiteral("docker-registry"), {QStringLiteral("serve"), path},
                          [this] { return acceptsConnections(m_port); });
}

void TestRegistry::crash()
{
    m_server.signal(SIGKILL);
    m_server.stop();
}

void TestRegistry::setTls(const QString &certificate, const QString &key)
{
    m_tls =
        QStringLiteral(", tls: {certificate: \"%1\", key: \"%2\"}").arg(certificate, key).toUtf8();
}

void TestRegistry::setTokens(const QString &realm, const QString &certificate)
{
    m_tokens = QStringLiteral("auth: {token: {realm: \"%1\", service: \"%2\", issuer: \"%3\", "
                              "rootcertbundle: \"%4\"}}\n")
                   .arg(realm, tokenService(), tokenIssuer(), certificate)
                   .toUtf8();
}

} // namespace meseta::test
