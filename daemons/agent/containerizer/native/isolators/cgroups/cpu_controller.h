#pragma once

#include "daemons/agent/containerizer/native/isolators/cgroups/cgroup_controller.h"

namespace meseta::agent {

struct CpuControllerOptions
{
    bool hardLimits = false; ///< --cgroups_enable_cfs: the request is a limit too
    bool revocableLow = true; ///< --revocable_cpu_low_priority
};

/// Shares of the CPUs by what was requested, and a quota by what is the limit. Source: Mesos
/// cgroups/cpu isolator.
class CpuController final : public CgroupController
{
public:
    explicit CpuController(CpuControllerOptions options) : m_options(options) { }

    std::string name() const override { return "cpu"; }
    Result<> update(const ContainerGroup &group, const ContainerResources &resources) override;
    void usage(const ContainerGroup &group, mesos::v1::ResourceStatistics &statistics) override;

private:
    CpuControllerOptions m_options;
};

/// Version 1 counts CPU time by itself; in version 2 the cpu controller does.
class CpuAccountController final : public CgroupController
{
public:
    explicit CpuAccountController(bool countThreads) : m_countThreads(countThreads) { }

    std::string name() const override { return "cpuacct"; }
    void usage(const ContainerGroup &group, mesos::v1::ResourceStatistics &statistics) override;

private:
    bool m_countThreads; ///< --cgroups_cpu_enable_pids_and_tids_count
};

} // namespace meseta::agent
