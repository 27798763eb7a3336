#include "daemons/agent/containerizer/native/isolators/namespace_isolators.h"

#include <sched.h>
#include <sys/mount.h>

namespace meseta::agent {

using containerizer::LaunchSpec;
using containerizer::MountEntry;
using mesos::v1::LinuxInfo;

namespace {

std::string namespacePath(const IsolatedContainer &container, const char *name)
{
    return "/proc/" + std::to_string(container.pid) + "/ns/" + name;
}

/// Takes the mount at a path out of the list; another is to be there.
void dropMount(LaunchSpec &launch, const std::string &target)
{
    std::erase_if(launch.mounts, [&](const MountEntry &entry) { return entry.target == target; });
}

MountEntry sharedMemory(std::optional<std::uint64_t> bytes)
{
    MountEntry entry;
    entry.source = entry.type = "tmpfs";
    entry.target = "/dev/shm";
    entry.flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    entry.data = "mode=1777";
    if (bytes)
        entry.data += ",size=" + std::to_string(*bytes);
    return entry;
}

} // namespace

void PidNamespace::prepare(const IsolatedContainer &container, LaunchSpec &launch, Done done)
{
    const bool share = container.info().linux_info().share_pid_namespace();
    if (container.parent != nullptr) {
        launch.joinNamespaces.push_back({namespacePath(*container.parent, "pid"), CLONE_NEWPID});
        if (!share && !container.debug)
            launch.newNamespaces |= CLONE_NEWPID;
    } else if (!share) {
        launch.newNamespaces |= CLONE_NEWPID;
    } else if (m_sharingRefused) {
        done(fail("linux_info.share_pid_namespace=true is refused: the agent was started with "
                  "--disallow_sharing_agent_pid_namespace"));
        return;
    }
    if (launch.has(CLONE_NEWPID) && launch.rootfs.empty()) {
        // On the host's root: the processes of the new namespace, in a /proc of their own.
        launch.newNamespaces |= CLONE_NEWNS;
        MountEntry proc;
        proc.source = proc.type = "proc";
        proc.target = "/proc";
        proc.flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
        launch.mounts.insert(launch.mounts.begin(), proc);
    }
    done({});
}

Result<> IpcNamespace::check(const IsolatedContainer &container) const
{
    const LinuxInfo &info = container.info().linux_info();
    if (info.has_shm_size() && info.ipc_mode() != LinuxInfo::PRIVATE)
        return fail("linux_info.shm_size is only taken with linux_info.ipc_mode=PRIVATE");
    if (container.debug && info.ipc_mode() == LinuxInfo::PRIVATE)
        return fail("linux_info.ipc_mode=PRIVATE is refused for a container that runs beside "
                    "another's command");
    if (container.parent == nullptr && info.ipc_mode() == LinuxInfo::SHARE_PARENT
        && m_sharingRefused)
        return fail("linux_info.ipc_mode=SHARE_PARENT is refused: the agent was started with "
                    "--disallow_sharing_agent_ipc_namespace");
    return {};
}

void IpcNamespace::shareParents(const IsolatedContainer &container, LaunchSpec &launch) const
{
    MountEntry shm = MountEntry::bind("/dev/shm", "/dev/shm");
    if (container.parent != nullptr) {
        launch.joinNamespaces.push_back({namespacePath(*container.parent, "ipc"), CLONE_NEWIPC});
        shm.sourceNamespace = namespacePath(*container.parent, "mnt");
    }
    const bool seesParents = container.debug; // in its mount namespace
    if (!seesParents && (!launch.rootfs.empty() || container.parent != nullptr)) {
        dropMount(launch, "/dev/shm");
        launch.newNamespaces |= CLONE_NEWNS;
        launch.mounts.push_back(std::move(shm));
    }
}

void IpcNamespace::prepare(const IsolatedContainer &container, LaunchSpec &launch, Done done)
{
    const LinuxInfo &info = container.info().linux_info();
    if (auto fine = check(container); !fine) {
        done(fine);
        return;
    }
    const bool share = info.ipc_mode() == LinuxInfo::SHARE_PARENT
        || (container.parent != nullptr && info.ipc_mode() != LinuxInfo::PRIVATE);
    if (share) {
        shareParents(container, launch);
        done({});
        return;
    }
    launch.newNamespaces |= CLONE_NEWIPC | CLONE_NEWNS;
    auto bytes = m_shmBytes;
    if (info.has_shm_size())
        bytes = std::uint64_t(info.shm_size()) << 20;
    dropMount(launch, "/dev/shm");
    launch.mounts.push_back(sharedMemory(bytes));
    done({});
}

} // namespace meseta::agent
