#include "daemons/master/cluster/executor.h"

namespace meseta::master {

Executor::Executor(const mesos::v1::ExecutorInfo &info)
    : bytes(info.SerializePartialAsString()), resources(info.resources())
{ }

mesos::v1::ExecutorInfo Executor::toProto() const
{
    mesos::v1::ExecutorInfo info;
    info.ParsePartialFromString(bytes);
    return info;
}

} // namespace meseta::master
