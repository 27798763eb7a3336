#include "daemons/containerizer/path_in_root.h"

#include <cerrno>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

namespace meseta::containerizer {

namespace {

/// The kernel gives up with EAGAIN when somebody renames folders above meanwhile.
constexpr int renameRaces = 64;

FileDescriptor makeFolder(int root, const std::string &path)
{
    FileDescriptor folder = openInRoot(root, path, O_PATH);
    if (folder.valid() || errno != ENOENT)
        return folder;
    const auto slash = path.find_last_of('/');
    const std::string name = path.substr(slash == std::string::npos ? 0 : slash + 1);
    const FileDescriptor parent = slash == std::string::npos || slash == 0
        ? openInRoot(root, "/", O_PATH | O_DIRECTORY)
        : makeFolder(root, path.substr(0, slash));
    if (!parent.valid())
        return {};
    if (!name.empty() && ::mkdirat(parent.get(), name.c_str(), 0755) != 0 && errno != EEXIST)
        return {};
    return openInRoot(root, path, O_PATH);
}

} // namespace

FileDescriptor openInRoot(int root, const std::string &path, int flags)
{
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags) | O_CLOEXEC;
    how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    if ((flags & O_CREAT) != 0)
        how.mode = 0644;
    for (int attempt = 0; attempt < renameRaces; ++attempt) {
        const long fd = ::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how);
        if (fd >= 0 || errno != EAGAIN)
            return FileDescriptor(static_cast<int>(fd));
    }
    return {};
}

FileDescriptor makeInRoot(int root, const std::string &path, MountEntry::Missing missing)
{
    FileDescriptor found = openInRoot(root, path, O_PATH);
    if (found.valid() || errno != ENOENT || missing == MountEntry::Missing::Refuse)
        return found;
    if (missing == MountEntry::Missing::MakeDirectory)
        return makeFolder(root, path);
    const auto slash = path.find_last_of('/');
    if (slash != std::string::npos && slash > 0 && !makeFolder(root, path.substr(0, slash)).valid())
        return {};
    if (!openInRoot(root, path, O_WRONLY | O_CREAT).valid())
        return {};
    return openInRoot(root, path, O_PATH);
}

std::string pathOf(const FileDescriptor &file)
{
    return "/proc/self/fd/" + std::to_string(file.get());
}

} // namespace meseta::containerizer
