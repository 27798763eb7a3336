#include "daemons/agent/containerizer/native/isolators/cgroups/simple_controllers.h"

#include <algorithm>

#include "daemons/agent/cgroups/cgroup_text.h"
#include "daemons/agent/cgroups/device_program.h"

namespace meseta::agent {

namespace {

constexpr std::uint64_t leastProcesses = 512;

} // namespace

std::uint64_t PidsController::defaultMost()
{
    const CgroupFiles files;
    std::uint64_t all = 32768;
    for (const char *name : {"/proc/sys/kernel/pid_max", "/proc/sys/kernel/threads-max"}) {
        const auto text = files.read(name);
        if (const auto value = text ? numberOf(*text) : std::nullopt)
            all = std::min(all == 32768 ? *value : all, *value);
    }
    return std::max(all * 15 / 100, leastProcesses);
}

Result<> PidsController::prepare(const ContainerGroup &group, containerizer::LaunchSpec &)
{
    return group.files.write(group.file("pids.max"), std::to_string(m_most));
}

void PidsController::usage(const ContainerGroup &group, mesos::v1::ResourceStatistics &statistics)
{
    const auto text = group.files.read(group.file("pids.current"));
    // The kernel counts threads; processes are told by who looks at each of them.
    if (const auto count = text ? numberOf(*text) : std::nullopt)
        statistics.set_threads(static_cast<std::uint32_t>(*count));
}

Result<> DevicesController::prepare(const ContainerGroup &group, containerizer::LaunchSpec &)
{
    if (group.unified)
        return attachDeviceProgram(group.path, m_rules);
    if (const Result<> denied = group.files.write(group.file("devices.deny"), "a"); !denied)
        return denied;
    for (const DeviceRule &rule : m_rules) {
        if (const Result<> allowed =
                group.files.write(group.file("devices.allow"), deviceRuleText(rule));
            !allowed)
            return allowed;
    }
    return {};
}

} // namespace meseta::agent
