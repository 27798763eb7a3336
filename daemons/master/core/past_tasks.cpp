#include "daemons/master/core/past_tasks.h"

namespace meseta::master {

namespace {

double endOf(const mesos::v1::Task &task)
{
    return task.statuses().empty() ? 0 : task.statuses().rbegin()->timestamp();
}

/// Where a framework's past tasks go: null when there is no room for another framework.
TaskHistory *historyOf(Core &core, const std::string &frameworkId)
{
    if (Framework *framework = core.cluster.framework(frameworkId))
        return &framework->completedTasks;
    auto &waiting = core.cluster.pastTasks;
    const auto &limits = core.cluster.limits();
    if (!waiting.contains(frameworkId) && waiting.size() >= limits.completedFrameworks)
        return nullptr;
    return &waiting.try_emplace(frameworkId, limits.completedTasksPerFramework).first->second;
}

bool isKnown(const Core &core, const std::string &frameworkId, const std::string &taskId)
{
    const Framework *framework = core.cluster.framework(frameworkId);
    return framework
        && (framework->tasks.contains(taskId) || framework->unreachableTasks.find(taskId));
}

void add(Core &core, const Framework *framework, TaskHistory &history, std::unique_ptr<Task> task)
{
    const Task &added = *task;
    history.addPast(std::move(task));
    if (framework)
        core.events.publish(PastTaskAdded{&added});
}

} // namespace

void takePastTasks(Core &core, const Agent &agent,
                   const mesos::internal::ReregisterSlaveMessage &message)
{
    for (const auto &told : message.completed_frameworks()) {
        const std::string &id = told.framework_info().id().value();
        if (told.tasks().empty() || core.cluster.completedFramework(id))
            continue;
        TaskHistory *history = historyOf(core, id);
        if (!history) {
            qInfo("Agent %s tells of %d completed tasks of framework %s, which is not here, nor is "
                  "there room to remember them until it is: they are left out",
                  agent.id.c_str(), told.tasks_size(), id.c_str());
            continue;
        }
        for (const mesos::v1::Task &task : told.tasks()) {
            const bool fits = task.framework_id().value() == id
                && task.agent_id().value() == agent.id && isTerminal(task.state())
                && !isKnown(core, id, task.task_id().value());
            if (fits && history->wantsPast(task.task_id().value(), endOf(task)))
                add(core, core.cluster.framework(id), *history, std::make_unique<Task>(task));
        }
    }
}

void handOverPastTasks(Core &core, Framework &framework)
{
    auto waiting = core.cluster.pastTasks.extract(framework.id);
    while (!waiting.empty() && waiting.mapped().size() > 0) {
        const std::string id((*waiting.mapped().begin())->id());
        auto task = waiting.mapped().take(id);
        if (framework.completedTasks.wantsPast(id, task->lastStatusTime()))
            add(core, &framework, framework.completedTasks, std::move(task));
    }
}

} // namespace meseta::master
