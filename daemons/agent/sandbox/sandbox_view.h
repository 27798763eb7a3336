#pragma once

#include <optional>
#include <string>

#include "common/endpoints/file_service.h"

namespace meseta::agent {

struct AgentState;

/// What the containers of a run see in its sandbox and the sandbox's folder does not hold: a
/// persistent volume, which is mounted in the container alone, is its folder among the volumes; a
/// task of a group has `tasks/<task>` for its container's sandbox. `run` is the folder of the run,
/// `below` a path in it that begins with a slash. Nothing for what is where it seems to be, and for
/// the volumes of what is over. Source: Mesos agent, attachTaskVolumeDirectory; its default
/// executor's links below `tasks`.
std::optional<FileService::Elsewhere> seenInSandbox(const AgentState &state,
                                                    const std::string &workDir,
                                                    const std::string &run,
                                                    const std::string &below);

} // namespace meseta::agent
