#pragma once

#include <string>
#include <vector>

#include "common/resources/resources.h"

/// Rules of lists of resources that tasks, executors and operations share. Internal to this room.
namespace meseta::master::rules {

/// Well formed, amounts not below a thousandth, whole GPUs, disks and reservations that make sense.
Result<> wellFormed(const Resources::Proto &resources);

/// Persistence ids are unique within a role.
Result<> uniquePersistenceIds(const Resources &resources);

/// All are allocated, and to one role.
Result<> allocatedToOneRole(const Resources::Proto &resources);

/// No name is used both revocable and not.
Result<> revocableApart(const Resources &resources);

/// Ranges and sets of different parties do not overlap. `whose` goes with `parties`.
Result<> disjoint(const std::vector<Resources> &parties);

/// Each is a persistent volume that can be written.
Result<> persistentVolumes(const Resources::Proto &volumes);

/// All come from the agent, or all from one resource provider.
Result<> oneProvider(const Resources::Proto &resources);

bool isReserved(const mesos::v1::Resource &resource);
bool isDynamicallyReserved(const mesos::v1::Resource &resource);
bool isRefined(const mesos::v1::Resource &resource);

/// The effective role of a reservation, "*" without one.
std::string reservationRole(const mesos::v1::Resource &resource);

/// For error messages: "cpus:1".
std::string text(const mesos::v1::Resource &resource);

} // namespace meseta::master::rules
