#include "daemons/agent/core/recovery.h"

#include "common/base/duration_text.h"
#include "daemons/agent/core/agent_log.h"
#include "daemons/agent/executors/container_spec.h"
#include "daemons/agent/executors/default_executor.h"

namespace meseta::agent {

using mesos::v1::TaskStatus;

namespace {

Duration wallTime(double seconds)
{
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

bool isHealthFailure(const TaskStatus &status)
{
    return status.reason() == TaskStatus::REASON_TASK_HEALTH_CHECK_STATUS_UPDATED
        && status.has_healthy() && !status.healthy();
}

CommandHistory historyOf(const RecoveredTask &task)
{
    CommandHistory history;
    history.task = task.kept.info;
    history.launched = task.kept.launched;
    history.ending = task.ending.value_or(TaskEnding());
    for (const auto &update : task.updates) {
        const TaskStatus &status = update.status();
        history.startingSent = history.startingSent || status.state() == mesos::v1::TASK_STARTING;
        if (status.state() != mesos::v1::TASK_RUNNING)
            continue;
        if (!history.running)
            history.runningSince = wallTime(status.timestamp());
        history.running = status;
        history.failures = isHealthFailure(status) ? history.failures + 1 : 0;
    }
    return history;
}

GroupTaskHistory groupHistoryOf(const RecoveredTask &task)
{
    GroupTaskHistory history;
    history.task = task.kept.info;
    history.group = task.kept.group;
    history.launched = task.kept.launched;
    history.ending = task.ending.value_or(TaskEnding());
    for (const auto &update : task.updates) {
        const TaskStatus &status = update.status();
        if (status.container_status().container_id().has_parent())
            history.containerKey = containerKey(status.container_status().container_id());
        if (status.state() == mesos::v1::TASK_RUNNING)
            history.running = status;
    }
    return history;
}

mesos::v1::CommandInfo commandOf(const RecoveredRun &run)
{
    return run.isCommand ? run.tasks.front().kept.info.command() : run.info.command();
}

/// The task as its updates left it.
mesos::v1::Task asUpdated(const RecoveredTask &task)
{
    mesos::v1::Task known = task.kept.task;
    for (const auto &update : task.updates)
        recordStatus(known, update.status());
    return known;
}

bool endedBefore(const mesos::v1::Task &a, const mesos::v1::Task &b)
{
    const auto end = [](const mesos::v1::Task &task) {
        return task.statuses().empty() ? 0 : task.statuses().rbegin()->timestamp();
    };
    return end(a) < end(b);
}

ContainerTermination overBecause(const char *why)
{
    ContainerTermination termination;
    termination.message = why;
    return termination;
}

} // namespace

Recovery::Recovery(AgentContext context, AgentState &state, Parts parts)
    : m_context(context), m_state(state), m_parts(parts)
{ }

Recovery::~Recovery()
{
    m_context.patience.cancel(m_timer);
    m_context.clock.cancel(m_askTimer);
}

void Recovery::rebuild(const RecoveredAgent &earlier)
{
    m_rebooted = earlier.rebooted;
    m_parts.checkpointer.remove(earlier.leftovers);
    std::multimap<double, std::unique_ptr<Framework>> ended; // by when
    for (const RecoveredFramework &kept : earlier.frameworks) {
        auto framework = std::make_unique<Framework>();
        framework->info = kept.info;
        framework->pid = kept.pid;
        for (const RecoveredRun &run : kept.history)
            list(*framework, run);
        if (kept.runs.empty()) {
            ended.emplace(kept.lastEnded(), std::move(framework));
            continue;
        }
        Framework &known = *(m_state.frameworks[kept.info.id().value()] = std::move(framework));
        m_parts.checkpointer.knows(known);
        for (const RecoveredRun &run : kept.runs)
            restore(known, run);
    }
    for (auto &[when, framework] : ended)
        m_parts.lifecycle.remember(std::move(framework));
    // When all are known: what ends now may take its framework with it.
    for (const RecoveredFramework &kept : earlier.frameworks) {
        for (const RecoveredRun &run : kept.runs) {
            const std::string &frameworkId = kept.info.id().value();
            if (Executor *executor =
                    m_state.run(frameworkId, run.info.executor_id().value(), run.containerId))
                takeUp(*m_state.framework(frameworkId), *executor, run);
        }
    }
}

std::unique_ptr<Executor> Recovery::makeExecutor(const Framework &framework,
                                                 const RecoveredRun &run) const
{
    auto executor = std::make_unique<Executor>();
    executor->info = run.info;
    executor->frameworkId = framework.id();
    executor->containerId = run.containerId;
    executor->isCommand = run.isCommand;
    executor->isDefault = run.info.type() == mesos::v1::ExecutorInfo::DEFAULT;
    executor->isDocker =
        run.info.has_container() && run.info.container().type() == mesos::v1::ContainerInfo::DOCKER;
    executor->isKept = true;
    return executor;
}

void Recovery::restore(Framework &framework, const RecoveredRun &run)
{
    auto executor = makeExecutor(framework, run);
    executor->user = commandUser(m_context.config, framework.info, commandOf(run));
    executor->containerizer = m_parts.launcher.choose(*executor);
    executor->directory = m_parts.sandboxes.adopt(
        {m_state.id(), framework.id(), executor->id(), executor->containerId});
    executor->hasExited = run.exited;
    for (const RecoveredTask &task : run.tasks)
        restoreTask(*executor, run, task);
    std::stable_sort(executor->completed.begin(), executor->completed.end(), endedBefore);
    const std::string id = executor->id();
    framework.executors[id] = std::move(executor);
}

/// A run that was over: it is listed, its sandbox shown, and nothing else.
void Recovery::list(Framework &framework, const RecoveredRun &run)
{
    auto executor = makeExecutor(framework, run);
    executor->state = Executor::State::Terminated;
    executor->directory = m_parts.sandboxes.showEnded(
        {m_state.id(), framework.id(), executor->id(), executor->containerId});
    for (const RecoveredTask &task : run.tasks)
        executor->completed.push_back(asUpdated(task));
    std::stable_sort(executor->completed.begin(), executor->completed.end(), endedBefore);
    framework.completedExecutors.push_back(std::move(executor));
}

void Recovery::restoreTask(Executor &executor, const RecoveredRun &run, const RecoveredTask &task)
{
    mesos::v1::Task known = asUpdated(task);
    const std::string id = known.task_id().value();
    if (!task.isDone())
        m_parts.reporter.streams().restore(task.updates, task.acknowledged);
    const bool undelivered = !run.isCommand && !executor.isDefault && !run.hasRegistered();
    if (task.isDone())
        executor.completed.push_back(std::move(known));
    else if (task.hasEnded())
        executor.terminated.emplace(id, std::move(known));
    else if (undelivered && task.updates.empty() && task.kept.info.has_task_id())
        executor.queued.push_back(task.kept.info);
    else
        executor.launched.emplace(id, std::move(known));
}

void Recovery::takeUp(Framework &framework, Executor &executor, const RecoveredRun &run)
{
    const bool open = !executor.queued.empty() || !executor.launched.empty();
    if (executor.isCommand && !open) {
        // Its only task has ended; nothing but the acknowledgement is missing.
        executor.state = Executor::State::Terminated;
        m_parts.lifecycle.removeIfDone(executor);
    } else if (m_rebooted) {
        m_parts.lifecycle.terminated(executor, overBecause("the machine was restarted"));
    } else if (executor.isDefault) {
        takeUpDefault(framework, executor, run);
    } else if (!executor.containerizer) {
        m_parts.lifecycle.terminated(
            executor, overBecause("the agent was restarted without the containerizer that ran it"));
    } else if (executor.isCommand) {
        takeUpCommand(framework, executor, run);
    } else {
        takeUpCustom(framework, executor, run);
    }
}

void Recovery::takeUpCommand(Framework &framework, Executor &executor, const RecoveredRun &run)
{
    const RecoveredTask &task = run.tasks.front();
    if (!task.kept.info.has_task_id()) {
        m_parts.lifecycle.terminated(
            executor, overBecause("an agent of Mesos launched it, and its executor is gone"));
        return;
    }
    executor.state = Executor::State::Running;
    executor.containerLaunched = true;
    const auto link = m_parts.launcher.makeCommandExecutor(framework, executor, task.kept.info);
    executor.link = link;
    link->recover(historyOf(task));
}

void Recovery::takeUpDefault(Framework &framework, Executor &executor, const RecoveredRun &run)
{
    std::vector<GroupTaskHistory> tasks;
    for (const RecoveredTask &task : run.tasks) {
        if (task.hasEnded())
            continue;
        if (!task.kept.info.has_task_id())
            return m_parts.lifecycle.terminated(
                executor, overBecause("an agent of Mesos launched it, and its executor is gone"));
        tasks.push_back(groupHistoryOf(task));
    }
    // Without a container of its own it goes on so: an agent that shares nothing started it.
    if (executor.containerizer && executor.containerizer->sharesWithNested()) {
        ContainerSpec spec = executorSpec(m_context.config, m_state, framework, executor);
        spec.holdsOthers = true;
        executor.containerLaunched =
            executor.containerizer->recover(spec, m_parts.launcher.holderEvents(executor));
    }
    executor.state = Executor::State::Running;
    const auto link = m_parts.launcher.makeDefaultExecutor(framework, executor);
    executor.link = link;
    link->recover(tasks);
}

void Recovery::takeUpCustom(Framework &framework, Executor &executor, const RecoveredRun &run)
{
    executor.containerLaunched = true;
    const bool known = executor.containerizer->recover(
        executorSpec(m_context.config, m_state, framework, executor),
        m_parts.launcher.customEvents(executor));
    if (!known && (run.hasRegistered() || run.exited)) {
        m_parts.lifecycle.terminated(executor, overBecause("nothing is left of its container"));
    } else if (!known) {
        m_parts.launcher.startAgain(framework, executor);
    } else if (!run.hasRegistered()) {
        m_parts.lifecycle.expectRegistration(executor); // it may have been about to
    } else {
        executor.awaited = true;
        if (run.driver) {
            m_drivers[executor.containerId] = *run.driver;
            askBack(executor, *run.driver);
        }
    }
}

void Recovery::askBack(const Executor &executor, const messages::Pid &driver)
{
    qCInfo(agentLog) << "asking executor" << executor.id().c_str() << "to come back";
    mesos::internal::ReconnectExecutorMessage message;
    *message.mutable_slave_id() = m_state.info.id();
    m_context.outbox.link(driver);
    m_context.outbox.send(driver, message);
    const auto again = m_context.config.executorReregistrationRetryInterval;
    if (!again || m_askTimer != 0)
        return;
    m_askTimer = m_context.clock.after(*again, [this] {
        m_askTimer = 0;
        for (const Executor *late : awaited()) {
            const auto it = m_drivers.find(late->containerId);
            if (it != m_drivers.end())
                askBack(*late, it->second);
        }
    });
}

std::vector<Executor *> Recovery::awaited() const
{
    std::vector<Executor *> found;
    for (const auto &[frameworkId, framework] : m_state.frameworks) {
        for (const auto &[id, executor] : framework->executors) {
            if (executor->awaited)
                found.push_back(executor.get());
        }
    }
    return found;
}

void Recovery::whenDone(std::function<void()> done)
{
    m_done = std::move(done);
    if (!awaited().empty())
        m_timer = m_context.patience.after(m_context.config.executorReregistrationTimeout, [this] {
            m_timer = 0;
            timedOut();
        });
    look();
}

void Recovery::look()
{
    if (!m_done || !awaited().empty())
        return;
    m_context.patience.cancel(m_timer);
    m_context.clock.cancel(m_askTimer);
    m_timer = m_askTimer = 0;
    m_drivers.clear();
    std::exchange(m_done, nullptr)();
}

void Recovery::timedOut()
{
    const std::string limit = durationText(m_context.config.executorReregistrationTimeout);
    for (Executor *late : awaited()) {
        qCWarning(agentLog) << "executor" << late->id().c_str() << "did not come back within"
                            << limit.c_str();
        late->awaited = false;
        const bool aware = m_state.framework(late->frameworkId)->isPartitionAware();
        m_parts.lifecycle.destroy(
            *late,
            TerminationCause{aware ? mesos::v1::TASK_GONE : mesos::v1::TASK_LOST,
                             TaskStatus::REASON_EXECUTOR_REREGISTRATION_TIMEOUT,
                             "The executor did not come back within " + limit
                                 + " of the agent's restart (--executor_reregistration_timeout)"});
    }
    look();
}

} // namespace meseta::agent
