#pragma once

#include <array>
#include <map>
#include <memory>

#include "daemons/agent/cgroups/oom_events.h"
#include "daemons/agent/containerizer/native/isolators/cgroups/cgroup_controller.h"

class QSocketNotifier;

namespace meseta::agent {

/// Memory: the request is what is kept for a container when memory is short, the limit is where the
/// kernel ends it. The limit is never lowered under a running container. Source: Mesos cgroups/mem
/// isolator.
class MemoryController final : public CgroupController
{
public:
    /// `limitSwap`: --cgroups_limit_swap, memory and swap together (version 1 only).
    explicit MemoryController(bool limitSwap);
    ~MemoryController() override;

    std::string name() const override { return "memory"; }
    Result<> prepare(const ContainerGroup &group, containerizer::LaunchSpec &launch) override;
    Result<> recover(const ContainerGroup &group) override;
    Result<> update(const ContainerGroup &group, const ContainerResources &resources) override;
    void watch(const ContainerGroup &group,
               std::function<void(const ContainerLimitation &)> broken) override;
    std::optional<ContainerLimitation> brokenLimit(const ContainerGroup &group) override;
    void usage(const ContainerGroup &group, mesos::v1::ResourceStatistics &statistics) override;
    void forget(const std::string &containerId) override;

private:
    struct Pressure
    {
        containerizer::FileDescriptor event; ///< counts by itself until it is read
        std::uint64_t count = 0;
    };
    struct Entry
    {
        std::string path;
        bool unified = false;
        bool limitSet = false;
        bool told = false;
        std::array<Pressure, 3> pressures; ///< low, medium, critical
        std::function<void(const ContainerLimitation &)> broken;
    };

    Result<> listen(const ContainerGroup &group);
    Result<> setLimit(const ContainerGroup &group, std::optional<std::uint64_t> limit, bool grows);
    void outOfMemory();
    void addPressure(Entry &entry, mesos::v1::ResourceStatistics &statistics);
    ContainerLimitation limitation(const Entry &entry) const;

    bool m_limitSwap;
    CgroupFiles m_files;
    OomEvents m_events;
    std::unique_ptr<QSocketNotifier> m_notifier;
    std::map<std::string, Entry> m_entries;
};

/// 1000 for a container that asks for nothing, less the more of the machine's memory it asks for:
/// who uses more than it asked for is ended first. Source: Mesos, calculateOOMScoreAdj.
int oomScoreAdjustment(std::uint64_t requestBytes, std::uint64_t totalBytes);

} // namespace meseta::agent
