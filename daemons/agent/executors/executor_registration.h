#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "daemons/agent/core/agent_context.h"
#include "daemons/agent/core/agent_state.h"
#include "daemons/agent/executors/event_link.h"
#include "daemons/agent/executors/executor_lifecycle.h"
#include "daemons/agent/executors/task_launcher.h"
#include "daemons/agent/status_updates/status_reporter.h"
#include "mesos/v1/executor/executor.pb.h"

namespace meseta::agent {

/// Executors that come (back): SUBSCRIBE of the HTTP API, and RegisterExecutorMessage of libmesos
/// drivers.
class ExecutorRegistration
{
public:
    ExecutorRegistration(AgentContext context, AgentState &state, StatusReporter &reporter,
                         ExecutorLifecycle &lifecycle, TaskLauncher &launcher,
                         Checkpointer &checkpointer);

    /// Called when an executor that was expected back is there.
    std::function<void()> onBack;

    /// A valid SUBSCRIBE of a known executor. The sink's stream is open. Events leave in the order
    /// of Mesos: SUBSCRIBED, acknowledgements of the updates it brought, its queued tasks; or
    /// SHUTDOWN alone for one that must go.
    void subscribe(Framework &framework, Executor &executor,
                   const mesos::v1::executor::Call::Subscribe &call,
                   std::shared_ptr<ExecutorEventSink> sink);

    void registerDriver(const messages::Pid &from,
                        const mesos::internal::RegisterExecutorMessage &message);
    /// A driver that was asked to come back after the agent's restart.
    void reregisterDriver(const messages::Pid &from,
                          const mesos::internal::ReregisterExecutorMessage &message);

private:
    void tellSubscribed(const Framework &framework, const Executor &executor,
                        ExecutorEventSink &sink) const;
    void welcome(Framework &framework, Executor &executor,
                 const mesos::v1::executor::Call::Subscribe &call,
                 const std::shared_ptr<ExecutorEventSink> &sink);
    void welcomeDriver(Framework &framework, Executor &executor, const messages::Pid &from);
    void takeUpdates(Framework &framework, Executor &executor,
                     const mesos::v1::executor::Call::Subscribe &call);
    void dropUndelivered(Framework &framework, Executor &executor,
                         const std::set<std::string> &known);
    void nowRunning(Framework &framework, Executor &executor);

    AgentContext m_context;
    AgentState &m_state;
    StatusReporter &m_reporter;
    ExecutorLifecycle &m_lifecycle;
    TaskLauncher &m_launcher;
    Checkpointer &m_checkpointer;
};

} // namespace meseta::agent
