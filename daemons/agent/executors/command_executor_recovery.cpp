// The part of the command executor that takes up where one of an earlier agent was.
#include "daemons/agent/executors/command_executor.h"

namespace meseta::agent {

namespace {

/// What is left of a time in seconds that began to count when the task ran.
double remaining(double seconds, Duration passed)
{
    return std::max(0.0, seconds - std::max(0.0, std::chrono::duration<double>(passed).count()));
}

} // namespace

void CommandExecutor::recover(const CommandHistory &history)
{
    m_history = history;
    m_task = history.task;
    m_ending = history.ending;
    m_startingSent = history.startingSent;
    m_started = history.running.has_value();
    if (history.running)
        m_running = *history.running;
    if (!m_ending.begun())
        armCompletionTimer(history.launched);
    if (m_setup.containerizer->recover(m_setup.spec, events())) {
        if (m_ending.begun())
            goOnEnding();
        return;
    }
    later([](CommandExecutor &self) {
        ContainerTermination termination;
        termination.neverStarted = true;
        termination.killed = self.m_ending.begun();
        termination.message = "nothing is left of its container";
        self.onEnded(termination);
    });
}

void CommandExecutor::armCompletionTimer(Duration launched)
{
    if (!m_task->has_max_completion_time())
        return;
    const Duration passed = m_context.clock.sinceEpoch() - launched;
    const Duration limit(m_task->max_completion_time().nanoseconds());
    m_completionTimer = m_context.clock.after(limit - passed, [this] {
        m_completionTimer = 0;
        onCompletionTime();
    });
}

mesos::v1::HealthCheck CommandExecutor::remainingHealthCheck() const
{
    mesos::v1::HealthCheck check = m_task->health_check();
    if (!m_history || !m_history->running)
        return check;
    const Duration passed = m_context.clock.sinceEpoch() - m_history->runningSince;
    check.set_delay_seconds(remaining(check.delay_seconds(), passed));
    // Once healthy there is no grace period any more.
    check.set_grace_period_seconds(
        m_running.healthy() ? 0 : remaining(check.grace_period_seconds(), passed));
    const auto failed = static_cast<std::uint32_t>(m_history->failures);
    if (check.consecutive_failures() > failed)
        check.set_consecutive_failures(check.consecutive_failures() - failed);
    return check;
}

mesos::v1::CheckInfo CommandExecutor::remainingCheck() const
{
    mesos::v1::CheckInfo check = m_task->check();
    if (m_history && m_history->running)
        check.set_delay_seconds(remaining(check.delay_seconds(),
                                          m_context.clock.sinceEpoch() - m_history->runningSince));
    return check;
}

} // namespace meseta::agent
