#pragma once

#include <string>

#include "common/base/result.h"

namespace meseta::agent {

/// Copies an unpacked layer over what is at `target` (an existing folder): whiteouts remove, opaque
/// folders empty, everything else replaces. Owners, modes, times, extended attributes and hard
/// links within the layer are kept. `describesRoot`: the folder itself gets the attributes, too.
Result<> copyLayer(const std::string &layer, const std::string &target, bool describesRoot);

} // namespace meseta::agent
