#pragma once

#include <string>

#include "common/base/result.h"
#include "daemons/agent/checkpoint/recovered_agent.h"
#include "daemons/agent/core/agent_config.h"

namespace meseta::agent {

struct AgentFlags;

/// The id of the agent that used this work_dir last; empty when there was none.
std::string earlierAgentId(const std::string &workDir);

/// Which start of the machine this is; empty when the kernel does not tell.
std::string currentBootId();

/// What the agent that used this work_dir last left, when an agent with this configuration may take
/// it up; without an AgentInfo when it has to start as a new one. The error says what stands in the
/// way and what to do.
Result<RecoveredAgent> readEarlierAgent(const AgentFlags &flags, const AgentConfig &config);

} // namespace meseta::agent
