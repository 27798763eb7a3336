// The part of the launcher that is about task groups and the default executor.
#include <algorithm>

#include "daemons/agent/core/agent_log.h"
#include "daemons/agent/executors/container_spec.h"
#include "daemons/agent/executors/default_executor.h"
#include "daemons/agent/executors/nested_spec.h"
#include "daemons/agent/executors/task_launcher.h"

namespace meseta::agent {

using mesos::internal::RunTaskGroupMessage;
using mesos::v1::TaskInfo;
using mesos::v1::TaskStatus;

TaskLauncher::Order TaskLauncher::orderOf(const RunTaskGroupMessage &message)
{
    Order order;
    order.namesExecutor = true;
    order.executorId = message.executor().executor_id().value();
    if (message.has_launch_executor())
        order.launchExecutor = message.launch_executor();
    order.versions = message.resource_version_uuids();
    for (const TaskInfo &task : message.task_group().tasks())
        order.taskIds.push_back(task.task_id().value());
    return order;
}

void TaskLauncher::runGroup(const RunTaskGroupMessage &message)
{
    const auto &listed = message.task_group().tasks();
    if (m_state.lifecycle == AgentState::Lifecycle::Terminating || listed.empty()
        || !std::all_of(listed.begin(), listed.end(),
                        [this](const TaskInfo &task) { return isMeant(task); }))
        return;
    Framework &framework = frameworkFor(message.framework(), {});
    const Order order = orderOf(message);
    if (framework.state == Framework::State::Terminating)
        return refuseOfEnding(framework, order);
    Executor *executor = framework.executor(order.executorId);
    if (const auto no = refusal(order, executor))
        return refuse(framework, order, *no);
    qCInfo(agentLog) << "launching a group of" << message.task_group().tasks_size()
                     << "tasks of framework" << framework.id().c_str() << "under executor"
                     << order.executorId.c_str();
    std::vector<TaskInfo> tasks(message.task_group().tasks().begin(),
                                message.task_group().tasks().end());
    for (TaskInfo &task : tasks)
        *task.mutable_executor() = message.executor();
    if (!executor)
        executor = &addExecutor(framework, tasks.front());
    executor->queuedGroups.push_back(order.taskIds);
    queue(framework, *executor, tasks);
}

std::shared_ptr<DefaultExecutor> TaskLauncher::makeDefaultExecutor(const Framework &framework,
                                                                   const Executor &executor)
{
    const auto find = [this, frameworkId = framework.id(), id = executor.id(),
                       run = executor.containerId] { return m_state.run(frameworkId, id, run); };
    DefaultExecutorSetup setup;
    setup.executorId = executor.id();
    setup.containerId = executor.containerId;
    setup.sandbox = executor.directory;
    setup.sendsKilling =
        framework.hasCapability(mesos::v1::FrameworkInfo::Capability::TASK_KILLING_STATE);
    setup.probers = m_services.probers;
    setup.spec = [this, find](const TaskInfo &task) {
        const Executor *current = find();
        return current ? groupTaskSpec(m_context.config, m_state,
                                       *m_state.framework(current->frameworkId), *current, task)
                       : ContainerSpec();
    };
    DefaultExecutorHooks hooks;
    hooks.update = [this, find](TaskStatus status) {
        if (Executor *current = find())
            m_reporter.fromExecutor(*m_state.framework(current->frameworkId), *current,
                                    std::move(status));
    };
    hooks.keepEnding = [this, find](const std::string &taskId, const TaskEnding &ending,
                                    std::function<void()> then) {
        if (const Executor *current = find())
            m_checkpointer.ending(*m_state.framework(current->frameworkId), *current, taskId,
                                  ending, [then = std::move(then)](const Result<> &) { then(); });
    };
    hooks.updateOutstanding = [this,
                               frameworkId = executor.frameworkId](const std::string &taskId) {
        return m_reporter.streams().pending(frameworkId, taskId) > 0;
    };
    hooks.exited = [this, find](const ContainerTermination &termination) {
        if (Executor *current = find())
            defaultExecutorExited(*current, termination);
    };
    return std::make_shared<DefaultExecutor>(m_context, m_nested, std::move(setup),
                                             std::move(hooks));
}

/// The container that was held for its tasks goes before its end is told.
void TaskLauncher::defaultExecutorExited(Executor &executor,
                                         const ContainerTermination &termination)
{
    if (!executor.containerLaunched)
        return m_lifecycle.terminated(executor, termination);
    executor.ownEnd = termination;
    m_lifecycle.destroy(executor, std::nullopt);
}

ContainerEvents TaskLauncher::holderEvents(const Executor &executor)
{
    const auto find = [this, frameworkId = executor.frameworkId, id = executor.id(),
                       run = executor.containerId] { return m_state.run(frameworkId, id, run); };
    ContainerEvents events;
    events.progress = [](const std::string &, std::uint64_t, std::uint64_t) {};
    events.started = [this, find](const mesos::v1::ContainerStatus &status) {
        Executor *current = find();
        if (!current)
            return;
        containerStarted(*current, status);
        if (!current->link && current->state == Executor::State::Registering)
            runDefaultExecutor(*m_state.framework(current->frameworkId), *current);
    };
    events.ended = [this, find](const ContainerTermination &termination) {
        if (Executor *current = find())
            m_lifecycle.terminated(*current, current->ownEnd.value_or(termination));
    };
    return events;
}

void TaskLauncher::startDefaultExecutor(Framework &framework, Executor &executor)
{
    if (!executor.containerizer->sharesWithNested())
        return runDefaultExecutor(framework, executor);
    executor.containerLaunched = true;
    ContainerSpec spec = executorSpec(m_context.config, m_state, framework, executor);
    spec.holdsOthers = true;
    executor.containerizer->launch(spec, holderEvents(executor));
}

void TaskLauncher::runDefaultExecutor(Framework &framework, Executor &executor)
{
    executor.link = makeDefaultExecutor(framework, executor);
    executor.state = Executor::State::Running;
    deliverQueued(executor);
}

void TaskLauncher::deliverGroup(Framework &framework, Executor &executor,
                                const mesos::v1::TaskGroupInfo &group)
{
    if (group.tasks().empty() || executor.link->launchGroup(group))
        return;
    for (const TaskInfo &task : group.tasks())
        m_reporter.drop(framework, executor.id(), task.task_id().value(),
                        TaskStatus::REASON_TASK_GROUP_INVALID,
                        "Executor '" + executor.id()
                            + "' takes single tasks only: libmesos' executor driver has no task "
                              "groups; use an executor on the HTTP API or one of type DEFAULT");
}

} // namespace meseta::agent
