#pragma once

#include <vector>

#include "daemons/agent/containerizer/native/isolator_table.h"

// The parts of the table of isolators, one function a topic. Within a stage the order of the rows
// is kept.
namespace meseta::agent::rows {

/// File systems, image runtimes, namespaces, and what a process may do.
std::vector<IsolatorRow> processIsolators();

/// cgroups, volumes, disk, network, secrets.
std::vector<IsolatorRow> resourceIsolators();

} // namespace meseta::agent::rows
