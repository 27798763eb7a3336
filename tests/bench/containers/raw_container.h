#pragma once

#include <string>

namespace meseta::bench {

/// The least a container can be: clone into new namespaces, change the root, mount /proc, execute
/// the program. Returns the nanoseconds until its first instruction; negative on failure.
long long startRawContainer(const std::string &root, const std::string &program);

} // namespace meseta::bench
