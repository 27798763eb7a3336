#include "daemons/agent/containerizer/tree_usage.h"

#include <unistd.h>

#include "daemons/containerizer/process_tree.h"

namespace meseta::agent {

void addTreeUsage(pid_t helper, mesos::v1::ResourceStatistics &statistics)
{
    static const double ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    static const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));

    const auto root = containerizer::processStat(helper);
    if (!root)
        return;
    // The helper waits for whatever nobody else in the container waited for.
    std::uint64_t user = root->childrenUserTime, system = root->childrenSystemTime, pages = 0;
    std::uint32_t processes = 0, threads = 0;
    for (const pid_t pid : containerizer::descendants(helper)) {
        const auto stat = containerizer::processStat(pid);
        if (!stat)
            continue;
        user += stat->userTime + stat->childrenUserTime;
        system += stat->systemTime + stat->childrenSystemTime;
        pages += stat->residentPages;
        threads += static_cast<std::uint32_t>(stat->threads);
        ++processes;
    }
    statistics.set_cpus_user_time_secs(static_cast<double>(user) / ticks);
    statistics.set_cpus_system_time_secs(static_cast<double>(system) / ticks);
    statistics.set_mem_rss_bytes(pages * page);
    statistics.set_processes(processes);
    statistics.set_threads(threads);
}

} // namespace meseta::agent
