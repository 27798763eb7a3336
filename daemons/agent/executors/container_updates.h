#pragma once

#include <functional>

#include "daemons/agent/core/agent_context.h"
#include "daemons/agent/core/agent_state.h"
#include "daemons/agent/executors/executor_lifecycle.h"

namespace meseta::agent {

/// What an executor's container may use, with the tasks it has now: its own request and those of
/// its queued and launched tasks. A limit is set apart when a task sets one: then it is the sum of
/// the tasks' limits (the request, of those that have none) and of the executor's own request;
/// infinity when one of them is. Source: Mesos agent, computeExecutorLimits.
ContainerResources containerResources(const AgentConfig &config, const Executor &executor);

/// Keeps what the containers of executors may use in step with their tasks: grown before a task is
/// delivered, shrunk before its end is told. Source: Mesos agent (containerizer->update).
class ContainerUpdates
{
public:
    ContainerUpdates(AgentContext context, AgentState &state, ExecutorLifecycle &lifecycle);

    /// Updates the container, then calls back; at once where the containerizer does it at once. An
    /// executor whose container cannot be changed is destroyed (REASON_CONTAINER_UPDATE_FAILED),
    /// and `then` is not called; nor is it when the run is over meanwhile.
    void apply(const Executor &executor, std::function<void(Executor &)> then = {});

private:
    void failed(Executor &executor, const Error &error);

    AgentContext m_context;
    AgentState &m_state;
    ExecutorLifecycle &m_lifecycle;
};

} // namespace meseta::agent
