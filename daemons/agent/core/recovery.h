#pragma once

#include <functional>

#include "daemons/agent/checkpoint/checkpointer.h"
#include "daemons/agent/checkpoint/recovered_agent.h"
#include "daemons/agent/core/agent_context.h"
#include "daemons/agent/core/agent_state.h"
#include "daemons/agent/executors/executor_lifecycle.h"
#include "daemons/agent/executors/task_launcher.h"
#include "daemons/agent/sandbox/sandbox_store.h"
#include "daemons/agent/status_updates/status_reporter.h"

namespace meseta::agent {

/// Makes this agent the continuation of an earlier one of the same work_dir: its frameworks,
/// executors, tasks and unacknowledged updates. Built-in executors are rebuilt at once; the others
/// are waited for, as long as --executor_reregistration_timeout says. Source: Mesos agent recovery.
class Recovery
{
public:
    struct Parts
    {
        StatusReporter &reporter;
        ExecutorLifecycle &lifecycle;
        TaskLauncher &launcher;
        Checkpointer &checkpointer;
        SandboxStore &sandboxes;
    };

    Recovery(AgentContext context, AgentState &state, Parts parts);
    ~Recovery();

    void rebuild(const RecoveredAgent &earlier);

    /// Calls back once no executor is waited for any more: later, or at once when none is.
    void whenDone(std::function<void()> done);

    /// An executor came back or ended.
    void look();

private:
    std::unique_ptr<Executor> makeExecutor(const Framework &framework,
                                           const RecoveredRun &run) const;
    void restore(Framework &framework, const RecoveredRun &run);
    void list(Framework &framework, const RecoveredRun &run);
    void restoreTask(Executor &executor, const RecoveredRun &run, const RecoveredTask &task);
    void takeUp(Framework &framework, Executor &executor, const RecoveredRun &run);
    void takeUpCommand(Framework &framework, Executor &executor, const RecoveredRun &run);
    void takeUpDefault(Framework &framework, Executor &executor, const RecoveredRun &run);
    void takeUpCustom(Framework &framework, Executor &executor, const RecoveredRun &run);
    void askBack(const Executor &executor, const messages::Pid &driver);
    void timedOut();
    std::vector<Executor *> awaited() const;

    AgentContext m_context;
    AgentState &m_state;
    Parts m_parts;
    bool m_rebooted = false;
    std::function<void()> m_done;
    Clock::TimerId m_timer = 0;
    Clock::TimerId m_askTimer = 0;
    std::map<std::string, messages::Pid> m_drivers; ///< of those waited for, by container id
};

} // namespace meseta::agent
