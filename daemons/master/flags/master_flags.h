#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/address_flags.h"
#include "common/base/flags.h"
#include "common/base/logging.h"
#include "common/zookeeper/url.h"
#include "mesos/v1/cluster.pb.h"

namespace meseta::master {

/// Every flag of mesos-master with its type, default and what it does. A flag whose capability is
/// not there yet has `notYet` set in its row: removing that, and adding a member below, is all it
/// takes to open it.
FlagTable masterFlagTable();

/// The flags of mesos-master, ready to use. Source: Mesos configuration documentation (master).
struct MasterFlags
{
    FlagValues values; ///< `values.effective()` is what /flags and GET_FLAGS tell
    AddressFlags address;
    LoggingOptions logging;

    std::optional<std::string>
        hostname; ///< absent: look up the name of the own ip, or the ip (`hostnameLookup` false)
    bool hostnameLookup = true;
    std::optional<std::string> cluster;
    std::string workDir; ///< empty only with registry "in_memory"
    std::string registry; ///< "replicated_log" or "in_memory"
    std::optional<zookeeper::Url> zk; ///< where masters elect their leader; absent: this one leads
    Duration zkSessionTimeout{};
    std::string webuiDir; ///< may not exist
    std::optional<std::string> externalLogFile;
    std::optional<mesos::v1::DomainInfo> domain;
    bool requireAgentDomain = false;
    std::vector<std::string> disabledEndpoints; ///< --firewall_rules: paths that answer 403

    bool rootSubmissions = true;
    std::set<std::string> roles; ///< the static role whitelist; empty: every role
    std::map<std::string, double> weights; ///< initial, by role

    Duration agentPingTimeout{};
    std::uint64_t maxAgentPingTimeouts = 5;
    Duration agentReregisterTimeout{};
    std::optional<Duration> agentRemovalInterval; ///< from --agent_removal_rate_limit
    std::optional<Duration> offerTimeout;

    Duration allocationInterval{};
    std::vector<std::map<std::string, std::int64_t>>
        minAllocatable; ///< alternatives, in thousandths by name
    std::set<std::string> fairSharingExcluded;
    bool filterGpuResources = true;
    bool randomRoleSorter = false;
    bool randomFrameworkSorter = false;
    std::optional<std::string>
        whitelistFile; ///< hostnames, one a line; to be read again every 5 seconds
    std::uint64_t offerConstraintsMaxMemory = 4096;
    std::int64_t offerConstraintsMaxProgramSize = 100;

    std::uint64_t maxOperatorEventStreamSubscribers = 1000;
    std::uint64_t maxCompletedFrameworks = 50;
    std::uint64_t maxCompletedTasksPerFramework = 1000;
    std::uint64_t maxUnreachableTasksPerFramework = 1000;
    Duration registryFetchTimeout{};
    Duration registryStoreTimeout{};
    double recoveryAgentRemovalLimit = 1; ///< a share
    double allocatorAgentRecoveryFactor = 0.8;
    Duration allocatorRecoveryTimeout{};
    Duration registryGcInterval{};
    Duration registryMaxAgentAge{};
    std::uint64_t registryMaxAgentCount = 102400;
    bool publishPerFrameworkMetrics = true;
};

/// The typed view of loaded values; checks what involves several flags.
Result<MasterFlags> masterFlags(const FlagValues &values, const Environment &environment);

/// "cpus:0.01|mem:32;disk:1" (| is or, ; is and) as alternatives in thousandths.
Result<std::vector<std::map<std::string, std::int64_t>>>
parseMinAllocatable(const std::string &text);

/// "50%" as 0.5.
Result<double> parsePercentage(const std::string &text);

/// "1/10mins" as the time between two: 10 minutes.
Result<Duration> parseRemovalRate(const std::string &text);

/// What main does first: the flags, or the exit code to leave with after --help, --version or an
/// error (all printed).
struct MasterFlagsOutcome
{
    std::optional<MasterFlags> flags;
    int exitCode = 0;
};
MasterFlagsOutcome loadMasterFlags(int argc, const char *const *argv);

} // namespace meseta::master
