#include "daemons/master/core/stake.h"

namespace meseta::master {

namespace {

/// The master's own rule beside those of validateTaskGroup: no task twice in one group.
Result<> validateDistinct(const mesos::v1::TaskGroupInfo &group)
{
    std::set<std::string_view> seen;
    for (const mesos::v1::TaskInfo &task : group.tasks()) {
        if (!seen.insert(task.task_id().value()).second)
            return fail("task_id '" + task.task_id().value()
                        + "' is used by two tasks of the group: give each task its own");
    }
    return {};
}

void send(Core &core, const Stake &stake, mesos::v1::Offer::Operation::LaunchGroup &launch,
          bool launchExecutor)
{
    const Agent &agent = stake.agent;
    if (!agent.capabilities.multiRole || !agent.capabilities.reservationRefinement) {
        adaptToAgent(agent, *launch.mutable_executor()->mutable_resources());
        for (mesos::v1::TaskInfo &task : *launch.mutable_task_group()->mutable_tasks())
            adaptToAgent(agent, *task.mutable_resources());
    }
    mesos::internal::RunTaskGroupMessage message;
    *message.mutable_framework() = stake.framework.info;
    message.mutable_executor()->Swap(launch.mutable_executor());
    message.mutable_task_group()->Swap(launch.mutable_task_group());
    if (!agent.resourceVersion.empty())
        message.add_resource_version_uuids()->mutable_uuid()->set_value(agent.resourceVersion);
    for (const auto &[id, provider] : agent.providers) {
        mesos::internal::ResourceVersionUUID &version = *message.add_resource_version_uuids();
        version.mutable_resource_provider_id()->set_value(id);
        version.mutable_uuid()->set_value(provider.resourceVersion);
    }
    message.set_launch_executor(launchExecutor);
    core.send(agent.pid, message);
}

} // namespace

void launchGroup(Core &core, Stake &stake, mesos::v1::Offer::Operation::LaunchGroup &launch)
{
    if (launch.task_group().tasks_size() == 0)
        return;
    prepareResources(*launch.mutable_executor()->mutable_resources(), stake.role);
    for (mesos::v1::TaskInfo &task : *launch.mutable_task_group()->mutable_tasks())
        prepareTask(task, stake);

    TaskContext context = taskContext(stake);
    context.offered = stake.offered;
    Result<> valid = validateTaskGroup(launch.task_group(), launch.executor(), context);
    if (valid)
        valid = validateDistinct(launch.task_group());
    if (!valid) {
        for (const mesos::v1::TaskInfo &task : launch.task_group().tasks()) {
            failLaunch(core, stake.framework, task,
                       {{},
                        mesos::v1::TASK_ERROR,
                        valid.error().message,
                        mesos::v1::TaskStatus::REASON_TASK_GROUP_INVALID,
                        {},
                        {},
                        {}});
        }
        return;
    }
    const bool launchExecutor = ensureExecutor(core, stake, launch.executor());
    for (mesos::v1::TaskInfo &task : *launch.mutable_task_group()->mutable_tasks()) {
        *task.mutable_executor() = launch.executor();
        startTask(core, stake, task);
    }
    send(core, stake, launch, launchExecutor);
}

} // namespace meseta::master
