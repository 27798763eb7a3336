#pragma once

#include <map>
#include <string>

#include "daemons/agent/core/agent_config.h"
#include "daemons/agent/core/records.h"

namespace meseta::agent {

using Environment = std::map<std::string, std::string>;

/// The environment an executor is started with, without MESOS_SANDBOX (the containerizer knows it).
/// Source: Mesos executor HTTP API, "Environment"; golden: executor/environments.
Environment executorEnvironment(const AgentConfig &config, const std::string &agentId,
                                const Framework &framework, const Executor &executor);

/// What a task of the built-in executor sees: in a Docker container only its own variables and its
/// role.
Environment taskEnvironment(const AgentConfig &config, const std::string &agentId,
                            const Framework &framework, const Executor &executor,
                            const mesos::v1::TaskInfo &task);

/// Adds the variables of a CommandInfo; those that are secrets held by value count, references to a
/// store do not.
void addVariables(const mesos::v1::Environment &variables, Environment &environment);

/// The grace period an executor has to end itself.
Duration shutdownGrace(const AgentConfig &config, const mesos::v1::ExecutorInfo &executor);

/// The role a task's resources are allocated to.
std::string allocationRole(const mesos::v1::TaskInfo &task);

} // namespace meseta::agent
