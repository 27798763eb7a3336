#include "daemons/master/cluster/offer.h"

#include "daemons/master/cluster/agent.h"
#include "daemons/master/cluster/framework.h"

namespace meseta::master {

namespace {
/// Ports that the network isolator hands out itself are never offered. Source: Mesos network port
/// mapping.
constexpr auto EphemeralPorts = "ephemeral_ports";

void fillResources(const Offer &offer, mesos::v1::Offer &proto)
{
    const FrameworkCapabilities &capabilities = offer.framework->capabilities;
    const Resources resources =
        capabilities.multiRole ? offer.resources : offer.resources.unallocated();
    for (mesos::v1::Resource &resource :
         capabilities.reservationRefinement ? resources.proto() : resources.preRefinement()) {
        if (resource.name() != EphemeralPorts)
            *proto.add_resources() = std::move(resource);
    }
}
} // namespace

void fillUrl(const Agent &agent, mesos::v1::URL &url)
{
    url.set_scheme("http");
    url.mutable_address()->set_hostname(agent.info.hostname());
    url.mutable_address()->set_ip(agent.pid.ip);
    url.mutable_address()->set_port(agent.pid.port);
    url.set_path("/" + agent.pid.id);
}

mesos::v1::Offer toProto(const Offer &offer)
{
    const Agent &agent = *offer.agent;
    mesos::v1::Offer proto;
    proto.mutable_id()->set_value(offer.id);
    proto.mutable_framework_id()->set_value(offer.framework->id);
    proto.mutable_agent_id()->set_value(agent.id);
    proto.set_hostname(agent.info.hostname());
    fillUrl(agent, *proto.mutable_url());
    if (agent.info.has_domain())
        *proto.mutable_domain() = agent.info.domain();
    fillResources(offer, proto);
    *proto.mutable_attributes() = agent.info.attributes();
    if (const auto own = agent.executors.find(offer.framework->id); own != agent.executors.end()) {
        for (const auto &entry : own->second)
            proto.add_executor_ids()->set_value(entry.first);
    }
    if (agent.unavailability)
        *proto.mutable_unavailability() = *agent.unavailability;
    if (offer.framework->capabilities.multiRole)
        proto.mutable_allocation_info()->set_role(offer.role);
    return proto;
}

} // namespace meseta::master
