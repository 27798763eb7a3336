#pragma once

#include <vector>

#include "daemons/agent/containerizer/native/isolator_table.h"

namespace meseta::agent::rows {

/// cgroups/core (implied by the linux launcher), cgroups/all, and one row for each of cpu, mem,
/// pids, devices, blkio, cpuset and hugetlb.
std::vector<IsolatorRow> cgroupIsolators();

} // namespace meseta::agent::rows
