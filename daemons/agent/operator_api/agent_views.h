#pragma once

#include "daemons/agent/core/agent_state.h"
#include "mesos/v1/agent/agent.pb.h"

namespace meseta::agent {

// The reads of the agent's operator API, each a picture of the records. Source: Mesos operator HTTP
// API, agent.

mesos::v1::agent::Response::GetTasks tasksView(const AgentState &state);
mesos::v1::agent::Response::GetExecutors executorsView(const AgentState &state);
mesos::v1::agent::Response::GetFrameworks frameworksView(const AgentState &state);
mesos::v1::agent::Response::GetState stateView(const AgentState &state);

} // namespace meseta::agent
