#include "common/validation/calls.h"
#include "daemons/master/validation/operation.h"

namespace meseta::master {

using mesos::v1::TaskInfo;
using Operation = mesos::v1::Offer_Operation;

namespace {

Result<> validateTaskResources(const TaskInfo &task)
{
    if (auto valid = Resources::validate(task.resources()); !valid)
        return fail(valid.error().within("Task '" + task.task_id().value() + "'"));
    if (auto valid = Resources::validate(task.executor().resources()); !valid)
        return fail(
            valid.error().within("Executor '" + task.executor().executor_id().value() + "'"));
    return {};
}

Result<> validateLaunch(const google::protobuf::RepeatedPtrField<TaskInfo> &tasks)
{
    for (const TaskInfo &task : tasks) {
        if (auto valid = validateTaskResources(task); !valid)
            return valid;
    }
    return {};
}

Result<> validateBoth(const Resources::Proto &one, const Resources::Proto &other)
{
    auto valid = Resources::validate(one);
    return valid ? Resources::validate(other) : valid;
}

Result<> validateBoth(const mesos::v1::Resource &one, const mesos::v1::Resource &other)
{
    auto valid = Resources::validate(one);
    return valid ? Resources::validate(other) : valid;
}

Result<> validateLaunchGroup(const Operation::LaunchGroup &launch)
{
    if (auto valid = Resources::validate(launch.executor().resources()); !valid)
        return fail(
            valid.error().within("Executor '" + launch.executor().executor_id().value() + "'"));
    return validateLaunch(launch.task_group().tasks());
}

Result<> validateAllResources(const Operation &operation)
{
    switch (operation.type()) {
    case Operation::LAUNCH:
        return validateLaunch(operation.launch().task_infos());
    case Operation::LAUNCH_GROUP:
        return validateLaunchGroup(operation.launch_group());
    case Operation::RESERVE:
        return validateBoth(operation.reserve().resources(), operation.reserve().source());
    case Operation::UNRESERVE:
        return Resources::validate(operation.unreserve().resources());
    case Operation::CREATE:
        return Resources::validate(operation.create().volumes());
    case Operation::DESTROY:
        return Resources::validate(operation.destroy().volumes());
    case Operation::GROW_VOLUME:
        return validateBoth(operation.grow_volume().volume(), operation.grow_volume().addition());
    case Operation::SHRINK_VOLUME:
        return Resources::validate(operation.shrink_volume().volume());
    case Operation::CREATE_DISK:
        return Resources::validate(operation.create_disk().source());
    case Operation::DESTROY_DISK:
        return Resources::validate(operation.destroy_disk().source());
    default:
        return fail("the operation has no type that this master knows");
    }
}

} // namespace

Result<> validateOperationForm(const Operation &operation)
{
    const std::string &type = Operation::Type_Name(operation.type());
    if (auto valid = requireMember(operation, type); !valid)
        return fail(valid.error().within(type));
    if (auto valid = validateAllResources(operation); !valid)
        return valid;
    const bool launches =
        operation.type() == Operation::LAUNCH || operation.type() == Operation::LAUNCH_GROUP;
    if (launches && operation.has_id())
        return fail("'id' is of no use on " + type
                    + " operations: tasks tell their state in updates of their own");
    return {};
}

} // namespace meseta::master
