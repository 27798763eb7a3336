#include "common/endpoints/file_service.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace meseta {

namespace {

class Fd
{
public:
    explicit Fd(int fd) : m_fd(fd) { }
    ~Fd()
    {
        if (m_fd >= 0)
            ::close(m_fd);
    }
    Fd(const Fd &) = delete;
    Fd &operator=(const Fd &) = delete;
    operator int() const { return m_fd; } // NOLINT: it is one
    bool valid() const { return m_fd >= 0; }
    int release() { return std::exchange(m_fd, -1); }

private:
    int m_fd;
};

std::string reason()
{
    return std::strerror(errno);
}

/// Where an open descriptor really is, by the kernel; empty when deleted meanwhile.
std::string realPathOf(int fd)
{
    char path[PATH_MAX];
    const ssize_t length =
        ::readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(), path, sizeof path);
    return length > 0 ? std::string(path, std::size_t(length)) : std::string();
}

bool isWithin(const std::string &path, const std::string &root)
{
    return path == root || root == "/" || (path.starts_with(root) && path[root.size()] == '/');
}

/// Opens a place without reading it, and only when it lies within `root`. What was opened is
/// checked, not the name, so that a link that changes meanwhile leads nowhere.
int openWithin(const std::string &path, const std::string &root, int flags = 0)
{
    Fd place(::open(path.c_str(), O_PATH | O_CLOEXEC | flags));
    if (!place.valid() || !isWithin(realPathOf(place), root))
        return -1;
    return place.release();
}

/// A descriptor to read what `place` (O_PATH) stands for.
int reopen(int place, int flags)
{
    return ::open(("/proc/self/fd/" + std::to_string(place)).c_str(),
                  O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags);
}

/// Without the slashes at the end; "/" becomes "".
std::string trimmed(std::string path)
{
    while (!path.empty() && path.back() == '/')
        path.pop_back();
    return path;
}

std::string userName(uid_t uid)
{
    passwd entry{};
    passwd *found = nullptr;
    char buffer[4096];
    if (::getpwuid_r(uid, &entry, buffer, sizeof buffer, &found) == 0 && found)
        return entry.pw_name;
    return std::to_string(uid);
}

std::string groupName(gid_t gid)
{
    group entry{};
    group *found = nullptr;
    char buffer[8192];
    if (::getgrgid_r(gid, &entry, buffer, sizeof buffer, &found) == 0 && found)
        return entry.gr_name;
    return std::to_string(gid);
}

/// Names of users and groups are looked up once a listing, not once a file.
class Owners
{
public:
    const std::string &user(uid_t uid) { return lookup(m_users, uid, userName); }
    const std::string &group(gid_t gid) { return lookup(m_groups, gid, groupName); }

private:
    template <typename F>
    static const std::string &lookup(std::map<unsigned, std::string> &known, unsigned id, F name)
    {
        const auto [it, fresh] = known.try_emplace(id);
        if (fresh)
            it->second = name(id);
        return it->second;
    }
    std::map<unsigned, std::string> m_users;
    std::map<unsigned, std::string> m_groups;
};

mesos::v1::FileInfo describe(const std::string &path, const struct stat &status, Owners &owners)
{
    mesos::v1::FileInfo info;
    info.set_path(path);
    info.set_nlink(int(status.st_nlink));
    info.set_size(std::uint64_t(status.st_size));
    info.mutable_mtime()->set_nanoseconds(std::int64_t(status.st_mtim.tv_sec) * 1'000'000'000);
    info.set_mode(status.st_mode);
    info.set_uid(owners.user(status.st_uid));
    info.set_gid(owners.group(status.st_gid));
    return info;
}

struct DirClose
{
    void operator()(DIR *dir) const { ::closedir(dir); }
};

} // namespace

/// A virtual path found on disk: an O_PATH descriptor within its root.
struct FileService::Place
{
    std::string root; ///< what it is within
    std::string path; ///< as it was asked for
    std::string attached; ///< the attached folder's real path
    std::string below; ///< that of the path which follows the attached one
    std::shared_ptr<Fd> fd;
    struct stat status
    { };
};

OpenFile::~OpenFile()
{
    if (m_fd >= 0)
        ::close(m_fd);
}

OpenFile::OpenFile(OpenFile &&other) noexcept
    : m_fd(std::exchange(other.m_fd, -1)), m_size(other.m_size), m_name(std::move(other.m_name))
{ }

