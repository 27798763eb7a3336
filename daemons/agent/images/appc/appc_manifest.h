#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemons/agent/images/digest/digest.h"
#include "daemons/agent/images/image_runtime.h"
#include "mesos/v1/resource.pb.h"

namespace meseta::agent {

/// What names an appc image: its name, its labels ("version", "os", "arch" …) and, when it has to
/// be exactly one, its id. Source: App Container specification, image discovery.
struct AppcName
{
    std::string name;
    std::map<std::string, std::string> labels;
    std::optional<Digest> id; ///< sha512 of the uncompressed image

    static Result<AppcName> of(const mesos::v1::Image::Appc &image);

    /// For the index and for people: "example.org/app,arch=amd64,os=linux".
    std::string text() const;
    /// What follows --appc_simple_discovery_uri_prefix: "<name>-<version>-<os>-<arch>.aci". The
    /// version is "latest" by default; the error says which label is missing.
    Result<std::string> discoveryPath() const;
};

/// "sha512-<128 hex digits>", as appc writes ids.
Result<Digest> parseAppcId(const std::string &text);

struct AppcManifest
{
    std::string name;
    ImageRuntime runtime; ///< empty without an `app`
    std::vector<AppcName> dependencies; ///< lowest first
};

/// Source: App Container specification, image manifest schema.
Result<AppcManifest> parseAppcManifest(const std::string &json);

} // namespace meseta::agent
