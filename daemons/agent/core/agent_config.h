#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/messages/pid.h"
#include "common/resources/resources.h"
#include "mesos/v1/cluster.pb.h"
#include "mesos/v1/container.pb.h"

namespace meseta::agent {

/// What the agent was told at start, already parsed. Names follow the flags.
struct AgentConfig
{
    messages::Pid self; ///< "slave(1)@ip:port", as others reach it
    messages::Pid master; ///< "master@ip:port" that leads; empty while none is known
    std::string hostname;
    std::string version;
    Resources resources;
    std::vector<mesos::v1::Attribute> attributes;
    std::optional<mesos::v1::DomainInfo> domain;
    std::vector<mesos::v1::AgentInfo::Capability> capabilities; ///< announced to the master

    Duration registrationBackoffFactor = std::chrono::seconds(1);
    Duration executorRegistrationTimeout = std::chrono::minutes(1);
    Duration executorShutdownGracePeriod = std::chrono::seconds(5);
    Duration executorReregistrationTimeout = std::chrono::seconds(2);
    std::optional<Duration>
        executorReregistrationRetryInterval; ///< drivers are asked to come back this often
    Duration recoveryTimeout = std::chrono::minutes(15);
    bool cleanUpOnly = false; ///< --recover=cleanup: ends what an earlier agent left, and leaves
    std::string bootId; ///< of this start of the machine; empty: not known
    std::string launcherDir;
    std::string workDir;
    std::optional<std::map<std::string, std::string>>
        executorEnvironment; ///< --executor_environment_variables
    std::string nativeLibrary; ///< libmesos, when installed (MESOS_NATIVE_JAVA_LIBRARY)
    std::optional<mesos::v1::ContainerInfo>
        defaultContainerInfo; ///< for executors and tasks that bring none
    bool switchUser = true;
    bool cgroupsEnableCfs = false; ///< CPU limits are quotas: they hold for every container
    std::size_t maxCompletedExecutorsPerFramework = 150;
};

/// The agent as masters are told of it, without an id.
mesos::v1::AgentInfo agentInfo(const AgentConfig &config);

/// The capabilities a Mesos 1.11 agent announces, in its order.
std::vector<mesos::v1::AgentInfo::Capability> defaultCapabilities();

} // namespace meseta::agent
