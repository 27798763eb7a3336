#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace meseta::agent {

/// The kernel's number of "CAP_SYS_ADMIN"; nothing for a name it does not have.
std::optional<int> capabilityNumber(const std::string &name);

/// What this process may hand on: its permitted set, as bits.
std::uint64_t ownCapabilities();

} // namespace meseta::agent
