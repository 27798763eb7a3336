#pragma once

#include <string>

#include "daemons/agent/images/digest/digest.h"
#include "daemons/agent/images/image_options.h"

namespace meseta::agent {

/// What an .aci file is.
struct AciFile
{
    Digest id; ///< sha512 of the uncompressed archive
    std::string manifest; ///< JSON as it is inside
};

/// Reads an .aci (a tar, plain or compressed, with `manifest` and `rootfs/`) once through. Source:
/// App Container specification, image archives.
Result<AciFile> inspectAci(int file, const ImageLimits &limits);

} // namespace meseta::agent
