#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <QObject>

#include <sys/types.h>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "daemons/agent/cgroups/cgroup_files.h"
#include "daemons/agent/cgroups/cgroup_layout.h"
#include "daemons/containerizer/launch_spec.h"

namespace meseta::agent {

struct ContainerCgroupOptions
{
    std::string root = "mesos"; ///< --cgroups_root: the group above those of all containers
    std::string owner; ///< whose containers they are: the agent's work_dir
    Duration destroyTimeout = std::chrono::minutes(1); ///< --cgroups_destroy_timeout
};

/// The groups of containers: one in each tree that has a controller in use, and always one that
/// keeps a container's processes together, to find and to end them all.
///
/// Container `id` is <tree>/<root>/<id>, a nested one "outer.inner" is
/// <tree>/<root>/<outer>/mesos/<inner>. In version 2 its processes are in "leaf" below that, since
/// a group with children may not have any. Limits are set at `directory`, never at the leaf.
/// Source: Mesos cgroups isolators.
class ContainerCgroups
{
public:
    /// Takes the tree that keeps processes together into use. `files` must outlive it.
    static Result<std::unique_ptr<ContainerCgroups>>
    open(CgroupFiles &files, const CgroupLayout &layout, ContainerCgroupOptions options);

    /// Takes the tree of a controller into use for containers made from now on: makes the group of
    /// all containers there and (version 2) hands the controller down to it. Says what is missing.
    Result<> enable(const std::string &controller);

    const CgroupLayout &layout() const { return m_layout; }
    CgroupFiles &files() const { return m_files; }

    /// Makes the groups of a container, marked as ours.
    Result<> make(const std::string &id);

    /// Whether the container has groups.
    bool contains(const std::string &id) const;

    /// The group where a controller's files of a container are.
    std::string directory(const std::string &id, std::string_view controller) const;

    /// The groups that the launcher puts the container's first process into.
    std::vector<containerizer::CgroupEntry> entries(const std::string &id) const;

    /// All processes of a container and of those nested in it.
    std::set<pid_t> processes(const std::string &id) const;

    /// SIGKILL to all of them. Those that fork meanwhile are caught where the kernel has
    /// cgroup.kill or a freezer, else by calling it again.
    void kill(const std::string &id) const;

    /// Ends what still runs and removes the groups, with those nested in it; tries again until it
    /// works or --cgroups_destroy_timeout is over. `done` is called later, never from inside.
    void remove(const std::string &id, std::function<void(Result<>)> done);

    /// The containers with groups that are marked as ours (also nested ones), from this agent's
    /// time or from an earlier one's.
    std::vector<std::string> ours() const;

private:
    struct Removal;

    ContainerCgroups(CgroupFiles &files, const CgroupLayout &layout,
                     ContainerCgroupOptions options);
    Result<> use(const CgroupHierarchy &hierarchy);
    Result<> handDown(const std::string &group, const std::string &controller);
    Result<> handDownTo(const CgroupHierarchy &hierarchy, const std::string &id);
    Result<> inheritCpuset(const CgroupHierarchy &hierarchy, const std::string &id);
    const CgroupHierarchy *tracking() const;
    std::string groupIn(const CgroupHierarchy &hierarchy, const std::string &id) const;
    void collect(const std::string &group, std::set<pid_t> &pids) const;
    Result<bool> removeTree(const std::string &group) const;
    void tryRemoval(const std::shared_ptr<Removal> &removal);
    void listBelow(const std::string &group, const std::string &prefix,
                   std::vector<std::string> &ids) const;

    CgroupFiles &m_files;
    CgroupLayout m_layout;
    ContainerCgroupOptions m_options;
    std::vector<CgroupHierarchy> m_used; ///< the one that keeps track of processes comes first
    std::set<std::string> m_handedDown; ///< controllers of version 2 that containers have
    QObject m_context; ///< last: what is still queued goes first
};

} // namespace meseta::agent
