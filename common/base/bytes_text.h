#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace meseta {

/// Reads a size as Mesos writes them: a whole number, then B, KB, MB, GB or TB (factor 1024; any
/// case). Source: Mesos configuration documentation.
Result<std::uint64_t> parseBytes(std::string_view text);

/// Writes it back in the largest unit that loses nothing: "4KB", "2GB", "1536MB", "0B".
std::string bytesText(std::uint64_t bytes);

} // namespace meseta
