#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"

namespace meseta::agent {

/// Makes the folders that an image names as its volumes and does not have, as a Docker engine does:
/// root's, mode 0755, without following a link out of the root. What is there stays as it is. The
/// error names the first that could not be made; the others are.
Result<> makeVolumeFolders(const std::string &rootfs, const std::vector<std::string> &volumes);

} // namespace meseta::agent
