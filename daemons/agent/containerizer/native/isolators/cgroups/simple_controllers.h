#pragma once

#include <vector>

#include "daemons/agent/cgroups/device_rules.h"
#include "daemons/agent/containerizer/native/isolators/cgroups/cgroup_controller.h"

namespace meseta::agent {

/// Only a group of the container's own, that others may read and set ("cpuset", "hugetlb").
class PlainController final : public CgroupController
{
public:
    explicit PlainController(std::string name) : m_name(std::move(name)) { }
    std::string name() const override { return m_name; }

private:
    std::string m_name;
};

/// Counts processes and stops a container from taking all that the machine can have: Mesos knows no
/// resource for them, so every container has the same bound.
class PidsController final : public CgroupController
{
public:
    explicit PidsController(std::uint64_t most = defaultMost()) : m_most(most) { }
    std::string name() const override { return "pids"; }
    Result<> prepare(const ContainerGroup &group, containerizer::LaunchSpec &launch) override;
    void usage(const ContainerGroup &group, mesos::v1::ResourceStatistics &statistics) override;

    /// 15% of the machine's processes, as systemd gives a service.
    static std::uint64_t defaultMost();

private:
    std::uint64_t m_most;
};

/// Which devices a container may use, beside those every one may.
class DevicesController final : public CgroupController
{
public:
    explicit DevicesController(std::vector<DeviceRule> rules) : m_rules(std::move(rules)) { }
    std::string name() const override { return "devices"; }
    Result<> prepare(const ContainerGroup &group, containerizer::LaunchSpec &launch) override;

private:
    std::vector<DeviceRule> m_rules;
};

/// Counts what is read from and written to block devices.
class BlockController final : public CgroupController
{
public:
    std::string name() const override { return "blkio"; }
    void usage(const ContainerGroup &group, mesos::v1::ResourceStatistics &statistics) override;
};

} // namespace meseta::agent
