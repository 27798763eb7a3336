#include "daemons/agent/containerizer/native/isolators/disk/disk_usage.h"

#include <cerrno>
#include <cstring>
#include <memory>
#include <set>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemons/containerizer/file_descriptor.h"

namespace meseta::agent {

using containerizer::FileDescriptor;

namespace {

constexpr int maxDepth = 512; ///< each level holds a descriptor open
constexpr std::uint64_t blockBytes = 512; ///< of st_blocks, whatever the file system's are

using Inode = std::pair<dev_t, ino_t>;

class Count
{
public:
    Count(const std::vector<std::string> &excluded, const std::atomic<bool> &stop) : m_stop(stop)
    {
        for (const std::string &path : excluded) {
            struct stat info = {};
            if (::stat(path.c_str(), &info) == 0)
                m_excluded.insert({info.st_dev, info.st_ino});
        }
    }

    std::uint64_t bytes() const { return m_blocks * blockBytes; }

    void add(const struct stat &info)
    {
        if (info.st_nlink > 1 && !S_ISDIR(info.st_mode)
            && !m_seen.insert({info.st_dev, info.st_ino}).second)
            return;
        m_blocks += static_cast<std::uint64_t>(info.st_blocks);
    }

    /// What disappears while it is counted counts nothing.
    void walk(FileDescriptor folder, int depth)
    {
        const std::unique_ptr<DIR, int (*)(DIR *)> stream(::fdopendir(folder.get()), ::closedir);
        if (!stream)
            return;
        folder.release();
        while (const dirent *entry = ::readdir(stream.get())) {
            const std::string_view name = entry->d_name;
            struct stat info = {};
            if (m_stop || name == "." || name == ".."
                || ::fstatat(::dirfd(stream.get()), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0
                || m_excluded.contains({info.st_dev, info.st_ino}))
                continue;
            add(info);
            if (!S_ISDIR(info.st_mode) || depth >= maxDepth)
                continue;
            FileDescriptor below(::openat(::dirfd(stream.get()), entry->d_name,
                                          O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
            if (below.valid())
                walk(std::move(below), depth + 1);
        }
    }

private:
    const std::atomic<bool> &m_stop;
    std::set<Inode> m_excluded;
    std::set<Inode> m_seen; ///< files with several names
    std::uint64_t m_blocks = 0;
};

} // namespace

Result<std::uint64_t> diskUsage(const std::string &folder, const std::vector<std::string> &excluded,
                                const std::atomic<bool> &stop)
{
    FileDescriptor root(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct stat info = {};
    if (!root.valid() || ::fstat(root.get(), &info) != 0)
        return fail("cannot measure " + folder + ": " + std::strerror(errno));
    Count count(excluded, stop);
    count.add(info);
    count.walk(std::move(root), 0);
    return count.bytes();
}

} // namespace meseta::agent
