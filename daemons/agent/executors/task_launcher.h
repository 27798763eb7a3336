#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemons/agent/core/agent_context.h"
#include "daemons/agent/core/agent_state.h"
#include "daemons/agent/executors/command_executor.h"
#include "daemons/agent/executors/executor_lifecycle.h"
#include "daemons/agent/executors/uri_fetcher.h"
#include "daemons/agent/sandbox/sandbox_store.h"
#include "daemons/agent/status_updates/status_reporter.h"

namespace meseta::agent {

/// What a launch uses beside the records.
struct LaunchServices
{
    std::vector<Containerizer *> containerizers; ///< in the order of --containerizers
    SandboxStore *sandboxes = nullptr;
    UriFetcher *fetcher = nullptr;
    ProberFactory probers;
};

/// From a RunTaskMessage to a running task: checks, sandbox, uris, containerizer, executor.
class TaskLauncher
{
public:
    TaskLauncher(AgentContext context, AgentState &state, StatusReporter &reporter,
                 ExecutorLifecycle &lifecycle, LaunchServices services);

    void run(const mesos::internal::RunTaskMessage &message);

    /// Task groups need a default executor, which this agent does not offer: each task fails and
    /// says so.
    void runGroup(const mesos::internal::RunTaskGroupMessage &message);

    /// Hands queued tasks to an executor that has registered.
    void deliverQueued(Framework &framework, Executor &executor);

private:
    /// Why a task cannot be launched.
    struct Refusal
    {
        mesos::v1::TaskStatus::Reason reason;
        std::string message;
    };

    Framework &frameworkFor(const mesos::v1::FrameworkInfo &info, const std::string &pid);
    std::optional<Refusal> refusal(const mesos::internal::RunTaskMessage &message,
                                   const std::string &executorId, Executor *executor) const;
    bool knowsResources(const mesos::internal::RunTaskMessage &message) const;
    void refuse(Framework &framework, const mesos::internal::RunTaskMessage &message,
                const std::string &executorId, const Refusal &refusal);
    void tellExecutorGone(const mesos::v1::FrameworkID &frameworkId,
                          const mesos::v1::ExecutorID &executorId);

    Executor &addExecutor(Framework &framework, const mesos::v1::TaskInfo &task);
    void prepare(Framework &framework, Executor &executor);
    void fetchUris(Framework &framework, Executor &executor);
    void start(Framework &framework, Executor &executor);
    void startCommandExecutor(Framework &framework, Executor &executor);
    void startCustomExecutor(Framework &framework, Executor &executor);
    CommandExecutorHooks commandHooks(const Executor &executor);
    void launchFailed(Executor &executor, const std::string &message);
    Containerizer *choose(const Executor &executor) const;
    std::string containerizerNames() const;

    AgentContext m_context;
    AgentState &m_state;
    StatusReporter &m_reporter;
    ExecutorLifecycle &m_lifecycle;
    LaunchServices m_services;
};

} // namespace meseta::agent
