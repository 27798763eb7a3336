#include "daemons/master/agents/maintenance.h"

#include <arpa/inet.h>

#include "daemons/master/agents/agents.h"
#include "daemons/master/core/inverse_offers.h"
#include "daemons/master/core/offers.h"

namespace meseta::master {

namespace {

using mesos::v1::MachineID;
using mesos::v1::MachineInfo;
using mesos::v1::maintenance::Schedule;
using Record = mesos::internal::Registry;

std::string named(const MachineID &id)
{
    const std::string both =
        id.has_hostname() && id.has_ip() ? id.hostname() + ", " + id.ip() : id.hostname() + id.ip();
    return "Machine '" + both + "'";
}

Result<> validateMachine(const MachineID &id)
{
    if (id.hostname().empty() && id.ip().empty())
        return fail("A machine has neither 'hostname' nor 'ip': give at least one");
    in_addr address{};
    if (!id.ip().empty() && inet_pton(AF_INET, id.ip().c_str(), &address) != 1)
        return fail(named(id) + ": 'ip' is not an IPv4 address");
    return {};
}

Result<> validateList(const MachineIds &machines)
{
    if (machines.empty())
        return fail("No machine is named: list at least one");
    std::set<std::string> seen;
    for (const MachineID &id : machines) {
        if (const Result<> valid = validateMachine(id); !valid)
            return valid;
        if (!seen.insert(registry::machineKey(id)).second)
            return fail(named(id) + " is listed twice");
    }
    return {};
}

const MachineInfo *machine(const Core &core, const MachineID &id)
{
    const auto at = core.cluster.machines.find(registry::machineKey(id));
    return at == core.cluster.machines.end() ? nullptr : &at->second;
}

MachineID machineId(const std::string &hostname, const std::string &ip)
{
    MachineID id;
    id.set_hostname(hostname);
    id.set_ip(ip);
    return id;
}

std::vector<std::string> agentsOn(const Core &core, const MachineID &id)
{
    std::vector<std::string> agents;
    const std::string key = registry::machineKey(id);
    for (const auto &[agentId, agent] : core.cluster.agents()) {
        if (registry::machineKey(machineId(agent->info.hostname(), agent->pid.ip)) == key)
            agents.push_back(agentId);
    }
    return agents;
}

/// What was offered was offered without saying when the machine goes.
void takeUnavailability(Core &core, Agent &agent)
{
    auto planned = unavailabilityOf(core, agent.info.hostname(), agent.pid.ip);
    const auto bytes = [](const std::optional<mesos::v1::Unavailability> &one) {
        return one ? one->SerializeAsString() : std::string("none");
    };
    if (bytes(planned) == bytes(agent.unavailability))
        return;
    agent.unavailability = std::move(planned);
    rescindOffersOf(core, agent);
    rescindInverseOffersOf(core, agent);
    agent.inverseOfferAnswers.clear();
    makeInverseOffers(core, agent);
}

void takeMachines(Core &core)
{
    recoverMaintenance(core);
    for (const auto &[id, agent] : core.cluster.agents())
        takeUnavailability(core, *agent);
}

Registry::Done takingMachines(Core &core, Registry::Done done)
{
    return [&core, done = std::move(done)](const Result<> &stored) {
        if (stored)
            takeMachines(core);
        done(stored);
    };
}

void shutDownAgents(Core &core, const MachineID &id)
{
    for (const std::string &agentId : agentsOn(core, id)) {
        Agent &agent = *core.cluster.agent(agentId);
        mesos::internal::ShutdownMessage message;
        message.set_message("An operator took this machine down for maintenance");
        core.send(agent.pid, message);
        removeAgent(core, agent, AgentRemoved::Why::MachineDown,
                    "The machine of agent " + agentId + " (" + agent.info.hostname()
                        + ") was taken down for maintenance");
    }
}

} // namespace

Result<> validateSchedule(const Core &core, const Schedule &schedule)
{
    std::set<std::string> scheduled;
    for (const auto &window : schedule.windows()) {
        if (window.machine_ids().empty())
            return fail("A window names no machine: list at least one");
        if (window.unavailability().duration().nanoseconds() < 0)
            return fail("'unavailability.duration' is negative; it has to be 0 or more");
        for (const MachineID &id : window.machine_ids()) {
            if (const Result<> valid = validateMachine(id); !valid)
                return valid;
            if (!scheduled.insert(registry::machineKey(id)).second)
                return fail(named(id) + " is in two places of the schedule");
        }
    }
    for (const auto &[key, info] : core.cluster.machines) {
        if (info.mode() == MachineInfo::DOWN && !scheduled.contains(key))
            return fail(
                named(info.id())
                + " is down, so it stays in the schedule; bring it up first (STOP_MAINTENANCE)");
    }
    return {};
}

Result<> validateStart(const Core &core, const MachineIds &machines)
{
    if (const Result<> valid = validateList(machines); !valid)
        return valid;
    for (const MachineID &id : machines) {
        const MachineInfo *info = machine(core, id);
        if (!info)
            return fail(named(id) + " is in no maintenance schedule");
        if (info->mode() != MachineInfo::DRAINING)
            return fail(named(id) + " is not DRAINING; only a machine that is can be taken down");
    }
    return {};
}

Result<> validateStop(const Core &core, const MachineIds &machines)
{
    if (const Result<> valid = validateList(machines); !valid)
        return valid;
    for (const MachineID &id : machines) {
        const MachineInfo *info = machine(core, id);
        if (!info)
            return fail(named(id) + " is in no maintenance schedule");
        if (info->mode() != MachineInfo::DOWN)
            return fail(named(id) + " is not DOWN; only a machine that is can be brought up");
    }
    return {};
}

void updateSchedule(Core &core, const Schedule &schedule, Registry::Done done)
{
    core.registry->apply(registry::updateSchedule(schedule), takingMachines(core, std::move(done)));
}

void startMaintenance(Core &core, const MachineIds &machines, Registry::Done done)
{
    const auto stored = [&core, machines, done = std::move(done)](const Result<> &kept) {
        if (kept) {
            takeMachines(core);
            for (const MachineID &id : machines)
                shutDownAgents(core, id);
        }
        done(kept);
    };
    core.registry->apply(registry::startMaintenance(machines), stored);
}

void stopMaintenance(Core &core, const MachineIds &machines, Registry::Done done)
{
    core.registry->apply(registry::stopMaintenance(machines),
                         takingMachines(core, std::move(done)));
}

void recoverMaintenance(Core &core)
{
    const RegistryRecords &records = core.registry->records();
    core.cluster.machines.clear();
    records.each<Record::Machine>(
        registry_keys::Machine, [&core](const std::string &name, const Record::Machine &one) {
            core.cluster.machines[registry_keys::Machine + name] = one.info();
        });
    core.cluster.schedule = records.get<Schedule>(registry_keys::Schedule).value_or(Schedule());
}

std::optional<mesos::v1::Unavailability>
unavailabilityOf(const Core &core, const std::string &hostname, const std::string &ip)
{
    const MachineInfo *info = machine(core, machineId(hostname, ip));
    if (!info || !info->has_unavailability())
        return std::nullopt;
    return info->unavailability();
}

bool isDown(const Core &core, const std::string &hostname, const std::string &ip)
{
    const MachineInfo *info = machine(core, machineId(hostname, ip));
    return info && info->mode() == MachineInfo::DOWN;
}

mesos::v1::maintenance::ClusterStatus maintenanceStatus(const Core &core)
{
    mesos::v1::maintenance::ClusterStatus status;
    for (const auto &[key, info] : core.cluster.machines) {
        if (info.mode() == MachineInfo::DOWN) {
            *status.add_down_machines() = info.id();
        } else if (info.mode() == MachineInfo::DRAINING) {
            auto &draining = *status.add_draining_machines();
            *draining.mutable_id() = info.id();
            for (const std::string &agentId : agentsOn(core, info.id())) {
                const Agent &agent = *core.cluster.agent(agentId);
                for (const auto &[frameworkId, answer] : agent.inverseOfferAnswers)
                    *draining.add_statuses() = answer;
            }
        }
    }
    return status;
}

} // namespace meseta::master
