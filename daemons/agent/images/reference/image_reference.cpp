#include "daemons/agent/images/reference/image_reference.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QUrl>

namespace meseta::agent {

namespace {

constexpr qint64 maxConfigBytes = 1 << 20;

bool isAllowed(char c)
{
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::strchr("._-/:@", c) != nullptr;
}

/// "host[:port]" of a config key such as "https://index.docker.io/v1/".
std::string hostOf(std::string key)
{
    if (const auto scheme = key.find("://"); scheme != std::string::npos)
        key.erase(0, scheme + 3);
    return key.substr(0, key.find('/'));
}

bool concerns(const std::string &key, const ImageReference &image)
{
    const std::string host = hostOf(key);
    const bool hub =
        image.registry.empty() || image.registry.find("docker.io") != std::string::npos;
    return hub ? host.find("docker.io") != std::string::npos : host == image.registry;
}

RegistryCredentials credentialsOf(const QJsonObject &entry, std::string server)
{
    RegistryCredentials credentials;
    credentials.server = std::move(server);
    credentials.identityToken = entry.value(u"identitytoken").toString();
    credentials.user = entry.value(u"username").toString();
    credentials.password = entry.value(u"password").toString();
    const auto pair =
        QString::fromUtf8(QByteArray::fromBase64(entry.value(u"auth").toString().toLatin1()));
    if (const auto colon = pair.indexOf(QLatin1Char(':')); colon > 0) {
        credentials.user = pair.left(colon);
        credentials.password = pair.mid(colon + 1);
    }
    return credentials;
}

/// Reads a file of the sandbox, whose owner is the task's user: links are not followed.
QJsonObject readConfig(const QString &folder, const QString &path)
{
    if (QFileInfo(folder).isSymLink() || QFileInfo(path).isSymLink() || !QFileInfo(path).isFile())
        return {};
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly) || file.size() > maxConfigBytes)
        return {};
    return QJsonDocument::fromJson(file.readAll()).object();
}

} // namespace

Result<ImageReference> ImageReference::parse(const std::string &name)
{
    if (name.empty())
        return fail("the image has no name: set container.docker.image");
    if (!std::all_of(name.begin(), name.end(), isAllowed) || name.find("..") != std::string::npos
        || name.front() == '/')
        return fail("'" + name
                    + "' is not the name of an image: the form is "
                      "[registry[:port]/]repository[:tag][@digest]");

    if (const auto scheme = name.find("://"); scheme != std::string::npos)
        return fail("'" + name + "' is a URL rather than the name of an image: leave out '"
                    + name.substr(0, scheme + 3) + "'");

    ImageReference reference;
    std::string rest = name;
    if (const auto at = rest.find('@'); at != std::string::npos) {
        reference.digest = rest.substr(at + 1);
        rest.resize(at);
    }
    const auto colon = rest.rfind(':');
    const auto slash = rest.rfind('/');
    if (colon != std::string::npos && (slash == std::string::npos || colon > slash)) {
        reference.tag = rest.substr(colon + 1);
        rest.resize(colon);
    }
    const auto first = rest.substr(0, rest.find('/'));
    if (first.size() < rest.size()
        && (first.find_first_of(".:") != std::string::npos || first == "localhost")) {
        reference.registry = first;
        rest.erase(0, first.size() + 1);
    }
    reference.repository = rest;
    if (reference.tag.empty() && reference.digest.empty())
        reference.tag = "latest";
    if (reference.repository.empty())
        return fail("'" + name + "' is not the name of an image: the repository is missing");
    return reference;
}

std::string ImageReference::nameWithoutTag() const
{
    return registry.empty() ? repository : registry + "/" + repository;
}

std::string ImageReference::full() const
{
    return digest.empty() ? nameWithoutTag() + ":" + tag : nameWithoutTag() + "@" + digest;
}

std::optional<RegistryCredentials> registryCredentials(const QJsonObject &dockerConfig,
                                                       const ImageReference &image)
{
    const QJsonObject auths =
        dockerConfig.contains(u"auths") ? dockerConfig.value(u"auths").toObject() : dockerConfig;
    for (auto entry = auths.begin(); entry != auths.end(); ++entry) {
        const std::string key = entry.key().toStdString();
        if (entry.value().isObject() && concerns(key, image))
            return credentialsOf(entry.value().toObject(), hostOf(key));
    }
    return std::nullopt;
}

QByteArray registryAuth(const QJsonObject &dockerConfig, const ImageReference &image)
{
    const auto credentials = registryCredentials(dockerConfig, image);
    if (!credentials)
        return {};
    QJsonObject auth{
        {QStringLiteral("serveraddress"), QString::fromStdString(credentials->server)}};
    if (!credentials->identityToken.isEmpty()) {
        auth.insert(u"identitytoken", credentials->identityToken);
    } else {
        auth.insert(u"username", credentials->user);
        auth.insert(u"password", credentials->password);
    }
    return QJsonDocument(auth)
        .toJson(QJsonDocument::Compact)
        .toBase64(QByteArray::Base64UrlEncoding);
}

QJsonObject sandboxDockerConfig(const std::string &sandbox)
{
    const QString folder = QString::fromStdString(sandbox);
    const auto config = readConfig(folder + QLatin1String("/.docker"),
                                   folder + QLatin1String("/.docker/config.json"));
    return config.isEmpty() ? readConfig(folder, folder + QLatin1String("/.dockercfg")) : config;
}

} // namespace meseta::agent
