#include "daemons/master/agents/agents.h"

#include "daemons/master/agents/draining.h"
#include "daemons/master/agents/maintenance.h"
#include "daemons/master/core/frameworks.h"
#include "daemons/master/core/inverse_offers.h"
#include "daemons/master/core/offers.h"
#include "daemons/master/core/past_tasks.h"
#include "daemons/master/core/status_updates.h"

namespace meseta::master {

namespace {

using mesos::internal::ReregisterSlaveMessage;

/// The lists of the message must fit together. What does not is dropped without an answer.
Result<> validateLists(const ReregisterSlaveMessage &message)
{
    std::set<std::string> frameworks;
    for (const auto &framework : message.frameworks()) {
        if (!frameworks.insert(framework.id().value()).second)
            return fail("framework " + framework.id().value() + " is listed twice");
    }
    std::set<std::pair<std::string, std::string>> seen;
    for (const auto &executor : message.executor_infos()) {
        if (!frameworks.contains(executor.framework_id().value()))
            return fail("executor " + executor.executor_id().value()
                        + " is of a framework that is not listed");
        if (!seen.emplace(executor.framework_id().value(), executor.executor_id().value()).second)
            return fail("executor " + executor.executor_id().value() + " is listed twice");
    }
    seen.clear();
    for (const auto &task : message.tasks()) {
        const std::string named = "task " + task.task_id().value();
        if (task.agent_id().value() != message.slave().id().value())
            return fail(named + " is of agent " + task.agent_id().value());
        if (!frameworks.contains(task.framework_id().value()))
            return fail(named + " is of a framework that is not listed");
        if (!seen.emplace(task.framework_id().value(), task.task_id().value()).second)
            return fail(named + " is listed twice");
    }
    return {};
}

/// Agents name the role and the reservation of a resource as Mesos did before 1.4; clients of the
/// APIs are told of a stack of reservations. Source: Mesos master, upgradeResources.
void toNewForm(google::protobuf::RepeatedPtrField<mesos::v1::Resource> &resources)
{
    bool reserved = false;
    for (auto &resource : resources) {
        if (resource.role() == "*" && !resource.has_reservation())
            resource.clear_role();
        else
            reserved = reserved || resource.has_role() || resource.has_reservation();
    }
    if (reserved)
        resources = Resources(resources).proto();
}

ReregisterSlaveMessage inNewForm(ReregisterSlaveMessage message)
{
    for (auto &task : *message.mutable_tasks())
        toNewForm(*task.mutable_resources());
    for (auto &executor : *message.mutable_executor_infos())
        toNewForm(*executor.mutable_resources());
    for (auto &framework : *message.mutable_completed_frameworks()) {
        for (auto &task : *framework.mutable_tasks())
            toNewForm(*task.mutable_resources());
    }
    return message;
}

void sendReregistered(Core &core, const Agent &agent,
                      std::vector<mesos::internal::ReconcileTasksMessage> reconciliations = {})
{
    mesos::internal::SlaveReregisteredMessage message;
    message.mutable_slave_id()->set_value(agent.id);
    message.mutable_connection()->set_total_ping_timeout_seconds(core.totalPingTimeoutSeconds());
    for (auto &reconciliation : reconciliations)
        message.add_reconciliations()->Swap(&reconciliation);
    core.send(agent.pid, message);
}

void shutDownCompletedFrameworks(Core &core, const Agent &agent,
                                 const ReregisterSlaveMessage &message)
{
    for (const auto &framework : message.frameworks())
        shutDownIfCompleted(core, agent, framework.id().value());
}

void updateFrameworksOn(Core &core, const Agent &agent, const ReregisterSlaveMessage &message)
{
    for (const auto &listed : message.frameworks()) {
        const Framework *framework = core.cluster.framework(listed.id().value());
        if (!framework || framework->recovered())
            continue;
        mesos::internal::UpdateFrameworkMessage update;
        *update.mutable_framework_id() = listed.id();
        update.set_pid(framework->pid.isEmpty() ? "@0.0.0.0:0" : framework->pid.text());
        *update.mutable_framework_info() = framework->info;
        core.send(agent.pid, update);
    }
}

void describe(Agent &agent, const ReregisterSlaveMessage &message)
{
    agent.info = agentInfo(message.slave());
    agent.version = message.version();
    agent.capabilityList = message.agent_capabilities();
    agent.capabilities = AgentCapabilities(agent.capabilityList);
    if (agent.capabilities.resourceProvider
        || agent.registeredTime.count() == 0) // else the master knows better
        agent.checkpointed = Resources(message.checkpointed_resources());
    agent.total = totalResources(agent.info, agent.checkpointed);
    agent.resourceVersion = message.resource_version_uuid().value();
}

// --- An agent that is not registered here: it was unreachable, or another master knew it.

void tellTaskIsBack(Core &core, Framework &framework, const Task &task, bool wasUnreachable)
{
    MadeStatus made{.taskId = {},
                    .state = task.state(),
                    .message = wasUnreachable ? "The agent was unreachable and came back"
                                              : "Unknown agent reregistered",
                    .reason = mesos::v1::TaskStatus::REASON_AGENT_REREGISTERED};
    forwardUpdate(core, framework, makeTaskUpdate(core, framework, task, std::move(made)), nullptr);
}

/// What the agent was to its master before it came.
enum class Known { Recovered, Unreachable, Registered, Not };

void takeTasks(Core &core, Agent &agent, const ReregisterSlaveMessage &message, Known known)
{
    for (const mesos::v1::Task &reported : message.tasks()) {
        Framework *framework = core.cluster.framework(reported.framework_id().value());
        if (!framework)
            continue; // of a completed framework, which the agent is told to shut down
        if (core.cluster.task(framework->id, reported.task_id().value())) {
            qWarning("Agent %s brings task '%s' of framework %s, which runs on another agent: "
                     "ignoring it",
                     agent.id.c_str(), reported.task_id().value().c_str(), framework->id.c_str());
            continue;
        }
        framework->unreachableTasks.take(reported.task_id().value());
        framework->completedTasks.take(reported.task_id().value());
        const Task &task =
            core.cluster.addTask(*framework, agent, std::make_unique<Task>(reported));
        core.events.publish(TaskAdded{&task});
        if (known != Known::Recovered) // else its framework never heard that it was away
            tellTaskIsBack(core, *framework, task, known == Known::Unreachable);
    }
}

/// Tasks that were unreachable with this agent and that it does not have any more are forgotten.
void forgetUnreachableTasks(Core &core, const std::string &agentId)
{
    for (const auto &[id, framework] : core.cluster.frameworks()) {
        std::vector<std::string> lost;
        for (const auto &task : framework->unreachableTasks) {
            if (task->agentId() == agentId)
                lost.emplace_back(task->id());
        }
        for (const std::string &taskId : lost)
            framework->unreachableTasks.take(taskId);
    }
}

/// Frameworks that only the agent knows of: their schedulers have some time to come.
void recoverFrameworks(Core &core, const ReregisterSlaveMessage &message)
{
    for (const auto &framework : message.frameworks()) {
        const std::string &frameworkId = framework.id().value();
        if (!core.cluster.framework(frameworkId) && !core.cluster.completedFramework(frameworkId))
            recoverFramework(core, framework);
    }
}

void readmit(Core &core, const messages::Pid &from, const ReregisterSlaveMessage &message)
{
    const std::string &id = message.slave().id().value();
    auto fresh = std::make_unique<Agent>();
    fresh->id = id;
    describe(*fresh, message);
    fresh->pid = from;
    fresh->registeredTime = fresh->reregisteredTime = core.clock.sinceEpoch();
    fresh->unavailability = unavailabilityOf(core, fresh->info.hostname(), from.ip);
    takeMarks(core, *fresh);

    recoverFrameworks(core, message);
    Known known = Known::Not;
    if (core.cluster.unreachable.remove(id))
        known = Known::Unreachable;
    else if (core.cluster.recoveredAgents.erase(id) > 0)
        known = Known::Recovered;
    core.cluster.removed.remove(id);

    Agent &agent = core.cluster.addAgent(std::move(fresh));
    core.outbox.link(agent.pid);
    core.figures.count("slave_reregistrations");
    for (const auto &executor : message.executor_infos()) {
        if (Framework *framework = core.cluster.framework(executor.framework_id().value()))
            core.cluster.addExecutor(*framework, agent, executor);
    }
    core.events.publish(AgentAdded{&agent});
    takeTasks(core, agent, message, known);
    forgetUnreachableTasks(core, id);
    takePastTasks(core, agent, message);
    addAgentToAllocator(core, agent);
    sendDrain(core, agent);
    sendReregistered(core, agent);
    shutDownCompletedFrameworks(core, agent, message);
    updateFrameworksOn(core, agent, message);
    watchAgent(core, agent);
    makeInverseOffers(core, agent);
    agentGotQuiet(core, id);
    qInfo("Agent %s (%s) came back with %d tasks", id.c_str(), agent.pid.text().c_str(),
          message.tasks_size());
}

// --- An agent that is registered: it restarted, or its link broke.

std::vector<const Task *> unlistedTasks(const Agent &agent, const ReregisterSlaveMessage &message)
{
    std::set<std::pair<std::string, std::string>> listed;
    for (const auto &task : message.tasks())
        listed.emplace(task.framework_id().value(), task.task_id().value());
    std::vector<const Task *> unlisted;
    for (const Task *task : agent.tasks) {
        if (!listed.contains({std::string(task->frameworkId()), std::string(task->id())}))
            unlisted.push_back(task);
    }
    return unlisted;
}

/// Tasks the master knows and the agent did not list, for the agent to say what became of them.
std::vector<mesos::internal::ReconcileTasksMessage>
missingTasks(Core &core, const Agent &agent, const ReregisterSlaveMessage &message)
{
    std::map<std::string, mesos::internal::ReconcileTasksMessage> byFramework;
    for (const Task *task : unlistedTasks(agent, message)) {
        const std::string frameworkId(task->frameworkId());
        mesos::v1::TaskStatus &status = *byFramework[frameworkId].add_statuses();
        status.mutable_task_id()->set_value(std::string(task->id()));
        status.mutable_agent_id()->set_value(agent.id);
        status.set_state(task->statusUpdateState().value_or(task->state()));
        status.set_source(mesos::v1::TaskStatus::SOURCE_MASTER);
        status.set_message("Reconciliation request");
        status.set_reason(mesos::v1::TaskStatus::REASON_RECONCILIATION);
        status.set_timestamp(core.clock.seconds());
    }
    std::vector<mesos::internal::ReconcileTasksMessage> all;
    for (auto &[frameworkId, reconciliation] : byFramework) {
        reconciliation.mutable_framework_id()->set_value(frameworkId);
        *reconciliation.mutable_framework() = core.cluster.framework(frameworkId)->info;
        all.push_back(std::move(reconciliation));
    }
    return all;
}

/// Executors the agent does not list are over, except those of launches that may still arrive
/// there: what they hold must not be offered again. When such a launch was lost, the agent says so
/// of its tasks, and is asked what runs there.
void forgetMissingExecutors(Core &core, Agent &agent, const ReregisterSlaveMessage &message)
{
    std::set<std::pair<std::string, std::string>> kept;
    for (const auto &executor : message.executor_infos())
        kept.emplace(executor.framework_id().value(), executor.executor_id().value());
    for (const Task *task : unlistedTasks(agent, message)) {
        if (!task->terminal() && !task->hasStatus()) // the agent has said nothing of it yet
            kept.emplace(task->frameworkId(), task->executorId());
    }
    const auto executors = agent.executors; // a copy: removing changes it
    for (const auto &[frameworkId, byId] : executors) {
        for (const auto &[executorId, executor] : byId) {
            if (!kept.contains({frameworkId, executorId}))
                removeExecutor(core, agent, *core.cluster.framework(frameworkId), executorId);
        }
    }
}

void repeatKills(Core &core, const Agent &agent, const ReregisterSlaveMessage &message)
{
    for (const auto &reported : message.tasks()) {
        const Task *task =
            core.cluster.task(reported.framework_id().value(), reported.task_id().value());
        if (!task || !task->killRequested || isTerminal(reported.state()))
            continue;
        mesos::internal::KillTaskMessage kill;
        *kill.mutable_framework_id() = reported.framework_id();
        *kill.mutable_task_id() = reported.task_id();
        core.send(agent.pid, kill);
    }
}

/// Tasks and executors that the master gave up when the connection broke, because their frameworks
/// do not checkpoint, and that live on. They are taken back, or what they hold would be offered a
/// second time.
void takeBackLiving(Core &core, Agent &agent, const ReregisterSlaveMessage &message)
{
    ReregisterSlaveMessage living;
    for (const mesos::v1::Task &reported : message.tasks()) {
        const Framework *framework = core.cluster.framework(reported.framework_id().value());
        if (framework && !isTerminal(reported.state())
            && !core.cluster.task(framework->id, reported.task_id().value()))
            *living.add_tasks() = reported;
    }
    bool changed = living.tasks_size() > 0;
    for (const auto &executor : message.executor_infos()) {
        Framework *framework = core.cluster.framework(executor.framework_id().value());
        if (!framework || agent.hasExecutor(framework->id, executor.executor_id().value()))
            continue;
        core.cluster.addExecutor(*framework, agent, executor);
        changed = true;
    }
    if (!changed)
        return;
    rescindOffersOf(core, agent);
    takeTasks(core, agent, living, Known::Registered);
    addAgentToAllocator(core, agent); // anew, with what is used there by now
}

void welcomeBack(Core &core, Agent &agent, const messages::Pid &from,
                 const ReregisterSlaveMessage &message)
{
    if (agent.pid != from) {
        core.outbox.unlink(agent.pid);
        core.cluster.moveAgent(agent, from);
    }
    core.outbox.link(from);
    const Resources before = agent.total;
    describe(agent, message);
    if (!(before == agent.total))
        rescindOffersOf(core, agent);
    agent.reregisteredTime = core.clock.sinceEpoch();
    core.allocator->updateAgent(agent.info, AgentCapabilities::names(agent.capabilityList),
                                agent.total);
    sendReregistered(core, agent, missingTasks(core, agent, message));
    forgetMissingExecutors(core, agent, message);
    repeatKills(core, agent, message);
    shutDownCompletedFrameworks(core, agent, message);
    sendDrain(core, agent);
    if (!agent.connected) {
        core.patience.cancel(agent.reregisterTimer);
        agent.reregisterTimer = 0;
        agent.connected = true;
        agent.active = !agent.deactivated;
        if (agent.active)
            core.allocator->activateAgent(agent.id);
    }
    recoverFrameworks(core, message); // it may have died before it ended what another master told
    takeBackLiving(core, agent, message);
    core.events.publish(AgentChanged{&agent});
    agentGotQuiet(core, agent.id);
    updateFrameworksOn(core, agent, message);
    if (!agent.capabilities.resourceProvider) {
        mesos::internal::CheckpointResourcesMessage checkpoint;
        *checkpoint.mutable_resources() = agent.capabilities.reservationRefinement
            ? agent.checkpointed.proto()
            : agent.checkpointed.preRefinement();
        core.send(agent.pid, checkpoint);
    }
}

void welcomeWhenFree(Core &core, const std::string &id, const messages::Pid &from,
                     const ReregisterSlaveMessage &message)
{
    whenFree(core, from, id, [&core, id, from, message] {
        if (Agent *still = core.cluster.agent(id))
            welcomeBack(core, *still, from, message);
    });
}

void reregisterKnown(Core &core, Agent &agent, const messages::Pid &from,
                     const ReregisterSlaveMessage &message)
{
    if (agent.pid.ip != from.ip || agent.info.hostname() != message.slave().hostname()) {
        core.changingAgents.erase(agent.id);
        return shutDown(core, from,
                        "An agent that comes back has to have the address and hostname it had");
    }
    const mesos::v1::AgentInfo info = agentInfo(message.slave());
    if (info.SerializeAsString() == agent.info.SerializeAsString()) {
        // Now, not behind what the registry is busy with: a repeated message would undo what the
        // agent says after it.
        core.changingAgents.erase(agent.id);
        return welcomeWhenFree(core, agent.id, from, message);
    }
    const auto done = [&core, id = agent.id, from, message](const Result<> &) {
        core.changingAgents.erase(id);
        welcomeWhenFree(core, id, from, message);
    };
    core.registry->apply(registry::updateAgent(info), done);
}

} // namespace

void shutDownIfCompleted(Core &core, const Agent &agent, const std::string &frameworkId)
{
    if (!core.cluster.completedFramework(frameworkId))
        return;
    mesos::internal::ShutdownFrameworkMessage shutdown;
    shutdown.mutable_framework_id()->set_value(frameworkId);
    core.send(agent.pid, shutdown);
}

void askOfTasks(Core &core, const Agent &agent)
{
    sendReregistered(core, agent, missingTasks(core, agent, {}));
}

void reregisterAgent(Core &core, const messages::Pid &from, const ReregisterSlaveMessage &sent)
{
    const ReregisterSlaveMessage message = inNewForm(sent);
    core.figures.count("messages_reregister_slave");
    const std::string &id = message.slave().id().value();
    Result<> valid = validateVersion(message.version());
    if (valid)
        valid = validateAgentInfo(agentInfo(message.slave()));
    if (valid)
        valid = validateDomain(core, message.slave());
    if (valid)
        valid = validateLists(message);
    if (!valid || id.empty()) {
        qWarning("Ignoring the re-registration of %s: %s", from.text().c_str(),
                 valid ? "it says no agent id" : valid.error().message.c_str());
        return;
    }
    if (core.cluster.gone.find(id))
        return shutDown(core, from, "An operator has declared this agent gone for ever");
    if (isDown(core, message.slave().hostname(), from.ip))
        return shutDown(core, from, "Machine is `DOWN`");
    if (!core.changingAgents.insert(id).second)
        return; // the registry is at it
    if (Agent *known = core.cluster.agent(id))
        return reregisterKnown(core, *known, from, message);
    const mesos::v1::AgentInfo info = agentInfo(message.slave());
    const bool isRecovered = core.cluster.recoveredAgents.contains(id);
    const auto done = [&core, id, from, message](const Result<> &known) {
        core.changingAgents.erase(id);
        if (!known)
            return;
        whenFree(core, from, id, [&core, id, from, message] {
            if (!core.cluster.agent(id)) // else a repeated message was faster
                readmit(core, from, message);
        });
    };
    core.registry->apply(isRecovered ? registry::updateAgent(info) : registry::markReachable(info),
                         done);
}

} // namespace meseta::master