Result<std::string> OpenFile::read(std::uint64_t offset, std::size_t length) const
{
    std::string data(length, '\0');
    std::size_t done = 0;
    while (done < length) {
        const ssize_t got = ::pread(m_fd, data.data() + done, length - done, off_t(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail("cannot read '" + m_name + "' at byte " + std::to_string(offset + done)
                        + ": " + reason());
        if (got == 0)
            break;
        done += std::size_t(got);
    }
    data.resize(done);
    return data;
}

Result<> FileService::attach(const std::string &realPath, const std::string &virtualPath)
{
    return attach(realPath, std::vector{virtualPath});
}

Result<> FileService::attach(const std::string &realPath,
                             const std::vector<std::string> &virtualPaths)
{
    char resolved[PATH_MAX];
    if (!::realpath(realPath.c_str(), resolved))
        return fail("cannot show '" + realPath + "' as '" + virtualPaths.front()
                    + "': " + reason());
    for (const std::string &path : virtualPaths)
        m_attached[trimmed(path)] = resolved;
    return {};
}

void FileService::detach(const std::string &virtualPath)
{
    m_attached.erase(trimmed(virtualPath));
}

std::optional<FileService::Place> FileService::locate(const std::string &path) const
{
    const std::string whole = trimmed(path);
    if (whole.find('\0') != std::string::npos)
        return std::nullopt;
    // The longest attached path that this one is, or lies below.
    for (std::string prefix = whole; !prefix.empty(); prefix.resize(prefix.find_last_of('/'))) {
        const auto attached = m_attached.find(prefix);
        if (attached != m_attached.end())
            return openBelow(whole, attached->second, whole.substr(prefix.size()));
        if (prefix.find('/') == std::string::npos)
            break;
    }
    return std::nullopt;
}

std::optional<FileService::Place> FileService::openBelow(const std::string &whole,
                                                         const std::string &root,
                                                         const std::string &below) const
{
    Place place{root, whole, root, below, {}, {}};
    std::string rest = below;
    if (auto elsewhere = m_lookup && !below.empty() ? m_lookup(root, below) : std::nullopt) {
        char resolved[PATH_MAX];
        if (!::realpath(elsewhere->root.c_str(), resolved))
            return std::nullopt;
        place.root = resolved;
        rest = std::move(elsewhere->below);
    }
    place.fd = std::make_shared<Fd>(openWithin(place.root + rest, place.root));
    if (!place.fd->valid() || ::fstat(*place.fd, &place.status) != 0)
        return std::nullopt;
    return place;
}

bool FileService::isElsewhere(const Place &folder, const std::string &name) const
{
    return m_lookup && m_lookup(folder.attached, folder.below + "/" + name).has_value();
}

FileResult<std::vector<mesos::v1::FileInfo>> FileService::browse(const std::string &path) const
{
    const std::optional<Place> place = locate(path);
    if (!place)
        return tl::unexpected(FileError{404, {}});
    std::vector<mesos::v1::FileInfo> entries;
    if (!S_ISDIR(place->status.st_mode))
        return entries;
    const int fd = reopen(*place->fd, O_DIRECTORY);
    const std::unique_ptr<DIR, DirClose> dir(fd >= 0 ? ::fdopendir(fd) : nullptr);
    if (!dir)
        return tl::unexpected(FileError{500, "Cannot list '" + path + "': " + reason() + ".\n"});
    Owners owners;
    const std::string base = "/proc/self/fd/" + std::to_string(*place->fd) + "/";
    while (const dirent *entry = ::readdir(dir.get())) {
        const std::string name = entry->d_name;
        if (name == "." || name == "..")
            continue;
        if (entries.size() >= maxEntries) {
            return tl::unexpected(FileError{500,
                                            "'" + path + "' has more than "
                                                + std::to_string(maxEntries)
                                                + " entries; ask for one of its folders.\n"});
        }
        struct stat status
        { };
        if (const auto other = isElsewhere(*place, name)
                ? openBelow(place->path + "/" + name, place->attached, place->below + "/" + name)
                : std::nullopt) {
            entries.push_back(describe(other->path, other->status, owners));
            continue;
        }
        const Fd target(openWithin(base + name, place->root));
        // A link that leads out of the root, or nowhere, is shown as the link it is.
        const bool known = target.valid()
            ? ::fstat(target, &status) == 0
            : ::fstatat(::dirfd(dir.get()), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0;
        if (known)
            entries.push_back(describe(place->path + "/" + name, status, owners));
    }
    std::sort(entries.begin(), entries.end(),
              [](const auto &a, const auto &b) { return a.path() < b.path(); });
    return entries;
}

FileResult<OpenFile> FileService::open(const std::string &path) const
{
    const std::optional<Place> place = locate(path);
    if (!place)
        return tl::unexpected(FileError{404, {}});
    if (S_ISDIR(place->status.st_mode))
        return tl::unexpected(
            FileError{400, "'" + path + "' is a folder; ask for a file in it.\n"});
    if (!S_ISREG(place->status.st_mode)) {
        return tl::unexpected(FileError{
            400, "'" + path + "' is a pipe, socket or device; only regular files can be read.\n"});
    }
    const int fd = reopen(*place->fd, 0);
    if (fd < 0)
        return tl::unexpected(FileError{500, "Cannot open '" + path + "': " + reason() + ".\n"});
    return OpenFile(fd, std::uint64_t(place->status.st_size),
                    path.substr(path.find_last_of('/') + 1));
}

FileResult<FilePiece> FileService::read(const std::string &path,
                                        std::optional<std::uint64_t> offset,
                                        std::optional<std::uint64_t> length) const
{
    const FileResult<OpenFile> file = open(path);
    if (!file)
        return tl::unexpected(file.error());
    FilePiece piece{file->size(), {}};
    if (!offset || *offset >= piece.size)
        return piece;
    const std::uint64_t wanted = std::min(
        {length.value_or(maxReadBytes), std::uint64_t(maxReadBytes), piece.size - *offset});
    Result<std::string> data = file->read(*offset, std::size_t(wanted));
    if (!data)
        return tl::unexpected(FileError{500, data.error().message + ".\n"});
    piece.data = std::move(*data);
    return piece;
}

} // namespace meseta
