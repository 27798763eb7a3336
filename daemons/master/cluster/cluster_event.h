#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "mesos/v1/cluster.pb.h"
#include "mesos/v1/task.pb.h"

namespace meseta::master {

struct Agent;
struct Framework;
struct Offer;
class Task;

// What changed in the cluster. Pointers are valid while the observer runs, and never null.
// Additions and changes are told after they are made, removals while the thing can still be looked
// at.

struct FrameworkAdded
{
    const Framework *framework;
};
/// A new description or a re-subscription: what the Mesos operator stream tells as
/// FRAMEWORK_UPDATED.
struct FrameworkUpdated
{
    const Framework *framework;
};
/// Its connection came, went, or its wish for offers changed; the Mesos operator stream does not
/// tell it.
struct FrameworkStateChanged
{
    const Framework *framework;
};
struct FrameworkRemoved
{
    const Framework *framework;
};

struct AgentAdded
{
    const Agent *agent;
};
struct AgentChanged
{
    const Agent *agent;
};
struct AgentRemoved
{
    enum class Why { Unregistered, Unreachable, Gone, Replaced, MachineDown };
    const Agent *agent;
    Why why;
};

/// An agent that a master knew from the registry only, and that did not come back in time, or was
/// declared gone before it did.
struct RecoveredAgentLost
{
    const std::string *agentId;
    AgentRemoved::Why why;
};

struct OfferAdded
{
    const Offer *offer;
};
struct OfferRemoved
{
    enum class Why { Accepted, Declined, Rescinded, TimedOut, Discarded };
    const Offer *offer;
    Why why;
};

struct TaskAdded
{
    const Task *task;
};
/// `status` is what the framework is told (with `data`); `latest` is the state the task is in now.
struct TaskUpdated
{
    const Task *task;
    const mesos::v1::TaskStatus *status;
    mesos::v1::TaskState latest;
};
/// Left the active tasks: into `completedTasks`, `unreachableTasks`, or memory no more.
struct TaskRemoved
{
    const Task *task;
};

/// Ended under an earlier master and is in its framework's `completedTasks` now, as its agent told.
struct PastTaskAdded
{
    const Task *task;
};

struct LeaderChanged
{
    bool leading;
    const mesos::v1::MasterInfo *leader; ///< null when there is none
};

using ClusterEvent =
    std::variant<FrameworkAdded, FrameworkUpdated, FrameworkStateChanged, FrameworkRemoved,
                 AgentAdded, AgentChanged, AgentRemoved, RecoveredAgentLost, OfferAdded,
                 OfferRemoved, TaskAdded, TaskUpdated, TaskRemoved, PastTaskAdded, LeaderChanged>;

/// Those who want to know of each change, told once, in order, at the moment it happens. An
/// observer must not change the cluster.
class ClusterEvents
{
public:
    using Observer = std::function<void(const ClusterEvent &)>;

    /// Observers stay for the life of the master.
    void observe(Observer observer) { m_observers.push_back(std::move(observer)); }

    void publish(const ClusterEvent &event) const
    {
        for (const Observer &observer : m_observers)
            observer(event);
    }

private:
    std::vector<Observer> m_observers;
};

} // namespace meseta::master
