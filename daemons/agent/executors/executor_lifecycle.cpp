#include "daemons/agent/executors/executor_lifecycle.h"

#include "common/base/duration_text.h"
#include "daemons/agent/core/agent_log.h"
#include "daemons/agent/executors/executor_environment.h"
#include "daemons/agent/executors/executor_link.h"

namespace meseta::agent {

using mesos::v1::TaskStatus;

ExecutorLifecycle::ExecutorLifecycle(AgentContext context, AgentState &state,
                                     StatusReporter &reporter, SandboxStore &sandboxes,
                                     Checkpointer &checkpointer)
    : m_context(context)
    , m_state(state)
    , m_reporter(reporter)
    , m_sandboxes(sandboxes)
    , m_checkpointer(checkpointer)
{
    m_sandboxes.onCollected = [this](const SandboxId &sandbox) { collected(sandbox); };
}

ExecutorLifecycle::~ExecutorLifecycle()
{
    m_sandboxes.onCollected = nullptr;
}

void ExecutorLifecycle::expectRegistration(Executor &executor)
{
    executor.registrationTimer = m_context.patience.after(
        m_context.config.executorRegistrationTimeout,
        [this, frameworkId = executor.frameworkId, id = executor.id(), run = executor.containerId] {
            if (Executor *late = m_state.run(frameworkId, id, run))
                registrationTimedOut(*late);
        });
}

void ExecutorLifecycle::registrationTimedOut(Executor &executor)
{
    executor.registrationTimer = 0;
    if (executor.state != Executor::State::Registering)
        return;
    const std::string limit = durationText(m_context.config.executorRegistrationTimeout);
    qCWarning(agentLog) << "executor" << executor.id().c_str() << "did not register within"
                        << limit.c_str();
    destroy(
        executor,
        TerminationCause{
            mesos::v1::TASK_FAILED, TaskStatus::REASON_EXECUTOR_REGISTRATION_TIMEOUT,
            "The executor did not subscribe within " + limit
                + " (--executor_registration_timeout); its stderr in the sandbox may tell why"});
}

void ExecutorLifecycle::shutdown(Framework &framework, Executor &executor)
{
    if (executor.state == Executor::State::Terminating
        || executor.state == Executor::State::Terminated)
        return;
    executor.state = Executor::State::Terminating;
    m_context.patience.cancel(executor.registrationTimer);
    executor.registrationTimer = 0;
    if (!executor.link) { // nobody to ask
        destroy(executor, std::nullopt);
        return;
    }
    executor.shutdownTimer = m_context.clock.after(
        shutdownGrace(m_context.config, executor.info),
        [this, frameworkId = framework.id(), id = executor.id(), run = executor.containerId] {
            Executor *late = m_state.run(frameworkId, id, run);
            if (!late || late->state != Executor::State::Terminating)
                return;
            late->shutdownTimer = 0;
            destroy(*late, std::nullopt);
        });
    executor.link->shutdown();
}

void ExecutorLifecycle::destroy(Executor &executor, std::optional<TerminationCause> cause)
{
    if (executor.state == Executor::State::Terminated)
        return;
    executor.state = Executor::State::Terminating;
    if (cause && !executor.cause)
        executor.cause = std::move(cause);
    if (executor.containerLaunched) {
        executor.containerizer->destroy(executor.containerId);
        return;
    }
    if (onDestroy)
        onDestroy(executor.containerId);
    ContainerTermination termination;
    termination.killed = true;
    terminated(executor, termination);
}

void ExecutorLifecycle::terminated(Executor &executor, const ContainerTermination &termination)
{
    if (executor.state == Executor::State::Terminated)
        return;
    Framework *framework = m_state.framework(executor.frameworkId);
    executor.state = Executor::State::Terminated;
    executor.awaited = false;
    m_context.patience.cancel(executor.registrationTimer);
    m_context.clock.cancel(executor.shutdownTimer);
    executor.registrationTimer = executor.shutdownTimer = 0;
    if (executor.link)
        std::exchange(executor.link, nullptr)->close();
    if (onTerminated)
        onTerminated(executor.containerId);
    ++m_state.counters.executorsTerminated;
    if (termination.reason == TaskStatus::REASON_CONTAINER_LAUNCH_FAILED)
        ++m_state.counters.containerLaunchErrors;
    if (termination.destroyFailed)
        ++m_state.counters.containerDestroyErrors;

    tellExit(*framework, executor, termination);
    endTasks(*framework, executor, termination);
    removeIfDone(executor);
}

void ExecutorLifecycle::tellExit(const Framework &framework, const Executor &executor,
                                 const ContainerTermination &termination)
{
    if (executor.isCommand)
        return;
    mesos::internal::ExitedExecutorMessage message;
    *message.mutable_slave_id() = m_state.info.id();
    *message.mutable_framework_id() = framework.info.id();
    *message.mutable_executor_id() = executor.info.executor_id();
    message.set_status(termination.waitStatus.value_or(-1));
    m_checkpointer.exited(framework, executor, [context = m_context, message](const Result<> &) {
        context.outbox.send(context.config.master, message);
    });
}

void ExecutorLifecycle::endTasks(Framework &framework, Executor &executor,
                                 const ContainerTermination &termination)
{
    AgentVerdict verdict;
    verdict.message = "Executor terminated";
    if (executor.cause) {
        verdict = {executor.cause->state, executor.cause->reason, executor.cause->message};
    } else if (termination.reason) {
        verdict.reason = *termination.reason;
        if (verdict.reason == TaskStatus::REASON_TASK_KILLED_DURING_LAUNCH)
            verdict.state = mesos::v1::TASK_KILLED;
        verdict.message = termination.message;
        verdict.limitation = termination.limitation;
    } else if (!termination.message.empty()) {
        verdict.message += ": " + termination.message;
    }
    std::vector<std::string> open;
    for (const auto &task : executor.queued)
        open.push_back(task.task_id().value());
    for (const auto &[id, task] : executor.launched)
        open.push_back(id);
    for (const std::string &taskId : open)
        m_reporter.fromAgent(framework, executor.id(), taskId, verdict);
}

void ExecutorLifecycle::shutdownFramework(Framework &framework)
{
    if (framework.state == Framework::State::Terminating)
        return;
    framework.state = Framework::State::Terminating;
    m_reporter.streams().forget(framework.id());
    std::vector<std::string> ids;
    for (const auto &[id, executor] : framework.executors)
        ids.push_back(id);
    const std::string frameworkId = framework.id();
    for (const std::string &id : ids) {
        Executor *executor = m_state.executor(frameworkId, id);
        if (!executor)
            continue;
        if (executor->state == Executor::State::Terminated)
            removeIfDone(*executor); // its updates will not be acknowledged any more
        else
            shutdown(framework, *executor);
    }
    removeFrameworkIfIdle(frameworkId);
}

void ExecutorLifecycle::removeIfDone(Executor &executor)
{
    Framework *framework = m_state.framework(executor.frameworkId);
    const bool terminating = framework->state == Framework::State::Terminating;
    if (executor.state != Executor::State::Terminated
        || (executor.hasIncompleteTasks() && !terminating))
        return;
    m_sandboxes.retire({m_state.id(), framework->id(), executor.id(), executor.containerId});
    // Not forgotten before that is kept: a later agent would take it for never started.
    m_checkpointer.over(*framework, executor,
                        [containerizer = executor.containerizer,
                         container = executor.containerId](const Result<> &) {
                            if (containerizer)
                                containerizer->forget(container);
                        });
    auto node = framework->executors.extract(executor.id());
    std::unique_ptr<Executor> ended = std::move(node.mapped());
    for (auto *tasks : {&ended->launched, &ended->terminated}) {
        for (auto &[id, task] : *tasks)
            ended->completed.push_back(std::move(task));
        tasks->clear();
    }
    ended->queued.clear();
    framework->completedExecutors.push_back(std::move(ended));
    if (framework->completedExecutors.size() > m_context.config.maxCompletedExecutorsPerFramework) {
        const std::unique_ptr<Executor> oldest = std::move(framework->completedExecutors.front());
        framework->completedExecutors.pop_front();
        m_checkpointer.forget(*framework, *oldest);
    }
    removeFrameworkIfIdle(framework->id());
}

void ExecutorLifecycle::removeFrameworkIfIdle(const std::string &frameworkId)
{
    const Framework *framework = m_state.framework(frameworkId);
    if (framework && framework->executors.empty())
        removeFramework(frameworkId);
}

void ExecutorLifecycle::removeFramework(const std::string &frameworkId)
{
    auto node = m_state.frameworks.extract(frameworkId);
    m_checkpointer.over(*node.mapped());
    remember(std::move(node.mapped()));
    if (onFrameworkRemoved)
        onFrameworkRemoved();
}

void ExecutorLifecycle::remember(std::unique_ptr<Framework> framework)
{
    auto &history = m_state.completedFrameworks;
    history.push_back(std::move(framework));
    if (history.size() > maxCompletedFrameworks) {
        m_checkpointer.forget(*history.front());
        history.pop_front();
    }
}

void ExecutorLifecycle::collected(const SandboxId &sandbox)
{
    if (sandbox.agentId != m_state.id())
        return;
    const auto forgetIn = [&](const Framework &framework) {
        for (const auto &ended : framework.completedExecutors) {
            if (ended->containerId == sandbox.containerId)
                m_checkpointer.forget(framework, *ended);
        }
    };
    if (const Framework *framework = m_state.framework(sandbox.frameworkId))
        return forgetIn(*framework);
    for (const auto &framework : m_state.completedFrameworks) {
        if (framework->id() == sandbox.frameworkId)
            return forgetIn(*framework);
    }
}

} // namespace meseta::agent
