#pragma once

#include <string>

#include "common/base/result.h"
#include "daemons/agent/containerizer/containerizer.h"

namespace meseta::agent {

/// A stream socket (AF_INET, AF_INET6) in the network namespace of a running container, for checks
/// that ask it at its own loopback address; the caller owns the descriptor. Fails when the
/// container does not run, and when the agent may not enter its network: that takes root. Source:
/// Mesos' checks of Docker tasks, which enter the namespace "net" of the container's first process.
Result<int> containerSocket(const std::string &containerId, const Containerizer &containerizer,
                            int family);

} // namespace meseta::agent
