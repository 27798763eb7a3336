#include "daemons/agent/images/backends/tree_copy.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <memory>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "daemons/agent/images/unpack/folder_attributes.h"
#include "daemons/agent/images/unpack/layer_writer.h"
#include "daemons/agent/images/unpack/rooted_tree.h"

namespace meseta::agent {

using containerizer::FileDescriptor;

namespace {

constexpr int folderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr std::size_t copyAtOnce = 1 << 30;

tl::unexpected<Error> cannot(const std::string &doing)
{
    return fail("cannot " + doing + ": " + std::strerror(errno));
}

std::string throughDescriptor(int directory, const std::string &name)
{
    return "/proc/self/fd/" + std::to_string(directory) + "/" + name;
}

/// One layer on its way.
class LayerCopy
{
public:
    explicit LayerCopy(int target) : m_target(target), m_privileged(::geteuid() == 0) { }

    Result<> copyFolder(int from, int to, const std::string &path)
    {
        const std::unique_ptr<DIR, int (*)(DIR *)> listing(::fdopendir(::dup(from)), ::closedir);
        if (!listing)
            return cannot("list it");
        while (const dirent *entry = ::readdir(listing.get())) {
            const std::string name = static_cast<const char *>(entry->d_name);
            if (name == "." || name == "..")
                continue;
            const std::string below = path.empty() ? name : path + "/" + name;
            if (auto copied = copyEntry(from, to, name, below); !copied)
                return copied.error().message.starts_with("'")
                    ? copied
                    : fail(copied.error().within("'" + below + "'"));
        }
        return {};
    }

