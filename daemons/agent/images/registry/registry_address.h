#pragma once

#include <string>

#include <QUrl>

#include "common/base/result.h"
#include "common/http/client.h"
#include "daemons/agent/images/reference/image_reference.h"

namespace meseta::agent {

/// Where a registry, or something it sends to, answers. Credentials belong to exactly one.
struct RegistryAddress
{
    bool tls = true;
    QString host;
    quint16 port = 443;

    /// An http or https URL; its path is not looked at. The error names the URL.
    static Result<RegistryAddress> fromUrl(const QUrl &url);
    /// What an image names: "127.0.0.1:5000", "registry.example.org". Port 80 and, on this
    /// machine, any port but 443 mean http. Source: Mesos containerizer, Docker registries.
    static Result<RegistryAddress> fromImage(const std::string &registry);

    http::Endpoint endpoint() const;
    QUrl url(const QString &path) const;
    std::string text() const; ///< "http://127.0.0.1:5000"
    std::string hostAndPort() const; ///< as Docker configs say it: "127.0.0.1:5000", "example.org"
    bool isDockerHub() const;

    bool operator==(const RegistryAddress &) const = default;
};

/// Where an image is to be got, and what it is called there.
struct ImageLocation
{
    RegistryAddress registry;
    QString repository; ///< with Docker Hub's "library/" where it is due
    ImageReference reference;

    /// `fallback` is the registry of images that name none.
    static Result<ImageLocation> of(const ImageReference &reference,
                                    const RegistryAddress &fallback);
};

} // namespace meseta::agent
