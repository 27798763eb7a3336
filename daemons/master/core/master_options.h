#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "common/base/clock.h"
#include "common/messages/pid.h"
#include "daemons/master/allocator/allocator.h"
#include "daemons/master/cluster/cluster.h"
#include "daemons/master/validation/validation.h"

namespace meseta::master {

/// How a master was started. Source: Mesos master flags.
struct MasterOptions
{
    std::string id; ///< drawn when empty
    messages::Pid pid; ///< "master" at the advertised address
    std::string hostname; ///< told to clients; need not resolve here
    std::string version; ///< dotted integers, told in MasterInfo
    std::optional<mesos::v1::DomainInfo> domain;

    AllocatorOptions allocator;
    Cluster::Limits limits;
    std::optional<std::set<std::string>> roles; ///< --roles
    std::map<std::string, double> weights; ///< --weights
    std::optional<std::set<std::string>>
        whitelist; ///< --whitelist: host names of agents that get offers
    bool rootSubmissions = true; ///< --root_submissions
    ConstraintLimits constraints;

    std::optional<Duration> offerTimeout; ///< --offer_timeout
    Duration agentPingTimeout = std::chrono::seconds(15); ///< --agent_ping_timeout
    unsigned maxAgentPingTimeouts = 5; ///< --max_agent_ping_timeouts
    Duration agentReregisterTimeout = std::chrono::minutes(10); ///< --agent_reregister_timeout
    /// --agent_removal_rate_limit: how long between two agents that are marked unreachable; absent:
    /// at once.
    std::optional<Duration> agentRemovalInterval;
    bool requireAgentDomain = false; ///< --require_agent_domain
    Duration recordGcInterval = std::chrono::minutes(15); ///< --registry_gc_interval
    Duration recordMaxAge = std::chrono::hours(24 * 14); ///< --registry_max_agent_age
    /// --recovery_agent_removal_limit: of the agents in the registry, the share that may be given
    /// up when they do not come back after a change of leader; with more missing the master gives
    /// up itself.
    double recoveryRemovalLimit = 1.0;
    double allocatorRecoveryFactor = 0.8; ///< --allocator_agent_recovery_factor
    Duration allocatorRecoveryTimeout = std::chrono::minutes(10); ///< --allocator_recovery_timeout
};

} // namespace meseta::master
