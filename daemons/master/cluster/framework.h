#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "common/base/clock.h"
#include "common/messages/pid.h"
#include "common/resources/resources.h"
#include "daemons/master/cluster/capabilities.h"
#include "daemons/master/cluster/executor.h"
#include "daemons/master/cluster/offer.h"
#include "daemons/master/cluster/task.h"
#include "mesos/v1/scheduler/scheduler.pb.h"

namespace meseta::master {

/// A scheduler and all that is its own.
struct Framework
{
    enum class State {
        Recovered, ///< known from agents after a master failover, not yet subscribed
        Disconnected, ///< its failover timeout is running
        Inactive, ///< connected, but wants no offers (driver's abort)
        Active,
    };

    Framework(const mesos::v1::FrameworkInfo &info, std::size_t maxCompletedTasks,
              std::size_t maxUnreachableTasks);

    /// Takes a new description; the id stays.
    void setInfo(const mesos::v1::FrameworkInfo &info);

    std::string id;
    mesos::v1::FrameworkInfo info; ///< with its id
    std::string infoBytes; ///< `info` serialized, for the messages that repeat it
    FrameworkCapabilities capabilities;
    std::set<std::string> roles;
    std::set<std::string> suppressedRoles;
    mesos::v1::scheduler::OfferConstraints offerConstraints;

    State state = State::Recovered;
    bool active() const { return state == State::Active; }
    bool connected() const { return state == State::Active || state == State::Inactive; }
    bool recovered() const { return state == State::Recovered; }

    /// Where a libmesos driver is reached; empty for HTTP schedulers.
    messages::Pid pid;
    /// The handle of the HTTP event stream (0: none) and its Mesos-Stream-Id.
    std::uint64_t stream = 0;
    std::string streamId;
    std::string principal; ///< authenticated, or that of `info`

    Duration registeredTime{0}; ///< since the epoch, as the times below
    Duration reregisteredTime{0};
    Duration unregisteredTime{0}; ///< zero while it lives

    std::unordered_map<std::string_view, std::unique_ptr<Task>>
        tasks; ///< by id, which is a view into the task
    TaskHistory completedTasks;
    TaskHistory unreachableTasks;
    OfferSet offers;
    std::map<std::string, std::map<std::string, Executor>> executors; ///< by agent id, executor id
    std::map<std::string, Resources> used; ///< by agent id; allocated form
    Resources totalUsed() const;
    Resources totalOffered() const;

    Clock::TimerId failoverTimer = 0;
    Clock::TimerId heartbeatTimer = 0;
};

} // namespace meseta::master
