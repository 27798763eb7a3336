#include "daemons/master/core/calls.h"

#include "daemons/master/core/status_updates.h"

namespace meseta::master {

namespace {

using Call = mesos::v1::scheduler::Call;

void answer(Core &core, Framework &framework, const mesos::internal::StatusUpdate &update)
{
    core.sink(framework).update(framework, update, {});
}

void answerKnown(Core &core, Framework &framework, const Task &task)
{
    MadeStatus made{.taskId = {},
                    .state = task.statusUpdateState().value_or(task.state()),
                    .message = "Answer to a reconciliation: the task's latest state",
                    .reason = mesos::v1::TaskStatus::REASON_RECONCILIATION};
    answer(core, framework, makeTaskUpdate(core, framework, task, std::move(made)));
}

/// What is known of a task that is none of the active ones; nothing while its agent may still come
/// back and tell. Source: Mesos task reconciliation.
std::optional<MadeStatus> judgeUnknown(const Core &core, const std::optional<std::string> &agentId)
{
    const Cluster &cluster = core.cluster;
    MadeStatus made{.taskId = {},
                    .state = mesos::v1::TASK_UNKNOWN,
                    .message = "Answer to a reconciliation: nobody knows the task",
                    .reason = mesos::v1::TaskStatus::REASON_RECONCILIATION};
    if (!agentId)
        return cluster.recoveredAgents.empty() ? std::optional(made) : std::nullopt;
    if (cluster.recoveredAgents.contains(*agentId))
        return std::nullopt;
    if (cluster.agent(*agentId)) {
        made.state = mesos::v1::TASK_GONE;
        made.message = "Answer to a reconciliation: the agent does not know the task";
    } else if (const std::optional<Duration> since = cluster.unreachable.find(*agentId)) {
        made.state = mesos::v1::TASK_UNREACHABLE;
        made.message = "Answer to a reconciliation: the task's agent is unreachable";
        made.unreachableTime = since;
    } else if (cluster.gone.find(*agentId)) {
        made.state = mesos::v1::TASK_GONE_BY_OPERATOR;
        made.message = "Answer to a reconciliation: the task's agent is gone for ever";
    }
    return made;
}

void answerOne(Core &core, Framework &framework, const Call::Reconcile::Task &question)
{
    if (const Task *task = core.cluster.task(framework.id, question.task_id().value()))
        return answerKnown(core, framework, *task);
    std::optional<std::string> agentId;
    if (question.has_agent_id())
        agentId = question.agent_id().value();
    std::optional<MadeStatus> made = judgeUnknown(core, agentId);
    if (!made)
        return;
    made->taskId = question.task_id().value();
    made->agentId = agentId;
    made->state = orLost(framework, made->state);
    answer(core, framework, makeUpdate(core, framework, std::move(*made)));
}

/// The operation of this framework and id, as its agent told it last; null when it is not known.
const AgentOperation *findOperation(const Core &core, const Framework &framework,
                                    const std::string &id)
{
    for (const auto &[agentId, agent] : core.cluster.agents()) {
        for (const auto &[uuid, operation] : agent->operations) {
            if (operation.frameworkId() == framework.id && operation.wantsFeedback()
                && operation.proto.info().id().value() == id)
                return &operation;
        }
    }
    return nullptr;
}

void answerOperation(Core &core, const Framework &framework, const AgentOperation &operation)
{
    mesos::v1::OperationStatus status = operation.proto.latest_status();
    *status.mutable_operation_id() = operation.proto.info().id();
    *status.mutable_agent_id() = operation.proto.agent_id();
    status.clear_uuid(); // nobody acknowledges an answer
    core.sink(framework).operation(framework, status);
}

mesos::v1::OperationStatus judgeOperation(const Core &core,
                                          const Call::ReconcileOperations::Operation &question)
{
    const Cluster &cluster = core.cluster;
    mesos::v1::OperationStatus status;
    *status.mutable_operation_id() = question.operation_id();
    status.set_state(mesos::v1::OPERATION_UNKNOWN);
    if (question.has_resource_provider_id())
        *status.mutable_resource_provider_id() = question.resource_provider_id();
    if (!question.has_agent_id()) {
        status.set_message("Answer to a reconciliation: nobody knows the operation; name its "
                           "'agent_id' to learn of the agent");
        return status;
    }
    const std::string &agentId = question.agent_id().value();
    *status.mutable_agent_id() = question.agent_id();
    if (cluster.recoveredAgents.contains(agentId)) {
        status.set_state(mesos::v1::OPERATION_RECOVERING);
        status.set_message(
            "Answer to a reconciliation: the operation's agent has not come back yet");
    } else if (cluster.agent(agentId)) {
        status.set_message("Answer to a reconciliation: the agent does not know the operation");
    } else if (cluster.unreachable.find(agentId)) {
        status.set_state(mesos::v1::OPERATION_UNREACHABLE);
        status.set_message("Answer to a reconciliation: the operation's agent is unreachable");
    } else if (cluster.gone.find(agentId)) {
        status.set_state(mesos::v1::OPERATION_GONE_BY_OPERATOR);
        status.set_message("Answer to a reconciliation: the operation's agent is gone for ever");
    } else {
        status.set_message(
            "Answer to a reconciliation: neither the operation nor its agent is known");
    }
    return status;
}

} // namespace

void reconcile(Core &core, Framework &framework, const Call::Reconcile &call)
{
    core.figures.count("messages_reconcile_tasks");
    if (call.tasks_size() == 0) {
        for (const auto &[id, task] : framework.tasks)
            answerKnown(core, framework, *task);
        return;
    }
    for (const Call::Reconcile::Task &question : call.tasks())
        answerOne(core, framework, question);
}

void reconcileOperations(Core &core, Framework &framework, const Call::ReconcileOperations &call)
{
    core.figures.count("messages_reconcile_operations");
    for (const auto &question : call.operations()) {
        if (const auto *known = findOperation(core, framework, question.operation_id().value()))
            answerOperation(core, framework, *known);
        else
            core.sink(framework).operation(framework, judgeOperation(core, question));
    }
    if (call.operations_size() > 0)
        return;
    for (const auto &[agentId, agent] : core.cluster.agents()) {
        for (const auto &[uuid, operation] : agent->operations) {
            if (operation.frameworkId() == framework.id && operation.wantsFeedback())
                answerOperation(core, framework, operation);
        }
    }
}

} // namespace meseta::master
