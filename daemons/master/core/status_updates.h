#pragma once

#include <optional>
#include <string>

#include "daemons/master/core/core.h"

namespace meseta::master {

/// A status the master makes up itself: it has no uuid, and nobody acknowledges it.
struct MadeStatus
{
    std::string taskId;
    mesos::v1::TaskState state;
    std::string message;
    mesos::v1::TaskStatus::Reason reason;
    std::optional<std::string> agentId;
    std::optional<std::string> executorId;
    std::optional<Duration> unreachableTime; ///< since the epoch
};

mesos::internal::StatusUpdate makeUpdate(const Core &core, const Framework &framework,
                                         MadeStatus status);

/// `state` for frameworks that are PARTITION_AWARE, TASK_LOST for the others.
mesos::v1::TaskState orLost(const Framework &framework, mesos::v1::TaskState state);

/// The status of a known task as reconciliation answers it: the state the framework was last told,
/// what was last known of its health, checks and container.
mesos::internal::StatusUpdate makeTaskUpdate(const Core &core, const Framework &framework,
                                             const Task &task, MadeStatus status);

/// Sends an update on to its framework. `agent` acknowledges it; none for what the master made.
void forwardUpdate(Core &core, Framework &framework, const mesos::internal::StatusUpdate &update,
                   const Agent *agent);

/// The task enters the state the update tells. Ending it gives its resources back at once.
void updateTask(Core &core, Task &task, const mesos::internal::StatusUpdate &update);

/// The agent may have nothing left to do; one that drains is looked at in a moment.
void agentGotQuiet(Core &core, const std::string &agentId);

enum class TaskEnd { Completed, Unreachable };
/// Out of the active tasks, into a history.
void removeTask(Core &core, Task &task, TaskEnd end = TaskEnd::Completed);

} // namespace meseta::master
