#pragma once

#include <optional>
#include <string>

#include "common/base/result.h"
#include "daemons/containerizer/launch_spec.h"

namespace meseta::agent {

/// How a checkpointed container was launched, for a later agent that runs commands in it: the file
/// `launch_info` of its runtime directory, readable by the agent's user only.
Result<> writeLaunchRecord(const std::string &runtimeDirectory,
                           const containerizer::LaunchSpec &launch);
std::optional<containerizer::LaunchSpec> readLaunchRecord(const std::string &runtimeDirectory);

} // namespace meseta::agent
