#include "common/validation/calls.h"
#include "daemons/master/validation/executor_info.h"
#include "daemons/master/validation/resource_rules.h"
#include "mesos/v1/cluster.pb.h"
#include "mesos/v1/container.pb.h"
#include "mesos/v1/task.pb.h"

namespace meseta::master {

using mesos::v1::ExecutorInfo;
using mesos::v1::TaskInfo;

namespace {

Result<> validateIds(const TaskInfo &task, const TaskContext &context)
{
    const std::string &id = task.task_id().value();
    if (auto valid = validateId(id, "task_id"); !valid)
        return valid;
    if (context.isActiveTask && context.isActiveTask(id))
        return fail("The id is taken: the framework has a task '" + id + "'; choose another id");
    if (context.isUnreachableTask && context.isUnreachableTask(id))
        return fail("The id is taken by a task that is unreachable: '" + id
                    + "' may still run; choose another id");
    if (task.agent_id().value() != context.agent.id().value())
        return fail("'agent_id' is '" + task.agent_id().value() + "': the offers are of agent '"
                    + context.agent.id().value() + "'");
    return {};
}

Result<> validateTimes(const TaskInfo &task)
{
    if (task.kill_policy().grace_period().nanoseconds() < 0)
        return fail("'kill_policy.grace_period' is negative; it has to be 0 or more");
    if (task.max_completion_time().nanoseconds() < 0)
        return fail("'max_completion_time' is negative; it has to be 0 or more");
    return {};
}

Result<> validateChecks(const TaskInfo &task)
{
    if (auto valid = task.has_check() ? validateCheck(task.check()) : Result<>(); !valid)
        return fail(valid.error().within("'check' is refused"));
    if (auto valid =
            task.has_health_check() ? validateHealthCheck(task.health_check()) : Result<>();
        !valid)
        return fail(valid.error().within("'health_check' is refused"));
    return {};
}

Result<> validateTaskResources(const Resources::Proto &proto)
{
    if (proto.empty())
        return fail("'resources' is empty: a task needs some");
    if (auto valid = rules::wellFormed(proto); !valid)
        return fail(valid.error().within("'resources' are refused"));
    const Resources resources(proto);
    if (auto valid = rules::uniquePersistenceIds(resources); !valid)
        return valid;
    if (auto valid = rules::allocatedToOneRole(proto); !valid)
        return valid;
    return rules::revocableApart(resources);
}

Result<> validateContents(const TaskInfo &task)
{
    if (auto valid = validateCommand(task.command()); !valid)
        return fail(valid.error().within("Task's 'command' is invalid"));
    if (auto valid = task.has_container() ? validateContainer(task.container()) : Result<>();
        !valid)
        return fail(valid.error().within("Task's 'container' is invalid"));
    return {};
}

/// Rules of an executor that comes with one task.
Result<> validateOwnExecutor(const ExecutorInfo &executor, const TaskContext &context)
{
    if (auto valid = validateExecutor(executor, context); !valid)
        return valid;
    if (executor.has_type() && executor.type() != ExecutorInfo::CUSTOM)
        return fail("'ExecutorInfo.type' has to be CUSTOM or left out in a LAUNCH; for DEFAULT use "
                    "LAUNCH_GROUP");
    if (!executor.has_command())
        return fail("'ExecutorInfo.command' is missing");
    if (!Resources(executor.resources()).shared().empty())
        return fail("'ExecutorInfo.resources' must not contain shared resources");
    return validateExecutorCgroups(executor);
}

Result<> validateTogether(const TaskInfo &task)
{
    const Resources own(task.resources());
    const Resources executor(task.executor().resources());
    if (auto valid = rules::disjoint({own, executor}); !valid)
        return fail(valid.error().within("Task and its executor"));
    if (auto valid = rules::uniquePersistenceIds(own + executor); !valid)
        return fail(valid.error().within("Task and its executor"));
    if (auto valid = rules::revocableApart(own + executor); !valid)
        return fail(valid.error().within("Task and its executor"));
    return {};
}

Result<> validateFits(const TaskInfo &task, const TaskContext &context)
{
    const bool runs = task.has_executor() && context.runningExecutor
        && context.runningExecutor(task.executor().executor_id().value());
    Resources total(task.resources());
    if (task.has_executor() && !runs)
        total += task.executor().resources();
    if (context.offered.contains(total))
        return {};
    return fail("Total resources " + total.text()
                + " are needed by the task and its executor, which is more than available: "
                + context.offered.text());
}

} // namespace

Result<> validateTaskAlone(const TaskInfo &task, const TaskContext &context)
{
    if (auto valid = validateIds(task, context); !valid)
        return valid;
    if (auto valid = validateTimes(task); !valid)
        return valid;
    if (auto valid = validateChecks(task); !valid)
        return valid;
    if (auto valid = validateTaskResources(task.resources()); !valid)
        return valid;
    if (auto valid = validateContents(task); !valid)
        return valid;
    return validateLimits(task, context);
}

Result<> validateTask(const TaskInfo &task, const TaskContext &context)
{
    if (auto valid = validateTaskAlone(task, context); !valid)
        return valid;
    if (task.has_executor() == task.has_command())
        return fail(std::string("Task should have exactly one of 'command' and 'executor', not ")
                    + (task.has_command() ? "both" : "neither"));
    if (auto valid =
            task.has_executor() ? validateOwnExecutor(task.executor(), context) : Result<>();
        !valid)
        return valid;
    if (auto valid = task.has_executor() ? validateTogether(task) : Result<>(); !valid)
        return valid;
    if (auto valid = validateFits(task, context); !valid)
        return valid;
    const auto &info = task.container().linux_info();
    if (info.has_share_cgroups() && !info.share_cgroups())
        return fail("'container.linux_info.share_cgroups' must not be false: only tasks in a task "
                    "group can have cgroups of "
                    "their own");
    return {};
}

} // namespace meseta::master
