#pragma once

#include <cstddef>

#include "daemons/agent/core/agent_state.h"
#include "mesos/internal/messages.pb.h"

namespace meseta::agent {

/// As many as a master remembers of a framework, if nobody tells it otherwise (its flag
/// --max_completed_tasks_per_framework).
constexpr std::size_t maxPastTasksPerFramework = 1000;
/// In one message, of about half a kilobyte each.
constexpr std::size_t maxPastTasks = 10'000;

/// Tells a master that does not know it what ran here and is over: in `completed_frameworks` each
/// framework that has nothing left on this agent, and the tasks of it that have ended and were
/// acknowledged, the newest of them up to the limits above. Beyond what Mesos' agent sends, also
/// those of frameworks that still run something here. Source: Mesos agent,
/// doReliableRegistration; Archive.Framework.
void addPastTasks(const AgentState &state, mesos::internal::ReregisterSlaveMessage &message);

} // namespace meseta::agent
