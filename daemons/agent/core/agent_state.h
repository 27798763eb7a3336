#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "daemons/agent/core/records.h"

namespace meseta::agent {

/// Counters of the agent's life, shown under Mesos' metric names.
struct AgentCounters
{
    std::uint64_t tasksFinished = 0;
    std::uint64_t tasksFailed = 0;
    std::uint64_t tasksKilled = 0;
    std::uint64_t tasksLost = 0;
    std::uint64_t tasksGone = 0;
    std::uint64_t executorsTerminated = 0;
    std::uint64_t validStatusUpdates = 0;
    std::uint64_t invalidStatusUpdates = 0;
    std::uint64_t validFrameworkMessages = 0;
    std::uint64_t invalidFrameworkMessages = 0;
    std::uint64_t containerLaunchErrors = 0;
    std::uint64_t containerDestroyErrors = 0;
    std::uint64_t recoveryErrors = 0; ///< what of an earlier agent could not be read or taken up
    std::optional<double> recoverySeconds; ///< from the start to the first registration attempt
};

/// Everything the agent knows. The parts of the core change it; the API views read it.
struct AgentState
{
    /// Recovering: taking up what an earlier agent left; not known to a master yet.
    enum class Lifecycle { Recovering, Disconnected, Running, Terminating };

    Lifecycle lifecycle = Lifecycle::Disconnected;
    mesos::v1::AgentInfo info; ///< `id` is set once registered
    /// Set while the agent is being drained: no launches, and what is killed is told so.
    std::optional<mesos::v1::DrainConfig> drain;
    double drainStart = 0; ///< seconds since the epoch
    std::string resourceVersion; ///< UUID bytes, new at each start
    double startTime = 0; ///< seconds since the epoch
    std::map<std::string, std::unique_ptr<Framework>> frameworks;
    std::deque<std::unique_ptr<Framework>> completedFrameworks; ///< newest last, bounded
    AgentCounters counters;

    const std::string &id() const { return info.id().value(); }
    bool isRegistered() const { return info.has_id(); }
    Framework *framework(const std::string &frameworkId) const;
    Executor *executor(const std::string &frameworkId, const std::string &executorId) const;
    /// The executor's present run: nothing when it has another container by now.
    Executor *run(const std::string &frameworkId, const std::string &executorId,
                  const std::string &containerId) const;
    Executor *executorByContainer(const std::string &containerId) const;
    /// Containers of runs that are not over.
    std::vector<std::string> liveContainers() const;
    Resources allocated() const;
};

bool isTerminal(mesos::v1::TaskState state);

/// Adds a task's last status; one of the same state replaces the one before, so the history stays
/// as short as the states.
void recordStatus(mesos::v1::Task &task, const mesos::v1::TaskStatus &status);

/// The Task that stands for a TaskInfo, staging.
mesos::v1::Task makeTask(const mesos::v1::TaskInfo &info, const std::string &frameworkId);

} // namespace meseta::agent
