#include "daemons/agent/containerizer/native/isolators/filesystem_linux.h"

#include <algorithm>

#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>

#include "daemons/agent/containerizer/native/isolators/capability_names.h"

namespace meseta::agent {

using containerizer::LaunchSpec;
using containerizer::MountEntry;
using containerizer::NodeEntry;

namespace {

constexpr std::uint64_t harmless = MS_NOSUID | MS_NODEV | MS_NOEXEC;
constexpr int ttyGroup = 5; // of Debian and the others alike

MountEntry fileSystem(const char *type, const char *target, std::uint64_t flags, const char *data)
{
    MountEntry entry;
    entry.source = type;
    entry.target = target;
    entry.type = type;
    entry.flags = flags;
    entry.data = data;
    return entry;
}

void addKernelFileSystems(LaunchSpec &launch)
{
    launch.mounts.push_back(fileSystem("proc", "/proc", harmless, ""));
    launch.mounts.push_back(fileSystem("sysfs", "/sys", harmless | MS_RDONLY, ""));
    launch.mounts.push_back(
        fileSystem("tmpfs", "/sys/fs/cgroup", harmless | MS_RDONLY, "mode=755,size=64k"));
    launch.mounts.push_back(
        fileSystem("tmpfs", "/dev", MS_NOSUID | MS_STRICTATIME | MS_NOEXEC, "mode=755,size=64k"));
    const std::string terminals =
        "newinstance,ptmxmode=0666,mode=0620,gid=" + std::to_string(ttyGroup);
    launch.mounts.push_back(
        fileSystem("devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC, terminals.c_str()));
    launch.mounts.push_back(fileSystem("tmpfs", "/dev/shm", harmless, "mode=1777,size=64m"));
    auto queues = fileSystem("mqueue", "/dev/mqueue", harmless, "");
    queues.optional = true;
    launch.mounts.push_back(queues);
}

void addDevices(LaunchSpec &launch)
{
    struct Device
    {
        const char *path;
        std::uint32_t major, minor;
    };
    for (const auto &[path, major, minor] :
         {Device{"/dev/null", 1, 3}, Device{"/dev/zero", 1, 5}, Device{"/dev/full", 1, 7},
          Device{"/dev/random", 1, 8}, Device{"/dev/urandom", 1, 9}, Device{"/dev/tty", 5, 0}})
        launch.nodes.push_back({path, 'c', major, minor, 0666, {}});
    struct Link
    {
        const char *path, *target;
    };
    for (const auto &[path, target] :
         {Link{"/dev/ptmx", "pts/ptmx"}, Link{"/dev/fd", "/proc/self/fd"},
          Link{"/dev/stdin", "/proc/self/fd/0"}, Link{"/dev/stdout", "/proc/self/fd/1"},
          Link{"/dev/stderr", "/proc/self/fd/2"}})
        launch.nodes.push_back({path, 'l', 0, 0, 0, target});
}

/// What of /proc and /sys tells about the host or changes it.
void addProtection(LaunchSpec &launch)
{
    launch.readOnlyPaths = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
                            "/proc/sysrq-trigger"};
    launch.maskedPaths = {"/proc/acpi",
                          "/proc/asound",
                          "/proc/kcore",
                          "/proc/keys",
                          "/proc/key-users",
                          "/proc/kmsg",
                          "/proc/latency_stats",
                          "/proc/sched_debug",
                          "/proc/scsi",
                          "/proc/timer_list",
                          "/proc/timer_stats",
                          "/sys/firmware",
                          "/sys/devices/virtual/powercap"};
}

/// Without a network of its own a container knows names as the host does.
void addNames(const mesos::v1::ContainerInfo &info, LaunchSpec &launch)
{
    if (info.has_hostname()) {
        launch.newNamespaces |= CLONE_NEWUTS;
        launch.hostname = info.hostname();
    }
    for (const char *path : {"/etc/hosts", "/etc/hostname", "/etc/resolv.conf"}) {
        MountEntry entry = MountEntry::bind(path, path, true);
        entry.missing = MountEntry::Missing::MakeFile;
        entry.optional = true;
        launch.mounts.push_back(entry);
    }
}

/// What the programs of images are made for, and all that Docker gives them: with more, root in a
/// container is root of the host. `linux/capabilities` changes it.
containerizer::CapabilitySets usualCapabilities(const LaunchSpec &launch)
{
    std::uint64_t usual = 0;
    for (const int number : {CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FSETID, CAP_FOWNER, CAP_MKNOD,
                             CAP_NET_RAW, CAP_SETGID, CAP_SETUID, CAP_SETFCAP, CAP_SETPCAP,
                             CAP_NET_BIND_SERVICE, CAP_SYS_CHROOT, CAP_KILL, CAP_AUDIT_WRITE})
        usual |= std::uint64_t(1) << number;
    usual &= ownCapabilities();
    const bool isRoot = launch.imageUser.empty() && launch.uid == 0;
    return {usual, isRoot ? usual : 0, 0, 0};
}

void keepFromDevices(LaunchSpec &launch)
{
    launch.rootFlags |= MS_NODEV;
    for (auto *set : {&launch.capabilities->bounding, &launch.capabilities->effective})
        *set &= ~(std::uint64_t(1) << CAP_MKNOD);
}

bool joinsNetwork(const mesos::v1::ContainerInfo &info)
{
    for (const auto &network : info.network_infos()) {
        if (network.has_name())
            return true;
    }
    return false;
}

void giveRoot(const IsolatedContainer &container, const std::string &sandboxDirectory,
              LaunchSpec &launch)
{
    const ContainerImage &image = *container.image;
    launch.rootfs = image.rootfs;
    launch.rootMounts = image.rootMounts;
    launch.readOnlyRoot = image.readOnly;
    launch.capabilities = usualCapabilities(launch);
    addKernelFileSystems(launch);
    addDevices(launch);
    addProtection(launch);
    if (!joinsNetwork(container.info())) // whose isolator names it
        addNames(container.info(), launch);
    MountEntry sandbox = MountEntry::bind(container.spec.sandbox, sandboxDirectory);
    sandbox.flags |= MS_NODEV;
    launch.mounts.push_back(sandbox);
    launch.setEnvironment("MESOS_SANDBOX", sandboxDirectory);
    if (launch.workingDirectory.empty())
        launch.workingDirectory = sandboxDirectory;
}

} // namespace

void FilesystemLinux::prepare(const IsolatedContainer &container, LaunchSpec &launch, Done done)
{
    if (container.debug) {
        done({});
        return;
    }
    launch.newNamespaces |= CLONE_NEWNS;
    if (container.image) {
        giveRoot(container, m_sandboxDirectory, launch);
        if (!m_devicesAreRuled)
            keepFromDevices(launch);
    }
    done({});
}

namespace {

/// Folders of sandboxes can be linked; all else has to be mounted.
bool needsMount(const mesos::v1::Volume &volume)
{
    const bool relative = volume.has_host_path() && volume.host_path().rfind('/', 0) != 0;
    return !relative && volume.source().type() != mesos::v1::Volume::Source::SANDBOX_PATH;
}

} // namespace

void FilesystemPosix::prepare(const IsolatedContainer &container, LaunchSpec &, Done done)
{
    const auto &info = container.info();
    if (info.mesos().has_image())
        done(fail("the task's container.mesos.image needs the isolator filesystem/linux: start "
                  "the agent with --isolation=filesystem/linux,docker/runtime"));
    else if (std::any_of(info.volumes().begin(), info.volumes().end(), needsMount))
        done(fail("the task's container.volumes need the isolator filesystem/linux: start the "
                  "agent with --isolation=filesystem/linux, or use paths of the host"));
    else
        done({});
}

} // namespace meseta::agent
