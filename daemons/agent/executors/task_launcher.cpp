#include "daemons/agent/executors/task_launcher.h"

#include "daemons/agent/core/agent_log.h"
#include "daemons/agent/executors/container_spec.h"
#include "daemons/agent/executors/executor_environment.h"

namespace meseta::agent {

using mesos::internal::RunTaskMessage;
using mesos::v1::TaskInfo;
using mesos::v1::TaskStatus;

TaskLauncher::TaskLauncher(AgentContext context, AgentState &state, StatusReporter &reporter,
                           ExecutorLifecycle &lifecycle, LaunchServices services)
    : m_context(context)
    , m_state(state)
    , m_reporter(reporter)
    , m_lifecycle(lifecycle)
    , m_services(std::move(services))
{ }

void TaskLauncher::run(const RunTaskMessage &message)
{
    if (m_state.lifecycle == AgentState::Lifecycle::Terminating || !m_state.isRegistered())
        return;
    Framework &framework = frameworkFor(message.framework(), message.pid());
    if (framework.state == Framework::State::Terminating) {
        qCWarning(agentLog) << "ignoring task" << message.task().task_id().value().c_str()
                            << ": its framework is being shut down";
        return;
    }
    const TaskInfo &task = message.task();
    const std::string executorId =
        task.has_executor() ? task.executor().executor_id().value() : task.task_id().value();
    Executor *executor = framework.executor(executorId);
    if (const auto no = refusal(message, executorId, executor)) {
        refuse(framework, message, executorId, *no);
        return;
    }
    qCInfo(agentLog) << "launching task" << task.task_id().value().c_str() << "of framework"
                     << framework.id().c_str();
    if (executor) {
        executor->queued.push_back(task);
        if (executor->state == Executor::State::Running)
            deliverQueued(framework, *executor);
        return;
    }
    Executor &fresh = addExecutor(framework, task);
    fresh.queued.push_back(task);
    prepare(framework, fresh);
}

void TaskLauncher::runGroup(const mesos::internal::RunTaskGroupMessage &message)
{
    if (m_state.lifecycle == AgentState::Lifecycle::Terminating || !m_state.isRegistered())
        return;
    Framework &framework = frameworkFor(message.framework(), {});
    const AgentVerdict verdict{
        mesos::v1::TASK_FAILED, TaskStatus::REASON_CONTAINER_LAUNCH_FAILED,
        "This agent does not run task groups yet (no default executor); launch the task with "
        "LAUNCH instead of LAUNCH_GROUP, with its own command or executor"};
    for (const TaskInfo &task : message.task_group().tasks())
        m_reporter.fromAgent(framework, message.executor().executor_id().value(),
                             task.task_id().value(), verdict);
    if (message.launch_executor())
        tellExecutorGone(framework.info.id(), message.executor().executor_id());
    m_lifecycle.removeFrameworkIfIdle(framework.id());
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

bool TaskLauncher::knowsResources(const RunTaskMessage &message) const
{
    return std::all_of(message.resource_version_uuids().begin(),
                       message.resource_version_uuids().end(), [this](const auto &version) {
                           return version.has_resource_provider_id()
                               || version.uuid().value() == m_state.resourceVersion;
                       });
}

std::optional<TaskLauncher::Refusal> TaskLauncher::refusal(const RunTaskMessage &message,
                                                           const std::string &executorId,
                                                           Executor *executor) const
{
    if (m_state.drain)
        return Refusal{TaskStatus::REASON_AGENT_DRAINING, "The agent is being drained"};
    if (!knowsResources(message))
        return Refusal{
            TaskStatus::REASON_INVALID_OFFERS,
            "The task was launched on an offer made before the agent's resources changed"};
    if (executor && !message.task().has_executor())
        return Refusal{TaskStatus::REASON_TASK_INVALID,
                       "A command task needs an executor of its own, but '" + executorId
                           + "' is still there"};
    if (executor && executor->state != Executor::State::Registering
        && executor->state != Executor::State::Running)
        return Refusal{TaskStatus::REASON_EXECUTOR_TERMINATED,
                       "Executor '" + executorId + "' is ending"};
    if (!message.has_launch_executor())
        return std::nullopt;
    if (message.launch_executor() && executor)
        return Refusal{TaskStatus::REASON_EXECUTOR_TERMINATED,
                       "The master expects executor '" + executorId
                           + "' to be new, but it runs already"};
    if (!message.launch_executor() && !executor)
        return Refusal{TaskStatus::REASON_EXECUTOR_TERMINATED,
                       "The master expects executor '" + executorId + "' to run, but it has ended"};
    return std::nullopt;
}

void TaskLauncher::refuse(Framework &framework, const RunTaskMessage &message,
                          const std::string &executorId, const Refusal &refusal)
{
    const std::string frameworkId = framework.id();
    const std::string &taskId = message.task().task_id().value();
    // A second task of the same id must not touch the records of the first.
    const bool known = framework.executorOfTask(taskId) != nullptr;
    m_reporter.drop(framework, known ? std::string() : executorId, taskId, refusal.reason,
                    refusal.message);
    if (message.launch_executor() && message.task().has_executor()) {
        if (Executor *stale = framework.executor(executorId);
            stale && stale->state == Executor::State::Running)
            m_lifecycle.shutdown(framework, *stale);
        tellExecutorGone(framework.info.id(), message.task().executor().executor_id());
    }
    m_lifecycle.removeFrameworkIfIdle(frameworkId);
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
                     "None of the enabled containerizers (" + containerizerNames()
                         + ") runs such a container; see --containerizers of the agent");
        return;
    }
    const SandboxId sandbox{m_state.id(), framework.id(), executor.id(), executor.containerId};
    auto directory = m_services.sandboxes->create(sandbox, executor.user);
    if (!directory) {
        launchFailed(executor, directory.error().message);
        return;
    }
    executor.directory = *directory;
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
    request.user = executor.user;
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
    else
        startCustomExecutor(framework, executor);
}

