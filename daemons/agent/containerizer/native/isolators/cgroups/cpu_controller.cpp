#include "daemons/agent/containerizer/native/isolators/cgroups/cpu_controller.h"

#include <algorithm>
#include <cmath>

#include <unistd.h>

#include "daemons/agent/cgroups/cgroup_text.h"

namespace meseta::agent {

namespace {

constexpr double sharesPerCpu = 1024, sharesPerRevocableCpu = 10, leastShares = 2;
constexpr double weightPerCpu = 100, weightPerRevocableCpu = 1, leastWeight = 1, mostWeight = 10000;
constexpr double periodMicroseconds = 100'000, leastQuota = 1'000;

bool isRevocable(const ContainerResources &resources)
{
    return std::any_of(resources.requests.begin(), resources.requests.end(),
                       [](const mesos::v1::Resource &resource) {
                           return resource.name() == "cpus" && resource.has_revocable();
                       });
}

std::string whole(double number)
{
    return std::to_string(static_cast<std::uint64_t>(number));
}

/// CPUs that may be used at most; none: no limit.
std::optional<double> limitOf(const ContainerResources &resources, bool hardLimits)
{
    const std::optional<double> limit =
        resources.cpusLimit ? resources.cpusLimit : std::optional<double>(resources.cpus);
    if (!resources.cpusLimit && (!hardLimits || resources.cpus <= 0))
        return std::nullopt;
    return std::isfinite(*limit) ? limit : std::nullopt;
}

std::uint32_t small(std::uint64_t number)
{
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(number, UINT32_MAX));
}

} // namespace

Result<> CpuController::update(const ContainerGroup &group, const ContainerResources &resources)
{
    const bool low = m_options.revocableLow && isRevocable(resources);
    const auto limit = limitOf(resources, m_options.hardLimits);
    const double quota = std::max(limit.value_or(0) * periodMicroseconds, leastQuota);
    if (group.unified) {
        const double weight = resources.cpus * (low ? weightPerRevocableCpu : weightPerCpu);
        if (const Result<> done = group.files.write(
                group.file("cpu.weight"), whole(std::clamp(weight, leastWeight, mostWeight)));
            !done)
            return done;
        return group.files.write(group.file("cpu.max"),
                                 (limit ? whole(quota) : "max") + " " + whole(periodMicroseconds));
    }
    const double shares = resources.cpus * (low ? sharesPerRevocableCpu : sharesPerCpu);
    if (const Result<> done =
            group.files.write(group.file("cpu.shares"), whole(std::max(shares, leastShares)));
        !done)
        return done;
    if (!limit && !group.files.exists(group.file("cpu.cfs_quota_us")))
        return {}; // a kernel without quotas
    if (const Result<> done =
            group.files.write(group.file("cpu.cfs_period_us"), whole(periodMicroseconds));
        !done)
        return done;
    return group.files.write(group.file("cpu.cfs_quota_us"), limit ? whole(quota) : "-1");
}

void CpuController::usage(const ContainerGroup &group, mesos::v1::ResourceStatistics &statistics)
{
    const ContainerSpec &spec = group.container.spec;
    if (m_options.hardLimits && !spec.cpusLimit && spec.cpus > 0)
        statistics.set_cpus_limit(spec.cpus);
    const auto text = group.files.read(group.file("cpu.stat"));
    if (!text)
        return;
    const auto stat = flatKeyed(*text);
    const auto value = [&stat](const char *key) {
        const auto found = stat.find(key);
        return found == stat.end() ? std::uint64_t(0) : found->second;
    };
    if (group.unified) {
        statistics.set_cpus_user_time_secs(static_cast<double>(value("user_usec")) / 1e6);
        statistics.set_cpus_system_time_secs(static_cast<double>(value("system_usec")) / 1e6);
    }
    // Where nothing is limited the kernel counts no periods.
    if (!stat.contains("nr_periods") || (!m_options.hardLimits && value("nr_periods") == 0))
        return;
    statistics.set_cpus_nr_periods(small(value("nr_periods")));
    statistics.set_cpus_nr_throttled(small(value("nr_throttled")));
    statistics.set_cpus_throttled_time_secs(
        group.unified ? static_cast<double>(value("throttled_usec")) / 1e6
                      : static_cast<double>(value("throttled_time")) / 1e9);
}

void CpuAccountController::usage(const ContainerGroup &group,
                                 mesos::v1::ResourceStatistics &statistics)
{
    if (m_countThreads) {
        const auto processes = group.files.read(group.file("cgroup.procs"));
        const auto threads =
            group.files.read(group.file(group.unified ? "cgroup.threads" : "tasks"));
        if (processes && threads) {
            statistics.set_processes(small(pidsOf(*processes).size()));
            statistics.set_threads(small(pidsOf(*threads).size()));
        }
    }
    static const double ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    const auto text = group.files.read(group.file("cpuacct.stat"));
    if (group.unified || !text)
        return;
    const auto stat = flatKeyed(*text);
    const auto user = stat.find("user"), system = stat.find("system");
    if (user == stat.end() || system == stat.end())
        return;
    statistics.set_cpus_user_time_secs(static_cast<double>(user->second) / ticks);
    statistics.set_cpus_system_time_secs(static_cast<double>(system->second) / ticks);
}

} // namespace meseta::agent
