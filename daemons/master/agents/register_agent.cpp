#include "daemons/master/agents/agents.h"

#include <cstdlib>

#include "daemons/master/agents/maintenance.h"

namespace meseta::master {

namespace {

using mesos::internal::RegisterSlaveMessage;

void tellRegistered(Core &core, const Agent &agent)
{
    mesos::internal::SlaveRegisteredMessage message;
    message.mutable_slave_id()->set_value(agent.id);
    message.mutable_connection()->set_total_ping_timeout_seconds(core.totalPingTimeoutSeconds());
    core.send(agent.pid, message);
}

/// The agent did not hear that it is registered, or it had sent this before it did. Launches that
/// came to it before it knew are lost, so it is asked of its tasks.
void tellAgain(Core &core, Agent &agent)
{
    tellRegistered(core, agent);
    if (!agent.tasks.empty())
        askOfTasks(core, agent);
    if (!agent.connected)
        pingNow(core, agent); // which tells it so, and it registers again with all it has
}

std::unique_ptr<Agent> makeAgent(Core &core, const messages::Pid &from,
                                 const RegisterSlaveMessage &message)
{
    auto agent = std::make_unique<Agent>();
    agent->id = core.newAgentId();
    agent->info = agentInfo(message.slave());
    agent->info.mutable_id()->set_value(agent->id);
    agent->pid = from;
    agent->version = message.version();
    agent->capabilityList = message.agent_capabilities();
    agent->capabilities = AgentCapabilities(agent->capabilityList);
    agent->registeredTime = core.clock.sinceEpoch();
    agent->checkpointed = Resources(message.checkpointed_resources());
    agent->total = totalResources(agent->info, agent->checkpointed);
    agent->resourceVersion = message.resource_version_uuid().value();
    agent->unavailability = unavailabilityOf(core, agent->info.hostname(), from.ip);
    return agent;
}

void admit(Core &core, std::unique_ptr<Agent> admitted)
{
    Agent &agent = core.cluster.addAgent(std::move(admitted));
    core.outbox.link(agent.pid);
    core.figures.count("slave_registrations");
    addAgentToAllocator(core, agent);
    core.events.publish(AgentAdded{&agent});
    tellRegistered(core, agent);
    watchAgent(core, agent);
    qInfo("Agent %s registered: %s at %s with %s", agent.id.c_str(), agent.info.hostname().c_str(),
          agent.pid.text().c_str(), agent.total.text().c_str());
}

/// Admits the agent once no other is registered at its address.
void admitWhenFree(Core &core, const messages::Pid &from, const RegisterSlaveMessage &message)
{
    if (core.changingAgents.contains(from.text()))
        return; // the registry is at it
    if (isDown(core, message.slave().hostname(), from.ip))
        return shutDown(core, from, "Machine is `DOWN`");
    if (Agent *known = core.cluster.agentAt(from)) {
        // The version tells a repeated attempt from a new agent at the address of one whose end was
        // not noticed yet: each agent draws its own.
        if (known->resourceVersion == message.resource_version_uuid().value())
            return tellAgain(core, *known);
        return removeAgent(core, *known, AgentRemoved::Why::Replaced,
                           "Another agent has registered from its address, " + from.text(),
                           [&core, from, message] { admitWhenFree(core, from, message); });
    }
    core.changingAgents.insert(from.text());
    auto agent = std::make_shared<std::unique_ptr<Agent>>(makeAgent(core, from, message));
    const mesos::v1::AgentInfo info = (*agent)->info;
    const auto done = [&core, agent, key = from.text()](const Result<> &admitted) {
        core.changingAgents.erase(key);
        if (!admitted)
            return;
        // Meanwhile an agent may have come back at this address.
        whenFree(core, (*agent)->pid, (*agent)->id,
                 [&core, agent] { admit(core, std::move(*agent)); });
    };
    core.registry->apply(registry::admitAgent(info), done);
}

bool isDynamic(const mesos::v1::Resource &resource)
{
    return resource.has_reservation()
        || (resource.reservations_size() > 0
            && resource.reservations(resource.reservations_size() - 1).type()
                == mesos::v1::Resource::ReservationInfo::DYNAMIC);
}

/// What a checkpointed resource was made of.
mesos::v1::Resource origin(mesos::v1::Resource resource)
{
    if (isDynamic(resource)) {
        resource.clear_reservations();
        resource.clear_reservation();
        resource.clear_role();
    }
    if (resource.has_disk() && resource.disk().has_source()) {
        resource.mutable_disk()->clear_persistence();
        resource.mutable_disk()->clear_volume();
    } else {
        resource.clear_disk();
    }
    resource.clear_shared();
    return resource;
}

} // namespace

mesos::v1::AgentInfo agentInfo(const mesos::SlaveInfo &slave)
{
    mesos::v1::AgentInfo info;
    info.set_hostname(slave.hostname());
    info.set_port(slave.port());
    *info.mutable_resources() = Resources(slave.resources()).proto();
    *info.mutable_attributes() = slave.attributes();
    if (slave.has_id())
        *info.mutable_id() = slave.id();
    if (slave.has_domain())
        *info.mutable_domain() = slave.domain();
    return info;
}

Resources totalResources(const mesos::v1::AgentInfo &info, const Resources &checkpointed)
{
    Resources total(info.resources());
    for (const mesos::v1::Resource &resource : checkpointed.proto()) {
        const Resources from(origin(resource));
        if (total.contains(from)) {
            total -= from;
            total += Resources(resource);
        }
    }
    return total;
}

void shutDown(Core &core, const messages::Pid &to, const std::string &why)
{
    mesos::internal::ShutdownMessage message;
    message.set_message(why);
    core.send(to, message);
}

Result<> validateVersion(const std::string &version)
{
    char *end = nullptr;
    const long major = std::strtol(version.c_str(), &end, 10);
    if (end == version.c_str() || *end != '.')
        return fail("version '" + version + "' is not of the form MAJOR.MINOR.PATCH");
    if (major < 1)
        return fail("version " + version + " is too old: 1.0.0 is the oldest that can join");
    return {};
}

Result<> validateDomain(const Core &core, const mesos::SlaveInfo &slave)
{
    if (slave.has_domain() && !core.options.domain)
        return fail(
            "it has a fault domain and this master has none: start the master with --domain");
    if (!slave.has_domain() && core.options.requireAgentDomain)
        return fail("it has no fault domain and --require_agent_domain is set: start the agent "
                    "with --domain");
    return {};
}

void addAgentToAllocator(Core &core, const Agent &agent)
{
    core.allocator->addAgent({agent.info, AgentCapabilities::names(agent.capabilityList),
                              agent.total, agent.used, agent.active});
}

void whenFree(Core &core, const messages::Pid &at, const std::string &agentId,
              std::function<void()> act)
{
    Agent *other = core.cluster.agentAt(at);
    if (!other || other->id == agentId || core.changingAgents.contains(other->id))
        return act();
    removeAgent(core, *other, AgentRemoved::Why::Replaced,
                "Agent " + agentId + " has registered from its address, " + at.text(),
                std::move(act));
}

void registerAgent(Core &core, const messages::Pid &from, const RegisterSlaveMessage &message)
{
    core.figures.count("messages_register_slave");
    Result<> valid = validateVersion(message.version());
    if (valid)
        valid = validateAgentInfo(agentInfo(message.slave()));
    if (valid)
        valid = validateDomain(core, message.slave());
    if (!valid) {
        qWarning("Ignoring the registration of %s: %s", from.text().c_str(),
                 valid.error().message.c_str());
        return;
    }
    admitWhenFree(core, from, message);
}

} // namespace meseta::master
