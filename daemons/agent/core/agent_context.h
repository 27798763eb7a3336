#pragma once

#include "common/base/patient_timers.h"
#include "common/base/random.h"
#include "daemons/agent/core/agent_config.h"
#include "daemons/agent/core/agent_outbox.h"

namespace meseta::agent {

/// The collaborators every part of the core works with.
struct AgentContext
{
    Clock &clock;
    Random &random;
    AgentOutbox &outbox;
    const AgentConfig &config;
    PatientTimers &patience; ///< for executors that do not come; ids of its own
};

} // namespace meseta::agent
