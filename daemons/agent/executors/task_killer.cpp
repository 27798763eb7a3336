#include "daemons/agent/executors/task_killer.h"

#include "daemons/agent/core/agent_log.h"
#include "daemons/agent/executors/executor_link.h"

namespace meseta::agent {

using mesos::v1::TaskStatus;

TaskKiller::TaskKiller(AgentState &state, StatusReporter &reporter, ExecutorLifecycle &lifecycle)
    : m_state(state), m_reporter(reporter), m_lifecycle(lifecycle)
{ }

void TaskKiller::kill(const mesos::internal::KillTaskMessage &message)
{
    const std::string &taskId = message.task_id().value();
    Framework *framework = m_state.framework(message.framework_id().value());
    if (!framework || framework->state == Framework::State::Terminating) {
        qCInfo(agentLog) << "ignoring the kill of task" << taskId.c_str()
                         << ": its framework is not here";
        return;
    }
    Executor *executor = framework->executorOfTask(taskId);
    if (!executor) {
        m_reporter.drop(*framework, {}, taskId, TaskStatus::REASON_EXECUTOR_TERMINATED,
                        "No executor on this agent has task '" + taskId + "'");
        return;
    }
    if (executor->launched.count(taskId) == 0 && executor->terminated.count(taskId) == 0) {
        killQueued(*framework, *executor, taskId);
        return;
    }
    if (executor->state == Executor::State::Running && executor->link)
        executor->link->kill(taskId, message.has_kill_policy() ? &message.kill_policy() : nullptr);
}

void TaskKiller::drain(const mesos::v1::DrainConfig &config, double now)
{
    m_state.drain = config;
    m_state.drainStart = now;
    std::vector<mesos::internal::KillTaskMessage> kills;
    for (const auto &[frameworkId, framework] : m_state.frameworks) {
        for (const auto &[id, executor] : framework->executors) {
            mesos::internal::KillTaskMessage message;
            message.mutable_framework_id()->set_value(frameworkId);
            for (const auto &task : executor->queued) {
                *message.mutable_task_id() = task.task_id();
                kills.push_back(message);
            }
            for (const auto &[taskId, task] : executor->launched) {
                message.mutable_task_id()->set_value(taskId);
                if (config.has_max_grace_period()) {
                    std::int64_t grace = config.max_grace_period().nanoseconds();
                    if (task.kill_policy().has_grace_period())
                        grace = std::min(grace, task.kill_policy().grace_period().nanoseconds());
                    message.mutable_kill_policy()->mutable_grace_period()->set_nanoseconds(grace);
                }
                kills.push_back(message);
            }
        }
    }
    for (const auto &message : kills)
        kill(message);
}

void TaskKiller::killQueued(Framework &framework, Executor &executor, const std::string &taskId)
{
    for (const std::string &id : executor.queuedWith(taskId))
        m_reporter.fromAgent(framework, executor.id(), id,
                             {mesos::v1::TASK_KILLED, TaskStatus::REASON_TASK_KILLED_DURING_LAUNCH,
                              "Killed before its executor had it"});
    if (executor.queued.empty() && executor.launched.empty())
        m_lifecycle.destroy(executor, std::nullopt); // it was started for this task only
}

} // namespace meseta::agent
