#pragma once

#include <vector>

#include "daemons/agent/containerizer/native/isolator_table.h"

namespace meseta::agent::rows {

/// network/cni, which is there whenever no other network isolator is named.
std::vector<IsolatorRow> cniIsolators();

} // namespace meseta::agent::rows
