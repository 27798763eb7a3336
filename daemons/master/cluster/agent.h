#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/messages/pid.h"
#include "common/resources/resources.h"
#include "daemons/master/cluster/capabilities.h"
#include "daemons/master/cluster/executor.h"
#include "daemons/master/cluster/offer.h"
#include "daemons/master/cluster/operation.h"
#include "daemons/master/cluster/task.h"
#include "mesos/v1/allocator/allocator.pb.h"
#include "mesos/v1/cluster.pb.h"

namespace meseta::master {

/// A registered agent, and what runs there.
struct Agent
{
    std::string id; ///< "<master id>-S<n>"
    mesos::v1::AgentInfo info; ///< with its id; resources as registered
    messages::Pid pid;
    std::string version;
    AgentCapabilities::Proto capabilityList;
    AgentCapabilities capabilities;

    bool connected = true; ///< its link stands
    bool active = true; ///< offers are made
    bool deactivated = false; ///< by an operator
    std::optional<mesos::v1::DrainInfo> drainInfo;
    std::optional<mesos::v1::TimeInfo> estimatedDrainStart;
    std::optional<mesos::v1::Unavailability> unavailability; ///< planned for its machine
    /// What frameworks answered to inverse offers last, by framework id.
    std::map<std::string, mesos::v1::allocator::InverseOfferStatus> inverseOfferAnswers;
    std::set<std::string> inverseOffersRefused; ///< framework ids that are not asked for a while

    Duration registeredTime{0}; ///< since the epoch
    Duration reregisteredTime{0}; ///< zero: never

    Resources
        total; ///< what can be allocated, with oversubscribed resources and those of providers
    Resources checkpointed;
    std::string resourceVersion; ///< 16 bytes, or empty
    struct Provider
    {
        mesos::v1::ResourceProviderInfo info;
        Resources total;
        std::string resourceVersion;
    };
    std::map<std::string, Provider> providers; ///< by resource provider id

    std::vector<Task *> tasks; ///< of all frameworks, terminal ones not yet acknowledged included
    std::map<std::string, std::map<std::string, Executor>>
        executors; ///< by framework id, executor id
    std::map<std::string, Resources> used; ///< by framework id; allocated form
    std::map<std::string, AgentOperation> operations; ///< by uuid (16 bytes); not yet over
    OfferSet offers;
    Resources totalUsed() const;
    Resources totalOffered() const;

    std::string observerId; ///< local process that pings it: "slave-observer(3)"
    Clock::TimerId pingTimer = 0;
    Clock::TimerId reregisterTimer = 0;
    unsigned missedPings = 0;
    bool pongSeen = true;

    bool hasExecutor(const std::string &frameworkId, const std::string &executorId) const;
};

} // namespace meseta::master