void TaskLauncher::startCommandExecutor(Framework &framework, Executor &executor)
{
    using Capability = mesos::v1::FrameworkInfo::Capability;
    CommandExecutorSetup setup;
    setup.containerizer = executor.containerizer;
    setup.spec = taskSpec(m_context.config, m_state, framework, executor, executor.queued.front());
    setup.docker = executor.isDocker;
    setup.sendsKilling = framework.hasCapability(Capability::TASK_KILLING_STATE);
    setup.shutdownGrace = shutdownGrace(m_context.config, executor.info);
    setup.probers = m_services.probers;
    executor.link =
        std::make_shared<CommandExecutor>(m_context, std::move(setup), commandHooks(executor));
    executor.state = Executor::State::Running;
    executor.containerLaunched = true;
    deliverQueued(framework, executor);
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
    hooks.started = [find](const mesos::v1::ContainerStatus &status) {
        if (Executor *current = find())
            current->lastStatus = status;
    };
    hooks.exited = [this, find](const ContainerTermination &termination) {
        if (Executor *current = find())
            m_lifecycle.terminated(*current, termination);
    };
    return hooks;
}

void TaskLauncher::startCustomExecutor(Framework &framework, Executor &executor)
{
    const auto find = [this, frameworkId = framework.id(), id = executor.id(),
                       run = executor.containerId] { return m_state.run(frameworkId, id, run); };
    ContainerEvents events;
    events.progress = [](const std::string &, std::uint64_t, std::uint64_t) {};
    events.started = [find](const mesos::v1::ContainerStatus &status) {
        if (Executor *current = find())
            current->lastStatus = status;
    };
    events.ended = [this, find](const ContainerTermination &termination) {
        if (Executor *current = find())
            m_lifecycle.terminated(*current, termination);
    };
    executor.containerLaunched = true;
    m_lifecycle.expectRegistration(executor);
    executor.containerizer->launch(executorSpec(m_context.config, m_state, framework, executor),
                                   std::move(events));
}

void TaskLauncher::deliverQueued(Framework &framework, Executor &executor)
{
    std::vector<TaskInfo> tasks;
    tasks.swap(executor.queued);
    for (const TaskInfo &task : tasks)
        executor.launched.emplace(task.task_id().value(), makeTask(task, framework.id()));
    const auto link = executor.link;
    for (const TaskInfo &task : tasks)
        link->launch(task);
}

void TaskLauncher::launchFailed(Executor &executor, const std::string &message)
{
    ContainerTermination termination;
    termination.reason = TaskStatus::REASON_CONTAINER_LAUNCH_FAILED;
    termination.message = "Failed to launch container: " + message;
    qCWarning(agentLog) << "executor" << executor.id().c_str() << "of framework"
                        << executor.frameworkId.c_str() << ":" << termination.message.c_str();
    m_lifecycle.terminated(executor, termination);
}

Containerizer *TaskLauncher::choose(const Executor &executor) const
{
    std::optional<mesos::v1::ContainerInfo> container;
    if (executor.info.has_container())
        container = executor.info.container();
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
