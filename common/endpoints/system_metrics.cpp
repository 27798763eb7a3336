#include "common/endpoints/system_figures.h"

#include <cstdlib>

#include <sys/sysinfo.h>
#include <unistd.h>

#include "common/endpoints/metrics_registry.h"

namespace meseta {

SystemFigures systemFigures()
{
    SystemFigures figures;
    double loads[3] = {};
    if (getloadavg(loads, 3) == 3) {
        figures.load1 = loads[0];
        figures.load5 = loads[1];
        figures.load15 = loads[2];
    }
    figures.cpus = std::max(0L, sysconf(_SC_NPROCESSORS_ONLN));
    struct sysinfo info
    { };
    if (sysinfo(&info) == 0) {
        figures.memoryTotalBytes = std::uint64_t(info.totalram) * info.mem_unit;
        figures.memoryFreeBytes = std::uint64_t(info.freeram) * info.mem_unit;
    }
    return figures;
}

void addSystemMetrics(MetricsRegistry &metrics)
{
    metrics.source([](MetricsRegistry::Snapshot &out) {
        const SystemFigures figures = systemFigures();
        out["system/load_1min"] = figures.load1;
        out["system/load_5min"] = figures.load5;
        out["system/load_15min"] = figures.load15;
        out["system/cpus_total"] = static_cast<double>(figures.cpus);
        out["system/mem_total_bytes"] = static_cast<double>(figures.memoryTotalBytes);
        out["system/mem_free_bytes"] = static_cast<double>(figures.memoryFreeBytes);
    });
}

} // namespace meseta
