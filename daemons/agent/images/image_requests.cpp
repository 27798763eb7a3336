#include <QJsonDocument>

#include "daemons/agent/images/appc/appc_pull.h"
#include "daemons/agent/images/image_provisioner_private.h"
#include "daemons/agent/images/pull/archive_pull.h"
#include "daemons/agent/images/pull/registry_pull.h"

// What a request asks for, and where that is to be had.
namespace meseta::agent {

namespace {

QJsonObject parsedConfig(const std::string &text)
{
    return QJsonDocument::fromJson(QByteArray::fromStdString(text)).object();
}

/// Not the credentials themselves: it lies in tables.
std::string sourceOf(const std::optional<RegistryCredentials> &credentials)
{
    if (!credentials)
        return {};
    const QString text = credentials->user + QLatin1Char('\n') + credentials->password
        + QLatin1Char('\n') + credentials->identityToken;
    return digestOf(text.toStdString()).hex;
}

} // namespace

Result<ImageWanted> ImageProvisioner::Private::wanted(const ProvisionRequest &request)
{
    const bool isAppc = request.image.type() == mesos::v1::Image::APPC;
    if (isAppc ? appc == nullptr : docker == nullptr)
        return fail(std::string("this agent provides no ") + (isAppc ? "APPC" : "DOCKER")
                    + " images: --image_providers does not name them");
    auto result = isAppc ? wantedAppc(request) : wantedDocker(request);
    if (result)
        result->cached = request.image.cached();
    return result;
}

Result<ImageWanted> ImageProvisioner::Private::wantedDocker(const ProvisionRequest &request)
{
    const std::string &title = request.image.docker().name();
    auto reference = ImageReference::parse(title);
    if (!reference)
        return fail(reference.error());
    if (options.dockerRegistry.starts_with('/') && reference->registry.empty())
        return wantedFrom(options.dockerRegistry, title);

    Result<RegistryAddress> fallback =
        RegistryAddress::fromUrl(QUrl(QString::fromStdString(options.dockerRegistry)));
    if (!fallback && reference->registry.empty())
        return fail(fallback.error().within("--docker_registry"));
    auto location =
        ImageLocation::of(*reference, fallback ? std::move(*fallback) : RegistryAddress{});
    if (!location)
        return fail(location.error());
    // Credentials are looked up for where the image really comes from.
    ImageReference key = *reference;
    if (key.registry.empty() && !location->registry.isDockerHub())
        key.registry = location->registry.hostAndPort();
    auto credentials = request.dockerConfig
        ? registryCredentials(parsedConfig(*request.dockerConfig), key)
        : std::nullopt;
    if (!credentials)
        credentials = registryCredentials(dockerConfig, key);

    ImageWanted image;
    image.catalog = docker.get();
    image.title = title;
    image.name = location->registry.text() + "/" + location->repository.toStdString()
        + (reference->digest.empty() ? ":" + reference->tag : "@" + reference->digest);
    image.source = sourceOf(credentials);
    RegistryPatience patience;
    patience.stallTimeout = options.stallTimeout;
    patience.firstPause = options.retryPause;
    image.factory = [this, name = image.name, location = *location, credentials,
                     patience]() -> Result<std::unique_ptr<ImageArrival>> {
        auto session = std::make_shared<RegistrySession>(client, location, credentials, patience);
        return std::make_unique<RegistryPull>(name, docker->store(), docker->arrivals(),
                                              std::move(session),
                                              RegistryPull::Settings{options.limits, architecture});
    };
    return image;
}

Result<ImageWanted> ImageProvisioner::Private::wantedFrom(const std::string &folder,
                                                          const std::string &title)
{
    ImageWanted image;
    image.catalog = docker.get();
    image.title = title;
    ArchivePull::What what;
    what.path = folder + "/" + title + ".tar";
    what.reference = *ImageReference::parse(title);
    what.limits = options.limits;
    what.architecture = architecture;
    image.name = what.path;
    image.factory = [this, name = image.name, what]() -> Result<std::unique_ptr<ImageArrival>> {
        return std::make_unique<ArchivePull>(name, docker->store(), docker->arrivals(), what);
    };
    return image;
}

Result<ImageWanted> ImageProvisioner::Private::wantedAppc(const ProvisionRequest &request)
{
    auto name = AppcName::of(request.image.appc());
    if (!name)
        return fail(name.error());
    ImageWanted image;
    image.catalog = appc.get();
    image.title = name->text();
    image.name = image.title;
    RegistryPatience patience;
    patience.stallTimeout = options.stallTimeout;
    patience.firstPause = options.retryPause;
    image.factory = [this, name = *name, patience]() -> Result<std::unique_ptr<ImageArrival>> {
        return std::make_unique<AppcPull>(
            name, appc->store(), appc->arrivals(), client,
            AppcPull::Settings{options.appcPrefix, options.limits, patience});
    };
    return image;
}

/// What these are called in the catalogs. Images of a kind that this agent does not provide are
/// passed over: it has none to spare.
Result<std::set<std::string>>
ImageProvisioner::Private::namesOf(const std::vector<mesos::v1::Image> &excluded)
{
    std::set<std::string> names;
    for (const auto &image : excluded) {
        const bool isAppc = image.type() == mesos::v1::Image::APPC;
        if (isAppc ? appc == nullptr : docker == nullptr)
            continue;
        const auto known = wanted({{}, image});
        if (!known)
            return fail(known.error().within("excluded_images"));
        names.insert(known->name);
    }
    return names;
}

Result<ImageRuntime> ImageProvisioner::Private::runtimeOf(const ImageWanted &wanted,
                                                          const ImageRecord &record) const
{
    if (wanted.catalog == appc.get()) {
        auto manifest = parseAppcManifest(record.config);
        return manifest ? Result<ImageRuntime>(std::move(manifest->runtime))
                        : fail(manifest.error());
    }
    auto config = parseImageConfig(QByteArray::fromStdString(record.config));
    return config ? Result<ImageRuntime>(std::move(config->runtime)) : fail(config.error());
}

} // namespace meseta::agent
