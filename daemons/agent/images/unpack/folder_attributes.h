#pragma once

#include "common/base/result.h"
#include "daemons/agent/images/unpack/rooted_tree.h"

namespace meseta::agent {

/// What an open directory has: owner, mode, times and extended attributes without overlay's marks.
Result<DirectoryAttributes> readAttributes(int directory);

/// Its extended attributes alone.
Result<std::vector<std::pair<std::string, std::string>>> readXattrs(int file);

} // namespace meseta::agent
