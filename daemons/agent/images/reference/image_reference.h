#pragma once

#include <optional>
#include <string>

#include <QJsonObject>

#include "common/base/result.h"

namespace meseta::agent {

/// The parts of an image's name: "[registry/]repository[:tag][@digest]". Source: Mesos
/// containerizer documentation, Docker image names.
struct ImageReference
{
    std::string registry; ///< "127.0.0.1:5000"; empty: the engine's default
    std::string repository; ///< "library/redis"
    std::string tag; ///< "latest" when the name has neither tag nor digest
    std::string digest; ///< "sha256:…"

    static Result<ImageReference> parse(const std::string &name);

    std::string nameWithoutTag() const;
    std::string tagOrDigest() const { return digest.empty() ? tag : digest; }
    /// As the engine's API wants it: always with a tag or a digest.
    std::string full() const;
};

/// What a Docker config has for a registry.
struct RegistryCredentials
{
    std::string server; ///< host[:port] of the entry
    QString user;
    QString password;
    QString identityToken; ///< wins over user and password

    bool operator==(const RegistryCredentials &) const = default;
};

/// The credentials of a Docker config file ({"auths": {…}} or the older flat form) for an image.
std::optional<RegistryCredentials> registryCredentials(const QJsonObject &dockerConfig,
                                                       const ImageReference &image);

/// The X-Registry-Auth header for an image: from a Docker config file ({"auths": {…}} or the older
/// flat form). Empty when the config has nothing for the image's registry.
QByteArray registryAuth(const QJsonObject &dockerConfig, const ImageReference &image);

/// The Docker config a task brought into its sandbox (`.docker/config.json` or `.dockercfg`); empty
/// when there is none.
QJsonObject sandboxDockerConfig(const std::string &sandbox);

} // namespace meseta::agent
