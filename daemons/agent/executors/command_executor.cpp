#include "daemons/agent/executors/command_executor.h"

#include <cstring>
#include <sys/wait.h>

namespace meseta::agent {

using mesos::v1::TaskInfo;
using mesos::v1::TaskState;
using mesos::v1::TaskStatus;

namespace {

constexpr Duration defaultKillGrace = std::chrono::seconds(3);
// What an executor process would keep back of its shutdown grace to reap and to report.
constexpr Duration shutdownReserve = std::chrono::seconds(2);

Duration fromNanoseconds(const mesos::v1::DurationInfo &info)
{
    return std::max(Duration::zero(), Duration(info.nanoseconds()));
}

} // namespace

std::string describeEnd(int waitStatus, bool docker)
{
    // Mesos' words: there are schedulers that read the exit status out of them.
    const std::string subject = docker ? "Container" : "Command";
    if (WIFEXITED(waitStatus))
        return subject + " exited with status " + std::to_string(WEXITSTATUS(waitStatus));
    if (WIFSIGNALED(waitStatus))
        return subject + " was ended by the signal " + strsignal(WTERMSIG(waitStatus));
    return subject + " ended with wait status " + std::to_string(waitStatus);
}

CommandExecutor::CommandExecutor(AgentContext context, CommandExecutorSetup setup,
                                 CommandExecutorHooks hooks)
    : m_context(context), m_setup(std::move(setup)), m_hooks(std::move(hooks))
{ }

CommandExecutor::~CommandExecutor()
{
    stopChecks();
    m_context.clock.cancel(m_completionTimer);
}

void CommandExecutor::launch(const TaskInfo &task)
{
    if (m_task) {
        TaskStatus status = makeStatus(mesos::v1::TASK_FAILED);
        *status.mutable_task_id() = task.task_id();
        status.set_message("This executor runs one task only, and it already has task '"
                           + m_task->task_id().value() + "'");
        send(std::move(status));
        return;
    }
    m_task = task;
    armCompletionTimer(m_context.clock.sinceEpoch());
    m_setup.containerizer->launch(m_setup.spec, events());
}

ContainerEvents CommandExecutor::events()
{
    ContainerEvents events;
    const auto self = weak_from_this();
    events.progress = [self](const std::string &message, std::uint64_t done, std::uint64_t total) {
        if (auto executor = self.lock())
            executor->onProgress({message, done, total});
    };
    events.inspected = [self](const std::string &json) {
        if (auto executor = self.lock())
            executor->m_inspected = json;
    };
    events.started = [self](const mesos::v1::ContainerStatus &status) {
        if (auto executor = self.lock())
            executor->onStarted(status);
    };
    events.ended = [self](const ContainerTermination &termination) {
        if (auto executor = self.lock())
            executor->onEnded(termination);
    };
    return events;
}

void CommandExecutor::onProgress(const PullProgress &progress)
{
    if (m_closed || m_started || m_ended || m_ending.killGrace)
        return;
    const bool outstanding = m_hooks.updateOutstanding && m_hooks.updateOutstanding();
    if (!m_pull.admits(progress, m_context.clock.monotonic(), outstanding))
        return;
    TaskStatus status = makeStatus(mesos::v1::TASK_STARTING);
    describeProgress(progress, status);
    m_startingSent = true;
    send(std::move(status));
}

void CommandExecutor::onStarted(const mesos::v1::ContainerStatus &containerStatus)
{
    if (m_closed || m_ended)
        return;
    const bool known = std::exchange(m_started, true); // it ran under the earlier agent already
    if (m_hooks.started)
        m_hooks.started(containerStatus);
    if (m_ending.begun())
        return;
    if (known) {
        startChecks();
        return;
    }
    sendStarting();
    m_running = makeStatus(mesos::v1::TASK_RUNNING);
    if (m_setup.docker && !m_inspected.empty())
        m_running.set_data(m_inspected);
    send(m_running);
    startChecks();
}

void CommandExecutor::sendStarting()
{
    if (m_startingSent)
        return;
    m_startingSent = true;
    send(makeStatus(mesos::v1::TASK_STARTING));
}

void CommandExecutor::startChecks()
{
    if (!m_task->has_health_check() && !m_task->has_check())
        return;
    const auto prober = m_setup.probers
        ? m_setup.probers(m_setup.spec.containerId, *m_setup.containerizer)
        : nullptr;
    if (!prober)
        return;
    const auto self = weak_from_this();
    if (m_task->has_health_check()) {
        HealthEvents events;
        events.health = [self](bool healthy, const std::string &message) {
            if (auto executor = self.lock())
                executor->onHealth(healthy, message);
        };
        events.kill = [self](const std::string &) {
            if (auto executor = self.lock())
                executor->onUnhealthyForGood();
        };
        m_healthChecker = std::make_shared<HealthChecker>(remainingHealthCheck(), m_context.clock,
                                                          prober, events);
    }
    if (m_task->has_check()) {
        CheckEvents events;
        events.status = [self](const mesos::v1::CheckStatusInfo &status) {
            if (auto executor = self.lock())
                executor->onCheck(status);
        };
        m_checker = std::make_shared<Checker>(remainingCheck(), m_context.clock, prober, events);
    }
}

void CommandExecutor::stopChecks()
{
    if (!m_healthChecker && !m_checker)
        return;
    // One of them may be calling right now; they go at the next turn.
    m_context.clock.after(Duration::zero(),
                          [health = std::move(m_healthChecker), check = std::move(m_checker)] {});
    m_healthChecker.reset();
    m_checker.reset();
}

void CommandExecutor::onHealth(bool healthy, const std::string &message)
{
    if (m_closed || m_ended || m_ending.killGrace || m_ending.tooLong)
        return;
    if (healthy && m_running.healthy())
        return; // known since before the agent's restart
    m_running = runningAgain(TaskStatus::REASON_TASK_HEALTH_CHECK_STATUS_UPDATED);
    m_running.set_healthy(healthy);
    if (!message.empty())
        m_running.set_message(message);
    send(m_running);
}

void CommandExecutor::onUnhealthyForGood()
{
    if (m_closed || m_ended || m_ending.killGrace)
        return;
    m_ending.unhealthy = true;
    kill(m_task->task_id().value(), nullptr);
}

void CommandExecutor::onCheck(const mesos::v1::CheckStatusInfo &checkStatus)
{
    if (m_closed || m_ended || m_ending.killGrace || m_ending.tooLong)
        return;
    if (m_history
        && m_running.check_status().SerializeAsString() == checkStatus.SerializeAsString())
        return; // as before the agent's restart
    m_running = runningAgain(TaskStatus::REASON_TASK_CHECK_STATUS_UPDATED);
    *m_running.mutable_check_status() = checkStatus;
    send(m_running);
}

void CommandExecutor::onCompletionTime()
{
    if (m_ended || m_ending.killGrace)
        return;
    m_ending.tooLong = true;
    m_ending.since = m_context.clock.sinceEpoch();
    stopChecks();
    keepEnding([](CommandExecutor &self) { self.goOnEnding(); });
}

void CommandExecutor::kill(const std::string &taskId, const mesos::v1::KillPolicy *policy)
{
    if (!m_task || m_task->task_id().value() != taskId)
        return;
    if (!m_started && !m_ended && !m_ending.killGrace && !m_ending.tooLong) {
        m_ending.duringLaunch = true;
        m_ending.killGrace = Duration::zero();
        m_ending.since = m_context.clock.sinceEpoch();
        keepEnding([](CommandExecutor &self) { self.goOnEnding(); });
        return;
    }
    Duration grace = m_setup.docker ? m_setup.shutdownGrace : defaultKillGrace;
    if (policy && policy->has_grace_period())
        grace = fromNanoseconds(policy->grace_period());
    else if (m_task->kill_policy().has_grace_period())
        grace = fromNanoseconds(m_task->kill_policy().grace_period());
    killTask(grace);
}

void CommandExecutor::killTask(Duration grace)
{
    if (m_ended || m_ending.tooLong || (m_ending.killGrace && grace >= *m_ending.killGrace))
        return; // a repeated kill may only shorten the grace period
    const bool first = !m_ending.killGrace;
    m_ending.killGrace = grace;
    m_ending.since = m_context.clock.sinceEpoch();
    if (first) {
        m_context.clock.cancel(m_completionTimer);
        m_completionTimer = 0;
        stopChecks();
    }
    // Kept first: an agent that finds the container ended has to know why.
    keepEnding([first](CommandExecutor &self) {
        if (first && self.m_setup.sendsKilling)
            self.send(self.makeStatus(mesos::v1::TASK_KILLING));
        self.goOnEnding();
    });
}

void CommandExecutor::keepEnding(std::function<void(CommandExecutor &)> then)
{
    if (!m_hooks.keepEnding)
        return then(*this);
    m_hooks.keepEnding(m_ending, [self = weak_from_this(), then = std::move(then)] {
        const auto executor = self.lock();
        if (executor && !executor->m_closed && !executor->m_ended)
            then(*executor);
    });
}

/// Ends the container as far as its ending has got; what is left of the grace period counts from
/// when it began.
void CommandExecutor::goOnEnding()
{
    if (m_ending.duringLaunch) {
        m_setup.containerizer->destroy(m_setup.spec.containerId);
        return;
    }
    const Duration passed = m_context.clock.sinceEpoch() - m_ending.since;
    const Duration grace = m_ending.tooLong ? Duration::zero() : *m_ending.killGrace;
    m_setup.containerizer->kill(
        m_setup.spec.containerId,
        std::max(Duration::zero(), grace - std::max(passed, Duration::zero())));
}

void CommandExecutor::shutdown()
{
    if (!m_task) {
        later([](CommandExecutor &self) { self.m_hooks.exited({}); });
        return;
    }
    killTask(std::max(Duration::zero(), m_setup.shutdownGrace - shutdownReserve));
}

void CommandExecutor::onEnded(const ContainerTermination &termination)
{
    if (m_closed || m_ended)
        return;
    if (termination.neverStarted && !m_started && !m_ending.begun() && m_hooks.launchAgain) {
        m_hooks.launchAgain(*m_task);
        return;
    }
    m_ended = true;
    m_context.clock.cancel(m_completionTimer);
    m_completionTimer = 0;
    stopChecks();
    if (m_ending.duringLaunch) {
        ContainerTermination killed;
        killed.killed = true;
        killed.reason = TaskStatus::REASON_TASK_KILLED_DURING_LAUNCH;
        killed.message = "Killed before it was started";
        m_hooks.exited(killed);
        return;
    }
    if (isForAgent(termination)) {
        m_hooks.exited(termination);
        return;
    }
    // A command may be over before its start was told.
    if (!m_started && !m_ending.killGrace && !m_ending.tooLong) {
        sendStarting();
        send(makeStatus(mesos::v1::TASK_RUNNING));
    }
    send(terminalStatus(termination));
}

bool CommandExecutor::isForAgent(const ContainerTermination &termination) const
{
    if (m_ending.killGrace || m_ending.tooLong)
        return false;
    return termination.reason.has_value() || !termination.waitStatus.has_value();
}

TaskStatus CommandExecutor::terminalStatus(const ContainerTermination &termination) const
{
    std::string what = termination.message; // the containerizer may know more than the status tells
    if (what.empty() && termination.waitStatus)
        what = describeEnd(*termination.waitStatus, m_setup.docker);
    TaskState state = mesos::v1::TASK_FAILED;
    if (m_ending.killGrace)
        state = mesos::v1::TASK_KILLED;
    else if (!m_ending.tooLong && termination.waitStatus && WIFEXITED(*termination.waitStatus)
             && WEXITSTATUS(*termination.waitStatus) == 0)
        state = mesos::v1::TASK_FINISHED;

    TaskStatus status = makeStatus(state);
    if (!what.empty())
        status.set_message(what);
    if (m_ending.tooLong)
        status.set_reason(TaskStatus::REASON_MAX_COMPLETION_TIME_REACHED);
    if (m_ending.unhealthy)
        status.set_healthy(false);
    return status;
}

TaskStatus CommandExecutor::makeStatus(TaskState state) const
{
    TaskStatus status;
    if (m_task)
        *status.mutable_task_id() = m_task->task_id();
    status.set_state(state);
    status.mutable_executor_id()->set_value(m_setup.spec.executorId);
    if (m_task && m_task->has_check())
        *status.mutable_check_status() = initialCheckStatus(m_task->check());
    return status;
}

TaskStatus CommandExecutor::runningAgain(TaskStatus::Reason reason) const
{
    TaskStatus status = m_running;
    status.set_reason(reason);
    status.clear_message();
    return status;
}

void CommandExecutor::send(TaskStatus status)
{
    status.set_uuid(m_context.random.uuidBytes());
    status.set_timestamp(m_context.clock.seconds());
    if (m_ended
        && (status.state() != mesos::v1::TASK_STARTING
            && status.state() != mesos::v1::TASK_RUNNING))
        m_terminalUuid = status.uuid();
    m_hooks.update(std::move(status));
}

void CommandExecutor::acknowledged(const std::string &, const std::string &uuid)
{
    // Once the agent has the terminal status this executor has nothing left to do.
    if (!m_terminalUuid.empty() && uuid == m_terminalUuid)
        later([](CommandExecutor &self) { self.m_hooks.exited({}); });
}

void CommandExecutor::later(std::function<void(CommandExecutor &)> call)
{
    m_context.clock.after(Duration::zero(), [self = weak_from_this(), call = std::move(call)] {
        const auto executor = self.lock();
        if (executor && !executor->m_closed)
            call(*executor);
    });
}

void CommandExecutor::close()
{
    m_closed = true;
    stopChecks();
    m_context.clock.cancel(m_completionTimer);
    m_completionTimer = 0;
}

} // namespace meseta::agent
