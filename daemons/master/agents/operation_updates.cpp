#include "daemons/master/agents/operation_updates.h"

#include "daemons/master/core/operations.h"
#include "daemons/master/core/status_updates.h"

namespace meseta::master {

namespace {

/// Each status is listed once, however often the agent sends it.
void addStatus(mesos::v1::Operation &operation, const mesos::v1::OperationStatus &status)
{
    for (const mesos::v1::OperationStatus &known : operation.statuses()) {
        if (known.uuid().value() == status.uuid().value())
            return;
    }
    *operation.add_statuses() = status;
}

/// Whether it is over for the master: nobody has to acknowledge anything any more.
bool passOn(Core &core, const Agent &agent, const AgentOperation &operation,
            const mesos::v1::OperationStatus &status)
{
    if (operation.wantsFeedback() && operation.proto.has_framework_id()) {
        // A framework that is away will be told when the agent sends it again.
        if (const Framework *framework = core.cluster.framework(operation.frameworkId()))
            core.sink(*framework).operation(*framework, status);
        return !status.has_uuid() && isTerminal(status.state());
    }
    if (status.has_uuid())
        sendAcknowledgement(core, agent, operation, status.uuid().value());
    return isTerminal(status.state());
}

void adopt(Core &core, Agent &agent, const mesos::v1::Operation &told)
{
    const std::string &uuid = told.uuid().value();
    if (agent.operations.contains(uuid))
        return;
    AgentOperation &taken = agent.operations[uuid];
    taken.proto = told;
    taken.proto.mutable_agent_id()->set_value(agent.id);
    if (isTerminal(told.latest_status().state())) // an earlier master counted it
        countOperation(core.figures, told.info().type(), told.latest_status().state());
}

} // namespace

void updateOperationStatus(Core &core, const mesos::internal::UpdateOperationStatusMessage &message)
{
    core.figures.count("messages_operation_status_update");
    Agent *agent = core.cluster.agent(message.slave_id().value());
    const auto at = agent ? agent->operations.find(message.operation_uuid().value())
                          : std::map<std::string, AgentOperation>::iterator();
    if (!agent || at == agent->operations.end()) {
        core.figures.count("invalid_operation_status_updates");
        qWarning("Ignoring the status of an operation that is not known here, of agent %s",
                 message.slave_id().value().c_str());
        return;
    }
    core.figures.count("valid_operation_status_updates");
    AgentOperation &operation = at->second;
    const bool wasOver = isTerminal(operation.proto.latest_status().state());
    *operation.proto.mutable_latest_status() =
        message.has_latest_status() ? message.latest_status() : message.status();
    addStatus(operation.proto, message.status());
    if (!wasOver && isTerminal(operation.proto.latest_status().state())) {
        countOperation(core.figures, operation.proto.info().type(),
                       operation.proto.latest_status().state());
        settleOperation(core, *agent, operation);
    }
    mesos::v1::OperationStatus status = message.status();
    status.mutable_agent_id()->set_value(agent->id);
    if (operation.wantsFeedback())
        *status.mutable_operation_id() = operation.proto.info().id();
    if (passOn(core, *agent, operation, status))
        agent->operations.erase(at);
    core.events.publish(AgentChanged{agent});
    agentGotQuiet(core, agent->id);
}

void reconcileOperationsWith(Core &core, Agent &agent,
                             const mesos::internal::UpdateSlaveMessage &message)
{
    std::set<std::string> listed;
    const auto take = [&](const auto &operations) {
        for (const mesos::v1::Operation &operation : operations.operations()) {
            listed.insert(operation.uuid().value());
            adopt(core, agent, operation);
        }
    };
    if (message.has_operations())
        take(message.operations());
    for (const auto &provider : message.resource_providers().providers())
        take(provider.operations());
    if (!message.has_operations())
        return;
    mesos::internal::ReconcileOperationsMessage question;
    for (const auto &[uuid, operation] : agent.operations) {
        if (!listed.contains(uuid))
            question.add_operations()->mutable_operation_uuid()->set_value(uuid);
    }
    if (question.operations_size() > 0)
        core.send(agent.pid, question);
}

} // namespace meseta::master
