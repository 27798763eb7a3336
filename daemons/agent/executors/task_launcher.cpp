#include "daemons/agent/executors/task_launcher.h"

#include "daemons/agent/core/agent_log.h"
#include "daemons/agent/executors/container_spec.h"
#include "daemons/agent/executors/executor_environment.h"

namespace meseta::agent {

using mesos::internal::RunTaskMessage;
using mesos::v1::TaskInfo;
using mesos::v1::TaskStatus;

TaskLauncher::TaskLauncher(AgentContext context, AgentState &state, StatusReporter &reporter,
                           ExecutorLifecycle &lifecycle, NestedContainers &nested,
                           Checkpointer &checkpointer, LaunchServices services)
    : m_context(context)
    , m_state(state)
    , m_reporter(reporter)
    , m_lifecycle(lifecycle)
    , m_nested(nested)
    , m_checkpointer(checkpointer)
    , m_services(std::move(services))
    , m_updates(context, state, lifecycle)
{ }

void TaskLauncher::run(const RunTaskMessage &message)
{
    const TaskInfo &task = message.task();
    if (m_state.lifecycle == AgentState::Lifecycle::Terminating || !isMeant(task))
        return;
    Framework &framework = frameworkFor(message.framework(), message.pid());
    const Order order = orderOf(message);
    if (framework.state == Framework::State::Terminating)
        return refuseOfEnding(framework, order);
    Executor *executor = framework.executor(order.executorId);
    if (const auto no = refusal(order, executor)) {
        refuse(framework, order, *no);
        return;
    }
    qCInfo(agentLog) << "launching task" << task.task_id().value().c_str() << "of framework"
                     << framework.id().c_str();
    queue(framework, executor ? *executor : addExecutor(framework, task), {task});
}

/// An agent that was at this address under another id may have been meant: its tasks are the
/// master's to give up, and must not be told as this one's.
bool TaskLauncher::isMeant(const TaskInfo &task) const
{
    if (!m_state.isRegistered())
        return false;
    const std::string &agentId = task.agent_id().value();
    if (agentId == m_state.id())
        return true;
    qCWarning(agentLog) << "ignoring the launch of task" << task.task_id().value().c_str()
                        << ": it is for agent" << agentId.c_str() << ", and this is"
                        << m_state.id().c_str();
    return false;
}

Framework &TaskLauncher::frameworkFor(const mesos::v1::FrameworkInfo &info, const std::string &pid)
{
    std::unique_ptr<Framework> &known = m_state.frameworks[info.id().value()];
    if (!known) {
        auto &history = m_state.completedFrameworks;
        const auto it = std::find_if(history.begin(), history.end(), [&](const auto &old) {
            return old->id() == info.id().value();
        });
        if (it != history.end()) { // back again: its history comes with it
            known = std::move(*it);
            history.erase(it);
            known->state = Framework::State::Running;
        } else {
            known = std::make_unique<Framework>();
        }
        known->info = info;
    }
    if (const auto parsed = messages::Pid::parse(pid); parsed && parsed->port != 0)
        known->pid = *parsed;
    return *known;
}

TaskLauncher::Order TaskLauncher::orderOf(const RunTaskMessage &message)
{
    const TaskInfo &task = message.task();
    Order order;
    order.namesExecutor = task.has_executor();
    order.executorId =
        order.namesExecutor ? task.executor().executor_id().value() : task.task_id().value();
    if (message.has_launch_executor())
        order.launchExecutor = message.launch_executor();
    order.versions = message.resource_version_uuids();
    order.taskIds = {task.task_id().value()};
    return order;
}

bool TaskLauncher::knowsResources(const Order &order) const
{
    return std::all_of(order.versions.begin(), order.versions.end(), [this](const auto &version) {
        return version.has_resource_provider_id()
            || version.uuid().value() == m_state.resourceVersion;
    });
}

std::optional<TaskLauncher::Refusal> TaskLauncher::refusal(const Order &order,
                                                           Executor *executor) const
{
    const std::string &executorId = order.executorId;
    if (m_state.drain)
        return Refusal{TaskStatus::REASON_AGENT_DRAINING, "The agent is being drained"};
    if (!knowsResources(order))
        return Refusal{
            TaskStatus::REASON_INVALID_OFFERS,
            "The task was launched on an offer that is older than the agent's present resources"};
    if (executor && !order.namesExecutor)
        return Refusal{TaskStatus::REASON_TASK_INVALID,
                       "A command task needs an executor of its own, but '" + executorId
                           + "' is still there"};
    if (executor && executor->state != Executor::State::Registering
        && executor->state != Executor::State::Running)
        return Refusal{TaskStatus::REASON_EXECUTOR_TERMINATED,
                       "Executor '" + executorId + "' is ending"};
    if (!order.launchExecutor)
        return std::nullopt;
    if (*order.launchExecutor && executor)
        return Refusal{TaskStatus::REASON_EXECUTOR_TERMINATED,
                       "The master expects executor '" + executorId
                           + "' to be new, but it runs already"};
    if (!*order.launchExecutor && !executor)
        return Refusal{TaskStatus::REASON_EXECUTOR_TERMINATED,
                       "The master expects executor '" + executorId + "' to run, but it has ended"};
    return std::nullopt;
}

void TaskLauncher::refuse(Framework &framework, const Order &order, const Refusal &refusal)
{
    const std::string frameworkId = framework.id();
    for (const std::string &taskId : order.taskIds) {
        // A second task of the same id must not touch the records of the first.
        const bool known = framework.executorOfTask(taskId) != nullptr;
        m_reporter.drop(framework, known ? std::string() : order.executorId, taskId, refusal.reason,
                        refusal.message);
    }
    if (order.launchExecutor.value_or(false) && order.namesExecutor) {
        if (Executor *stale = framework.executor(order.executorId);
            stale && stale->state == Executor::State::Running)
            m_lifecycle.shutdown(framework, *stale);
        mesos::v1::ExecutorID executorId;
        executorId.set_value(order.executorId);
        tellExecutorGone(framework.info.id(), executorId);
    }
    m_lifecycle.removeFrameworkIfIdle(frameworkId);
}

/// The framework is back while what it had here is still being ended: nothing of this belongs to
/// those records, whose updates nobody hears any more.
void TaskLauncher::refuseOfEnding(const Framework &framework, const Order &order)
{
    Framework apart;
    apart.info = framework.info;
    refuse(apart, order,
           {TaskStatus::REASON_FRAMEWORK_REMOVED,
            "The framework was removed, and what it had on this agent is still being ended"});
}

void TaskLauncher::tellExecutorGone(const mesos::v1::FrameworkID &frameworkId,
                                    const mesos::v1::ExecutorID &executorId)
{
    mesos::internal::ExitedExecutorMessage message;
    *message.mutable_slave_id() = m_state.info.id();
    *message.mutable_framework_id() = frameworkId;
    *message.mutable_executor_id() = executorId;
    message.set_status(-1);
    m_context.outbox.send(m_context.config.master, message);
}

Executor &TaskLauncher::addExecutor(Framework &framework, const TaskInfo &task)
{
    auto executor = std::make_unique<Executor>();
    executor->isCommand = !task.has_executor();
    executor->info = executor->isCommand
        ? makeCommandExecutorInfo(m_context.config, framework.id(), task)
        : task.executor();
    if (!executor->info.has_framework_id())
        *executor->info.mutable_framework_id() = framework.info.id();
    if (!executor->info.has_container() && m_context.config.defaultContainerInfo)
        *executor->info.mutable_container() = *m_context.config.defaultContainerInfo;
    executor->isDefault = executor->info.type() == mesos::v1::ExecutorInfo::DEFAULT;
    executor->isDocker = executor->info.has_container()
        && executor->info.container().type() == mesos::v1::ContainerInfo::DOCKER;
    executor->frameworkId = framework.id();
    executor->containerId = m_context.random.uuid();
    const auto &command = executor->isCommand ? task.command() : executor->info.command();
    executor->user = commandUser(m_context.config, framework.info, command);
    const std::string id = executor->id();
    return *(framework.executors[id] = std::move(executor));
}

void TaskLauncher::prepare(Framework &framework, Executor &executor)
{
    executor.containerizer = choose(executor);
    if (!executor.containerizer) {
        launchFailed(executor,
                     "This agent has no containerizer for such a container: its --containerizers "
                     "are "
                         + containerizerNames());
        return;
    }
    const SandboxId sandbox{m_state.id(), framework.id(), executor.id(), executor.containerId};
    auto directory = m_services.sandboxes->create(
        sandbox, hostUser(*m_services.sandboxes, containerOf(executor), executor.user));
    if (!directory) {
        launchFailed(executor, directory.error().message);
        return;
    }
    executor.directory = *directory;
    fetchWhenReady(framework, executor);
}

void TaskLauncher::fetchWhenReady(Framework &framework, Executor &executor)
{
    executor.containerizer->whenReady([this, frameworkId = framework.id(), id = executor.id(),
                                       run = executor.containerId](Result<> ready) {
        Executor *waiting = m_state.run(frameworkId, id, run);
        if (!waiting || waiting->state != Executor::State::Registering)
            return;
        if (!ready)
            launchFailed(*waiting, ready.error().message);
        else
            fetchUris(*m_state.framework(frameworkId), *waiting);
    });
}

void TaskLauncher::fetchUris(Framework &framework, Executor &executor)
{
    const auto &command =
        executor.isCommand ? executor.queued.front().command() : executor.info.command();
    if (command.uris().empty()) {
        start(framework, executor);
        return;
    }
    FetchRequest request;
    request.containerId = executor.containerId;
    request.sandbox = executor.directory;
    request.uris.assign(command.uris().begin(), command.uris().end());
    request.user = hostUser(*m_services.sandboxes, containerOf(executor), executor.user);
    m_services.fetcher->fetch(std::move(request),
                              [this, frameworkId = framework.id(), id = executor.id(),
                               run = executor.containerId](Result<> fetched) {
                                  Executor *waiting = m_state.run(frameworkId, id, run);
                                  if (!waiting || waiting->state != Executor::State::Registering)
                                      return;
                                  if (!fetched)
                                      launchFailed(*waiting, fetched.error().message);
                                  else
                                      start(*m_state.framework(frameworkId), *waiting);
                              });
}

void TaskLauncher::start(Framework &framework, Executor &executor)
{
    if (executor.isCommand)
        startCommandExecutor(framework, executor);
    else if (executor.isDefault)
        startDefaultExecutor(framework, executor);
    else
        startCustomExecutor(framework, executor);
}

std::shared_ptr<CommandExecutor> TaskLauncher::makeCommandExecutor(const Framework &framework,
                                                                   const Executor &executor,
                                                                   const TaskInfo &task)
{
    using Capability = mesos::v1::FrameworkInfo::Capability;
    CommandExecutorSetup setup;
    setup.containerizer = executor.containerizer;
    setup.spec = taskSpec(m_context.config, m_state, framework, executor, task);
    setup.docker = executor.isDocker;
    setup.sendsKilling = framework.hasCapability(Capability::TASK_KILLING_STATE);
    setup.shutdownGrace = shutdownGrace(m_context.config, executor.info);
    setup.probers = m_services.probers;
    return std::make_shared<CommandExecutor>(m_context, std::move(setup), commandHooks(executor));
}

void TaskLauncher::startCommandExecutor(Framework &framework, Executor &executor)
{
    executor.link = makeCommandExecutor(framework, executor, executor.queued.front());
    executor.state = Executor::State::Running;
    executor.containerLaunched = true;
    deliverQueued(executor);
}

CommandExecutorHooks TaskLauncher::commandHooks(const Executor &executor)
{
    const auto find = [this, frameworkId = executor.frameworkId, id = executor.id(),
                       run = executor.containerId] { return m_state.run(frameworkId, id, run); };
    CommandExecutorHooks hooks;
    hooks.update = [this, find](TaskStatus status) {
        if (Executor *current = find())
            m_reporter.fromExecutor(*m_state.framework(current->frameworkId), *current,
                                    std::move(status));
    };
    hooks.updateOutstanding = [this, frameworkId = executor.frameworkId, taskId = executor.id()] {
        return m_reporter.streams().pending(frameworkId, taskId) > 0;
    };
    hooks.started = [this, find](const mesos::v1::ContainerStatus &status) {
        if (Executor *current = find())
            containerStarted(*current, status);
    };
    hooks.keepEnding = [this, find](const TaskEnding &ending, std::function<void()> then) {
        if (const Executor *current = find())
            m_checkpointer.ending(*m_state.framework(current->frameworkId), *current, current->id(),
                                  ending, [then = std::move(then)](const Result<> &) { then(); });
    };
    hooks.launchAgain = [this, find](const TaskInfo &task) {
        if (Executor *current = find())
            launchAgain(*current, task);
    };
    hooks.exited = [this, find](const ContainerTermination &termination) {
        if (Executor *current = find())
            m_lifecycle.terminated(*current, termination);
    };
    return hooks;
}

ContainerEvents TaskLauncher::customEvents(const Executor &executor)
{
    const auto find = [this, frameworkId = executor.frameworkId, id = executor.id(),
                       run = executor.containerId] { return m_state.run(frameworkId, id, run); };
    ContainerEvents events;
    events.progress = [](const std::string &, std::uint64_t, std::uint64_t) {};
    events.started = [this, find](const mesos::v1::ContainerStatus &status) {
        if (Executor *current = find())
            containerStarted(*current, status);
    };
    events.ended = [this, find](const ContainerTermination &termination) {
        Executor *current = find();
        if (!current)
            return;
        if (termination.neverStarted && !current->awaited)
            startAgain(*m_state.framework(current->frameworkId), *current);
        else
            m_lifecycle.terminated(*current, termination);
    };
    return events;
}

void TaskLauncher::startCustomExecutor(Framework &framework, Executor &executor)
{
    executor.containerLaunched = true;
    m_lifecycle.expectRegistration(executor);
    executor.containerizer->launch(executorSpec(m_context.config, m_state, framework, executor),
                                   customEvents(executor));
}

void TaskLauncher::deliverQueued(Executor &executor)
{
    m_updates.apply(executor, [this](Executor &updated) {
        if (updated.state == Executor::State::Running && updated.link)
            deliverNow(*m_state.framework(updated.frameworkId), updated);
    });
}

void TaskLauncher::deliverNow(Framework &framework, Executor &executor)
{
    const std::vector<TaskInfo> tasks = takeKept(executor);
    const auto groups = takeGroups(executor, tasks);
    for (const TaskInfo &task : tasks)
        executor.launched.emplace(task.task_id().value(), makeTask(task, framework.id()));
    const auto link = executor.link;
    std::vector<mesos::v1::TaskGroupInfo> together(groups.size());
    for (const TaskInfo &task : tasks) {
        const auto group = std::find_if(groups.begin(), groups.end(), [&task](const auto &ids) {
            return std::find(ids.begin(), ids.end(), task.task_id().value()) != ids.end();
        });
        if (group == groups.end())
            link->launch(task);
        else
            *together[static_cast<std::size_t>(group - groups.begin())].add_tasks() = task;
    }
    for (const mesos::v1::TaskGroupInfo &group : together)
        deliverGroup(framework, executor, group);
}

void TaskLauncher::launchFailed(Executor &executor, const std::string &message)
{
    ContainerTermination termination;
    termination.reason = TaskStatus::REASON_CONTAINER_LAUNCH_FAILED;
    termination.message = "The container cannot be launched: " + message;
    qCWarning(agentLog) << "executor" << executor.id().c_str() << "of framework"
                        << executor.frameworkId.c_str() << ":" << termination.message.c_str();
    m_lifecycle.terminated(executor, termination);
}

Containerizer *TaskLauncher::choose(const Executor &executor) const
{
    const auto container = containerOf(executor);
    for (Containerizer *containerizer : m_services.containerizers) {
        if (containerizer->supports(container))
            return containerizer;
    }
    return nullptr;
}

std::string TaskLauncher::containerizerNames() const
{
    std::string names;
    for (const Containerizer *containerizer : m_services.containerizers)
        names += (names.empty() ? "" : ",") + containerizer->name();
    return names;
}

} // namespace meseta::agent
