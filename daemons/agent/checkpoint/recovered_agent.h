#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/messages/pid.h"
#include "daemons/agent/checkpoint/task_records.h"
#include "mesos/internal/messages.pb.h"
#include "mesos/v1/cluster.pb.h"

namespace meseta::agent {

/// What an earlier agent of this work_dir left, as far as it could be read.
struct RecoveredTask
{
    KeptTask kept;
    std::vector<mesos::internal::StatusUpdate> updates; ///< in order
    std::set<std::string> acknowledged; ///< uuids of those the framework has acknowledged
    std::optional<TaskEnding> ending;

    bool hasEnded() const; ///< its last update is terminal
    bool isDone() const; ///< and acknowledged
};

/// One run of an executor.
struct RecoveredRun
{
    mesos::v1::ExecutorInfo info;
    bool isCommand = false;
    std::string containerId;
    std::optional<messages::Pid> driver; ///< it registered as a libmesos driver
    bool http = false; ///< it subscribed over HTTP
    std::vector<RecoveredTask> tasks;

    bool exited = false; ///< the master was told that it is over, only its tasks' ends are not
    double ended = 0; ///< when it was over, seconds since the epoch; of those in `history`
    bool hasRegistered() const { return driver.has_value() || http; }
};

struct RecoveredFramework
{
    mesos::v1::FrameworkInfo info;
    std::optional<messages::Pid> pid;
    std::vector<RecoveredRun> runs;
    std::vector<RecoveredRun> history; ///< what was over by then, oldest first

    double lastEnded() const { return history.empty() ? 0 : history.back().ended; }
};

struct RecoveredAgent
{
    std::optional<mesos::v1::AgentInfo> info; ///< none: this is a new agent
    std::optional<mesos::v1::DrainConfig> drain;
    double drainStart = 0; ///< seconds since the epoch
    std::vector<RecoveredFramework> frameworks;
    bool rebooted = false; ///< the machine was: nothing of it runs any more
    std::vector<std::string> errors; ///< what could not be read and was left out (--no-strict)
    std::vector<std::string> leftovers; ///< below meta: of what is over, may be removed
};

} // namespace meseta::agent
