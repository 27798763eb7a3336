#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemons/agent/checkpoint/checkpointer.h"
#include "daemons/agent/core/agent_context.h"
#include "daemons/agent/core/agent_state.h"
#include "daemons/agent/executors/command_executor.h"
#include "daemons/agent/executors/container_updates.h"
#include "daemons/agent/executors/executor_lifecycle.h"
#include "daemons/agent/executors/nested_containers.h"
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

class DefaultExecutor;

/// From a RunTaskMessage to a running task: checks, sandbox, uris, containerizer, executor.
class TaskLauncher
{
public:
    TaskLauncher(AgentContext context, AgentState &state, StatusReporter &reporter,
                 ExecutorLifecycle &lifecycle, NestedContainers &nested, Checkpointer &checkpointer,
                 LaunchServices services);

    void run(const mesos::internal::RunTaskMessage &message);

    /// The tasks of a group start together, under the default executor or one of the framework's.
    void runGroup(const mesos::internal::RunTaskGroupMessage &message);

    /// Hands queued tasks to an executor that has registered, once its container may use what they
    /// need.
    void deliverQueued(Executor &executor);

    ContainerUpdates &updates() { return m_updates; }

    // Parts of a launch that recovery takes up again.
    Containerizer *choose(const Executor &executor) const;
    /// Fetches and starts what was never started; its sandbox is there.
    void startAgain(Framework &framework, Executor &executor);
    std::shared_ptr<DefaultExecutor> makeDefaultExecutor(const Framework &framework,
                                                         const Executor &executor);
    std::shared_ptr<CommandExecutor> makeCommandExecutor(const Framework &framework,
                                                         const Executor &executor,
                                                         const mesos::v1::TaskInfo &task);
    ContainerEvents customEvents(const Executor &executor);
    /// Of the container that holds what the tasks of a default executor share.
    ContainerEvents holderEvents(const Executor &executor);

private:
    /// Why a task cannot be launched.
    struct Refusal
    {
        mesos::v1::TaskStatus::Reason reason;
        std::string message;
    };

    /// What both kinds of launch say beside their tasks.
    struct Order
    {
        std::string executorId;
        bool namesExecutor = false; ///< false: a command task
        std::optional<bool> launchExecutor; ///< what the master expects
        google::protobuf::RepeatedPtrField<mesos::internal::ResourceVersionUUID> versions;
        std::vector<std::string> taskIds;
    };
    static Order orderOf(const mesos::internal::RunTaskMessage &message);
    static Order orderOf(const mesos::internal::RunTaskGroupMessage &message);

    bool isMeant(const mesos::v1::TaskInfo &task) const;
    Framework &frameworkFor(const mesos::v1::FrameworkInfo &info, const std::string &pid);
    std::optional<Refusal> refusal(const Order &order, Executor *executor) const;
    bool knowsResources(const Order &order) const;
    void refuse(Framework &framework, const Order &order, const Refusal &refusal);
    void refuseOfEnding(const Framework &framework, const Order &order);
    void tellExecutorGone(const mesos::v1::FrameworkID &frameworkId,
                          const mesos::v1::ExecutorID &executorId);

    void deliverNow(Framework &framework, Executor &executor);
    Executor &addExecutor(Framework &framework, const mesos::v1::TaskInfo &task);
    /// Queues tasks; they go on once a later agent would know of them.
    void queue(Framework &framework, Executor &executor,
               const std::vector<mesos::v1::TaskInfo> &tasks);
    void taskKept(const std::string &frameworkId, const std::string &executorId,
                  const std::string &containerId, const std::string &taskId, const Result<> &kept);
    std::vector<mesos::v1::TaskInfo> takeKept(Executor &executor) const;
    std::vector<std::vector<std::string>>
    takeGroups(Executor &executor, const std::vector<mesos::v1::TaskInfo> &tasks) const;
    void fetchWhenReady(Framework &framework, Executor &executor);
    void prepare(Framework &framework, Executor &executor);
    void fetchUris(Framework &framework, Executor &executor);
    void start(Framework &framework, Executor &executor);
    void startCommandExecutor(Framework &framework, Executor &executor);
    void startCustomExecutor(Framework &framework, Executor &executor);
    void startDefaultExecutor(Framework &framework, Executor &executor);
    void runDefaultExecutor(Framework &framework, Executor &executor);
    void defaultExecutorExited(Executor &executor, const ContainerTermination &termination);
    CommandExecutorHooks commandHooks(const Executor &executor);
    void deliverGroup(Framework &framework, Executor &executor,
                      const mesos::v1::TaskGroupInfo &group);
    void containerStarted(Executor &executor, const mesos::v1::ContainerStatus &status);
    void launchAgain(Executor &executor, const mesos::v1::TaskInfo &task);
    void launchFailed(Executor &executor, const std::string &message);
    std::string containerizerNames() const;

    AgentContext m_context;
    AgentState &m_state;
    StatusReporter &m_reporter;
    ExecutorLifecycle &m_lifecycle;
    NestedContainers &m_nested;
    Checkpointer &m_checkpointer;
    LaunchServices m_services;
    ContainerUpdates m_updates;
};

} // namespace meseta::agent
