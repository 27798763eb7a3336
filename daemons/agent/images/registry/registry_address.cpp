#include "daemons/agent/images/registry/registry_address.h"

namespace meseta::agent {

namespace {

constexpr quint16 httpPort = 80;
constexpr quint16 httpsPort = 443;

} // namespace

Result<RegistryAddress> RegistryAddress::fromUrl(const QUrl &url)
{
    const bool tls = url.scheme() == QLatin1String("https");
    if ((!tls && url.scheme() != QLatin1String("http")) || url.host().isEmpty())
        return fail("'" + url.toDisplayString(QUrl::RemoveUserInfo).toStdString()
                    + "' is no http or https URL");
    return RegistryAddress{tls, url.host(),
                           static_cast<quint16>(url.port(tls ? httpsPort : httpPort))};
}

Result<RegistryAddress> RegistryAddress::fromImage(const std::string &registry)
{
    const QUrl url(QStringLiteral("https://") + QString::fromStdString(registry), QUrl::StrictMode);
    auto address = fromUrl(url);
    if (!address)
        return fail("'" + registry + "' is no registry: the form is host or host:port");
    const bool here =
        address->host == QLatin1String("localhost") || address->host == QLatin1String("127.0.0.1");
    address->tls = address->port == httpsPort || (address->port != httpPort && !here);
    // Docker Hub's name in images is not where it answers.
    if (address->host == QLatin1String("docker.io")
        || address->host == QLatin1String("index.docker.io"))
        address->host = QStringLiteral("registry-1.docker.io");
    return address;
}

http::Endpoint RegistryAddress::endpoint() const
{
    auto endpoint = http::Endpoint::tcp(host, port);
    endpoint.tls = tls;
    return endpoint;
}

QUrl RegistryAddress::url(const QString &path) const
{
    QUrl url;
    url.setScheme(tls ? QStringLiteral("https") : QStringLiteral("http"));
    url.setHost(host);
    url.setPort(port);
    url.setPath(path);
    return url;
}

std::string RegistryAddress::text() const
{
    return (tls ? "https://" : "http://") + hostAndPort();
}

std::string RegistryAddress::hostAndPort() const
{
    const bool usual = port == (tls ? httpsPort : httpPort);
    return (usual ? host : http::describe(endpoint())).toStdString();
}

bool RegistryAddress::isDockerHub() const
{
    return host.endsWith(QLatin1String("docker.io"));
}

Result<ImageLocation> ImageLocation::of(const ImageReference &reference,
                                        const RegistryAddress &fallback)
{
    ImageLocation location{fallback, QString::fromStdString(reference.repository), reference};
    if (!reference.registry.empty()) {
        auto named = RegistryAddress::fromImage(reference.registry);
        if (!named)
            return fail(named.error());
        location.registry = *named;
    }
    if (location.registry.isDockerHub() && !location.repository.contains(QLatin1Char('/')))
        location.repository.prepend(QStringLiteral("library/"));
    return location;
}

} // namespace meseta::agent
