#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/address_flags.h"
#include "common/base/flags.h"
#include "common/base/logging.h"
#include "common/zookeeper/url.h"
#include "daemons/agent/checkpoint/reconfiguration_policy.h"
#include "mesos/v1/cluster.pb.h"
#include "mesos/v1/container.pb.h"

namespace meseta::agent {

/// Every flag of mesos-agent with its type, default and what it does. A flag whose capability is
/// not there yet has `notYet` set in its row: removing that, and adding a member below, is all it
/// takes to open it.
FlagTable agentFlagTable();

/// The flags of mesos-agent, ready to use. Source: Mesos configuration documentation (agent).
struct AgentFlags
{
    FlagValues values; ///< `values.effective()` is what /flags and GET_FLAGS tell
    AddressFlags address;
    LoggingOptions logging;

    std::string master; ///< host:port; empty with `zk`
    std::optional<zookeeper::Url> zk; ///< --master=zk://…: where the leading master is found
    Duration zkSessionTimeout{};
    std::optional<std::string>
        hostname; ///< absent: look up the name of the own ip, or the ip (`hostnameLookup` false)
    bool hostnameLookup = true;
    std::string workDir;
    std::string runtimeDir;
    std::string launcherDir;
    std::optional<std::string> externalLogFile;
    std::optional<mesos::v1::DomainInfo> domain;
    std::vector<std::string> disabledEndpoints; ///< --firewall_rules: paths that answer 403

    std::optional<std::string>
        resources; ///< "name(role):value;…" or a JSON array; what is not named is detected
    std::optional<std::string> attributes; ///< "name:value;…"
    std::string defaultRole = "*";

    Duration registrationBackoffFactor{};
    Duration executorRegistrationTimeout{};
    Duration executorReregistrationTimeout{};
    Duration executorShutdownGracePeriod{};
    std::optional<Duration> executorReregistrationRetryInterval;
    Duration recoveryTimeout{};
    Duration httpHeartbeatInterval{}; ///< of the streams of containers
    bool recoverByCleanup = false; ///< --recover=cleanup
    bool strict = true; ///< --strict: what cannot be read keeps the agent from starting
    ReconfigurationPolicy reconfiguration = ReconfigurationPolicy::WhatFits;
    std::uint64_t maxCompletedExecutorsPerFramework = 150;
    /// Replaces the agent's environment for executors; absent: they inherit it.
    std::optional<std::map<std::string, std::string>> executorEnvironment;
    bool switchUser = true;

    Duration gcDelay{};
    bool gcNonExecutorContainers = false;
    double gcDiskHeadroom = 0.1;
    Duration diskWatchInterval{};

    std::string frameworksHome;
    std::string fetcherCacheDir;
    std::uint64_t fetcherCacheBytes = 0;
    Duration fetcherStallTimeout{};

    std::vector<std::string> containerizers; ///< in the order to ask: "mesos", "docker"
    std::string
        sandboxDirectory; ///< the sandbox's path inside containers with a file system of their own
    std::string dockerSocket;
    Duration dockerRemoveDelay{};
    bool dockerKillOrphans = true;
    Duration dockerStopTimeout{};
    std::optional<std::string>
        dockerConfig; ///< JSON text: registry credentials, as in ~/.docker/config.json
    std::optional<std::string>
        defaultContainerDns; ///< JSON text: name servers of Docker containers by their network
    bool cgroupsEnableCfs = false;
    std::optional<mesos::v1::ContainerInfo> defaultContainerInfo;
};

/// The typed view of loaded values; checks what involves several flags.
Result<AgentFlags> agentFlags(const FlagValues &values, const Environment &environment);

/// What main does first: the flags, or the exit code to leave with after --help, --version or an
/// error (all printed).
struct AgentFlagsOutcome
{
    std::optional<AgentFlags> flags;
    int exitCode = 0;
};
AgentFlagsOutcome loadAgentFlags(int argc, const char *const *argv);

} // namespace meseta::agent
