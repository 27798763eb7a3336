#pragma once

#include "daemons/agent/core/agent_state.h"
#include "daemons/agent/executors/executor_lifecycle.h"
#include "daemons/agent/status_updates/status_reporter.h"

namespace meseta::agent {

/// KillTaskMessage: hands the kill to the task's executor, or answers for a task that has none
/// (yet). Source: Mesos agent, killTask.
class TaskKiller
{
public:
    TaskKiller(AgentState &state, StatusReporter &reporter, ExecutorLifecycle &lifecycle);

    void kill(const mesos::internal::KillTaskMessage &message);

    /// DrainSlaveMessage: kills every task, each within its own grace period but none longer than
    /// the drain allows.
    void drain(const mesos::v1::DrainConfig &config, double now);

private:
    void killQueued(Framework &framework, Executor &executor, const std::string &taskId);

    AgentState &m_state;
    StatusReporter &m_reporter;
    ExecutorLifecycle &m_lifecycle;
};

} // namespace meseta::agent
