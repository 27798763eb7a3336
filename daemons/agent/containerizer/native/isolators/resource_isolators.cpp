#include "daemons/agent/containerizer/native/isolators/cgroups/cgroup_rows.h"
#include "daemons/agent/containerizer/native/isolators/cni/cni_rows.h"
#include "daemons/agent/containerizer/native/isolators/isolator_rows.h"

namespace meseta::agent::rows {

std::vector<IsolatorRow> resourceIsolators()
{
    std::vector<IsolatorRow> rows;
    for (const auto &part : {cgroupIsolators(), cniIsolators()})
        rows.insert(rows.end(), part.begin(), part.end());
    return rows;
}

} // namespace meseta::agent::rows
