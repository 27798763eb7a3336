#pragma once

#include <functional>
#include <string>

#include "common/base/clock.h"
#include "meseta/v1/meseta.pb.h"
#include "mesos/v1/master/master.pb.h"

namespace meseta::master {

class Cluster;
class Task;
struct Agent;
struct Framework;
struct Offer;

// What the operator API says of one thing. Source: Mesos operator HTTP API, GET_AGENTS and
// GET_FRAMEWORKS as recorded.

mesos::v1::master::Response::GetAgents::Agent agentView(const Agent &agent);

/// With its offers and resources, as GET_FRAMEWORKS tells.
mesos::v1::master::Response::GetFrameworks::Framework frameworkView(const Framework &framework);

/// As the events FRAMEWORK_ADDED and FRAMEWORK_UPDATED tell: without offers and resources, with all
/// three times.
mesos::v1::master::Response::GetFrameworks::Framework
frameworkEventView(const Framework &framework);

/// As POST /meseta/v1 tells.
::meseta::v1::Offer offerView(const Offer &offer);

mesos::v1::TimeInfo timeInfo(Duration sinceEpoch);

/// The lists a task can be in.
enum class TaskList { Active, Unreachable, Completed };

/// Every task of the list, also of completed frameworks.
void forEachTask(const Cluster &cluster, TaskList list,
                 const std::function<void(const Task &)> &visit);

/// Every executor: serialized ExecutorInfo and the id of its agent.
void forEachExecutor(
    const Cluster &cluster,
    const std::function<void(const std::string &infoBytes, const std::string &agentId)> &visit);

} // namespace meseta::master
