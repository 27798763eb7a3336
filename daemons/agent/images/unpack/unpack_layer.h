#pragma once

#include <optional>
#include <stop_token>
#include <vector>

#include "daemons/agent/images/digest/digest.h"
#include "daemons/agent/images/image_options.h"
#include "daemons/agent/images/unpack/byte_source.h"

namespace meseta::agent {

/// Where a layer's archive lies.
struct PackedLayer
{
    int file = -1; ///< open for reading; not owned
    std::uint64_t offset = 0;
    std::uint64_t size = FileSource::toTheEnd;
};

struct UnpackedLayer
{
    Digest diffId; ///< of the uncompressed archive
    std::uint64_t bytes = 0; ///< uncompressed
    std::uint64_t entries = 0;
    bool describesRoot = false;
    bool hasWhiteouts = false;
    std::vector<std::string> impliedFolders; ///< without an entry of their own
};

/// Unpacks one layer (tar; plain, gzip or zstd) into the empty folder `target`, on this thread and
/// one more. The folder holds part of it after an error. `algorithm` is that of the `diffId`. The
/// error says which entry, or what of the archive, is not accepted.
Result<UnpackedLayer> unpackLayer(const PackedLayer &layer, const std::string &target,
                                  const ImageLimits &limits, const std::stop_token &stop,
                                  const std::string &algorithm = "sha256");

} // namespace meseta::agent
