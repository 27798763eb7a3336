#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "daemons/agent/core/agent_state.h"

namespace meseta::agent {

class Agent;

/// What is told of one container: whose it is, its status, and what it uses.
struct ContainerReport
{
    std::string frameworkId; ///< empty for a container inside another, and a standalone one
    std::string executorId;
    std::string executorName;
    std::string source;
    std::string containerId;
    std::optional<mesos::v1::ContainerStatus> status;
    std::optional<mesos::v1::ResourceStatistics> statistics;
};

/// Which containers to tell of; empty members match all.
struct ContainerFilter
{
    std::string frameworkId = {};
    std::string executorId = {};
    std::string containerId = {};
    bool nested = false; ///< those inside others, too
    bool standalone = false; ///< those without an executor, too
};

/// Asks the containerizers for the usage of every matching container and calls back once, with
/// those that answered within five seconds filled in.
void collectContainerReports(const Agent &agent, Clock &clock, const ContainerFilter &filter,
                             std::function<void(std::vector<ContainerReport>)> done);

} // namespace meseta::agent
