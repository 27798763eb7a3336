#pragma once

#include "daemons/agent/core/agent_context.h"
#include "daemons/agent/core/agent_state.h"
#include "daemons/agent/executors/executor_lifecycle.h"
#include "daemons/agent/status_updates/status_reporter.h"
#include "mesos/internal/messages.pb.h"

namespace meseta::agent {

/// What masters say about frameworks, and the messages between schedulers and executors that pass
/// through the agent.
class FrameworkOperations
{
public:
    FrameworkOperations(AgentContext context, AgentState &state, StatusReporter &reporter,
                        ExecutorLifecycle &lifecycle, Checkpointer &checkpointer);

    void shutdown(const mesos::internal::ShutdownFrameworkMessage &message);
    void update(const mesos::internal::UpdateFrameworkMessage &message);
    void shutdownExecutor(const mesos::internal::ShutdownExecutorMessage &message);
    void toExecutor(const mesos::internal::FrameworkToExecutorMessage &message);
    void fromExecutor(const Framework &framework, const Executor &executor,
                      const std::string &data);

private:
    AgentContext m_context;
    AgentState &m_state;
    StatusReporter &m_reporter;
    ExecutorLifecycle &m_lifecycle;
    Checkpointer &m_checkpointer;
};

} // namespace meseta::agent
