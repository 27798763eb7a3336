#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "mesos/v1/resource.pb.h"

namespace meseta::agent {

/// What one image may cost. An image that wants more is refused by name: a small archive can hide
/// a huge one.
struct ImageLimits
{
    std::uint64_t manifestBytes = 4ULL << 20;
    std::uint64_t configBytes = 8ULL << 20;
    std::uint64_t layerBytes = 64ULL << 30; ///< unpacked content of one layer
    std::uint64_t layerEntries = 4'000'000;
    std::uint64_t metadataBytes = 1ULL << 20; ///< of one entry: long names, extended attributes
    std::uint32_t ratio = 200; ///< unpacked to packed, counted beyond `ratioFloor`
    std::uint64_t ratioFloor = 4ULL << 30;
    int layers = 500;
};

/// When images that nobody uses are removed on their own. Source: Mesos --image_gc_config.
struct ImageCollection
{
    double diskHeadroom = 0.1; ///< share of the disk to keep free, 0 to 1
    Duration interval{}; ///< between two looks
    std::vector<mesos::v1::Image> excluded;
};

/// How images are got and kept: the flags of the same names.
struct ImageOptions
{
    bool docker = false; ///< --image_providers names DOCKER
    bool appc = false; ///< … names APPC
    std::string backend; ///< --image_provisioner_backend; empty: the first that works
    std::string workDir; ///< --work_dir: root file systems live in its `provisioner`

    std::string dockerRegistry = "https://registry-1.docker.io"; ///< URL, or a folder of archives
    std::string dockerStoreDir;
    std::optional<std::string> dockerConfig; ///< JSON text

    std::string appcPrefix = "http://"; ///< --appc_simple_discovery_uri_prefix
    std::string appcStoreDir;

    std::optional<ImageCollection> collection; ///< --image_gc_config
    Duration stallTimeout = std::chrono::minutes(1); ///< --fetcher_stall_timeout
    Duration retryPause = std::chrono::milliseconds(250); ///< before a second try; then doubled
    std::string platform; ///< "amd64", "arm64"; empty: this machine's
    std::string caFile; ///< certificates to trust instead of the system's; for tests
    ImageLimits limits;
};

} // namespace meseta::agent
