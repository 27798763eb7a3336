#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace meseta::agent {

/// The bytes that a tree takes on its disk, as `du` counts them: blocks, not lengths, and a file
/// with several names once. Links are not followed. Leaves out the folders `excluded` (absolute
/// paths). Stops early when `stop` becomes true.
Result<std::uint64_t> diskUsage(const std::string &folder, const std::vector<std::string> &excluded,
                                const std::atomic<bool> &stop);

} // namespace meseta::agent
