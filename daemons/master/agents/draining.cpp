#include "daemons/master/agents/draining.h"

#include "daemons/master/agents/agents.h"
#include "daemons/master/core/offers.h"

namespace meseta::master {

namespace {

using Record = mesos::internal::Registry;

mesos::v1::TimeInfo now(const Core &core)
{
    mesos::v1::TimeInfo time;
    time.set_nanoseconds(core.clock.sinceEpoch().count());
    return time;
}

void stopOffers(Core &core, Agent &agent)
{
    agent.active = false;
    core.allocator->deactivateAgent(agent.id);
    rescindOffersOf(core, agent);
}

void startDraining(Core &core, Agent &agent, const mesos::v1::DrainConfig &config)
{
    agent.drainInfo.emplace();
    agent.drainInfo->set_state(mesos::v1::DRAINING);
    *agent.drainInfo->mutable_config() = config;
    agent.estimatedDrainStart = now(core);
    agent.deactivated = true;
    stopOffers(core, agent);
    sendDrain(core, agent);
    core.events.publish(AgentChanged{&agent});
    settleDraining(core, agent.id);
}

bool isQuiet(const Agent &agent)
{
    return agent.tasks.empty() && agent.operations.empty();
}

} // namespace

AgentMarks marksOf(const Core &core, const std::string &agentId)
{
    const auto marks = [](const auto &record) {
        AgentMarks found{record.deactivated(), {}};
        if (record.has_drain_info())
            found.drainInfo = record.drain_info();
        return found;
    };
    const RegistryRecords &records = core.registry->records();
    if (const auto admitted = records.get<Record::Slave>(registry_keys::Agent + agentId))
        return marks(*admitted);
    if (const auto lost =
            records.get<Record::UnreachableSlave>(registry_keys::Unreachable + agentId))
        return marks(*lost);
    return {};
}

void drainAgent(Core &core, const std::string &agentId, const mesos::v1::DrainConfig &config,
                Registry::Done done)
{
    const auto stored = [&core, agentId, config, done](const Result<> &kept) {
        Agent *agent = kept ? core.cluster.agent(agentId) : nullptr;
        if (agent) {
            qInfo("Draining agent %s (%s)", agentId.c_str(), agent->info.hostname().c_str());
            startDraining(core, *agent, config);
        }
        done(kept);
    };
    core.registry->apply(registry::drainAgent(agentId, config), stored);
}

void deactivateAgent(Core &core, const std::string &agentId, Registry::Done done)
{
    const auto stored = [&core, agentId, done](const Result<> &kept) {
        if (Agent *agent = kept ? core.cluster.agent(agentId) : nullptr) {
            agent->deactivated = true;
            stopOffers(core, *agent);
            core.events.publish(AgentChanged{agent});
        }
        done(kept);
    };
    core.registry->apply(registry::deactivateAgent(agentId), stored);
}

void reactivateAgent(Core &core, const std::string &agentId, Registry::Done done)
{
    const auto stored = [&core, agentId, done](const Result<> &kept) {
        if (Agent *agent = kept ? core.cluster.agent(agentId) : nullptr) {
            agent->deactivated = false;
            agent->drainInfo.reset();
            agent->estimatedDrainStart.reset();
            agent->active = agent->connected;
            if (agent->active)
                core.allocator->activateAgent(agent->id);
            core.events.publish(AgentChanged{agent});
        }
        done(kept);
    };
    core.registry->apply(registry::reactivateAgent(agentId), stored);
}

void takeMarks(Core &core, Agent &agent)
{
    AgentMarks marks = marksOf(core, agent.id);
    agent.deactivated = marks.deactivated;
    agent.active = agent.connected && !agent.deactivated;
    agent.drainInfo = std::move(marks.drainInfo);
    if (agent.drainInfo)
        agent.estimatedDrainStart = now(core);
}

void sendDrain(Core &core, const Agent &agent)
{
    if (!agent.drainInfo)
        return;
    mesos::internal::DrainSlaveMessage message;
    *message.mutable_config() = agent.drainInfo->config();
    core.send(agent.pid, message);
}

void settleDraining(Core &core, const std::string &agentId)
{
    const Agent *agent = core.cluster.agent(agentId);
    const auto drains = [](const Agent *one) {
        return one && one->drainInfo && one->drainInfo->state() == mesos::v1::DRAINING
            && one->connected && isQuiet(*one);
    };
    if (!drains(agent))
        return;
    if (agent->drainInfo->config().mark_gone())
        return markGone(core, agentId);
    const auto stored = [&core, agentId, drains](const Result<> &kept) {
        Agent *still = core.cluster.agent(agentId);
        if (!kept || !drains(still))
            return;
        still->drainInfo->set_state(mesos::v1::DRAINED);
        qInfo("Agent %s (%s) is drained", agentId.c_str(), still->info.hostname().c_str());
        core.events.publish(AgentChanged{still});
    };
    core.registry->apply(registry::markDrained(agentId), stored);
}

} // namespace meseta::master
