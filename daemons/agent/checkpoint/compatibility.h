#pragma once

#include "common/base/result.h"
#include "daemons/agent/checkpoint/reconfiguration_policy.h"
#include "daemons/agent/checkpoint/recovered_agent.h"

namespace meseta::agent {

enum class Continuation {
    SameAgent, ///< keeps its id
    NewAgent ///< registers as another: nothing of the earlier one runs any more
};

/// Whether the agent described by `now` may take up what `earlier` left. An error says what stands
/// in the way, and what to do about it; the work_dir never has to be removed. Source: Mesos agent
/// recovery documentation, reconfiguration policy.
Result<Continuation> continuation(const RecoveredAgent &earlier, const mesos::v1::AgentInfo &now,
                                  ReconfigurationPolicy policy);

} // namespace meseta::agent
