#pragma once

#include <optional>
#include <string>

#include "common/resources/resources.h"

namespace meseta::execute {

/// The part of an offer that a task takes: what it wants, first from what is reserved to `role`,
/// then from what is nobody's. Revocable resources, persistent volumes and dedicated disks are left
/// alone. Nothing when the offer is too small.
std::optional<Resources> pickResources(const Resources &offered, const Resources &wanted,
                                       const std::string &role);

} // namespace meseta::execute
