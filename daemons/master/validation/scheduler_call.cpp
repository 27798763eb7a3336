#include "common/validation/calls.h"
#include "daemons/master/validation/validation.h"
#include "mesos/v1/scheduler/scheduler.pb.h"

namespace meseta::master {

using mesos::v1::scheduler::Call;

namespace {

Result<> requireSameId(const Call &call, const mesos::v1::FrameworkInfo &info, const char *where)
{
    if (call.framework_id().value() == info.id().value())
        return {};
    return fail(std::string("'framework_id' differs from '") + where + ".framework_info.id': '"
                + call.framework_id().value() + "' and '" + info.id().value()
                + "'; a new framework sets neither");
}

Result<> validateSubscribe(const Call &call)
{
    if (!call.has_subscribe())
        return fail("'subscribe' is missing");
    return requireSameId(call, call.subscribe().framework_info(), "subscribe");
}

Result<> validateAcknowledgeOperation(const Call::AcknowledgeOperationStatus &acknowledge)
{
    if (auto valid = validateUuid(acknowledge.uuid(), "acknowledge_operation_status.uuid"); !valid)
        return valid;
    if (!acknowledge.has_agent_id())
        return fail("'agent_id' is missing");
    return {};
}

bool needsNoMember(Call::Type type)
{
    return type == Call::TEARDOWN || type == Call::REVIVE || type == Call::SUPPRESS
        || type == Call::UNKNOWN;
}

} // namespace

Result<> validateSchedulerCall(const Call &call)
{
    if (!call.has_type())
        return fail("'type' is missing");
    if (call.type() == Call::SUBSCRIBE)
        return validateSubscribe(call);
    if (!call.has_framework_id())
        return fail("'framework_id' is missing");
    if (needsNoMember(call.type()))
        return {};
    if (auto valid = requireMember(call, Call::Type_Name(call.type())); !valid)
        return valid;
    switch (call.type()) {
    case Call::ACKNOWLEDGE:
        return validateUuid(call.acknowledge().uuid(), "acknowledge.uuid");
    case Call::ACKNOWLEDGE_OPERATION_STATUS:
        return validateAcknowledgeOperation(call.acknowledge_operation_status());
    case Call::UPDATE_FRAMEWORK:
        return requireSameId(call, call.update_framework().framework_info(), "update_framework");
    default:
        return {};
    }
}

} // namespace meseta::master
