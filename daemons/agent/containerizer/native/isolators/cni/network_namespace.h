#pragma once

#include <functional>
#include <string>

#include "common/base/result.h"

namespace meseta::agent {

/// Runs `work` in a network namespace (a path like /proc/<pid>/ns/net), on a thread of its own, and
/// waits for it: for work of microseconds.
Result<> inNetworkNamespace(const std::string &path, const std::function<Result<>()> &work);

/// Brings the loopback interface of a namespace up.
Result<> bringUpLoopback(const std::string &path);

} // namespace meseta::agent
