#pragma once

#include <cstdint>
#include <string>

#include "common/base/result.h"

namespace meseta::agent {

/// Unpacks an archive (tar, plain or compressed, and zip) below the thread's working directory.
/// Entries with absolute paths, with "..", or behind a link, and special files are refused, as is
/// more than `maxBytes` of content.
Result<> unpackArchive(int archive, std::uint64_t maxBytes);

/// Decompresses a single gzip file into the open file `target`.
Result<> unpackGzip(int source, int target, std::uint64_t maxBytes);

} // namespace meseta::agent
