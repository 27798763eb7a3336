#pragma once

#include <zookeeper/zookeeper.h>

#include "common/zookeeper/client.h"

namespace meseta::zookeeper {

/// The library's form of things, for the sources of this folder.
Stat statOf(const ::Stat &given);

inline int modeOf(CreateMode mode)
{
    switch (mode) {
    case CreateMode::Persistent:
        break;
    case CreateMode::Ephemeral:
        return ZOO_EPHEMERAL;
    case CreateMode::PersistentSequential:
        return ZOO_PERSISTENT_SEQUENTIAL;
    case CreateMode::EphemeralSequential:
        return ZOO_EPHEMERAL_SEQUENTIAL;
    }
    return ZOO_PERSISTENT;
}

} // namespace meseta::zookeeper
