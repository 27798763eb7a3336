#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/messages/pid.h"
#include "common/resources/resources.h"
#include "daemons/agent/containerizer/containerizer.h"
#include "mesos/v1/cluster.pb.h"
#include "mesos/v1/task.pb.h"

namespace meseta::agent {

class ExecutorLink;

/// The executor is being started, or ends, for this reason: told to the framework with its tasks.
struct TerminationCause
{
    mesos::v1::TaskState state = mesos::v1::TASK_FAILED;
    mesos::v1::TaskStatus::Reason reason = mesos::v1::TaskStatus::REASON_EXECUTOR_TERMINATED;
    std::string message;
};

/// One run of an executor and its tasks, from the first task's launch to the acknowledgement of the
/// last update.
struct Executor
{
    enum class State { Registering, Running, Terminating, Terminated };

    mesos::v1::ExecutorInfo info;
    std::string frameworkId;
    std::string containerId; ///< UUID text
    std::string directory; ///< its sandbox
    std::string user;
    bool isCommand = false; ///< made up by the agent for a task without an executor
    bool isDefault = false; ///< Mesos' default executor: an object here, tasks in containers below
    bool isDocker = false; ///< runs through a Docker container
    State state = State::Registering;
    Containerizer *containerizer = nullptr; ///< once chosen
    bool containerLaunched = false;
    bool isKept = false; ///< a later agent would find this run
    bool hasExited = false; ///< the master heard so from the earlier agent
    bool awaited = false; ///< had registered with the earlier agent, is expected back
    std::shared_ptr<ExecutorLink> link; ///< once it registered

    std::vector<mesos::v1::TaskInfo> queued; ///< not yet delivered, in order
    std::vector<std::vector<std::string>>
        queuedGroups; ///< ids of queued tasks that belong together
    std::set<std::string> unkept; ///< queued tasks that a later agent would not know of yet
    std::map<std::string, mesos::v1::Task> launched; ///< delivered, not terminal
    std::map<std::string, mesos::v1::Task> terminated; ///< terminal, last update not acknowledged
    std::deque<mesos::v1::Task> completed; ///< newest last, bounded

    std::optional<TerminationCause> cause; ///< set before the container is destroyed for it
    std::optional<ContainerTermination> ownEnd; ///< of a default executor; its container still goes
    mesos::v1::ContainerStatus lastStatus;
    Clock::TimerId registrationTimer = 0;
    Clock::TimerId shutdownTimer = 0;

    const std::string &id() const { return info.executor_id().value(); }
    bool hasIncompleteTasks() const
    {
        return !queued.empty() || !launched.empty() || !terminated.empty();
    }
    /// A task of this id is here, over or not.
    bool hasTask(const std::string &taskId) const;
    /// The queued tasks that start and end with this one, itself included.
    std::vector<std::string> queuedWith(const std::string &taskId) const;
    /// The executor's own resources and those of its queued and launched tasks.
    Resources allocated() const;
};

/// Tasks remembered per finished executor.
constexpr std::size_t maxCompletedTasksPerExecutor = 200;
/// Frameworks remembered after their last executor ended.
constexpr std::size_t maxCompletedFrameworks = 50;

/// A framework with something on this agent.
struct Framework
{
    enum class State { Running, Terminating };

    mesos::v1::FrameworkInfo info;
    std::optional<messages::Pid> pid; ///< of a libmesos driver; none for HTTP frameworks
    State state = State::Running;
    std::map<std::string, std::unique_ptr<Executor>> executors;
    std::deque<std::unique_ptr<Executor>> completedExecutors; ///< newest last, bounded

    const std::string &id() const { return info.id().value(); }
    bool hasCapability(mesos::v1::FrameworkInfo::Capability::Type type) const;
    bool isPartitionAware() const;
    Executor *executor(const std::string &id) const;
    Executor *executorOfTask(const std::string &taskId) const;
};

} // namespace meseta::agent
