#include "daemons/master/validation/validation.h"
#include "mesos/v1/cluster.pb.h"

namespace meseta::master {

Result<> validateAgentInfo(const mesos::v1::AgentInfo &info)
{
    if (info.has_id()) {
        if (auto valid = validateId(info.id().value(), "the agent's id"); !valid)
            return valid;
    }
    return Resources::validate(info.resources());
}

} // namespace meseta::master
