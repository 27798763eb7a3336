#include "daemons/master/core/calls.h"

#include <cctype>

#include "daemons/master/core/inverse_offers.h"
#include "daemons/master/core/operations.h"
#include "daemons/master/core/status_updates.h"

namespace meseta::master {

namespace {

/// The roles a REVIVE or SUPPRESS speaks of: all when it names none; nothing when one of them is
/// not the framework's.
template <typename Call>
std::optional<std::set<std::string>> namedRoles(const Framework &framework, const Call &call,
                                                const char *what)
{
    if (call.roles_size() == 0)
        return framework.roles;
    std::set<std::string> roles(call.roles().begin(), call.roles().end());
    for (const std::string &role : roles) {
        if (!framework.roles.contains(role)) {
            qWarning("Dropping %s of framework %s: it is not subscribed to role '%s'", what,
                     framework.id.c_str(), role.c_str());
            return std::nullopt;
        }
    }
    return roles;
}

} // namespace

void revive(Core &core, Framework &framework, const mesos::v1::scheduler::Call::Revive &call)
{
    core.figures.count("messages_revive_offers");
    const auto roles = namedRoles(framework, call, "REVIVE");
    if (!roles)
        return;
    for (const std::string &role : *roles)
        framework.suppressedRoles.erase(role);
    core.allocator->revive(framework.id, *roles);
}

void suppress(Core &core, Framework &framework, const mesos::v1::scheduler::Call::Suppress &call)
{
    core.figures.count("messages_suppress_offers");
    const auto roles = namedRoles(framework, call, "SUPPRESS");
    if (!roles)
        return;
    framework.suppressedRoles.insert(roles->begin(), roles->end());
    core.allocator->suppress(framework.id, *roles);
}

void killTask(Core &core, Framework &framework, const mesos::v1::scheduler::Call::Kill &kill)
{
    core.figures.count("messages_kill_task");
    Task *task = core.cluster.task(framework.id, kill.task_id().value());
    if (!task) {
        mesos::v1::scheduler::Call::Reconcile question;
        *question.add_tasks()->mutable_task_id() = kill.task_id();
        if (kill.has_agent_id())
            *question.mutable_tasks(0)->mutable_agent_id() = kill.agent_id();
        return reconcile(core, framework, question);
    }
    if (kill.has_agent_id() && kill.agent_id().value() != task->agentId()) {
        qWarning("Dropping KILL of task '%s': it runs on agent %.*s, not on %s",
                 kill.task_id().value().c_str(), static_cast<int>(task->agentId().size()),
                 task->agentId().data(), kill.agent_id().value().c_str());
        return;
    }
    task->killRequested = true; // asked again when a lost agent comes back
    const Agent &agent = *core.cluster.agent(std::string(task->agentId()));
    if (!agent.connected)
        return;
    mesos::internal::KillTaskMessage message;
    message.mutable_framework_id()->set_value(framework.id);
    *message.mutable_task_id() = kill.task_id();
    if (kill.has_kill_policy())
        *message.mutable_kill_policy() = kill.kill_policy();
    core.send(agent.pid, message);
}

void shutdownExecutor(Core &core, Framework &framework,
                      const mesos::v1::scheduler::Call::Shutdown &call)
{
    core.figures.count("messages_shutdown_executor");
    const Agent *agent = core.cluster.agent(call.agent_id().value());
    if (!agent) {
        qWarning("Dropping SHUTDOWN of executor '%s': agent %s is not registered",
                 call.executor_id().value().c_str(), call.agent_id().value().c_str());
        return;
    }
    mesos::internal::ShutdownExecutorMessage message;
    *message.mutable_executor_id() = call.executor_id();
    message.mutable_framework_id()->set_value(framework.id);
    core.send(agent->pid, message);
}

void acknowledge(Core &core, Framework &framework,
                 const mesos::v1::scheduler::Call::Acknowledge &call)
{
    core.figures.count("messages_status_update_acknowledgement");
    const Agent *agent = core.cluster.agent(call.agent_id().value());
    Task *task = core.cluster.task(framework.id, call.task_id().value());
    const bool onAgent = task && task->agentId() == call.agent_id().value();
    if (!agent || !agent->connected || (onAgent && !task->statusUpdateState())) {
        core.figures.count("invalid_status_update_acknowledgements");
        qWarning("Dropping an acknowledgement for task '%s' of framework %s: agent %s is not "
                 "there, or sent no update",
                 call.task_id().value().c_str(), framework.id.c_str(),
                 call.agent_id().value().c_str());
        return;
    }
    if (onAgent && isTerminal(*task->statusUpdateState())
        && task->statusUpdateUuid() == call.uuid())
        removeTask(core, *task);
    mesos::internal::StatusUpdateAcknowledgementMessage message;
    *message.mutable_slave_id() = call.agent_id();
    message.mutable_framework_id()->set_value(framework.id);
    *message.mutable_task_id() = call.task_id();
    message.set_uuid(call.uuid());
    core.send(agent->pid, message);
    core.figures.count("valid_status_update_acknowledgements");
}

void sendToExecutor(Core &core, Framework &framework,
                    const mesos::v1::scheduler::Call::Message &call)
{
    core.figures.count("messages_framework_to_executor");
    const Agent *agent = core.cluster.agent(call.agent_id().value());
    if (!agent || !agent->connected) {
        core.figures.count("invalid_framework_to_executor_messages");
        qWarning("Dropping a message to executor '%s': agent %s is not connected",
                 call.executor_id().value().c_str(), call.agent_id().value().c_str());
        return;
    }
    mesos::internal::FrameworkToExecutorMessage message;
    *message.mutable_slave_id() = call.agent_id();
    message.mutable_framework_id()->set_value(framework.id);
    *message.mutable_executor_id() = call.executor_id();
    message.set_data(call.data());
    core.send(agent->pid, message);
    core.figures.count("valid_framework_to_executor_messages");
}

namespace {
/// "calls/accept" for ACCEPT.
void countCall(Core &core, const Framework &framework, mesos::v1::scheduler::Call::Type type)
{
    std::string name = "calls/" + mesos::v1::scheduler::Call::Type_Name(type);
    for (char &letter : name)
        letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    countFor(core.figures, framework, "calls");
    countFor(core.figures, framework, name);
}
} // namespace

tl::expected<void, Refusal> handleCall(Core &core, Framework &framework,
                                       mesos::v1::scheduler::Call &call)
{
    using Call = mesos::v1::scheduler::Call;
    countCall(core, framework, call.type());
    switch (call.type()) {
    case Call::TEARDOWN:
        core.figures.count("messages_unregister_framework");
        removeFramework(core, framework);
        break;
    case Call::ACCEPT:
        acceptOffers(core, framework, *call.mutable_accept());
        break;
    case Call::DECLINE:
        declineOffers(core, framework, call.decline());
        break;
    case Call::REVIVE:
        revive(core, framework, call.revive());
        break;
    case Call::SUPPRESS:
        suppress(core, framework, call.suppress());
        break;
    case Call::KILL:
        killTask(core, framework, call.kill());
        break;
    case Call::SHUTDOWN:
        shutdownExecutor(core, framework, call.shutdown());
        break;
    case Call::ACKNOWLEDGE:
        acknowledge(core, framework, call.acknowledge());
        break;
    case Call::RECONCILE:
        reconcile(core, framework, call.reconcile());
        break;
    case Call::RECONCILE_OPERATIONS:
        reconcileOperations(core, framework, call.reconcile_operations());
        break;
    case Call::MESSAGE:
        sendToExecutor(core, framework, call.message());
        break;
    case Call::UPDATE_FRAMEWORK:
        return updateFramework(core, framework, call.update_framework());
    case Call::REQUEST:
        core.figures.count("messages_resource_request");
        break; // the allocator has no use for it
    case Call::ACKNOWLEDGE_OPERATION_STATUS:
        acknowledgeOperation(core, framework, call.acknowledge_operation_status());
        break;
    case Call::ACCEPT_INVERSE_OFFERS:
        acceptInverseOffers(core, framework, call.accept_inverse_offers());
        break;
    case Call::DECLINE_INVERSE_OFFERS:
        declineInverseOffers(core, framework, call.decline_inverse_offers());
        break;
    case Call::SUBSCRIBE:
    case Call::UNKNOWN:
        break;
    }
    return {};
}

} // namespace meseta::master
