#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace meseta::agent {

/// Where to look for cgroups. The defaults are the machine's; tests give files of their own.
struct CgroupPlaces
{
    std::string hierarchy = "/sys/fs/cgroup"; ///< --cgroups_hierarchy: mounts at or below it count
    std::string mountInfo = "/proc/self/mountinfo";
};

/// One tree of cgroups and the controllers that live in it.
struct CgroupHierarchy
{
    std::string path; ///< where it is mounted
    bool unified = false; ///< version 2: other file names, processes only in leaves
    std::set<std::string> controllers; ///< kernel names: "cpu", "memory", "io" (v1: "blkio") …

    friend bool operator==(const CgroupHierarchy &, const CgroupHierarchy &) = default;
};

/// How this machine has its cgroups mounted: version 1 (a tree for each controller, or for some
/// together), version 2 (one tree), or hybrid (version 1, and a version 2 tree beside it that has
/// the controllers left over). Source: kernel documentation, cgroup-v1 and cgroup-v2.
class CgroupLayout
{
public:
    enum class Kind { None, V1, Hybrid, V2 };

    CgroupLayout() = default;
    /// Looks. No cgroups at all is a layout too (`None`).
    static Result<CgroupLayout> look(const CgroupPlaces &places);

    Kind kind() const;
    const std::vector<CgroupHierarchy> &hierarchies() const { return m_hierarchies; }

    /// The tree that has a controller; null when none has. In version 2 the name of version 1 is
    /// understood: "blkio" is "io" there, "cpuacct" belongs to "cpu"; "devices" and "freezer" are
    /// no controllers there but always work.
    const CgroupHierarchy *of(std::string_view controller) const;
    const CgroupHierarchy *unified() const;

    /// For messages: "cgroup v1", "hybrid cgroups", "cgroup v2", "no cgroups".
    std::string text() const;

private:
    std::vector<CgroupHierarchy> m_hierarchies;
};

/// The name a version 2 tree has for a controller of version 1.
std::string_view unifiedControllerName(std::string_view controller);

} // namespace meseta::agent
