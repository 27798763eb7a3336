#pragma once

#include "daemons/master/validation/validation.h"

namespace meseta::master {

/// Rules of an executor, in a LAUNCH or a LAUNCH_GROUP. Internal to this room.
Result<> validateExecutor(const mesos::v1::ExecutorInfo &executor, const TaskContext &context);

/// Whether two descriptions are of one executor, by the fields that Mesos compares: not `labels`
/// and `shutdown_grace_period`; the orders of resources, URIs and variables do not matter.
bool isSameExecutor(const mesos::v1::ExecutorInfo &a, const mesos::v1::ExecutorInfo &b);

/// An executor's own container must not ask for shared cgroups.
Result<> validateExecutorCgroups(const mesos::v1::ExecutorInfo &executor);

/// Everything a single task is measured by but its executor: shared by LAUNCH and LAUNCH_GROUP.
Result<> validateTaskAlone(const mesos::v1::TaskInfo &task, const TaskContext &context);

/// TaskInfo.limits: the agent can do it, only cpus and mem, none below its request.
Result<> validateLimits(const mesos::v1::TaskInfo &task, const TaskContext &context);

} // namespace meseta::master
