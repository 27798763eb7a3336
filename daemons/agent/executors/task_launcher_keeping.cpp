// The part of the launcher that is about later agents: what they have to know before a task goes
// on, and launches that an earlier agent did not get to.
#include "daemons/agent/core/agent_log.h"
#include "daemons/agent/executors/task_launcher.h"

namespace meseta::agent {

using mesos::v1::TaskInfo;
using mesos::v1::TaskStatus;

void TaskLauncher::queue(Framework &framework, Executor &executor,
                         const std::vector<TaskInfo> &tasks)
{
    for (const TaskInfo &task : tasks) {
        executor.queued.push_back(task);
        executor.unkept.insert(task.task_id().value());
    }
    const std::string frameworkId = framework.id();
    const std::string executorId = executor.id();
    const std::string containerId = executor.containerId;
    for (const TaskInfo &task : tasks) {
        const Executor *current = m_state.run(frameworkId, executorId, containerId);
        if (!current)
            return; // ended by the task before
        auto done = [this, frameworkId, executorId, containerId,
                     taskId = task.task_id().value()](const Result<> &kept) {
            taskKept(frameworkId, executorId, containerId, taskId, kept);
        };
        if (std::exchange(executor.isKept, true))
            m_checkpointer.task(framework, *current, task, std::move(done));
        else
            m_checkpointer.launch(framework, *current, task, std::move(done));
    }
}

void TaskLauncher::taskKept(const std::string &frameworkId, const std::string &executorId,
                            const std::string &containerId, const std::string &taskId,
                            const Result<> &kept)
{
    Executor *executor = m_state.run(frameworkId, executorId, containerId);
    if (!executor || executor->unkept.erase(taskId) == 0)
        return;
    Framework &framework = *m_state.framework(frameworkId);
    const bool fresh =
        executor->state == Executor::State::Registering && executor->directory.empty();
    if (!kept && fresh)
        return launchFailed(*executor, kept.error().message);
    if (!kept) {
        for (const std::string &id : executor->queuedWith(taskId))
            m_reporter.fromAgent(framework, executorId, id,
                                 {mesos::v1::TASK_FAILED,
                                  TaskStatus::REASON_CONTAINER_LAUNCH_FAILED,
                                  kept.error().message});
        return;
    }
    if (fresh && executor->unkept.empty())
        prepare(framework, *executor);
    else if (executor->state == Executor::State::Running)
        deliverQueued(*executor);
}

/// The queued tasks that may be delivered, in order: up to the first that is still being kept, and
/// no part of a group.
std::vector<TaskInfo> TaskLauncher::takeKept(Executor &executor) const
{
    std::vector<TaskInfo> tasks;
    while (!executor.queued.empty()) {
        const auto together = executor.queuedWith(executor.queued.front().task_id().value());
        if (std::any_of(together.begin(), together.end(), [&executor](const std::string &id) {
                return executor.unkept.count(id) > 0;
            }))
            break;
        // Tasks of a group were queued one after the other.
        const auto end = std::find_if(
            executor.queued.begin(), executor.queued.end(), [&together](const TaskInfo &task) {
                return std::find(together.begin(), together.end(), task.task_id().value())
                    == together.end();
            });
        tasks.insert(tasks.end(), executor.queued.begin(), end);
        executor.queued.erase(executor.queued.begin(), end);
    }
    return tasks;
}

/// The groups that those tasks make up.
std::vector<std::vector<std::string>>
TaskLauncher::takeGroups(Executor &executor, const std::vector<TaskInfo> &tasks) const
{
    std::vector<std::vector<std::string>> taken;
    std::erase_if(executor.queuedGroups, [&](const std::vector<std::string> &group) {
        const bool of = std::any_of(tasks.begin(), tasks.end(), [&group](const TaskInfo &task) {
            return std::find(group.begin(), group.end(), task.task_id().value()) != group.end();
        });
        if (of)
            taken.push_back(group);
        return of;
    });
    return taken;
}

void TaskLauncher::containerStarted(Executor &executor, const mesos::v1::ContainerStatus &status)
{
    executor.lastStatus = status;
    if (status.has_executor_pid())
        m_checkpointer.forked(*m_state.framework(executor.frameworkId), executor,
                              status.executor_pid());
}

void TaskLauncher::startAgain(Framework &framework, Executor &executor)
{
    qCInfo(agentLog) << "starting executor" << executor.id().c_str()
                     << ", which the earlier agent did not get to";
    executor.state = Executor::State::Registering;
    executor.containerLaunched = false;
    if (executor.directory.empty())
        prepare(framework, executor);
    else
        fetchWhenReady(framework, executor);
}

void TaskLauncher::launchAgain(Executor &executor, const TaskInfo &task)
{
    if (executor.link)
        std::exchange(executor.link, nullptr)->close();
    executor.launched.erase(task.task_id().value());
    executor.queued.assign(1, task);
    startAgain(*m_state.framework(executor.frameworkId), executor);
}

} // namespace meseta::agent
