#pragma once

#include <functional>
#include <optional>
#include <string>

#include "daemons/agent/cgroups/cgroup_files.h"
#include "daemons/agent/containerizer/native/isolator.h"

namespace meseta::agent {

/// A container's group in the tree of one controller.
struct ContainerGroup
{
    const IsolatedContainer &container;
    CgroupFiles &files;
    std::string path;
    bool unified = false; ///< version 2

    std::string file(const char *name) const { return path + "/" + name; }
};

/// What a container may use, as its description says it.
ContainerResources resourcesOf(const ContainerSpec &spec);

/// One kernel controller: writes its limits, reads its usage, and knows when a limit was broken.
/// In both versions of cgroups; the groups themselves are not its business.
class CgroupController
{
public:
    virtual ~CgroupController() = default;

    /// Its name in version 1: "memory", "cpuacct".
    virtual std::string name() const = 0;

    /// The group is new and nobody is in it yet; `launch` as in Isolator::prepare.
    virtual Result<> prepare(const ContainerGroup &group, containerizer::LaunchSpec &launch)
    {
        static_cast<void>(group);
        static_cast<void>(launch);
        return {};
    }

    /// The container runs since an earlier agent.
    virtual Result<> recover(const ContainerGroup &group)
    {
        static_cast<void>(group);
        return {};
    }

    virtual Result<> update(const ContainerGroup &group, const ContainerResources &resources)
    {
        static_cast<void>(group);
        static_cast<void>(resources);
        return {};
    }

    virtual void watch(const ContainerGroup &group,
                       std::function<void(const ContainerLimitation &)> broken)
    {
        static_cast<void>(group);
        static_cast<void>(broken);
    }

    virtual std::optional<ContainerLimitation> brokenLimit(const ContainerGroup &group)
    {
        static_cast<void>(group);
        return std::nullopt;
    }

    virtual void usage(const ContainerGroup &group, mesos::v1::ResourceStatistics &statistics)
    {
        static_cast<void>(group);
        static_cast<void>(statistics);
    }

    /// The container is over.
    virtual void forget(const std::string &containerId) { static_cast<void>(containerId); }
};

} // namespace meseta::agent
