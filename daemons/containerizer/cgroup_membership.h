#pragma once

#include <vector>

#include "daemons/containerizer/launch_spec.h"
#include "daemons/containerizer/start_failure.h"

namespace meseta::containerizer {

/// Moves the calling process into each version 1 cgroup of the list (those of version 2 are joined
/// by clone3).
Outcome joinCgroups(const std::vector<CgroupEntry> &cgroups);

/// SIGKILL to everything in the container's cgroups, also to what forks faster than it can be
/// listed: by cgroup.kill of version 2, by version 1's freezer. Does nothing where there is
/// neither.
void killCgroups(const std::vector<CgroupEntry> &cgroups);

/// Takes the container's empty cgroups away, in the place of an agent that is gone.
void removeCgroups(const std::vector<CgroupEntry> &cgroups);

} // namespace meseta::containerizer
