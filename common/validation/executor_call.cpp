#include "common/validation/calls.h"
#include "mesos/v1/executor/executor.pb.h"

namespace meseta {

using mesos::v1::TaskStatus;
using mesos::v1::executor::Call;

namespace {

Result<> validateUpdate(const Call &call)
{
    const TaskStatus &status = call.update().status();
    if (!status.has_uuid())
        return fail("'uuid' is missing");
    if (auto valid = validateUuid(status.uuid(), "update.status.uuid"); !valid)
        return valid;
    if (status.has_executor_id() && status.executor_id().value() != call.executor_id().value())
        return fail("'update.status.executor_id' is '" + status.executor_id().value()
                    + "', but the call is from executor '" + call.executor_id().value()
                    + "': leave it unset or set the same id");
    if (status.source() != TaskStatus::SOURCE_EXECUTOR)
        return fail("'update.status.source' must be SOURCE_EXECUTOR, not "
                    + TaskStatus::Source_Name(status.source()));
    if (status.state() == mesos::v1::TASK_STAGING)
        return fail("'update.status.state' must not be TASK_STAGING: a task is staging until its "
                    "executor says TASK_STARTING "
                    "or TASK_RUNNING");
    return status.has_check_status() ? validateCheckStatus(status.check_status()) : Result<>();
}

} // namespace

Result<> validateExecutorCall(const Call &call)
{
    if (!call.has_type())
        return fail("'type' is missing");
    if (!call.has_executor_id())
        return fail("'executor_id' is missing");
    if (!call.has_framework_id())
        return fail("'framework_id' is missing");
    if (auto valid = requireMember(call, Call::Type_Name(call.type())); !valid)
        return valid;
    return call.type() == Call::UPDATE ? validateUpdate(call) : Result<>();
}

} // namespace meseta
