#include "daemons/master/agents/agents.h"

#include "daemons/master/core/inverse_offers.h"
#include "daemons/master/core/offers.h"
#include "daemons/master/core/operations.h"
#include "daemons/master/core/status_updates.h"

namespace meseta::master {

namespace {

/// What a task of a lost agent turns into.
struct Fate
{
    mesos::v1::TaskState state;
    mesos::v1::TaskStatus::Reason reason;
    TaskEnd end;
};

Fate fateOf(const Framework &framework, AgentRemoved::Why why)
{
    using mesos::v1::TaskStatus;
    if (why == AgentRemoved::Why::Unreachable)
        return {orLost(framework, mesos::v1::TASK_UNREACHABLE), TaskStatus::REASON_AGENT_REMOVED,
                TaskEnd::Unreachable};
    if (why != AgentRemoved::Why::Gone)
        return {mesos::v1::TASK_LOST, TaskStatus::REASON_AGENT_REMOVED, TaskEnd::Completed};
    if (!framework.capabilities.partitionAware)
        return {mesos::v1::TASK_LOST, TaskStatus::REASON_AGENT_REMOVED, TaskEnd::Unreachable};
    return {mesos::v1::TASK_GONE_BY_OPERATOR, TaskStatus::REASON_AGENT_REMOVED_BY_OPERATOR,
            TaskEnd::Completed};
}

void endTasks(Core &core, Agent &agent, AgentRemoved::Why why, const std::string &message,
              std::optional<Duration> unreachableTime)
{
    const std::vector<Task *> tasks = agent.tasks; // a copy: removing changes it
    for (Task *task : tasks) {
        Framework &framework = *core.cluster.framework(std::string(task->frameworkId()));
        const Fate fate = fateOf(framework, why);
        MadeStatus made{std::string(task->id()), fate.state, message, fate.reason, agent.id, {},
                        unreachableTime};
        if (!task->executorId().empty())
            made.executorId = std::string(task->executorId());
        const mesos::internal::StatusUpdate update = makeUpdate(core, framework, std::move(made));
        updateTask(core, *task, update);
        removeTask(core, *task, fate.end);
        forwardUpdate(core, framework, update, nullptr);
    }
}

void endExecutors(Core &core, Agent &agent)
{
    const auto executors = agent.executors; // a copy: removing changes it
    for (const auto &[frameworkId, byId] : executors) {
        Framework &framework = *core.cluster.framework(frameworkId);
        for (const auto &[executorId, executor] : byId) {
            core.cluster.removeExecutor(framework, agent, executorId);
            core.allocator->recover(frameworkId, agent.id, executor.resources, std::nullopt);
        }
    }
}

void takeOut(Core &core, Agent &agent, AgentRemoved::Why why, const std::string &message,
             std::optional<Duration> unreachableTime = std::nullopt)
{
    const std::string id = agent.id;
    qInfo("Removing agent %s (%s): %s", id.c_str(), agent.pid.text().c_str(), message.c_str());
    core.figures.count("slave_removals");
    agent.active = false;
    core.allocator->deactivateAgent(id);
    endTasks(core, agent, why, message, unreachableTime);
    endExecutors(core, agent);
    endOperations(core, agent, why);
    rescindOffersOf(core, agent);
    forgetInverseOffersOf(core, id);
    core.allocator->removeAgent(id);

    core.patience.cancel(agent.pingTimer);
    core.patience.cancel(agent.reregisterTimer);
    core.outbox.detach(agent.observerId);
    core.observers.erase(agent.observerId);
    // Launches that a network without a way to it holds must not start there when it has one again:
    // they have become unreachable here, and what they would take may be given to others. To an
    // agent that goes otherwise the last word is still under way.
    if (why == AgentRemoved::Why::Unreachable)
        core.outbox.cut(agent.pid);
    else
        core.outbox.unlink(agent.pid);
    core.events.publish(AgentRemoved{&agent, why});
    core.cluster.removeAgent(agent);
    core.cluster.removed.add(id, core.clock.sinceEpoch());
    for (const auto &[frameworkId, framework] : core.cluster.frameworks())
        core.sink(*framework).agentLost(*framework, id);
}

} // namespace

void markUnreachable(Core &core, Agent &agent, const std::string &why)
{
    if (!core.changingAgents.insert(agent.id).second)
        return;
    const Duration time = core.clock.sinceEpoch();
    const auto done = [&core, id = agent.id, time, why](const Result<> &marked) {
        core.changingAgents.erase(id);
        Agent *still = core.cluster.agent(id);
        if (!still || !marked)
            return;
        core.figures.count("slave_removals/reason_unhealthy");
        core.cluster.unreachable.add(id, time);
        takeOut(core, *still, AgentRemoved::Why::Unreachable,
                "Agent " + id + " (" + still->info.hostname() + ") is unreachable: " + why, time);
    };
    core.registry->apply(registry::markUnreachable(agent.id, time), done);
}

void removeAgent(Core &core, Agent &agent, AgentRemoved::Why why, const std::string &message,
                 std::function<void()> then)
{
    if (!core.changingAgents.insert(agent.id).second)
        return; // it is given up already
    core.figures.count(why == AgentRemoved::Why::Unregistered ? "slave_removals/reason_unregistered"
                                                              : "slave_removals/reason_registered");
    agent.active = false;
    core.allocator->deactivateAgent(agent.id);
    rescindOffersOf(core, agent);
    core.events.publish(AgentChanged{&agent});
    const auto done = [&core, id = agent.id, why, message, then](const Result<> &) {
        core.changingAgents.erase(id);
        if (Agent *still = core.cluster.agent(id))
            takeOut(core, *still, why, message);
        if (then)
            then();
    };
    core.registry->apply(registry::removeAgent(agent.id), done);
}

bool isKnown(const Core &core, const std::string &agentId)
{
    return core.cluster.agent(agentId) || core.cluster.recoveredAgents.contains(agentId)
        || core.cluster.unreachable.find(agentId);
}

void markGone(Core &core, const std::string &agentId, std::function<void()> finished)
{
    if (!core.changingAgents.insert(agentId).second)
        return;
    const Duration time = core.clock.sinceEpoch();
    const auto done = [&core, id = agentId, time, finished](const Result<> &marked) {
        core.changingAgents.erase(id);
        if (marked) {
            core.cluster.gone.add(id, time);
            core.cluster.unreachable.remove(id);
            if (core.cluster.recoveredAgents.erase(id) > 0)
                core.events.publish(RecoveredAgentLost{&id, AgentRemoved::Why::Gone});
        }
        if (Agent *still = marked ? core.cluster.agent(id) : nullptr) {
            mesos::internal::ShutdownMessage message;
            message.set_message("An operator has declared this agent gone for ever");
            core.send(still->pid, message);
            takeOut(core, *still, AgentRemoved::Why::Gone,
                    "An operator has declared this agent gone for ever");
        }
        if (finished)
            finished();
    };
    core.registry->apply(registry::markGone(agentId, time), done);
}

} // namespace meseta::master
