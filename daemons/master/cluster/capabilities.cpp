#include "daemons/master/cluster/capabilities.h"

namespace meseta::master {

FrameworkCapabilities::FrameworkCapabilities(const mesos::v1::FrameworkInfo &info)
{
    using Capability = mesos::v1::FrameworkInfo::Capability;
    for (const Capability &capability : info.capabilities()) {
        switch (capability.type()) {
        case Capability::REVOCABLE_RESOURCES:
            revocableResources = true;
            break;
        case Capability::TASK_KILLING_STATE:
            taskKillingState = true;
            break;
        case Capability::GPU_RESOURCES:
            gpuResources = true;
            break;
        case Capability::SHARED_RESOURCES:
            sharedResources = true;
            break;
        case Capability::PARTITION_AWARE:
            partitionAware = true;
            break;
        case Capability::MULTI_ROLE:
            multiRole = true;
            break;
        case Capability::RESERVATION_REFINEMENT:
            reservationRefinement = true;
            break;
        case Capability::REGION_AWARE:
            regionAware = true;
            break;
        case Capability::UNKNOWN:
            break;
        }
    }
}

std::set<std::string> FrameworkCapabilities::names(const mesos::v1::FrameworkInfo &info)
{
    std::set<std::string> names;
    for (const auto &capability : info.capabilities())
        names.insert(mesos::v1::FrameworkInfo::Capability::Type_Name(capability.type()));
    return names;
}

AgentCapabilities::AgentCapabilities(const Proto &capabilities)
{
    using Capability = mesos::v1::AgentInfo::Capability;
    for (const Capability &capability : capabilities) {
        switch (capability.type()) {
        case Capability::MULTI_ROLE:
            multiRole = true;
            break;
        case Capability::HIERARCHICAL_ROLE:
            hierarchicalRole = true;
            break;
        case Capability::RESERVATION_REFINEMENT:
            reservationRefinement = true;
            break;
        case Capability::RESOURCE_PROVIDER:
            resourceProvider = true;
            break;
        case Capability::RESIZE_VOLUME:
            resizeVolume = true;
            break;
        case Capability::AGENT_OPERATION_FEEDBACK:
            operationFeedback = true;
            break;
        case Capability::AGENT_DRAINING:
            draining = true;
            break;
        case Capability::TASK_RESOURCE_LIMITS:
            taskResourceLimits = true;
            break;
        case Capability::UNKNOWN:
            break;
        }
    }
}

std::set<std::string> AgentCapabilities::names(const Proto &capabilities)
{
    std::set<std::string> names;
    for (const auto &capability : capabilities)
        names.insert(mesos::v1::AgentInfo::Capability::Type_Name(capability.type()));
    return names;
}

} // namespace meseta::master
