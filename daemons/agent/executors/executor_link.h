#pragma once

#include <string>

#include "mesos/v1/cluster.pb.h"
#include "mesos/v1/task.pb.h"

namespace meseta::agent {

/// The agent's line to a registered executor: one in the agent, a process on the executor HTTP API,
/// or a libmesos driver. Calls never come back into the core from inside.
class ExecutorLink
{
public:
    virtual ~ExecutorLink() = default;

    virtual void launch(const mesos::v1::TaskInfo &task) = 0;
    /// Tasks that start and end together. False: this executor does not take groups.
    virtual bool launchGroup(const mesos::v1::TaskGroupInfo &group)
    {
        static_cast<void>(group);
        return false;
    }
    virtual void kill(const std::string &taskId, const mesos::v1::KillPolicy *policy) = 0;
    /// The agent has taken over the update.
    virtual void acknowledged(const std::string &taskId, const std::string &uuid) = 0;
    virtual void message(const std::string &data) = 0;
    /// Asks it to end its tasks and itself within its grace period.
    virtual void shutdown() = 0;
    /// The run is over, or another connection took over: no further calls.
    virtual void close() = 0;
};

} // namespace meseta::agent
