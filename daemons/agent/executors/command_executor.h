#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemons/agent/checkpoint/task_records.h"
#include "daemons/agent/checks/checker.h"
#include "daemons/agent/containerizer/containerizer.h"
#include "daemons/agent/core/agent_context.h"
#include "daemons/agent/executors/executor_link.h"
#include "daemons/agent/executors/pull_progress.h"

namespace meseta::agent {

/// Makes the prober of one container's checks; may give none.
using ProberFactory =
    std::function<std::shared_ptr<Prober>(const std::string &containerId, Containerizer &)>;

/// What the built-in executor has to know beside its task.
struct CommandExecutorSetup
{
    Containerizer *containerizer = nullptr;
    ContainerSpec spec;
    bool docker = false; ///< speaks of containers, sends `docker inspect` as data
    bool sendsKilling = false; ///< the framework has TASK_KILLING_STATE
    Duration shutdownGrace = std::chrono::seconds(5);
    ProberFactory probers;
};

/// How it talks to the agent. Not called from inside the agent's calls, except `update`.
struct CommandExecutorHooks
{
    std::function<void(mesos::v1::TaskStatus)> update; ///< a status with its uuid
    std::function<bool()> updateOutstanding; ///< the framework owes an acknowledgement
    std::function<void(const mesos::v1::ContainerStatus &)> started;
    /// Keeps how far the task's ending has got, then calls back; none: nothing has to be kept.
    std::function<void(const TaskEnding &, std::function<void()> then)> keepEnding;
    /// Its container was never started by the earlier agent. Last call of this executor.
    std::function<void(const mesos::v1::TaskInfo &)> launchAgain;
    std::function<void(const ContainerTermination &)>
        exited; ///< last call; a reason in it is for the agent to tell
};

/// What an earlier agent's executor had done for its task.
struct CommandHistory
{
    mesos::v1::TaskInfo task;
    Duration launched{}; ///< wall clock
    bool startingSent = false;
    std::optional<mesos::v1::TaskStatus> running; ///< the last TASK_RUNNING
    Duration runningSince{}; ///< wall clock: of the first TASK_RUNNING
    int failures = 0; ///< of its health check, one after the other
    TaskEnding ending;
};

/// The command and Docker executors of Mesos as an object: one task, whose container it starts,
/// watches and ends. Source: Mesos command executor and Docker executor (states, kill policy,
/// max_completion_time).
class CommandExecutor final : public ExecutorLink,
                              public std::enable_shared_from_this<CommandExecutor>
{
public:
    CommandExecutor(AgentContext context, CommandExecutorSetup setup, CommandExecutorHooks hooks);
    ~CommandExecutor() override;

    /// Takes up where the executor of an earlier agent was, in place of `launch`.
    void recover(const CommandHistory &history);

    void launch(const mesos::v1::TaskInfo &task) override;
    void kill(const std::string &taskId, const mesos::v1::KillPolicy *policy) override;
    void acknowledged(const std::string &taskId, const std::string &uuid) override;
    void message(const std::string &) override { } // as Mesos' own: nobody to tell it to
    void shutdown() override;
    void close() override;

private:
    ContainerEvents events();
    void onProgress(const PullProgress &progress);
    void onStarted(const mesos::v1::ContainerStatus &status);
    void onEnded(const ContainerTermination &termination);
    void onHealth(bool healthy, const std::string &message);
    void onUnhealthyForGood();
    void onCheck(const mesos::v1::CheckStatusInfo &status);
    void onCompletionTime();

    void goOnEnding();
    void keepEnding(std::function<void(CommandExecutor &)> then);
    void armCompletionTimer(Duration launched);
    mesos::v1::HealthCheck remainingHealthCheck() const;
    mesos::v1::CheckInfo remainingCheck() const;
    void killTask(Duration grace);
    void startChecks();
    void stopChecks();
    void later(std::function<void(CommandExecutor &)> call);
    bool isForAgent(const ContainerTermination &termination) const;
    mesos::v1::TaskStatus terminalStatus(const ContainerTermination &termination) const;
    mesos::v1::TaskStatus makeStatus(mesos::v1::TaskState state) const;
    mesos::v1::TaskStatus runningAgain(mesos::v1::TaskStatus::Reason reason) const;
    void send(mesos::v1::TaskStatus status);
    void sendStarting();

    AgentContext m_context;
    CommandExecutorSetup m_setup;
    CommandExecutorHooks m_hooks;
    std::optional<mesos::v1::TaskInfo> m_task;
    mesos::v1::TaskStatus m_running; ///< the last TASK_RUNNING
    PullThrottle m_pull;
    std::shared_ptr<HealthChecker> m_healthChecker;
    std::shared_ptr<Checker> m_checker;
    std::string m_inspected;
    std::string m_terminalUuid;
    TaskEnding m_ending;
    std::optional<CommandHistory> m_history; ///< recovered: how it was
    Clock::TimerId m_completionTimer = 0;
    bool m_startingSent = false;
    bool m_started = false;
    bool m_ended = false;
    bool m_closed = false;
};

/// "The command ended with status 3", "The container was ended by signal Killed".
std::string describeEnd(int waitStatus, bool docker);

} // namespace meseta::agent
