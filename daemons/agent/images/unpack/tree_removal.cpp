#include <cerrno>
#include <cstring>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "daemons/agent/images/unpack/rooted_tree.h"

namespace meseta::agent {

using containerizer::FileDescriptor;

namespace {

constexpr int maxDepth = 100;

using Listing = std::unique_ptr<DIR, int (*)(DIR *)>;

std::string cannot(const std::string &what, const std::string &name)
{
    return "cannot " + what + " '" + name + "': " + std::strerror(errno);
}

/// Empties a directory. What lies deeper than a path can safely go is first moved up to `top`: a
/// container may nest folders without end.
class Removal
{
public:
    explicit Removal(int top) : m_top(top) { }

    Result<> removeEntry(int directory, const std::string &name, int depth)
    {
        if (::unlinkat(directory, name.c_str(), 0) == 0 || errno == ENOENT)
            return {};
        if (errno != EISDIR && errno != EPERM)
            return fail(cannot("remove", name));
        if (depth > maxDepth && directory != m_top)
            return moveUp(directory, name);
        if (auto emptied = empty(directory, name, depth); !emptied)
            return emptied;
        return ::unlinkat(directory, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT
            ? Result<>()
            : fail(cannot("remove the folder", name));
    }

    Result<> removeMoved()
    {
        while (m_removed < m_moved) {
            if (auto removed = removeEntry(m_top, movedName(m_removed++), 0); !removed)
                return removed;
        }
        return {};
    }

private:
    static FileDescriptor openHere(int directory, const std::string &name)
    {
        open_how how{};
        how.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
        how.resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS;
        return FileDescriptor(
            static_cast<int>(::syscall(SYS_openat2, directory, name.c_str(), &how, sizeof how)));
    }

    Result<> empty(int directory, const std::string &name, int depth)
    {
        FileDescriptor opened = openHere(directory, name);
        if (!opened.valid())
            return errno == EXDEV ? fail("'" + name + "' is still mounted")
                                  : fail(cannot("open the folder", name));
        if (::geteuid() != 0)
            ::fchmod(opened.get(), 0700);
        const Listing listing(::fdopendir(opened.get()), ::closedir);
        if (!listing)
            return fail(cannot("list the folder", name));
        const int fd = opened.release();
        while (const dirent *entry = ::readdir(listing.get())) {
            const std::string child = static_cast<const char *>(entry->d_name);
            if (child == "." || child == "..")
                continue;
            if (auto removed = removeEntry(fd, child, depth + 1); !removed)
                return removed;
        }
        return {};
    }

    Result<> moveUp(int directory, const std::string &name)
    {
        return ::renameat(directory, name.c_str(), m_top, movedName(m_moved++).c_str()) == 0
            ? Result<>()
            : fail(cannot("move up the folder", name));
    }

    std::string movedName(std::uint64_t number) const
    {
        return ".removing-" + std::to_string(::getpid()) + "-" + std::to_string(number);
    }

    int m_top;
    std::uint64_t m_moved = 0;
    std::uint64_t m_removed = 0;
};

} // namespace

Result<> removeTree(int directory, const std::string &name)
{
    Removal removal(directory);
    if (auto removed = removal.removeEntry(directory, name, 0); !removed)
        return removed;
    return removal.removeMoved();
}

Result<> removeTree(const std::string &path)
{
    const auto slash = path.find_last_of('/');
    const FileDescriptor parent(
        ::open(path.substr(0, slash + 1).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!parent.valid())
        return errno == ENOENT ? Result<>() : fail(cannot("remove", path));
    if (auto removed = removeTree(parent.get(), path.substr(slash + 1)); !removed)
        return fail(removed.error().within("removing " + path));
    return {};
}

} // namespace meseta::agent
