#pragma once

#include "daemons/agent/containerizer/containerizer.h"
#include "daemons/agent/core/agent_config.h"
#include "daemons/agent/core/agent_state.h"

namespace meseta::agent {

/// What is the same for every container inside an executor's: whose it is, and who it runs as
/// (CommandInfo.user, else the executor's user). Id and sandbox are left to the containers.
ContainerSpec nestedSpec(const AgentState &state, const Executor &executor,
                         const mesos::v1::CommandInfo &command);

/// The container of a task of a group; it may outlive the agent when its framework checkpoints. Its
/// environment is the task's own and what Mesos' default executor adds; the executor's is not
/// inherited.
ContainerSpec groupTaskSpec(const AgentConfig &config, const AgentState &state,
                            const Framework &framework, const Executor &executor,
                            const mesos::v1::TaskInfo &task);

} // namespace meseta::agent
