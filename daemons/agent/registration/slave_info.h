#pragma once

#include "mesos/internal/slave_info.pb.h"
#include "mesos/v1/cluster.pb.h"

namespace meseta::agent {

/// The agent as the daemon messages name it; Mesos' agents always say `checkpoint`.
mesos::SlaveInfo toSlaveInfo(const mesos::v1::AgentInfo &info);

/// The other way round, for what an earlier agent kept.
mesos::v1::AgentInfo toAgentInfo(const mesos::SlaveInfo &slave);

/// The agent with resources in the form a master of any age reads (`role` written, no
/// `reservations`).
mesos::SlaveInfo toPreRefinementSlaveInfo(const mesos::v1::AgentInfo &info);

} // namespace meseta::agent
