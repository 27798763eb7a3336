#pragma once

#include <optional>
#include <string>
#include <vector>

#include <QByteArray>
#include <QString>

#include "common/base/result.h"
#include "daemons/agent/images/digest/digest.h"
#include "daemons/agent/images/image_runtime.h"

namespace meseta::agent {

/// A piece of content: OCI image specification, descriptors.
struct Descriptor
{
    std::string mediaType;
    Digest digest;
    std::uint64_t size = 0;
    std::vector<QString> urls; ///< of layers that a registry does not hold itself
};

struct Manifest
{
    Descriptor config;
    std::vector<Descriptor> layers; ///< lowest first
};

/// One document of a registry: a manifest, or the manifests of several platforms.
struct ManifestDocument
{
    std::optional<Manifest> manifest;
    std::optional<Descriptor> chosen; ///< of an index: the one of the platform
};

/// What to say to Accept when asking for a manifest.
QByteArray manifestTypes();

/// "amd64" on x86-64, as OCI images name this machine's processor.
std::string machineArchitecture();

/// Reads Docker's manifest of version 2, schema 2, its list, and OCI's manifest and index. The
/// error says what is malformed, or which platforms there are when that of `architecture` is not.
Result<ManifestDocument> parseManifest(const QByteArray &json, const std::string &architecture);

/// What an image's config says.
struct ImageConfig
{
    ImageRuntime runtime;
    std::vector<Digest> diffIds; ///< of the uncompressed layers, lowest first
};

/// Source: OCI image specification, configuration.
Result<ImageConfig> parseImageConfig(const QByteArray &json);

} // namespace meseta::agent
