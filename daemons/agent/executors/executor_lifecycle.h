#pragma once

#include <functional>
#include <string>

#include "daemons/agent/checkpoint/checkpointer.h"
#include "daemons/agent/core/agent_context.h"
#include "daemons/agent/core/agent_state.h"
#include "daemons/agent/sandbox/sandbox_store.h"
#include "daemons/agent/status_updates/status_reporter.h"

namespace meseta::agent {

/// The later half of an executor's life: its shutdown, its end, what becomes of its tasks, and when
/// it and its framework are forgotten.
class ExecutorLifecycle
{
public:
    ExecutorLifecycle(AgentContext context, AgentState &state, StatusReporter &reporter,
                      SandboxStore &sandboxes, Checkpointer &checkpointer);
    ~ExecutorLifecycle();
    ExecutorLifecycle(const ExecutorLifecycle &) = delete;
    ExecutorLifecycle &operator=(const ExecutorLifecycle &) = delete;

    /// Called after each removal of a framework.
    std::function<void()> onFrameworkRemoved;
    /// Called when a container must not be waited for any longer (fetching may still be under way).
    std::function<void(const std::string &containerId)> onDestroy;
    /// Called when a run is over: what is inside its container must end, too.
    std::function<void(const std::string &containerId)> onTerminated;

    /// Asks the executor to end; destroys its container when the grace period is over.
    void shutdown(Framework &framework, Executor &executor);

    /// Ends the executor at once, for a cause that is told with its tasks.
    void destroy(Executor &executor, std::optional<TerminationCause> cause);

    /// The container is gone, or never came to be. Tasks that did not end by then end now. May
    /// remove the executor.
    void terminated(Executor &executor, const ContainerTermination &termination);

    /// Arms the timer within which a custom executor must register.
    void expectRegistration(Executor &executor);

    /// Shuts every executor of the framework down; no more updates are sent for it.
    void shutdownFramework(Framework &framework);

    /// Moves an ended executor without open updates, and then its framework when it has no other,
    /// to the history.
    void removeIfDone(Executor &executor);
    void removeFrameworkIfIdle(const std::string &frameworkId);
    /// Puts a framework of which nothing is left into the history, as the newest.
    void remember(std::unique_ptr<Framework> framework);

private:
    void tellExit(const Framework &framework, const Executor &executor,
                  const ContainerTermination &termination);
    void endTasks(Framework &framework, Executor &executor,
                  const ContainerTermination &termination);
    void registrationTimedOut(Executor &executor);
    void removeFramework(const std::string &frameworkId);
    void collected(const SandboxId &sandbox);

    AgentContext m_context;
    AgentState &m_state;
    StatusReporter &m_reporter;
    SandboxStore &m_sandboxes;
    Checkpointer &m_checkpointer;
};

} // namespace meseta::agent
