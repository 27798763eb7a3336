#pragma once

#include <array>
#include <map>
#include <set>
#include <string>

#include "common/codec/json.h"
#include "mesos/v1/task.pb.h"

namespace meseta::master {

class Cluster;

/// The states /state-summary counts, in its order.
inline constexpr std::array countedStates = {mesos::v1::TASK_STAGING,  mesos::v1::TASK_STARTING,
                                             mesos::v1::TASK_RUNNING,  mesos::v1::TASK_KILLING,
                                             mesos::v1::TASK_FINISHED, mesos::v1::TASK_KILLED,
                                             mesos::v1::TASK_FAILED,   mesos::v1::TASK_LOST,
                                             mesos::v1::TASK_ERROR,    mesos::v1::TASK_UNREACHABLE};

/// How many tasks are in each state.
using TaskCounts = std::map<mesos::v1::TaskState, std::uint64_t>;

/// Tasks by state of every agent and framework, and who is where; current frameworks' past tasks
/// count too, as Mesos has it.
struct TaskTable
{
    std::map<std::string, TaskCounts, std::less<>> byAgent;
    std::map<std::string, TaskCounts, std::less<>> byFramework;
    std::map<std::string, std::set<std::string>, std::less<>> frameworksOfAgent;
    std::map<std::string, std::set<std::string>, std::less<>> agentsOfFramework;
};

TaskTable tabulateTasks(const Cluster &cluster);

/// "TASK_STAGING":0 … as members.
void countMembers(const TaskCounts *counts, codec::JsonWriter &json);

} // namespace meseta::master
