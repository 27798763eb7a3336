#pragma once

#include <set>
#include <string>

#include "mesos/v1/cluster.pb.h"

namespace meseta::master {

/// What a framework says it can deal with. Source: Mesos FrameworkInfo.Capability.
struct FrameworkCapabilities
{
    bool revocableResources = false;
    bool taskKillingState = false;
    bool gpuResources = false;
    bool sharedResources = false;
    bool partitionAware = false;
    bool multiRole = false;
    bool reservationRefinement = false;
    bool regionAware = false;

    explicit FrameworkCapabilities(const mesos::v1::FrameworkInfo &info = {});
    static std::set<std::string> names(const mesos::v1::FrameworkInfo &info); ///< "MULTI_ROLE" …
};

/// What an agent says it can do. Source: Mesos AgentInfo.Capability (SlaveInfo.Capability).
struct AgentCapabilities
{
    bool multiRole = false;
    bool hierarchicalRole = false;
    bool reservationRefinement = false;
    bool resourceProvider = false;
    bool resizeVolume = false;
    bool operationFeedback = false;
    bool draining = false;
    bool taskResourceLimits = false;

    using Proto = google::protobuf::RepeatedPtrField<mesos::v1::AgentInfo::Capability>;
    explicit AgentCapabilities(const Proto &capabilities = {});
    static std::set<std::string> names(const Proto &capabilities);
};

} // namespace meseta::master
