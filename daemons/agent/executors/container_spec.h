#pragma once

#include "daemons/agent/containerizer/containerizer.h"
#include "daemons/agent/core/agent_config.h"
#include "daemons/agent/core/agent_state.h"
#include "daemons/agent/sandbox/sandbox_store.h"

namespace meseta::agent {

/// The ExecutorInfo an agent makes up for a task that brings a command only: its id is the task's,
/// its name tells the command. API readers see what Mesos shows, also the resources of the executor
/// process that there is none of. Source: Mesos agent, command executor.
mesos::v1::ExecutorInfo makeCommandExecutorInfo(const AgentConfig &config,
                                                const std::string &frameworkId,
                                                const mesos::v1::TaskInfo &task);

/// The container of a custom executor.
ContainerSpec executorSpec(const AgentConfig &config, const AgentState &state,
                           const Framework &framework, const Executor &executor);

/// The container of a task that the built-in executor runs.
ContainerSpec taskSpec(const AgentConfig &config, const AgentState &state,
                       const Framework &framework, const Executor &executor,
                       const mesos::v1::TaskInfo &task);

/// Who a command runs as: CommandInfo.user, else the framework's; nobody named when --switch_user
/// is off.
std::string commandUser(const AgentConfig &config, const mesos::v1::FrameworkInfo &framework,
                        const mesos::v1::CommandInfo &command);

/// What kind of container an executor's is; none said: that of the agent's own choice.
std::optional<mesos::v1::ContainerInfo> containerOf(const Executor &executor);

/// Whom files of a container belong to until it starts: nobody named where only the image may know
/// the user (its helper gives the sandbox to whom it finds there).
std::string hostUser(const SandboxStore &sandboxes,
                     const std::optional<mesos::v1::ContainerInfo> &container,
                     const std::string &user);

} // namespace meseta::agent
