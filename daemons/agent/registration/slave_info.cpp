#include "daemons/agent/registration/slave_info.h"

#include "common/resources/resources.h"

namespace meseta::agent {

mesos::SlaveInfo toSlaveInfo(const mesos::v1::AgentInfo &info)
{
    mesos::SlaveInfo slave;
    slave.set_hostname(info.hostname());
    slave.set_port(info.port());
    *slave.mutable_resources() = info.resources();
    *slave.mutable_attributes() = info.attributes();
    if (info.has_id())
        *slave.mutable_id() = info.id();
    if (info.has_domain())
        *slave.mutable_domain() = info.domain();
    slave.set_checkpoint(true);
    return slave;
}

mesos::SlaveInfo toPreRefinementSlaveInfo(const mesos::v1::AgentInfo &info)
{
    mesos::SlaveInfo slave = toSlaveInfo(info);
    *slave.mutable_resources() = Resources(info.resources()).preRefinement();
    return slave;
}

} // namespace meseta::agent