    Result<> copyAttributes(int from, int to, const struct stat &status) const
    {
        if (m_privileged && ::fchown(to, status.st_uid, status.st_gid) != 0)
            return cannot("set its owner");
        if (::fchmod(to, status.st_mode & 07777) != 0)
            return cannot("set its permissions");
        if (auto copied = copyXattrs(from, to); !copied)
            return copied;
        const std::array<timespec, 2> times{status.st_atim, status.st_mtim};
        return ::futimens(to, times.data()) == 0 ? Result<>() : cannot("set its times");
    }

private:
    Result<> copyEntry(int from, int to, const std::string &name, const std::string &path)
    {
        struct stat status
        { };
        if (::fstatat(from, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
            return cannot("look at it");
        if (S_ISDIR(status.st_mode))
            return copyChild(from, to, name, path);
        if (auto removed = removeTree(to, name); !removed)
            return removed;
        if (S_ISCHR(status.st_mode) && status.st_rdev == 0)
            return {}; // a whiteout
        if (status.st_nlink > 1) {
            const auto [known, fresh] = m_links.try_emplace(status.st_ino, path);
            if (!fresh)
                return ::linkat(m_target, known->second.c_str(), to, name.c_str(), 0) == 0
                    ? Result<>()
                    : cannot("link it");
        }
        return S_ISREG(status.st_mode) ? copyFile(from, to, name, status)
                                       : copySpecial(from, to, name, status);
    }

    Result<> copyChild(int from, int to, const std::string &name, const std::string &path)
    {
        const FileDescriptor source(::openat(from, name.c_str(), folderFlags));
        struct stat status
        {
        }, existing{};
        if (!source.valid() || ::fstat(source.get(), &status) != 0)
            return cannot("open the folder");
        const bool there = ::fstatat(to, name.c_str(), &existing, AT_SYMLINK_NOFOLLOW) == 0;
        if (there && (!S_ISDIR(existing.st_mode) || isOpaque(source.get()))) {
            if (auto removed = removeTree(to, name); !removed)
                return removed;
        }
        if (::mkdirat(to, name.c_str(), 0700) != 0 && errno != EEXIST)
            return cannot("make the folder");
        const FileDescriptor target(::openat(to, name.c_str(), folderFlags));
        if (!target.valid())
            return cannot("open the folder");
        if (auto copied = copyFolder(source.get(), target.get(), path); !copied)
            return copied;
        return copyAttributes(source.get(), target.get(), status);
    }

    bool isOpaque(int folder) const
    {
        char mark = 0;
        return ::fgetxattr(folder, opaqueMark(m_privileged).c_str(), &mark, 1) == 1 && mark == 'y';
    }

    Result<> copyFile(int from, int to, const std::string &name, const struct stat &status) const
    {
        const FileDescriptor source(
            ::openat(from, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
        const FileDescriptor target(
            ::openat(to, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
        if (!source.valid() || !target.valid())
            return cannot("open it");
        if (status.st_size > 0 && ::ioctl(target.get(), FICLONE, source.get()) != 0) {
            for (ssize_t got = 1; got > 0;) {
                got =
                    ::copy_file_range(source.get(), nullptr, target.get(), nullptr, copyAtOnce, 0);
                if (got < 0)
                    return cannot("copy it");
            }
        }
        return copyAttributes(source.get(), target.get(), status);
    }

    Result<> copySpecial(int from, int to, const std::string &name, const struct stat &status) const
    {
        if (S_ISLNK(status.st_mode)) {
            std::string link(4096, '\0');
            const ssize_t size = ::readlinkat(from, name.c_str(), link.data(), link.size());
            if (size < 0)
                return cannot("read the link");
            link.resize(static_cast<std::size_t>(size));
            if (::symlinkat(link.c_str(), to, name.c_str()) != 0)
                return cannot("make the link");
        } else if (::mknodat(to, name.c_str(), status.st_mode, status.st_rdev) != 0) {
            return cannot("make the node");
        }
        if (m_privileged
            && ::fchownat(to, name.c_str(), status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW) != 0)
            return cannot("set its owner");
        if (!S_ISLNK(status.st_mode)
            && ::fchmodat(to, name.c_str(), status.st_mode & 07777, 0) != 0)
            return cannot("set its permissions");
        if (auto copied = copyLinkXattrs(from, to, name); !copied)
            return copied;
        const std::array<timespec, 2> times{status.st_atim, status.st_mtim};
        return ::utimensat(to, name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) == 0
            ? Result<>()
            : cannot("set its times");
    }

    static std::vector<std::string> splitNames(const std::string &list)
    {
        std::vector<std::string> names;
        for (std::size_t at = 0; at < list.size(); at += names.back().size() + 1)
            names.emplace_back(list.c_str() + at);
        return names;
    }

    Result<> copyXattrs(int from, int to) const
    {
        const auto xattrs = readXattrs(from);
        if (!xattrs)
            return fail(xattrs.error());
        for (const auto &[name, value] : *xattrs) {
            if (auto set = setXattr(to, name, value, m_privileged); !set)
                return set;
        }
        return {};
    }

    static Result<> copyLinkXattrs(int from, int to, const std::string &name)
    {
        const std::string source = throughDescriptor(from, name),
                          target = throughDescriptor(to, name);
        const ssize_t size = ::llistxattr(source.c_str(), nullptr, 0);
        std::string list(static_cast<std::size_t>(std::max<ssize_t>(size, 0)), '\0');
        if (size <= 0 || ::llistxattr(source.c_str(), list.data(), list.size()) != size)
            return {};
        for (const auto &attribute : splitNames(list)) {
            std::string value(65536, '\0');
            const ssize_t length =
                ::lgetxattr(source.c_str(), attribute.c_str(), value.data(), value.size());
            if (length >= 0)
                ::lsetxattr(target.c_str(), attribute.c_str(), value.data(),
                            static_cast<std::size_t>(length), 0);
        }
        return {};
    }

    int m_target;
    bool m_privileged;
    std::map<ino_t, std::string> m_links; // of files with several names: where the first one is
};

} // namespace

Result<> copyLayer(const std::string &layer, const std::string &target, bool describesRoot)
{
    const FileDescriptor from(::open(layer.c_str(), folderFlags)),
        to(::open(target.c_str(), folderFlags));
    struct stat status
    { };
    if (!from.valid() || !to.valid() || ::fstat(from.get(), &status) != 0)
        return cannot("open " + layer + " and " + target);
    LayerCopy copy(to.get());
    if (auto copied = copy.copyFolder(from.get(), to.get(), {}); !copied)
        return fail(copied.error().within("copying the layer " + layer));
    return describesRoot ? copy.copyAttributes(from.get(), to.get(), status) : Result<>();
}

} // namespace meseta::agent
