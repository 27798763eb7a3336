#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemons/agent/checkpoint/task_records.h"
#include "daemons/agent/checks/checker.h"
#include "daemons/agent/core/agent_context.h"
#include "daemons/agent/executors/command_executor.h"
#include "daemons/agent/executors/executor_link.h"
#include "daemons/agent/executors/nested_containers.h"
#include "daemons/agent/executors/pull_progress.h"

namespace meseta::agent {

/// What the default executor has to know beside its tasks.
struct DefaultExecutorSetup
{
    std::string executorId;
    std::string containerId; ///< of the executor: the parent of its tasks' containers
    std::string sandbox; ///< the executor's; those of its tasks are below it
    bool sendsKilling = false; ///< the framework has TASK_KILLING_STATE
    ProberFactory probers;
    /// What to start for a task; the containers fill in its id and sandbox.
    std::function<ContainerSpec(const mesos::v1::TaskInfo &)> spec;
};

/// What an earlier agent's executor had done for one of its tasks.
struct GroupTaskHistory
{
    mesos::v1::TaskInfo task;
    std::string group; ///< the same for all that end together
    std::string containerKey; ///< empty: its container was not launched, as far as is known
    Duration launched{}; ///< wall clock
    std::optional<mesos::v1::TaskStatus> running; ///< the last TASK_RUNNING
    TaskEnding ending;
};

/// How it talks to the agent. `exited` never comes from inside the agent's calls.
struct DefaultExecutorHooks
{
    std::function<void(mesos::v1::TaskStatus)> update; ///< a status with its uuid
    /// Keeps how far a task's ending has got, then calls back; none: nothing has to be kept.
    std::function<void(const std::string &taskId, const TaskEnding &, std::function<void()> then)>
        keepEnding;
    std::function<void(const ContainerTermination &)> exited; ///< last call
    /// The framework owes an acknowledgement of this task; none: it never does.
    std::function<bool(const std::string &taskId)> updateOutstanding = {};
};

/// Mesos' default executor as an object: it runs the tasks of task groups, each in a container
/// inside the executor's. A task that fails or is killed takes the rest of its group with it; when
/// no task is left the executor ends. Source: Mesos default executor (states, kill policy, health
/// and checks, max_completion_time).
class DefaultExecutor final : public ExecutorLink,
                              public std::enable_shared_from_this<DefaultExecutor>
{
public:
    DefaultExecutor(AgentContext context, NestedContainers &containers, DefaultExecutorSetup setup,
                    DefaultExecutorHooks hooks);
    ~DefaultExecutor() override;

    /// Takes up where the executor of an earlier agent was, with the tasks that had not ended.
    void recover(const std::vector<GroupTaskHistory> &tasks);

    /// It runs groups only: ends itself, as Mesos' does.
    void launch(const mesos::v1::TaskInfo &task) override;
    bool launchGroup(const mesos::v1::TaskGroupInfo &group) override;
    void kill(const std::string &taskId, const mesos::v1::KillPolicy *policy) override;
    void acknowledged(const std::string &taskId, const std::string &uuid) override;
    void message(const std::string &) override { } // as Mesos' own: nobody to tell it to
    void shutdown() override;
    void close() override;

private:
    struct Child
    {
        mesos::v1::TaskInfo task;
        std::uint64_t group = 0;
        std::string key; ///< of its container
        mesos::v1::TaskStatus running; ///< the last TASK_RUNNING
        std::uint32_t pid = 0;
        PullThrottle pull;
        bool started = false;
        bool toldRunning = false; ///< by the executor of an earlier agent
        TaskEnding ending;
        Clock::TimerId completionTimer = 0;
        std::shared_ptr<HealthChecker> healthChecker;
        std::shared_ptr<Checker> checker;
    };

    Child *find(const std::string &taskId);
    void start(const mesos::v1::TaskInfo &task, std::uint64_t group);
    void takeUp(const GroupTaskHistory &task, std::uint64_t group);
    void armCompletionTimer(Child &child, Duration passed);
    void endChild(Child &child);
    void goOnEnding(const std::string &taskId);
    NestedContainers::Events events(const std::string &taskId);
    void onProgress(Child &child, const PullProgress &progress);
    void onStarted(Child &child, const mesos::v1::ContainerStatus &status);
    void onEnded(const std::string &taskId, const ContainerTermination &termination);
    void onHealth(const std::string &taskId, bool healthy, const std::string &message);
    void onUnhealthyForGood(const std::string &taskId);
    void onCheck(const std::string &taskId, const mesos::v1::CheckStatusInfo &status);
    void onCompletionTime(const std::string &taskId);

    void killChild(Child &child, Duration grace);
    void killGroup(std::uint64_t group);
    void startChecks(Child &child);
    void stopChecks(Child &child);
    void exitWhenIdle();
    void later(std::function<void(DefaultExecutor &)> call);
    mesos::v1::TaskStatus makeStatus(const Child &child, mesos::v1::TaskState state) const;
    mesos::v1::TaskStatus terminalStatus(const Child &child,
                                         const ContainerTermination &termination) const;
    void send(mesos::v1::TaskStatus status);
    void sendAgain(Child &child, mesos::v1::TaskStatus::Reason reason,
                   const std::function<void(mesos::v1::TaskStatus &)> &change);

    AgentContext m_context;
    NestedContainers &m_containers;
    DefaultExecutorSetup m_setup;
    DefaultExecutorHooks m_hooks;
    std::map<std::string, Child> m_children; ///< by task id; those that are not over
    std::set<std::string> m_unacknowledged; ///< uuids of statuses the agent has not taken over
    std::uint64_t m_groups = 0;
    bool m_unhealthy = false; ///< a task was killed for its health
    bool m_shuttingDown = false;
    bool m_exiting = false;
    bool m_closed = false;
};

} // namespace meseta::agent
