#pragma once

#include <string>

#include "daemons/master/core/core.h"
#include "daemons/master/core/status_updates.h"

namespace meseta::master {

/// What an ACCEPT works with: the offered resources of one agent under one role, growing less as
/// tasks are launched.
struct Stake
{
    Framework &framework;
    Agent &agent;
    std::string role;
    Resources offered;
    Resources produced = {}; ///< of `offered`, what operations of this ACCEPT made
};

void launchTasks(Core &core, Stake &stake, mesos::v1::Offer::Operation::Launch &launch);
void launchGroup(Core &core, Stake &stake, mesos::v1::Offer::Operation::LaunchGroup &launch);

/// Tells the framework that a launch failed.
void failLaunch(Core &core, Framework &framework, const mesos::v1::TaskInfo &task, MadeStatus why);

/// Resources as the scheduler wrote them, in post-refinement form and allocated to the offer's
/// role.
void prepareResources(google::protobuf::RepeatedPtrField<mesos::v1::Resource> &resources,
                      const std::string &role);
/// The task with what the master fills in: allocation, executor's framework id, type of the health
/// check.
void prepareTask(mesos::v1::TaskInfo &task, const Stake &stake);

/// What tasks of this stake are measured against. Valid while the stake is.
TaskContext taskContext(const Stake &stake);

/// The cluster knows of the executor; true when it was not on the agent before.
bool ensureExecutor(Core &core, Stake &stake, const mesos::v1::ExecutorInfo &executor);
/// The task is in the cluster, TASK_STAGING, and its resources are the stake's no more.
void startTask(Core &core, Stake &stake, const mesos::v1::TaskInfo &task);

/// Resources in the form an older agent reads: without allocation info, in the pre-refinement
/// reservation format.
void adaptToAgent(const Agent &agent,
                  google::protobuf::RepeatedPtrField<mesos::v1::Resource> &resources);

/// Appends the resource versions of the agent and its providers as field `field` of a launch
/// message.
void appendResourceVersions(const Agent &agent, int field, std::string &out);

} // namespace meseta::master
