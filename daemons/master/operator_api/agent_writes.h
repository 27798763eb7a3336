#pragma once

#include "daemons/master/operator_api/operator_writes.h"

namespace meseta::master {

// Changes of single agents and of their machines, as operators ask for them. Source: Mesos operator
// HTTP API.

void markAgentGone(Core &core, const mesos::v1::master::Call::MarkAgentGone &call,
                   const Written &written);
void drainAgent(Core &core, const mesos::v1::master::Call::DrainAgent &call,
                const Written &written);
void deactivateAgent(Core &core, const mesos::v1::master::Call::DeactivateAgent &call,
                     const Written &written);
void reactivateAgent(Core &core, const mesos::v1::master::Call::ReactivateAgent &call,
                     const Written &written);

void updateSchedule(Core &core, const mesos::v1::master::Call::UpdateMaintenanceSchedule &call,
                    const Written &written);
void startMaintenance(Core &core, const mesos::v1::master::Call::StartMaintenance &call,
                      const Written &written);
void stopMaintenance(Core &core, const mesos::v1::master::Call::StopMaintenance &call,
                     const Written &written);

/// RESERVE_RESOURCES, UNRESERVE_RESOURCES, CREATE_VOLUMES, DESTROY_VOLUMES, GROW_VOLUME,
/// SHRINK_VOLUME. Well means that it was sent to the agent.
void changeResources(Core &core, const mesos::v1::master::Call &call, const Written &written);

} // namespace meseta::master
