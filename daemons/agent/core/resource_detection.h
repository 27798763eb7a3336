#pragma once

#include <optional>
#include <string>

#include "common/base/result.h"
#include "common/resources/resources.h"

namespace meseta::agent {

/// What the machine has.
struct MachineCapacity
{
    double cpus = 1;
    double memMegabytes = 0;
    double diskMegabytes = 0; ///< of the disk that holds the work_dir
};

MachineCapacity machineCapacity(const std::string &workDir);

/// The agent's resources: those that `flag` (--resources) names, the others detected. Of memory 1
/// GB is left to the system, or half when there is not that much to spare; of the disk 5 GB or
/// half; ports are [31000-32000]. Source: Mesos agent, default resources.
Result<Resources> agentResources(const std::optional<std::string> &flag,
                                 const std::string &defaultRole, const MachineCapacity &machine);

} // namespace meseta::agent
