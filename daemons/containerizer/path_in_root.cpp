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

/// Links that lead to nothing yet (an image's /etc/resolv.conf) are followed by hand, this far.
constexpr int maxLinks = 64; // and folders, of which each counts as one

struct Parts
{
    std::string parent; ///< "/" for a name at the top
    std::string name;
};

Parts partsOf(const std::string &path)
{
    const auto slash = path.find_last_of('/');
    if (slash == std::string::npos)
        return {"/", path};
    return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}

/// Where a link leads, as a path in the same root; empty when there is no link.
std::string destination(int root, const std::string &path)
{
    const Parts parts = partsOf(path);
    const FileDescriptor parent = openInRoot(root, parts.parent, O_PATH);
    char target[4096];
    const auto length =
        parent.valid() ? ::readlinkat(parent.get(), parts.name.c_str(), target, sizeof target) : -1;
    if (length <= 0)
        return {};
    const std::string text(target, static_cast<std::size_t>(length));
    return text.front() == '/' ? text : parts.parent + "/" + text;
}

FileDescriptor makeFolder(int root, const std::string &path, int links = 0)
{
    FileDescriptor folder = openInRoot(root, path, O_PATH);
    if (folder.valid() || errno != ENOENT || links > maxLinks)
        return folder;
    if (const std::string target = destination(root, path); !target.empty())
        return makeFolder(root, target, links + 1);
    const Parts parts = partsOf(path);
    const FileDescriptor parent = makeFolder(root, parts.parent, links + 1);
    if (!parent.valid())
        return {};
    if (!parts.name.empty() && ::mkdirat(parent.get(), parts.name.c_str(), 0755) != 0
        && errno != EEXIST)
        return {};
    return openInRoot(root, path, O_PATH);
}

FileDescriptor makeFile(int root, const std::string &path, int links = 0)
{
    if (const std::string target = destination(root, path); !target.empty()) {
        errno = ELOOP;
        return links > maxLinks ? FileDescriptor() : makeFile(root, target, links + 1);
    }
    if (!makeFolder(root, partsOf(path).parent).valid()
        || !openInRoot(root, path, O_WRONLY | O_CREAT).valid())
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
    return missing == MountEntry::Missing::MakeDirectory ? makeFolder(root, path)
                                                         : makeFile(root, path);
}

std::string pathOf(const FileDescriptor &file)
{
    return "/proc/self/fd/" + std::to_string(file.get());
}

} // namespace meseta::containerizer
