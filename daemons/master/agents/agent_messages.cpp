#include "daemons/master/agents/agents.h"

#include "common/base/random.h"
#include "daemons/master/agents/operation_updates.h"
#include "daemons/master/core/frameworks.h"
#include "daemons/master/core/offers.h"
#include "daemons/master/core/status_updates.h"

namespace meseta::master {

namespace {

void rescindOffersWith(Core &core, Agent &agent, bool revocableOnly)
{
    const OfferSet offers = agent.offers; // a copy: rescinding changes it
    for (Offer *offer : offers) {
        if (!revocableOnly || !offer->resources.revocable().empty())
            rescindOffer(core, *offer);
    }
}

std::map<std::string, Agent::Provider>
providersOf(const mesos::internal::UpdateSlaveMessage &message)
{
    std::map<std::string, Agent::Provider> providers;
    for (const auto &provider : message.resource_providers().providers()) {
        providers[provider.info().id().value()] = {provider.info(),
                                                   Resources(provider.total_resources()),
                                                   provider.resource_version_uuid().value()};
    }
    return providers;
}

Resources totalOf(const std::map<std::string, Agent::Provider> &providers)
{
    Resources total;
    for (const auto &entry : providers)
        total += entry.second.total;
    return total;
}

/// Whether the master knows of an executor of the framework that has no task to run.
bool hasIdleExecutor(const Agent &agent, const std::string &frameworkId)
{
    const auto executors = agent.executors.find(frameworkId);
    if (executors == agent.executors.end())
        return false;
    std::set<std::string_view> busy;
    for (const Task *task : agent.tasks) {
        if (!task->terminal() && task->frameworkId() == frameworkId)
            busy.insert(task->executorId());
    }
    return std::any_of(executors->second.begin(), executors->second.end(),
                       [&busy](const auto &entry) { return !busy.contains(entry.first); });
}

/// Whether the agent drops a task because it does not know it, or not the executor it is for.
bool tellsOfNoExecutor(const mesos::v1::TaskStatus &status)
{
    using mesos::v1::TaskStatus;
    return status.source() == TaskStatus::SOURCE_AGENT
        && (status.state() == mesos::v1::TASK_DROPPED || status.state() == mesos::v1::TASK_LOST)
        && (status.reason() == TaskStatus::REASON_RECONCILIATION
            || status.reason() == TaskStatus::REASON_EXECUTOR_TERMINATED);
}

/// Has an agent register again, which lists all it has: a ping that says it is disconnected does
/// that. Source: Mesos agent, PingSlaveMessage.
void askToRegister(Core &core, const Agent &agent)
{
    mesos::internal::PingSlaveMessage message;
    message.set_connected(false);
    core.outbox.send(agent.observerId, agent.pid, message.GetTypeName(),
                     message.SerializeAsString());
}

/// The agent may not have an executor that the master believes it has.
void askForExecutors(Core &core, const Agent &agent, const mesos::internal::StatusUpdate &update)
{
    if (tellsOfNoExecutor(update.status()) && hasIdleExecutor(agent, update.framework_id().value()))
        askToRegister(core, agent);
}

/// Each process of an agent draws its own version. When it is not the one that registered, that was
/// the word of an earlier process, which came late: what it listed may be over.
void takeVersion(Core &core, Agent &agent, const std::string &version)
{
    const std::string registered = std::exchange(agent.resourceVersion, version);
    if (!registered.empty() && registered != version)
        askToRegister(core, agent);
}

} // namespace

void unregisterAgent(Core &core, const messages::Pid &from,
                     const mesos::internal::UnregisterSlaveMessage &message)
{
    core.figures.count("messages_unregister_slave");
    Agent *agent = core.cluster.agent(message.slave_id().value());
    if (!agent || agent->pid != from)
        return;
    removeAgent(core, *agent, AgentRemoved::Why::Unregistered,
                "Agent " + agent->id + " unregistered");
}

void updateAgent(Core &core, const mesos::internal::UpdateSlaveMessage &message)
{
    core.figures.count("messages_update_slave");
    Agent *agent = core.cluster.agent(message.slave_id().value());
    if (!agent)
        return;
    if (message.has_resource_version_uuid())
        takeVersion(core, *agent, message.resource_version_uuid().value());
    reconcileOperationsWith(core, *agent, message);

    Resources total = agent->total;
    if (!message.has_update_oversubscribed_resources() || message.update_oversubscribed_resources())
        total = total.nonRevocable() + Resources(message.oversubscribed_resources());
    bool providersChanged = false;
    if (message.has_resource_providers()) {
        std::map<std::string, Agent::Provider> providers = providersOf(message);
        const Resources before = totalOf(agent->providers);
        const Resources after = totalOf(providers);
        providersChanged = !(before == after);
        total = (total - before) + after;
        agent->providers = std::move(providers);
    }
    if (total == agent->total)
        return;
    rescindOffersWith(core, *agent, !providersChanged);
    agent->total = std::move(total);
    core.allocator->updateAgent(agent->info, AgentCapabilities::names(agent->capabilityList),
                                agent->total);
    core.events.publish(AgentChanged{agent});
}

void statusUpdate(Core &core, const mesos::internal::StatusUpdateMessage &message)
{
    core.figures.count("messages_status_update");
    const mesos::internal::StatusUpdate &update = message.update();
    const Agent *agent = core.cluster.agent(update.slave_id().value());
    if (!agent || update.uuid().size() != 16) {
        core.figures.count("invalid_status_updates");
        qWarning("Ignoring a status update of task '%s': agent %s is not registered, or it has no "
                 "uuid of 16 bytes",
                 update.status().task_id().value().c_str(), update.slave_id().value().c_str());
        return;
    }
    Framework *framework = core.cluster.framework(update.framework_id().value());
    if (!framework) {
        core.figures.count("invalid_status_updates");
        // Nobody will acknowledge it, and the agent tells it again and again.
        return shutDownIfCompleted(core, *agent, update.framework_id().value());
    }
    const bool told = framework->connected();
    if (told)
        forwardUpdate(core, *framework, update, agent);
    Task *task = core.cluster.task(framework->id, update.status().task_id().value());
    if (task && task->agentId() == agent->id)
        updateTask(core, *task, update);
    askForExecutors(core, *agent, update);
    core.figures.count(told && task ? "valid_status_updates" : "invalid_status_updates");
}

void executorExited(Core &core, const mesos::internal::ExitedExecutorMessage &message)
{
    core.figures.count("messages_exited_executor");
    Agent *agent = core.cluster.agent(message.slave_id().value());
    Framework *framework = core.cluster.framework(message.framework_id().value());
    if (!agent || !framework)
        return;
    removeExecutor(core, *agent, *framework, message.executor_id().value());
    core.sink(*framework).executorExited(*framework, message);
}

void executorMessage(Core &core, const mesos::internal::ExecutorToFrameworkMessage &message)
{
    core.figures.count("messages_executor_to_framework");
    const Agent *agent = core.cluster.agent(message.slave_id().value());
    const Framework *framework = core.cluster.framework(message.framework_id().value());
    if (!agent || !framework || !framework->connected()) {
        core.figures.count("invalid_executor_to_framework_messages");
        return;
    }
    core.sink(*framework).message(*framework, message);
    core.figures.count("valid_executor_to_framework_messages");
}

} // namespace meseta::master
