#include "daemons/master/core/status_updates.h"

#include <cctype>

namespace meseta::master {

namespace {
bool endedOrUnreachable(mesos::v1::TaskState state)
{
    return isTerminal(state) || state == mesos::v1::TASK_UNREACHABLE;
}

bool tellsOfChecks(const mesos::v1::TaskStatus &status)
{
    return status.has_reason()
        && (status.reason() == mesos::v1::TaskStatus::REASON_TASK_CHECK_STATUS_UPDATED
            || status.reason() == mesos::v1::TaskStatus::REASON_TASK_HEALTH_CHECK_STATUS_UPDATED);
}

/// An agent that fetches an image says how far it is, in a state the task is in already.
bool tellsOfProgress(const mesos::v1::TaskStatus &status)
{
    return std::any_of(
        status.labels().labels().begin(), status.labels().labels().end(),
        [](const mesos::v1::Label &label) { return label.key() == "meseta.pull.done"; });
}

/// "finished" for TASK_FINISHED.
std::string counterName(mesos::v1::TaskState state)
{
    std::string name = mesos::v1::TaskState_Name(state).substr(std::string_view("TASK_").size());
    for (char &letter : name)
        letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    return name;
}

void releaseTask(Core &core, Task &task)
{
    const Resources held = task.resources();
    core.cluster.releaseResources(task);
    core.allocator->recover(std::string(task.frameworkId()), std::string(task.agentId()), held,
                            std::nullopt);
}
} // namespace

mesos::v1::TaskState orLost(const Framework &framework, mesos::v1::TaskState state)
{
    return framework.capabilities.partitionAware ? state : mesos::v1::TASK_LOST;
}

mesos::internal::StatusUpdate makeUpdate(const Core &core, const Framework &framework,
                                         MadeStatus made)
{
    mesos::internal::StatusUpdate update;
    update.mutable_framework_id()->set_value(framework.id);
    update.set_timestamp(core.clock.seconds());
    mesos::v1::TaskStatus &status = *update.mutable_status();
    status.mutable_task_id()->set_value(std::move(made.taskId));
    status.set_state(made.state);
    status.set_source(mesos::v1::TaskStatus::SOURCE_MASTER);
    status.set_message(std::move(made.message));
    status.set_reason(made.reason);
    status.set_timestamp(update.timestamp());
    if (made.agentId) {
        update.mutable_slave_id()->set_value(*made.agentId);
        status.mutable_agent_id()->set_value(*made.agentId);
    }
    if (made.executorId) // the status itself does not name it: schedulers are told from here
        update.mutable_executor_id()->set_value(*made.executorId);
    if (made.unreachableTime)
        status.mutable_unreachable_time()->set_nanoseconds(made.unreachableTime->count());
    return update;
}

mesos::internal::StatusUpdate makeTaskUpdate(const Core &core, const Framework &framework,
                                             const Task &task, MadeStatus made)
{
    made.taskId = task.id();
    made.agentId = std::string(task.agentId());
    if (!task.executorId().empty())
        made.executorId = std::string(task.executorId());
    mesos::internal::StatusUpdate update = makeUpdate(core, framework, std::move(made));
    if (const std::optional<mesos::v1::TaskStatus> last = task.lastStatus()) {
        if (last->has_healthy())
            update.mutable_status()->set_healthy(last->healthy());
        if (last->has_check_status())
            *update.mutable_status()->mutable_check_status() = last->check_status();
        if (last->has_container_status())
            *update.mutable_status()->mutable_container_status() = last->container_status();
    }
    return update;
}

void forwardUpdate(Core &core, Framework &framework, const mesos::internal::StatusUpdate &update,
                   const Agent *agent)
{
    const auto at = framework.tasks.find(update.status().task_id().value());
    if (at != framework.tasks.end() && update.has_uuid())
        at->second->setStatusUpdate(update.status().state(), update.uuid());
    core.sink(framework).update(framework, update, agent ? agent->pid.text() : "@0.0.0.0:0");
}

void updateTask(Core &core, Task &task, const mesos::internal::StatusUpdate &update)
{
    const mesos::v1::TaskStatus &status = update.status();
    const mesos::v1::TaskState latest =
        update.has_latest_state() ? update.latest_state() : status.state();
    const bool ends = !endedOrUnreachable(task.state()) && endedOrUnreachable(latest);
    bool changed = false;
    if (!task.terminal()) {
        changed = task.state() != latest;
        task.setState(latest);
    }
    task.addStatus(status);
    if (changed || tellsOfChecks(status) || tellsOfProgress(status))
        core.events.publish(TaskUpdated{&task, &status, latest});
    if (ends) {
        core.figures.count("tasks_" + counterName(latest));
        if (isTerminal(latest))
            core.figures.count("frameworks/" + std::string(task.frameworkId())
                               + "/tasks/terminal/task_" + counterName(latest));
        releaseTask(core, task);
    }
}

void agentGotQuiet(Core &core, const std::string &agentId)
{
    // Not from inside: the agent may be on its way out just now.
    core.after(Duration::zero(), [&core, agentId] {
        if (core.agentEmptied)
            core.agentEmptied(agentId);
    });
}

void removeTask(Core &core, Task &task, TaskEnd end)
{
    if (task.holdsResources())
        releaseTask(core, task);
    core.events.publish(TaskRemoved{&task});
    Framework &framework = *core.cluster.framework(std::string(task.frameworkId()));
    TaskHistory &history =
        end == TaskEnd::Unreachable ? framework.unreachableTasks : framework.completedTasks;
    const std::string agentId(task.agentId());
    history.add(core.cluster.takeTask(task));
    const Agent *agent = core.cluster.agent(agentId);
    if (agent && agent->drainInfo && agent->tasks.empty())
        agentGotQuiet(core, agentId);
}

} // namespace meseta::master
