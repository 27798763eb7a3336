#include "daemons/agent/status_updates/status_reporter.h"

#include "daemons/agent/core/agent_log.h"
#include "daemons/agent/executors/executor_link.h"

namespace meseta::agent {

using mesos::v1::Task;
using mesos::v1::TaskState;
using mesos::v1::TaskStatus;

StatusReporter::StatusReporter(AgentContext context, AgentState &state, Checkpointer &checkpointer)
    : m_context(context)
    , m_state(state)
    , m_checkpointer(checkpointer)
    , m_streams(context.clock, [this](const UpdateStreams::Update &update) { forward(update); })
{ }

void StatusReporter::fromExecutor(Framework &framework, Executor &executor, TaskStatus status)
{
    status.set_source(TaskStatus::SOURCE_EXECUTOR);
    *status.mutable_agent_id() = m_state.info.id();
    if (!status.has_timestamp())
        status.set_timestamp(m_context.clock.seconds());
    fillContainerStatus(executor, status);

    const std::string taskId = status.task_id().value();
    const std::string uuid = status.uuid();
    const auto acknowledge = acknowledgement(executor, status);
    tellDraining(framework, status);
    if (m_streams.hasSeen(framework.id(), taskId, uuid)) {
        // A repetition, as when the executor did not get our acknowledgement.
        if (m_streams.isBeingKept(framework.id(), taskId, uuid))
            return; // that is on its way
    } else if (record(executor, status)) {
        ++m_state.counters.validStatusUpdates;
        if (framework.state != Framework::State::Terminating)
            return deliver(framework, executor.id(), status, acknowledge);
    } else {
        ++m_state.counters.invalidStatusUpdates;
        qCWarning(agentLog) << "ignoring" << mesos::v1::TaskState_Name(status.state()).c_str()
                            << "of task" << taskId.c_str()
                            << ": it is unknown to its executor, or has ended already";
    }
    acknowledge();
}

/// Tells the executor, if it is still there then, that the agent has taken over its status.
std::function<void()> StatusReporter::acknowledgement(const Executor &executor,
                                                      const TaskStatus &status)
{
    return [this, frameworkId = executor.frameworkId, id = executor.id(),
            run = executor.containerId, taskId = status.task_id().value(), uuid = status.uuid()] {
        const Executor *current = m_state.run(frameworkId, id, run);
        if (const auto link = current ? current->link : nullptr)
            link->acknowledged(taskId, uuid);
    };
}

void StatusReporter::tellDraining(const Framework &framework, TaskStatus &status) const
{
    if (!m_state.drain
        || (status.state() != mesos::v1::TASK_KILLING && status.state() != mesos::v1::TASK_KILLED))
        return;
    status.set_reason(TaskStatus::REASON_AGENT_DRAINING);
    if (m_state.drain->mark_gone() && framework.isPartitionAware())
        status.set_state(mesos::v1::TASK_GONE_BY_OPERATOR);
}

void StatusReporter::fillContainerStatus(const Executor &executor, TaskStatus &status)
{
    mesos::v1::ContainerStatus &container = *status.mutable_container_status();
    if (!container.has_container_id()) {
        const auto networks = container.network_infos(); // an executor may know better
        container = executor.lastStatus;
        if (executor.containerizer) {
            if (auto current = executor.containerizer->status(executor.containerId))
                container = *current;
        }
        if (!networks.empty())
            *container.mutable_network_infos() = networks;
        container.mutable_container_id()->set_value(executor.containerId);
    }
    // Of a container inside the executor's that is over nothing more is known.
    const bool over = container.container_id().has_parent() && isTerminal(status.state());
    if (container.network_infos().empty() && !over)
        container.add_network_infos()->add_ip_addresses()->set_ip_address(m_context.config.self.ip);
}

bool StatusReporter::record(Executor &executor, const TaskStatus &status)
{
    const auto it = executor.launched.find(status.task_id().value());
    if (it == executor.launched.end())
        return false;
    recordStatus(it->second, status);
    if (isTerminal(status.state())) {
        count(status.state());
        executor.terminated.insert(executor.launched.extract(it));
        if (onTaskEnded)
            onTaskEnded(executor);
    }
    return true;
}

void StatusReporter::count(TaskState state)
{
    AgentCounters &counters = m_state.counters;
    switch (state) {
    case mesos::v1::TASK_FINISHED:
        ++counters.tasksFinished;
        break;
    case mesos::v1::TASK_FAILED:
        ++counters.tasksFailed;
        break;
    case mesos::v1::TASK_KILLED:
        ++counters.tasksKilled;
        break;
    case mesos::v1::TASK_LOST:
        ++counters.tasksLost;
        break;
    case mesos::v1::TASK_GONE:
        ++counters.tasksGone;
        break;
    default:
        break;
    }
}

void StatusReporter::fromAgent(Framework &framework, const std::string &executorId,
                               const std::string &taskId, const AgentVerdict &verdict)
{
    if (framework.state == Framework::State::Terminating)
        return;
    TaskStatus status;
    status.mutable_task_id()->set_value(taskId);
    status.set_state(verdict.state);
    status.set_source(TaskStatus::SOURCE_AGENT);
    status.set_reason(verdict.reason);
    status.set_message(verdict.message);
    if (verdict.limitation)
        *status.mutable_limitation() = *verdict.limitation;
    *status.mutable_agent_id() = m_state.info.id();
    if (!executorId.empty())
        status.mutable_executor_id()->set_value(executorId);
    status.set_timestamp(m_context.clock.seconds());
    status.set_uuid(m_context.random.uuidBytes());

    if (Executor *executor = framework.executor(executorId)) {
        auto queued =
            std::find_if(executor->queued.begin(), executor->queued.end(),
                         [&](const auto &info) { return info.task_id().value() == taskId; });
        if (queued != executor->queued.end()) {
            executor->launched.emplace(taskId, makeTask(*queued, framework.id()));
            executor->queued.erase(queued);
        }
        record(*executor, status);
    } else {
        count(verdict.state);
    }
    deliver(framework, executorId, status, [] {});
}

void StatusReporter::drop(Framework &framework, const std::string &executorId,
                          const std::string &taskId, TaskStatus::Reason reason,
                          const std::string &message)
{
    const TaskState state =
        framework.isPartitionAware() ? mesos::v1::TASK_DROPPED : mesos::v1::TASK_LOST;
    fromAgent(framework, executorId, taskId, {state, reason, message});
}

void StatusReporter::deliver(Framework &framework, const std::string &executorId,
                             const TaskStatus &status, std::function<void()> kept)
{
    UpdateStreams::Update update;
    *update.mutable_framework_id() = framework.info.id();
    qCDebug(agentLog) << "task" << status.task_id().value().c_str() << "of framework"
                      << framework.id().c_str() << mesos::v1::TaskState_Name(status.state()).c_str()
                      << status.message().c_str();
    if (!executorId.empty())
        update.mutable_executor_id()->set_value(executorId);
    *update.mutable_slave_id() = m_state.info.id();
    *update.mutable_status() = status;
    update.set_timestamp(status.timestamp());
    update.set_uuid(status.uuid());
    const Executor *executor = framework.executor(executorId);
    if (!executor || !framework.info.checkpoint()) {
        m_streams.add(update);
        return kept();
    }
    m_streams.add(update, UpdateStreams::Kept::Later);
    m_checkpointer.update(framework, *executor, update,
                          [this, update, kept = std::move(kept)](const Result<> &) {
                              // When it could not be kept it is told all the same: only a later
                              // agent would not know of it.
                              m_streams.keep(update.framework_id().value(),
                                             update.status().task_id().value(), update.uuid());
                              kept();
                          });
}

void StatusReporter::forward(const UpdateStreams::Update &update)
{
    if (m_acknowledging.contains(update.uuid()))
        return; // as good as acknowledged
    mesos::internal::StatusUpdateMessage message;
    *message.mutable_update() = update;
    message.mutable_update()->set_latest_state(
        m_streams.newestKept(update.framework_id().value(), update.status().task_id().value())
            .value_or(update.status().state()));
    if (!update.status()
             .has_executor_id()) // the master tells schedulers of it only where the status names it
        message.mutable_update()->clear_executor_id();
    message.set_pid(m_context.config.self.text());
    if (Framework *framework = m_state.framework(update.framework_id().value())) {
        const std::string &taskId = update.status().task_id().value();
        if (Executor *executor = framework->executor(update.executor_id().value())) {
            for (auto *tasks : {&executor->launched, &executor->terminated}) {
                const auto it = tasks->find(taskId);
                if (it == tasks->end())
                    continue;
                it->second.set_status_update_state(update.status().state());
                it->second.set_status_update_uuid(update.uuid());
            }
        }
    }
    m_context.outbox.send(m_context.config.master, message);
}

void StatusReporter::acknowledged(const std::string &frameworkId, const std::string &taskId,
                                  const std::string &uuid)
{
    const UpdateStreams::Update *update = m_streams.outstanding(frameworkId, taskId, uuid);
    if (!update) {
        qCInfo(agentLog) << "ignoring an acknowledgement for task" << taskId.c_str()
                         << "that names no outstanding update";
        return;
    }
    const Framework *framework = m_state.framework(frameworkId);
    const Executor *executor =
        framework ? framework->executor(update->executor_id().value()) : nullptr;
    if (!executor)
        return takeAcknowledgement(frameworkId, taskId, uuid);
    if (!m_acknowledging.insert(uuid).second)
        return; // said twice
    // Kept before the next one leaves: else a later agent might send this one after that.
    m_checkpointer.acknowledgement(*framework, *executor, taskId, uuid,
                                   [this, frameworkId, taskId, uuid](const Result<> &) {
                                       m_acknowledging.erase(uuid);
                                       takeAcknowledgement(frameworkId, taskId, uuid);
                                   });
}

void StatusReporter::takeAcknowledgement(const std::string &frameworkId, const std::string &taskId,
                                         const std::string &uuid)
{
    const auto done = m_streams.acknowledge(frameworkId, taskId, uuid);
    Framework *framework = m_state.framework(frameworkId);
    Executor *executor =
        framework && done ? framework->executor(done->executor_id().value()) : nullptr;
    if (!executor || !isTerminal(done->status().state()))
        return;
    if (auto task = executor->terminated.extract(taskId)) {
        executor->completed.push_back(std::move(task.mapped()));
        if (executor->completed.size() > maxCompletedTasksPerExecutor) {
            const std::string oldest = executor->completed.front().task_id().value();
            executor->completed.pop_front();
            if (!executor->hasTask(oldest))
                m_checkpointer.forgetTask(*framework, *executor, oldest);
        }
    }
    if (!executor->hasIncompleteTasks() && onIdle)
        onIdle(*executor);
}

} // namespace meseta::agent
