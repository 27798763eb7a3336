#include "daemons/master/daemon/term_options.h"

#include <limits>

#include "common/endpoints/build_info.h"
#include "daemons/master/daemon/listen_address.h"
#include "daemons/master/flags/master_flags.h"

namespace meseta::master {

namespace {

template <typename Limit> Limit bounded(std::uint64_t value)
{
    return static_cast<Limit>(std::min<std::uint64_t>(value, std::numeric_limits<Limit>::max()));
}

Cluster::Limits limitsOf(const MasterFlags &flags)
{
    return {.completedFrameworks = flags.maxCompletedFrameworks,
            .completedTasksPerFramework = flags.maxCompletedTasksPerFramework,
            .unreachableTasksPerFramework = flags.maxUnreachableTasksPerFramework,
            .recordedAgents = flags.registryMaxAgentCount};
}

AllocatorOptions allocatorOptions(const MasterFlags &flags)
{
    AllocatorOptions options;
    options.allocationInterval = flags.allocationInterval;
    options.minAllocatable = {flags.minAllocatable.begin(), flags.minAllocatable.end()};
    options.fairSharingExcluded = flags.fairSharingExcluded;
    options.filterGpuResources = flags.filterGpuResources;
    options.randomRoleSorter = flags.randomRoleSorter;
    options.randomFrameworkSorter = flags.randomFrameworkSorter;
    return options;
}

} // namespace

MasterOptions optionsOf(const MasterFlags &flags, const messages::Pid &pid)
{
    MasterOptions options;
    options.pid = pid;
    options.hostname = flags.hostname.value_or(std::string());
    if (options.hostname.empty())
        options.hostname = hostnameOf(pid.ip, flags.hostnameLookup);
    options.version = buildInfo().version();
    options.domain = flags.domain;
    options.allocator = allocatorOptions(flags);
    options.limits = limitsOf(flags);
    if (!flags.roles.empty())
        options.roles = flags.roles;
    options.weights = flags.weights;
    options.rootSubmissions = flags.rootSubmissions;
    options.constraints.re2MaxMemoryBytes =
        static_cast<std::int64_t>(flags.offerConstraintsMaxMemory);
    options.constraints.re2MaxProgramSize = static_cast<int>(flags.offerConstraintsMaxProgramSize);
    options.offerTimeout = flags.offerTimeout;
    options.agentPingTimeout = flags.agentPingTimeout;
    options.maxAgentPingTimeouts = bounded<unsigned>(flags.maxAgentPingTimeouts);
    options.agentReregisterTimeout = flags.agentReregisterTimeout;
    options.agentRemovalInterval = flags.agentRemovalInterval;
    options.requireAgentDomain = flags.requireAgentDomain;
    options.recordGcInterval = flags.registryGcInterval;
    options.recoveryRemovalLimit = flags.recoveryAgentRemovalLimit;
    options.allocatorRecoveryFactor = flags.allocatorAgentRecoveryFactor;
    options.allocatorRecoveryTimeout = flags.allocatorRecoveryTimeout;
    options.recordMaxAge = flags.registryMaxAgentAge;
    return options;
}

} // namespace meseta::master
