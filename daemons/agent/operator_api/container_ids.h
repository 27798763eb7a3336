#pragma once

#include "mesos/v1/ids.pb.h"

namespace meseta::agent {

/// The container that all others of an id are in: an executor's, or a standalone one.
inline const mesos::v1::ContainerID &outermost(const mesos::v1::ContainerID &id)
{
    return id.has_parent() ? outermost(id.parent()) : id;
}

} // namespace meseta::agent
