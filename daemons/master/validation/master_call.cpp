#include "common/validation/calls.h"
#include "daemons/master/validation/validation.h"
#include "mesos/v1/master/master.pb.h"

namespace meseta::master {

using mesos::v1::master::Call;

namespace {

bool needsNoMember(Call::Type type)
{
    if (type == Call::UNKNOWN || type == Call::SUBSCRIBE)
        return true;
    return type != Call::GET_METRICS && Call::Type_Name(type).starts_with("GET_");
}

Result<> requireAgentId(bool present)
{
    if (present)
        return {};
    return fail("'agent_id' is missing: only volumes on an agent's own disks can "
                "change their size");
}

} // namespace

Result<> validateMasterCall(const Call &call)
{
    if (!call.has_type())
        return fail("'type' is missing");
    if (needsNoMember(call.type()))
        return {};
    if (auto valid = requireMember(call, Call::Type_Name(call.type())); !valid)
        return valid;
    switch (call.type()) {
    case Call::RESERVE_RESOURCES:
        return Resources::validate(call.reserve_resources().resources());
    case Call::UNRESERVE_RESOURCES:
        return Resources::validate(call.unreserve_resources().resources());
    case Call::GROW_VOLUME:
        return requireAgentId(call.grow_volume().has_agent_id());
    case Call::SHRINK_VOLUME:
        return requireAgentId(call.shrink_volume().has_agent_id());
    default:
        return {};
    }
}

} // namespace meseta::master
