#include "daemons/agent/containerizer/native/isolator.h"

namespace meseta::agent {

const mesos::v1::ContainerInfo &IsolatedContainer::info() const
{
    return spec.container ? *spec.container : mesos::v1::ContainerInfo::default_instance();
}

} // namespace meseta::agent
