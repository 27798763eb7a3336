#include "daemons/agent/executors/default_executor.h"

#include <csignal>

#include <sys/wait.h>

#include "daemons/agent/core/agent_log.h"

namespace meseta::agent {

using mesos::v1::TaskInfo;
using mesos::v1::TaskState;
using mesos::v1::TaskStatus;

namespace {

constexpr Duration defaultKillGrace = std::chrono::seconds(3);

Duration graceOf(const TaskInfo &task)
{
    if (!task.kill_policy().has_grace_period())
        return defaultKillGrace;
    return std::max(Duration::zero(), Duration(task.kill_policy().grace_period().nanoseconds()));
}

} // namespace

DefaultExecutor::DefaultExecutor(AgentContext context, NestedContainers &containers,
                                 DefaultExecutorSetup setup, DefaultExecutorHooks hooks)
    : m_context(context)
    , m_containers(containers)
    , m_setup(std::move(setup))
    , m_hooks(std::move(hooks))
{ }

DefaultExecutor::~DefaultExecutor()
{
    for (auto &[id, child] : m_children)
        m_context.clock.cancel(child.completionTimer);
}

DefaultExecutor::Child *DefaultExecutor::find(const std::string &taskId)
{
    const auto at = m_children.find(taskId);
    return m_closed || at == m_children.end() ? nullptr : &at->second;
}

void DefaultExecutor::launch(const TaskInfo &task)
{
    qCWarning(agentLog) << "executor" << m_setup.executorId.c_str()
                        << "runs task groups only, but was given task"
                        << task.task_id().value().c_str() << "by itself; it ends";
    shutdown();
}

bool DefaultExecutor::launchGroup(const mesos::v1::TaskGroupInfo &group)
{
    const std::uint64_t number = ++m_groups;
    for (const TaskInfo &task : group.tasks())
        start(task, number);
    return true;
}

void DefaultExecutor::start(const TaskInfo &task, std::uint64_t group)
{
    const std::string taskId = task.task_id().value();
    Child &child = m_children[taskId];
    child.task = task;
    child.group = group;
    child.key = m_setup.containerId + "." + m_context.random.uuid();
    armCompletionTimer(child, Duration::zero());
    m_containers.launch(child.key, m_setup.spec(task), m_setup.sandbox, events(taskId));
    send(makeStatus(child, mesos::v1::TASK_STARTING));
}

void DefaultExecutor::armCompletionTimer(Child &child, Duration passed)
{
    if (!child.task.has_max_completion_time())
        return;
    const Duration limit(child.task.max_completion_time().nanoseconds());
    child.completionTimer =
        m_context.clock.after(std::max(Duration::zero(), limit - passed),
                              [self = weak_from_this(), taskId = child.task.task_id().value()] {
                                  if (const auto executor = self.lock())
                                      executor->onCompletionTime(taskId);
                              });
}

void DefaultExecutor::recover(const std::vector<GroupTaskHistory> &tasks)
{
    std::map<std::string, std::uint64_t> groups;
    for (const GroupTaskHistory &task : tasks) {
        std::uint64_t &group = groups[task.group];
        if (group == 0)
            group = ++m_groups;
        if (task.containerKey.empty())
            start(task.task, group);
        else
            takeUp(task, group);
    }
    m_groups = std::max<std::uint64_t>(m_groups, 1);
    exitWhenIdle();
}

void DefaultExecutor::takeUp(const GroupTaskHistory &task, std::uint64_t group)
{
    const std::string taskId = task.task.task_id().value();
    Child &child = m_children[taskId];
    child.task = task.task;
    child.group = group;
    child.key = task.containerKey;
    child.ending = task.ending;
    m_unhealthy = m_unhealthy || task.ending.unhealthy;
    if (task.running) {
        child.running = *task.running;
        child.pid = task.running->container_status().executor_pid();
    }
    if (!child.ending.begun())
        armCompletionTimer(child, m_context.clock.sinceEpoch() - task.launched);
    const bool wasRunning = task.running.has_value();
    m_containers.recover(child.key, m_setup.spec(task.task), m_setup.sandbox, events(taskId));
    child.toldRunning = wasRunning;
    if (child.ending.begun())
        goOnEnding(taskId);
}

NestedContainers::Events DefaultExecutor::events(const std::string &taskId)
{
    const auto self = weak_from_this();
    NestedContainers::Events events;
    events.started = [self, taskId](const mesos::v1::ContainerStatus &status) {
        const auto executor = self.lock();
        if (Child *child = executor ? executor->find(taskId) : nullptr)
            executor->onStarted(*child, status);
    };
    events.ended = [self, taskId](const ContainerTermination &termination) {
        if (const auto executor = self.lock())
            executor->onEnded(taskId, termination);
    };
    events.progress = [self, taskId](const PullProgress &progress) {
        const auto executor = self.lock();
        if (Child *child = executor ? executor->find(taskId) : nullptr)
            executor->onProgress(*child, progress);
    };
    return events;
}

void DefaultExecutor::onProgress(Child &child, const PullProgress &progress)
{
    if (child.started || child.toldRunning || child.ending.begun())
        return;
    const std::string &taskId = child.task.task_id().value();
    const bool outstanding = m_hooks.updateOutstanding && m_hooks.updateOutstanding(taskId);
    if (!child.pull.admits(progress, m_context.clock.monotonic(), outstanding))
        return;
    TaskStatus status = makeStatus(child, mesos::v1::TASK_STARTING);
    describeProgress(progress, status);
    send(std::move(status));
}

void DefaultExecutor::onStarted(Child &child, const mesos::v1::ContainerStatus &status)
{
    child.started = true;
    child.pid = status.executor_pid();
    if (child.ending.begun())
        return;
    if (!child.toldRunning) {
        child.running = makeStatus(child, mesos::v1::TASK_RUNNING);
        send(child.running);
    }
    startChecks(child);
}

void DefaultExecutor::onEnded(const std::string &taskId, const ContainerTermination &termination)
{
    Child *child = find(taskId);
    if (!child)
        return;
    // A command may be over before its start was told.
    const bool ran = termination.waitStatus && !termination.reason;
    if (ran && !child->started && !child->toldRunning && !child->ending.begun())
        send(makeStatus(*child, mesos::v1::TASK_RUNNING));
    stopChecks(*child);
    m_context.clock.cancel(child->completionTimer);
    const TaskStatus status = terminalStatus(*child, termination);
    const std::uint64_t group = child->group;
    m_children.erase(taskId);
    send(status);
    if (status.state() == mesos::v1::TASK_FAILED || status.state() == mesos::v1::TASK_KILLED)
        killGroup(group);
    exitWhenIdle();
}

TaskStatus DefaultExecutor::terminalStatus(const Child &child,
                                           const ContainerTermination &termination) const
{
    TaskState state = mesos::v1::TASK_FAILED;
    if (child.ending.killGrace)
        state = mesos::v1::TASK_KILLED;
    else if (!child.ending.tooLong && !termination.reason && termination.waitStatus
             && WIFEXITED(*termination.waitStatus) && WEXITSTATUS(*termination.waitStatus) == 0)
        state = mesos::v1::TASK_FINISHED;
    TaskStatus status = makeStatus(child, state);
    status.mutable_container_status()->clear_executor_pid(); // there is none any more
    if (!termination.message.empty())
        status.set_message(termination.message);
    else if (termination.waitStatus)
        status.set_message(describeEnd(*termination.waitStatus, false));
    if (child.ending.tooLong)
        status.set_reason(TaskStatus::REASON_MAX_COMPLETION_TIME_REACHED);
    // That a container never came to be has no reason of its own in Mesos' executor.
    else if (!child.ending.killGrace && termination.reason
             && termination.reason != TaskStatus::REASON_CONTAINER_LAUNCH_FAILED)
        status.set_reason(*termination.reason);
    if (termination.limitation && !child.ending.killGrace)
        *status.mutable_limitation() = *termination.limitation;
    if (m_unhealthy)
        status.set_healthy(false);
    return status;
}

void DefaultExecutor::onHealth(const std::string &taskId, bool healthy, const std::string &message)
{
    Child *child = find(taskId);
    if (!child || child->ending.begun())
        return;
    sendAgain(*child, TaskStatus::REASON_TASK_HEALTH_CHECK_STATUS_UPDATED,
              [healthy, &message](TaskStatus &status) {
                  status.set_healthy(healthy);
                  if (!message.empty())
                      status.set_message(message);
              });
}

void DefaultExecutor::onUnhealthyForGood(const std::string &taskId)
{
    Child *child = find(taskId);
    if (!child || child->ending.killGrace)
        return;
    m_unhealthy = true;
    child->ending.unhealthy = true;
    kill(taskId, nullptr);
}

void DefaultExecutor::onCheck(const std::string &taskId,
                              const mesos::v1::CheckStatusInfo &checkStatus)
{
    Child *child = find(taskId);
    if (!child || child->ending.begun())
        return;
    sendAgain(*child, TaskStatus::REASON_TASK_CHECK_STATUS_UPDATED,
              [&checkStatus](TaskStatus &status) { *status.mutable_check_status() = checkStatus; });
}

void DefaultExecutor::sendAgain(Child &child, TaskStatus::Reason reason,
                                const std::function<void(TaskStatus &)> &change)
{
    child.running.set_reason(reason);
    child.running.clear_message();
    change(child.running);
    send(child.running);
}

void DefaultExecutor::onCompletionTime(const std::string &taskId)
{
    Child *child = find(taskId);
    if (!child || child->ending.killGrace)
        return;
    child->completionTimer = 0;
    child->ending.tooLong = true;
    endChild(*child);
}

void DefaultExecutor::kill(const std::string &taskId, const mesos::v1::KillPolicy *policy)
{
    Child *child = find(taskId);
    if (!child || child->ending.killGrace || m_shuttingDown)
        return; // unlike the command executor's, a kill cannot be shortened
    const bool given = policy && policy->has_grace_period();
    killChild(*child,
              given ? std::max(Duration::zero(), Duration(policy->grace_period().nanoseconds()))
                    : graceOf(child->task));
}

void DefaultExecutor::killChild(Child &child, Duration grace)
{
    child.ending.killGrace = grace;
    const std::string taskId = child.task.task_id().value();
    if (m_setup.sendsKilling)
        send(makeStatus(child, mesos::v1::TASK_KILLING));
    if (Child *still = find(taskId))
        endChild(*still);
}

/// Begins to end a task's container, once it is kept that this was decided.
void DefaultExecutor::endChild(Child &child)
{
    stopChecks(child);
    m_context.clock.cancel(child.completionTimer);
    child.completionTimer = 0;
    child.ending.since = m_context.clock.sinceEpoch();
    const std::string taskId = child.task.task_id().value();
    if (!m_hooks.keepEnding)
        return goOnEnding(taskId);
    m_hooks.keepEnding(taskId, child.ending, [self = weak_from_this(), taskId] {
        if (const auto executor = self.lock())
            executor->goOnEnding(taskId);
    });
}

/// What is left of the grace period counts from when it began, maybe under an earlier agent.
void DefaultExecutor::goOnEnding(const std::string &taskId)
{
    const Child *child = find(taskId);
    if (!child)
        return;
    const Duration passed = m_context.clock.sinceEpoch() - child->ending.since;
    const Duration grace =
        child->ending.tooLong ? Duration::zero() : child->ending.killGrace.value_or(Duration());
    m_containers.kill(child->key, std::max(Duration::zero(), grace - passed));
}

void DefaultExecutor::killGroup(std::uint64_t group)
{
    std::vector<std::string> ids;
    for (const auto &[id, child] : m_children) {
        if (child.group == group && !child.ending.killGrace)
            ids.push_back(id);
    }
    for (const std::string &id : ids) {
        if (Child *child = find(id))
            killChild(*child, graceOf(child->task));
    }
}

void DefaultExecutor::shutdown()
{
    if (std::exchange(m_shuttingDown, true))
        return;
    std::vector<std::string> ids;
    for (const auto &[id, child] : m_children) {
        if (!child.ending.killGrace)
            ids.push_back(id);
    }
    for (const std::string &id : ids) {
        if (Child *child = find(id))
            killChild(*child, defaultKillGrace);
    }
    exitWhenIdle();
}

void DefaultExecutor::startChecks(Child &child)
{
    Containerizer *containerizer = m_containers.containerizerOf(child.key);
    if ((!child.task.has_health_check() && !child.task.has_check()) || !containerizer)
        return;
    const auto prober = m_setup.probers ? m_setup.probers(child.key, *containerizer) : nullptr;
    if (!prober)
        return;
    const auto self = weak_from_this();
    const std::string taskId = child.task.task_id().value();
    if (child.task.has_health_check()) {
        HealthEvents events;
        events.health = [self, taskId](bool healthy, const std::string &message) {
            if (const auto executor = self.lock())
                executor->onHealth(taskId, healthy, message);
        };
        events.kill = [self, taskId](const std::string &) {
            if (const auto executor = self.lock())
                executor->onUnhealthyForGood(taskId);
        };
        child.healthChecker = std::make_shared<HealthChecker>(child.task.health_check(),
                                                              m_context.clock, prober, events);
    }
    if (child.task.has_check()) {
        CheckEvents events;
        events.status = [self, taskId](const mesos::v1::CheckStatusInfo &status) {
            if (const auto executor = self.lock())
                executor->onCheck(taskId, status);
        };
        child.checker =
            std::make_shared<Checker>(child.task.check(), m_context.clock, prober, events);
    }
}

void DefaultExecutor::stopChecks(Child &child)
{
    if (!child.healthChecker && !child.checker)
        return;
    // One of them may be calling right now; they go at the next turn.
    m_context.clock.after(
        Duration::zero(),
        [health = std::move(child.healthChecker), check = std::move(child.checker)] {});
    child.healthChecker.reset();
    child.checker.reset();
}

TaskStatus DefaultExecutor::makeStatus(const Child &child, TaskState state) const
{
    TaskStatus status;
    *status.mutable_task_id() = child.task.task_id();
    status.set_state(state);
    status.mutable_executor_id()->set_value(m_setup.executorId);
    mesos::v1::ContainerStatus &container = *status.mutable_container_status();
    *container.mutable_container_id() = containerIdOf(child.key);
    if (child.pid != 0)
        container.set_executor_pid(child.pid);
    if (child.task.has_check())
        *status.mutable_check_status() = initialCheckStatus(child.task.check());
    return status;
}

void DefaultExecutor::send(TaskStatus status)
{
    status.set_uuid(m_context.random.uuidBytes());
    status.set_timestamp(m_context.clock.seconds());
    m_unacknowledged.insert(status.uuid());
    m_hooks.update(std::move(status));
}

void DefaultExecutor::acknowledged(const std::string &, const std::string &uuid)
{
    if (m_unacknowledged.erase(uuid) > 0)
        exitWhenIdle();
}

void DefaultExecutor::exitWhenIdle()
{
    const bool idle = m_children.empty() && m_unacknowledged.empty();
    if (!idle || m_exiting || (m_groups == 0 && !m_shuttingDown))
        return;
    m_exiting = true;
    later([](DefaultExecutor &self) {
        if (!self.m_children.empty() && !self.m_shuttingDown) { // another group came just now
            self.m_exiting = false;
            return;
        }
        ContainerTermination termination;
        termination.waitStatus = self.m_shuttingDown ? SIGKILL : 0; // as a process would be told of
        self.m_hooks.exited(termination);
    });
}

void DefaultExecutor::later(std::function<void(DefaultExecutor &)> call)
{
    m_context.clock.after(Duration::zero(), [self = weak_from_this(), call = std::move(call)] {
        const auto executor = self.lock();
        if (executor && !executor->m_closed)
            call(*executor);
    });
}

void DefaultExecutor::close()
{
    m_closed = true;
    for (auto &[id, child] : m_children) {
        stopChecks(child);
        m_context.clock.cancel(child.completionTimer);
        child.completionTimer = 0;
    }
}

} // namespace meseta::agent
