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

mesos::v1::AgentInfo toAgentInfo(const mesos::SlaveInfo &slave)
{
    mesos::v1::AgentInfo info;
    info.set_hostname(slave.hostname());
    info.set_port(slave.port());
    *info.mutable_resources() = slave.resources();
    *info.mutable_attributes() = slave.attributes();
    if (slave.has_id())
        *info.mutable_id() = slave.id();
    if (slave.has_domain())
        *info.mutable_domain() = slave.domain();
    return info;
}

mesos::SlaveInfo toPreRefinementSlaveInfo(const mesos::v1::AgentInfo &info)
{
    mesos::SlaveInfo slave = toSlaveInfo(info);
    *slave.mutable_resources() = Resources(info.resources()).preRefinement();
    return slave;
}

} // namespace meseta::agent
