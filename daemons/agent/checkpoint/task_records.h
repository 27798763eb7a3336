#pragma once

#include <optional>
#include <string>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "mesos/v1/task.pb.h"

namespace meseta::agent {

/// How far the ending of a built-in executor's task has got.
struct TaskEnding
{
    std::optional<Duration> killGrace; ///< set once it is being killed
    Duration since{}; ///< wall clock: when the grace period began
    bool duringLaunch = false; ///< killed before its container was started
    bool unhealthy = false; ///< its health check asked for it
    bool tooLong = false; ///< max_completion_time passed

    bool begun() const { return killGrace.has_value() || tooLong; }
};

/// A launched task as it was kept.
struct KeptTask
{
    mesos::v1::Task task;
    mesos::v1::TaskInfo info; ///< without an id when an agent of Mesos wrote the record
    Duration launched{}; ///< wall clock
    std::string group = {}; ///< id of the first task of its group; empty: launched by itself
};

/// `task.info`: Mesos' Task, and as more fields, which its readers skip, the TaskInfo, the time of
/// the launch and the group: the built-in executors are rebuilt from them.
std::string encodeTask(const KeptTask &kept);
Result<KeptTask> decodeTask(const std::string &bytes);

/// `task.kill`, as a Labels message.
std::string encodeEnding(const TaskEnding &ending);
Result<TaskEnding> decodeEnding(const std::string &bytes);

} // namespace meseta::agent
