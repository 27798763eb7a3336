#pragma once

#include <memory>
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
                         ExecutorLifecycle &lifecycle, TaskLauncher &launcher);

    /// A valid SUBSCRIBE of a known executor. The sink's stream is open. Events leave in the order
    /// of Mesos: SUBSCRIBED, acknowledgements of the updates it brought, its queued tasks; or
    /// SHUTDOWN alone for one that must go.
    void subscribe(Framework &framework, Executor &executor,
                   const mesos::v1::executor::Call::Subscribe &call,
                   std::shared_ptr<ExecutorEventSink> sink);

    void registerDriver(const messages::Pid &from,
                        const mesos::internal::RegisterExecutorMessage &message);

private:
    void tellSubscribed(const Framework &framework, const Executor &executor,
                        ExecutorEventSink &sink) const;
    void takeUpdates(Framework &framework, Executor &executor,
                     const mesos::v1::executor::Call::Subscribe &call);
    void dropUndelivered(Framework &framework, Executor &executor,
                         const mesos::v1::executor::Call::Subscribe &call);
    void nowRunning(Framework &framework, Executor &executor);

    AgentContext m_context;
    AgentState &m_state;
    StatusReporter &m_reporter;
    ExecutorLifecycle &m_lifecycle;
    TaskLauncher &m_launcher;
};

} // namespace meseta::agent
