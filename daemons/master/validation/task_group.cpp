#include "common/validation/calls.h"
#include "daemons/master/validation/executor_info.h"
#include "daemons/master/validation/resource_rules.h"
#include "mesos/v1/cluster.pb.h"
#include "mesos/v1/container.pb.h"
#include "mesos/v1/task.pb.h"

namespace meseta::master {

using mesos::v1::ContainerInfo;
using mesos::v1::ExecutorInfo;
using mesos::v1::HealthCheck;
using mesos::v1::TaskGroupInfo;
using mesos::v1::TaskInfo;

namespace {

constexpr double SmallestCpus = 0.01;
constexpr double SmallestMem = 32; // MB

bool sharesCgroups(const TaskInfo &task)
{
    return task.container().linux_info().share_cgroups(); // true unless said otherwise
}

Result<> validateMember(const TaskInfo &task, const TaskContext &context)
{
    if (auto valid = validateTaskAlone(task, context); !valid)
        return valid;
    const bool probesNetwork = task.has_health_check()
        && (task.health_check().type() == HealthCheck::HTTP
            || task.health_check().type() == HealthCheck::TCP);
    if (probesNetwork && task.container().network_infos_size() > 0)
        return fail("HTTP and TCP health checks are not supported for a task with networks of its "
                    "own; use COMMAND, or drop "
                    "'container.network_infos'");
    if (task.has_container() && task.container().type() == ContainerInfo::DOCKER)
        return fail("a container of type DOCKER is not supported in a task group; use MESOS");
    if (!task.limits().empty() && sharesCgroups(task))
        return fail("in a task group, 'limits' need 'container.linux_info.share_cgroups=false'");
    return {};
}

Result<> validateMembers(const TaskGroupInfo &group, const TaskContext &context)
{
    std::set<std::string> ids;
    for (const TaskInfo &task : group.tasks()) {
        const std::string named = "Task '" + task.task_id().value() + "' is invalid";
        if (auto valid = validateMember(task, context); !valid)
            return fail(valid.error().within(named));
        if (!ids.insert(task.task_id().value()).second)
            return fail(named
                        + ": the id is that of another task of the group; give each task its own");
    }
    return {};
}

Result<> validateKind(const TaskGroupInfo &group, const ExecutorInfo &executor)
{
    if (!executor.has_type())
        return fail("'ExecutorInfo.type' is missing");
    if (executor.type() == ExecutorInfo::UNKNOWN)
        return fail("'ExecutorInfo.type' must be DEFAULT or CUSTOM");
    if (executor.has_container() && executor.container().type() == ContainerInfo::DOCKER)
        return fail("a container of type DOCKER is not supported on the executor of a task group; "
                    "use MESOS");
    for (const TaskInfo &task : group.tasks()) {
        if (task.has_executor() && !isSameExecutor(task.executor(), executor))
            return fail("The 'executor' of task '" + task.task_id().value()
                        + "' is not that of the executor, '" + executor.executor_id().value()
                        + "' of the group; leave it unset");
    }
    return {};
}

Result<> validateSize(const ExecutorInfo &executor)
{
    const Resources resources(executor.resources());
    const std::string named = "Executor '" + executor.executor_id().value() + "'";
    if (const double cpus = resources.scalar("cpus"); cpus < SmallestCpus)
        return fail(named + " asks for " + milliText(toMilli(cpus)) + " cpus; the least is 0.01");
    if (const double mem = resources.scalar("mem"); mem < SmallestMem)
        return fail(named + " asks for " + milliText(toMilli(mem)) + " MB of mem; the least is 32");
    if (resources.scalar("disk") == 0)
        return fail(named + " uses no disk: ask for some, for its sandbox");
    return {};
}

Result<> validateTogether(const TaskGroupInfo &group, const ExecutorInfo &executor)
{
    std::vector<Resources> parties;
    Resources total;
    for (const TaskInfo &task : group.tasks())
        total += parties.emplace_back(task.resources());
    total += parties.emplace_back(executor.resources());
    if (auto valid = rules::uniquePersistenceIds(total); !valid)
        return fail(valid.error().within("Task group and executor"));
    if (auto valid = rules::revocableApart(total); !valid)
        return fail(valid.error().within("Task group and executor"));
    if (auto valid = rules::disjoint(parties); !valid)
        return fail(valid.error().within("Task group and executor"));
    return {};
}

Result<> validateFits(const TaskGroupInfo &group, const ExecutorInfo &executor,
                      const TaskContext &context)
{
    Resources total;
    for (const TaskInfo &task : group.tasks())
        total += task.resources();
    if (!context.runningExecutor || !context.runningExecutor(executor.executor_id().value()))
        total += executor.resources();
    if (context.offered.contains(total))
        return {};
    return fail("Total resources " + total.text()
                + " are needed by the group and its executor, which is more than available: "
                + context.offered.text());
}

Result<> validateCgroups(const TaskGroupInfo &group, const ExecutorInfo &executor,
                         const TaskContext &context)
{
    if (auto valid = validateExecutorCgroups(executor); !valid)
        return valid;
    std::optional<bool> shared = context.sharesCgroups
        ? context.sharesCgroups(executor.executor_id().value())
        : std::nullopt;
    for (const TaskInfo &task : group.tasks()) {
        if (shared.value_or(sharesCgroups(task)) != sharesCgroups(task))
            return fail("'container.linux_info.share_cgroups' must be the same for all tasks of a "
                        "group and of its executor; "
                        "that of task '"
                        + task.task_id().value() + "' differs");
        shared = sharesCgroups(task);
    }
    return {};
}

} // namespace

Result<> validateTaskGroup(const TaskGroupInfo &group, const ExecutorInfo &executor,
                           const TaskContext &context)
{
    if (auto valid = validateMembers(group, context); !valid)
        return valid;
    if (auto valid = validateExecutor(executor, context); !valid)
        return valid;
    if (auto valid = validateKind(group, executor); !valid)
        return valid;
    if (auto valid = validateSize(executor); !valid)
        return valid;
    if (auto valid = validateTogether(group, executor); !valid)
        return valid;
    if (auto valid = validateFits(group, executor, context); !valid)
        return valid;
    return validateCgroups(group, executor, context);
}

} // namespace meseta::master
