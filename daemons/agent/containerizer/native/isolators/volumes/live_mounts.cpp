#include "daemons/agent/containerizer/native/isolators/volumes/live_mounts.h"

#include <cerrno>
#include <cstring>
#include <functional>
#include <optional>
#include <thread>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "daemons/containerizer/bind_tree.h"
#include "daemons/containerizer/path_in_root.h"

namespace meseta::agent {

using containerizer::FileDescriptor;

namespace {

tl::unexpected<Error> failed(const std::string &doing)
{
    return fail(doing + ": " + std::strerror(errno));
}

std::string placeOf(const LiveMount &mount)
{
    return "'" + mount.name + "' of the sandbox";
}

/// Calls `work` with the sandbox opened where the process sees it. On a thread of its own: one that
/// has entered another mount namespace is of no use for anything else.
Result<> inSandboxOf(pid_t pid, const std::string &sandbox,
                     const std::function<Result<>(const FileDescriptor &)> &work)
{
    const std::string path = "/proc/" + std::to_string(pid) + "/ns/mnt";
    const FileDescriptor space(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!space.valid())
        return errno == ENOENT || errno == ESRCH ? Result<>() : failed("cannot open " + path);
    Result<> result;
    std::thread([&] {
        if (::unshare(CLONE_FS) != 0 || ::setns(space.get(), CLONE_NEWNS) != 0) {
            result = failed("cannot enter the mount namespace of process " + std::to_string(pid));
            return;
        }
        const FileDescriptor root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
        const FileDescriptor folder =
            containerizer::openInRoot(root.get(), sandbox, O_PATH | O_DIRECTORY);
        result = folder.valid()
            ? work(folder)
            : failed("cannot open the sandbox " + sandbox + " in its container");
    }).join();
    return result;
}

bool isSame(const struct stat &one, const struct stat &other)
{
    return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/// What is in the sandbox under this name; no link is followed.
std::optional<struct stat> statIn(const FileDescriptor &sandbox, const std::string &name)
{
    struct stat info = {};
    if (::fstatat(sandbox.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
        return std::nullopt;
    return info;
}

Result<> attachIn(const FileDescriptor &sandbox, const FileDescriptor &tree, const LiveMount &mount)
{
    if (::mkdirat(sandbox.get(), mount.name.c_str(), 0755) != 0 && errno != EEXIST)
        return failed("cannot make " + placeOf(mount));
    const FileDescriptor target(
        ::openat(sandbox.get(), mount.name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    struct stat now = {}, wanted = {};
    if (!target.valid() || ::fstat(target.get(), &now) != 0 || ::fstat(tree.get(), &wanted) != 0)
        return failed("cannot open " + placeOf(mount));
    if (isSame(now, wanted))
        return {};
    if (!S_ISDIR(now.st_mode))
        return fail(placeOf(mount)
                    + " exists and is not a folder, so that nothing can be mounted "
                      "there: remove it or use another container_path");
    if (!containerizer::attachTree(tree, target))
        return failed("cannot mount " + mount.source + " at " + placeOf(mount));
    return {};
}

Result<> detachIn(const FileDescriptor &sandbox, const struct stat &source, const LiveMount &mount)
{
    const auto there = statIn(sandbox, mount.name);
    if (!there || !isSame(*there, source))
        return {};
    // By its name alone: the path of a descriptor needs a /proc, and this one is the container's.
    if (::fchdir(sandbox.get()) != 0
        || ::umount2(mount.name.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) != 0)
        return failed("cannot take the mount of " + mount.source + " from " + placeOf(mount));
    ::unlinkat(sandbox.get(), mount.name.c_str(), AT_REMOVEDIR); // one with content stays
    return {};
}

} // namespace

Result<> mountIn(pid_t pid, const LiveMount &mount)
{
    const FileDescriptor source(::open(mount.source.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    const FileDescriptor tree =
        source.valid() ? containerizer::cloneTree(source, true) : FileDescriptor();
    const std::uint64_t flags = MS_NODEV | (mount.readOnly ? std::uint64_t{MS_RDONLY} : 0);
    if (!tree.valid() || !containerizer::restrictTree(tree, flags, MS_PRIVATE, true))
        return failed("cannot take hold of " + mount.source);
    return inSandboxOf(pid, mount.sandbox, [&](const FileDescriptor &sandbox) {
        return attachIn(sandbox, tree, mount);
    });
}

Result<> unmountIn(pid_t pid, const LiveMount &mount)
{
    struct stat source = {};
    if (::stat(mount.source.c_str(), &source) != 0)
        return errno == ENOENT ? Result<>() : failed("cannot look at " + mount.source);
    return inSandboxOf(pid, mount.sandbox, [&](const FileDescriptor &sandbox) {
        return detachIn(sandbox, source, mount);
    });
}

} // namespace meseta::agent
