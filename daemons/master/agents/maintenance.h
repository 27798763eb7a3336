#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include "daemons/master/core/core.h"

namespace meseta::master {

/// Maintenance of machines: UP → (scheduled) DRAINING → (brought down) DOWN → (brought up) UP. A
/// machine is known by its host name and ip; its agents are those that told the same. The error of
/// the checks is the text of a 400. Source: Mesos maintenance primitives.

using MachineIds = google::protobuf::RepeatedPtrField<mesos::v1::MachineID>;

Result<> validateSchedule(const Core &core, const mesos::v1::maintenance::Schedule &schedule);
Result<> validateStart(const Core &core, const MachineIds &machines);
Result<> validateStop(const Core &core, const MachineIds &machines);

/// Replaces the schedule; frameworks with tasks on its machines get inverse offers.
void updateSchedule(Core &core, const mesos::v1::maintenance::Schedule &schedule,
                    Registry::Done done);
/// Takes machines down: their agents are shut down and removed, and may not register.
void startMaintenance(Core &core, const MachineIds &machines, Registry::Done done);
/// Brings machines back, and takes them out of the schedule.
void stopMaintenance(Core &core, const MachineIds &machines, Registry::Done done);

/// Takes over what the registry says of machines.
void recoverMaintenance(Core &core);
/// When the machine at this address is to be down; nothing when there is no plan for it.
std::optional<mesos::v1::Unavailability>
unavailabilityOf(const Core &core, const std::string &hostname, const std::string &ip);
bool isDown(const Core &core, const std::string &hostname, const std::string &ip);

/// What GET_MAINTENANCE_STATUS tells.
mesos::v1::maintenance::ClusterStatus maintenanceStatus(const Core &core);

} // namespace meseta::master
