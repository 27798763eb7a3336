#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "daemons/agent/images/image_options.h"
#include "daemons/agent/images/reference/image_reference.h"
#include "daemons/agent/images/registry/manifest.h"

namespace meseta::agent {

/// A layer inside an archive of an image.
struct ArchivedLayer
{
    Digest diffId;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};

struct ArchivedImage
{
    std::string config; ///< JSON as it is in the archive
    std::string digest; ///< of the manifest, or of the config where there is none
    std::vector<ArchivedLayer> layers; ///< lowest first
};

/// Reads what `docker save` writes (manifest.json) and OCI archives (index.json), uncompressed.
/// Nothing is unpacked; the layers are checked when they are. The error says what is missing.
Result<ArchivedImage> readImageArchive(int file, const ImageReference &wanted,
                                       const ImageLimits &limits, const std::string &architecture);

} // namespace meseta::agent
