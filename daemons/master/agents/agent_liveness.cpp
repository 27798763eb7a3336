#include "daemons/master/agents/agents.h"

#include "common/base/duration_text.h"
#include "daemons/master/core/frameworks.h"
#include "daemons/master/core/offers.h"

namespace meseta::master {

namespace {

void ping(Core &core, Agent &agent);

/// Marks the agent unreachable, not faster than one agent each `agentRemovalInterval`; what changes
/// until then is asked again.
void giveUp(Core &core, Agent &agent, std::function<bool(const Agent &)> stillLost,
            const std::string &why)
{
    core.figures.count("slave_unreachable_scheduled");
    whenRemovalAllowed(core, [&core, id = agent.id, lost = std::move(stillLost), why] {
        Agent *still = core.cluster.agent(id);
        if (!still || !lost(*still)) {
            core.figures.count("slave_unreachable_canceled");
            return;
        }
        core.figures.count("slave_unreachable_completed");
        markUnreachable(core, *still, why);
    });
}

void afterPing(Core &core, const std::string &agentId)
{
    Agent *agent = core.cluster.agent(agentId);
    if (!agent)
        return;
    agent->pingTimer = 0;
    const unsigned limit = core.options.maxAgentPingTimeouts;
    // Again after as many more: the first time its registration may have been under way.
    const bool lost = !agent->pongSeen && ++agent->missedPings % limit == 0;
    ping(core, *agent); // one more goes out before the agent is given up
    if (lost)
        giveUp(
            core, *agent, [limit](const Agent &one) { return one.missedPings >= limit; },
            "no answer to " + std::to_string(limit) + " pings");
}

void ping(Core &core, Agent &agent)
{
    mesos::internal::PingSlaveMessage message;
    message.set_connected(agent.connected);
    core.outbox.send(agent.observerId, agent.pid, message.GetTypeName(),
                     message.SerializeAsString());
    agent.pongSeen = false;
    agent.pingTimer = core.patience.after(core.options.agentPingTimeout,
                                          [&core, id = agent.id] { afterPing(core, id); });
}

} // namespace

void whenRemovalAllowed(Core &core, std::function<void()> act)
{
    Duration wait{0};
    if (core.options.agentRemovalInterval) {
        const Duration now = core.clock.monotonic();
        const Duration at = std::max(now, core.nextRemoval);
        core.nextRemoval = at + *core.options.agentRemovalInterval;
        wait = at - now;
    }
    if (wait.count() > 0)
        core.patience.after(wait, std::move(act));
    else
        act();
}

void watchAgent(Core &core, Agent &agent)
{
    agent.observerId = core.newObserverId();
    core.observers[agent.observerId] = agent.id;
    core.outbox.attach(agent.observerId);
    ping(core, agent);
}

void pingNow(Core &core, Agent &agent)
{
    core.patience.cancel(agent.pingTimer);
    ping(core, agent);
}

void pong(Core &core, const std::string &observerId)
{
    const auto at = core.observers.find(observerId);
    if (at == core.observers.end())
        return;
    Agent &agent = *core.cluster.agent(at->second);
    agent.pongSeen = true;
    agent.missedPings = 0;
}

void agentDisconnected(Core &core, Agent &agent)
{
    if (!agent.connected)
        return;
    qInfo("Agent %s (%s) disconnected", agent.id.c_str(), agent.pid.text().c_str());
    agent.connected = false;
    agent.active = false;
    core.allocator->deactivateAgent(agent.id);
    rescindOffersOf(core, agent);
    core.events.publish(AgentChanged{&agent});

    std::set<std::string> frameworkIds;
    for (const Task *task : agent.tasks)
        frameworkIds.emplace(task->frameworkId());
    for (const auto &[id, executors] : agent.executors)
        frameworkIds.insert(id);
    for (const std::string &id : frameworkIds) {
        Framework &framework = *core.cluster.framework(id);
        if (!framework.info.checkpoint())
            removeFrameworkFrom(core, agent, framework);
    }
    // Whether it lives is asked now rather than when the next ping is due. A pong tells that only
    // the connection broke; the ping tells the agent so, and it registers again.
    pingNow(core, agent);
    const Duration timeout = core.options.agentReregisterTimeout;
    agent.reregisterTimer = core.patience.after(timeout, [&core, id = agent.id, timeout] {
        Agent *still = core.cluster.agent(id);
        if (still && !still->connected)
            giveUp(
                core, *still, [](const Agent &one) { return !one.connected; },
                "it did not re-register within " + durationText(timeout)
                    + " after its connection broke");
    });
}

} // namespace meseta::master
