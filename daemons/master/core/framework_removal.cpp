#include "daemons/master/core/frameworks.h"

#include "daemons/master/core/inverse_offers.h"
#include "daemons/master/core/offers.h"
#include "daemons/master/core/operations.h"
#include "daemons/master/core/status_updates.h"

namespace meseta::master {

namespace {

Duration failoverTimeout(const Framework &framework)
{
    return std::chrono::duration_cast<Duration>(
        std::chrono::duration<double>(framework.info.failover_timeout()));
}

std::vector<Task *> tasksOf(const Framework &framework)
{
    std::vector<Task *> tasks;
    tasks.reserve(framework.tasks.size());
    for (const auto &[id, task] : framework.tasks)
        tasks.push_back(task.get());
    return tasks;
}

void killTasks(Core &core, Framework &framework)
{
    for (Task *task : tasksOf(framework)) {
        MadeStatus made{.taskId = {},
                        .state = mesos::v1::TASK_KILLED,
                        .message = {},
                        .reason = mesos::v1::TaskStatus::REASON_FRAMEWORK_REMOVED};
        made.taskId = task->id();
        made.message = "Framework " + framework.id + " has been removed";
        made.agentId = std::string(task->agentId());
        if (!task->executorId().empty())
            made.executorId = std::string(task->executorId());
        updateTask(core, *task, makeUpdate(core, framework, std::move(made)));
        removeTask(core, *task);
    }
}

void removeExecutors(Core &core, Framework &framework)
{
    const auto executors = framework.executors; // a copy: removing changes it
    for (const auto &[agentId, byId] : executors) {
        for (const auto &[executorId, executor] : byId)
            removeExecutor(core, *core.cluster.agent(agentId), framework, executorId);
    }
}

/// What agents ran for it before they became unreachable is over, too.
void completeUnreachableTasks(Framework &framework)
{
    while (framework.unreachableTasks.size() > 0) {
        const std::string id((*framework.unreachableTasks.begin())->id());
        framework.completedTasks.add(framework.unreachableTasks.take(id));
    }
}

} // namespace

void frameworkDisconnected(Core &core, Framework &framework)
{
    if (!framework.connected())
        return;
    qInfo("Framework %s disconnected; it has %.3g s to come back", framework.id.c_str(),
          framework.info.failover_timeout());
    framework.state = Framework::State::Disconnected;
    framework.stream = 0;
    framework.streamId.clear();
    core.clock.cancel(framework.heartbeatTimer);
    core.allocator->deactivateFramework(framework.id);
    removeOffersOf(core, framework, false);
    forgetInverseOffersTo(core, framework.id);
    core.events.publish(FrameworkStateChanged{&framework});
    framework.failoverTimer =
        core.patience.after(failoverTimeout(framework), [&core, id = framework.id] {
            Framework *gone = core.cluster.framework(id);
            if (gone && !gone->connected())
                removeFramework(core, *gone);
        });
}

void deactivateFramework(Core &core, Framework &framework)
{
    framework.state = Framework::State::Inactive;
    core.allocator->deactivateFramework(framework.id);
    removeOffersOf(core, framework, true);
    core.events.publish(FrameworkStateChanged{&framework});
}

void removeExecutor(Core &core, Agent &agent, Framework &framework, const std::string &executorId)
{
    const std::optional<Resources> held = core.cluster.removeExecutor(framework, agent, executorId);
    if (held && !held->empty())
        core.allocator->recover(framework.id, agent.id, *held, std::nullopt);
    if (held)
        core.events.publish(AgentChanged{&agent});
}

void removeFramework(Core &core, Framework &framework)
{
    qInfo("Removing framework %s ('%s')", framework.id.c_str(), framework.info.name().c_str());
    core.patience.cancel(framework.failoverTimer);
    core.clock.cancel(framework.heartbeatTimer);
    if (framework.active())
        core.allocator->deactivateFramework(framework.id);

    mesos::internal::ShutdownFrameworkMessage message;
    message.mutable_framework_id()->set_value(framework.id);
    for (const auto &[id, agent] : core.cluster.agents())
        core.send(agent->pid, message);

    killTasks(core, framework);
    completeUnreachableTasks(framework);
    removeOffersOf(core, framework, false);
    removeExecutors(core, framework);
    abandonOperationsOf(core, framework);
    forgetInverseOffersTo(core, framework.id);
    core.sink(framework).close(framework);
    framework.state = Framework::State::Disconnected;
    framework.stream = 0;
    framework.unregisteredTime = core.clock.sinceEpoch();
    core.allocator->removeFramework(framework.id);
    core.events.publish(FrameworkRemoved{&framework});
    core.figures.forget("frameworks/" + framework.id + "/");
    const std::string principal = framework.info.principal();
    core.cluster.completeFramework(framework);
    if (!hasPrincipal(core, principal))
        core.figures.forget(principalFigures(principal));
}

bool hasPrincipal(const Core &core, const std::string &principal)
{
    return std::any_of(
        core.cluster.frameworks().begin(), core.cluster.frameworks().end(),
        [&principal](const auto &entry) { return entry.second->info.principal() == principal; });
}

std::string principalFigures(const std::string &principal)
{
    return "principals/" + principal + "/";
}

void removeFrameworkFrom(Core &core, Agent &agent, Framework &framework)
{
    const std::vector<Task *> tasks = agent.tasks; // a copy: removing changes it
    for (Task *task : tasks) {
        if (task->frameworkId() != framework.id)
            continue;
        MadeStatus made{.taskId = std::string(task->id()),
                        .state = mesos::v1::TASK_LOST,
                        .message = "Agent " + agent.id + " (" + agent.info.hostname()
                            + ") disconnected, and the framework does not checkpoint",
                        .reason = mesos::v1::TaskStatus::REASON_AGENT_DISCONNECTED};
        made.agentId = agent.id;
        if (!task->executorId().empty())
            made.executorId = std::string(task->executorId());
        const mesos::internal::StatusUpdate update = makeUpdate(core, framework, std::move(made));
        updateTask(core, *task, update);
        removeTask(core, *task);
        forwardUpdate(core, framework, update, nullptr);
    }
    if (const auto own = agent.executors.find(framework.id); own != agent.executors.end()) {
        const auto executors = own->second;
        for (const auto &[id, executor] : executors)
            removeExecutor(core, agent, framework, id);
    }
}

} // namespace meseta::master
