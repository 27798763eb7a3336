#include "daemons/agent/cgroups/container_cgroups.h"

#include <cerrno>
#include <csignal>
#include <sstream>

#include <QTimer>

#include "common/base/duration_text.h"
#include "daemons/agent/cgroups/cgroup_text.h"

namespace meseta::agent {

using std::chrono::milliseconds;

namespace {

constexpr int maxDepth = 64; ///< of groups below a container, which it may make itself

/// "outer.inner" lies at "outer/mesos/inner".
std::string pathOf(const std::string &id)
{
    std::string path;
    for (const char c : id)
        path += c == '.' ? std::string("/mesos/") : std::string(1, c);
    return path;
}

} // namespace

struct ContainerCgroups::Removal
{
    std::string id;
    std::function<void(Result<>)> done;
    std::chrono::steady_clock::time_point deadline;
    milliseconds pause{1};
};

ContainerCgroups::ContainerCgroups(CgroupFiles &files, const CgroupLayout &layout,
                                   ContainerCgroupOptions options)
    : m_files(files), m_layout(layout), m_options(std::move(options))
{ }

Result<std::unique_ptr<ContainerCgroups>> ContainerCgroups::open(CgroupFiles &files,
                                                                 const CgroupLayout &layout,
                                                                 ContainerCgroupOptions options)
{
    std::unique_ptr<ContainerCgroups> cgroups(
        new ContainerCgroups(files, layout, std::move(options)));
    const CgroupHierarchy *tracking = cgroups->tracking();
    if (tracking == nullptr)
        return fail("no cgroups are mounted here that could keep a container's processes together; "
                    "mount cgroup v2, or the freezer of v1, at --cgroups_hierarchy");
    if (const Result<> used = cgroups->use(*tracking); !used)
        return fail(used.error());
    return cgroups;
}

Result<> ContainerCgroups::enable(const std::string &controller)
{
    const CgroupHierarchy *hierarchy = m_layout.of(controller);
    if (hierarchy == nullptr)
        return fail("the cgroup controller '" + controller + "' is not mounted here ("
                    + m_layout.text() + "); mount it, or start without what needs it");
    if (const Result<> used = use(*hierarchy); !used)
        return used;
    const std::string name(unifiedControllerName(controller));
    if (!hierarchy->unified || !hierarchy->controllers.contains(name))
        return {};
    // From the mount down to the group of all containers, each step by itself.
    std::string group = hierarchy->path;
    for (std::string rest = m_options.root + "/";;) {
        if (const Result<> handed = handDown(group, name); !handed)
            return handed;
        if (rest.empty()) {
            m_handedDown.insert(name);
            return {};
        }
        group += "/" + rest.substr(0, rest.find('/'));
        rest.erase(0, rest.find('/') + 1);
    }
}

/// Where processes are counted and ended: best where the kernel can end a whole group.
const CgroupHierarchy *ContainerCgroups::tracking() const
{
    if (const CgroupHierarchy *unified = m_layout.unified())
        return unified;
    if (const CgroupHierarchy *freezer = m_layout.of("freezer"))
        return freezer;
    return m_layout.hierarchies().empty() ? nullptr : &m_layout.hierarchies().front();
}

Result<> ContainerCgroups::use(const CgroupHierarchy &hierarchy)
{
    if (std::find(m_used.begin(), m_used.end(), hierarchy) != m_used.end())
        return {};
    if (const Result<> made = m_files.make(hierarchy.path + "/" + m_options.root); !made)
        return fail(made.error().within("using " + hierarchy.path + " for containers"));
    m_used.push_back(hierarchy);
    return {};
}

Result<> ContainerCgroups::handDown(const std::string &group, const std::string &controller)
{
    const std::string file = group + "/cgroup.subtree_control";
    const auto now = m_files.read(file);
    if (!now)
        return fail(now.error());
    std::istringstream words(*now);
    for (std::string word; words >> word;)
        if (word == controller)
            return {};
    const Result<> written = m_files.write(file, "+" + controller);
    if (!written)
        return fail(written.error().within(
            "handing the controller " + controller
            + " down to containers (in cgroup v2 a group with processes of its own cannot)"));
    return {};
}

std::string ContainerCgroups::groupIn(const CgroupHierarchy &hierarchy, const std::string &id) const
{
    return hierarchy.path + "/" + m_options.root + "/" + pathOf(id);
}

Result<> ContainerCgroups::make(const std::string &id)
{
    for (const auto &hierarchy : m_used) {
        const std::string group = groupIn(hierarchy, id);
        Result<> done = hierarchy.unified ? handDownTo(hierarchy, id) : Result<>();
        if (done)
            done = m_files.make(group);
        if (!done)
            return done;
        // Without marks (no right to set them) a later agent finds the groups by containers' names.
        static_cast<void>(m_files.setOwner(group, m_options.owner));
        if (hierarchy.unified)
            done = m_files.make(group + "/leaf");
        else if (hierarchy.controllers.contains("cpuset"))
            done = inheritCpuset(hierarchy, id);
        if (!done)
            return done;
    }
    return {};
}

/// A nested container has controllers only if the groups around it hand them down.
Result<> ContainerCgroups::handDownTo(const CgroupHierarchy &hierarchy, const std::string &id)
{
    std::string group = hierarchy.path + "/" + m_options.root;
    std::string rest = pathOf(id);
    for (std::size_t slash; (slash = rest.find('/')) != std::string::npos;) {
        group += "/" + rest.substr(0, slash);
        rest.erase(0, slash + 1);
        if (const Result<> made = m_files.make(group); !made)
            return made;
        for (const std::string &controller : m_handedDown)
            if (const Result<> handed = handDown(group, controller); !handed)
                return handed;
    }
    return {};
}

/// A new group of version 1 has no CPUs and no memory, so that nobody can enter it.
Result<> ContainerCgroups::inheritCpuset(const CgroupHierarchy &hierarchy, const std::string &id)
{
    std::string above = hierarchy.path;
    for (std::string rest = m_options.root + "/" + pathOf(id) + "/"; !rest.empty();) {
        const std::string below = above + "/" + rest.substr(0, rest.find('/'));
        for (const char *file : {"/cpuset.cpus", "/cpuset.mems"}) {
            const auto value = m_files.read(above + file);
            const auto own = m_files.read(below + file);
            if (!value || !own)
                return fail(value ? own.error() : value.error());
            if (own->find_first_not_of('\n') != std::string::npos)
                continue;
            if (const Result<> copied = m_files.write(below + file, *value); !copied)
                return copied;
        }
        above = below;
        rest.erase(0, rest.find('/') + 1);
    }
    return {};
}

bool ContainerCgroups::contains(const std::string &id) const
{
    return std::any_of(m_used.begin(), m_used.end(), [&](const auto &hierarchy) {
        return m_files.exists(groupIn(hierarchy, id));
    });
}

std::string ContainerCgroups::directory(const std::string &id, std::string_view controller) const
{
    const CgroupHierarchy *hierarchy = m_layout.of(controller);
    return hierarchy == nullptr ? std::string() : groupIn(*hierarchy, id);
}

std::vector<containerizer::CgroupEntry> ContainerCgroups::entries(const std::string &id) const
{
    std::vector<containerizer::CgroupEntry> entries;
    for (const auto &hierarchy : m_used) {
        containerizer::CgroupEntry entry;
        entry.directory = groupIn(hierarchy, id) + (hierarchy.unified ? "/leaf" : "");
        entry.unified = hierarchy.unified;
        entry.freezer = !hierarchy.unified && hierarchy.controllers.contains("freezer");
        entries.push_back(std::move(entry));
    }
    return entries;
}

void ContainerCgroups::collect(const std::string &group, std::set<pid_t> &pids) const
{
    if (const auto text = m_files.read(group + "/cgroup.procs"))
        for (const pid_t pid : pidsOf(*text))
            pids.insert(pid);
    for (const auto &child : m_files.children(group))
        collect(group + "/" + child, pids);
}

std::set<pid_t> ContainerCgroups::processes(const std::string &id) const
{
    std::set<pid_t> pids;
    collect(groupIn(m_used.front(), id), pids);
    return pids;
}

void ContainerCgroups::kill(const std::string &id) const
{
    const std::string group = groupIn(m_used.front(), id);
    if (m_files.exists(group + "/cgroup.kill") && m_files.write(group + "/cgroup.kill", "1"))
        return;
    const std::string freezer = group + "/freezer.state";
    const bool frozen = m_files.exists(freezer) && m_files.write(freezer, "FROZEN").has_value();
    for (const pid_t pid : processes(id))
        ::kill(pid, SIGKILL);
    if (frozen)
        static_cast<void>(m_files.write(freezer, "THAWED"));
}

Result<bool> ContainerCgroups::removeTree(const std::string &group) const
{
    if (const auto gone = m_files.remove(group); !gone || *gone)
        return gone;
    bool all = true;
    for (const auto &child : m_files.children(group)) {
        const auto gone = removeTree(group + "/" + child);
        if (!gone)
            return gone;
        all = all && *gone;
    }
    return all ? m_files.remove(group) : Result<bool>(false);
}

void ContainerCgroups::remove(const std::string &id, std::function<void(Result<>)> done)
{
    auto removal = std::make_shared<Removal>();
    removal->id = id;
    removal->done = std::move(done);
    removal->deadline = std::chrono::steady_clock::now() + m_options.destroyTimeout;
    QTimer::singleShot(0, &m_context, [this, removal] { tryRemoval(removal); });
}

void ContainerCgroups::tryRemoval(const std::shared_ptr<Removal> &removal)
{
    bool all = true;
    Result<> error;
    for (const auto &hierarchy : m_used) {
        const auto gone = removeTree(groupIn(hierarchy, removal->id));
        if (!gone)
            error = fail(gone.error());
        all = all && gone && *gone;
    }
    if (all) {
        removal->done({});
        return;
    }
    if (std::chrono::steady_clock::now() >= removal->deadline) {
        const auto left = processes(removal->id);
        if (error)
            error = fail("the cgroups of container " + removal->id + " could not be removed within "
                         + durationText(m_options.destroyTimeout) + ": "
                         + std::to_string(left.size()) + " processes in them do not end");
        removal->done(error);
        return;
    }
    kill(removal->id);
    QTimer::singleShot(removal->pause, &m_context, [this, removal] { tryRemoval(removal); });
    removal->pause = std::min(removal->pause * 2, milliseconds(100));
}

void ContainerCgroups::listBelow(const std::string &group, const std::string &prefix,
                                 std::vector<std::string> &ids) const
{
    for (const auto &name : m_files.children(group)) {
        const std::string below = group + "/" + name;
        const std::string id = prefix + name;
        if (m_files.owner(below) != m_options.owner)
            continue;
        if (std::find(ids.begin(), ids.end(), id) == ids.end())
            ids.push_back(id);
        if (std::count(id.begin(), id.end(), '.') < maxDepth)
            listBelow(below + "/mesos", id + ".", ids);
    }
}

std::vector<std::string> ContainerCgroups::ours() const
{
    std::vector<std::string> ids;
    for (const auto &hierarchy : m_used)
        listBelow(hierarchy.path + "/" + m_options.root, {}, ids);
    return ids;
}

} // namespace meseta::agent
