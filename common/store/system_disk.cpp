#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/store/disk.h"

namespace meseta::store {

namespace {

tl::unexpected<Error> failed(const std::string &doing, const std::string &path, int reason)
{
    return fail("cannot " + doing + " '" + path + "': " + std::strerror(reason));
}

/// A descriptor that is closed with this.
class Descriptor
{
public:
    explicit Descriptor(int fd) : m_fd(fd) { }
    ~Descriptor()
    {
        if (m_fd >= 0)
            ::close(m_fd);
    }
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    int get() const { return m_fd; }

private:
    int m_fd;
};

class SystemFile final : public DiskFile
{
public:
    SystemFile(std::string path, int fd) : m_path(std::move(path)), m_fd(fd) { }

    Result<> append(std::string_view bytes) override
    {
        while (!bytes.empty()) {
            const ssize_t written = ::write(m_fd.get(), bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR)
                continue;
            if (written < 0)
                return failed("write to", m_path, errno);
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        return {};
    }

    Result<> truncate(std::uint64_t size) override
    {
        if (::ftruncate(m_fd.get(), static_cast<off_t>(size)) != 0)
            return failed("cut", m_path, errno);
        return {};
    }

    Result<> sync() override
    {
        if (::fdatasync(m_fd.get()) != 0)
            return failed("flush", m_path, errno);
        return {};
    }

private:
    std::string m_path;
    Descriptor m_fd;
};

Result<std::string> readAll(int fd, const std::string &path)
{
    struct stat status
    { };
    if (::fstat(fd, &status) != 0)
        return failed("read", path, errno);
    std::string bytes;
    if (status.st_size > 0 && static_cast<std::uint64_t>(status.st_size) <= Disk::maxReadBytes)
        bytes.reserve(static_cast<std::size_t>(status.st_size));
    char buffer[64 * 1024];
    for (;;) {
        const ssize_t got = ::read(fd, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failed("read", path, errno);
        if (got == 0)
            return bytes;
        if (bytes.size() + static_cast<std::size_t>(got) > Disk::maxReadBytes)
            return fail("cannot read '" + path + "': it is larger than 1 GB");
        bytes.append(buffer, static_cast<std::size_t>(got));
    }
}

class SystemDisk final : public Disk
{
public:
    Result<std::optional<std::string>> read(const std::string &path) override
    {
        const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (fd.get() < 0 && (errno == ENOENT || errno == ENOTDIR))
            return std::nullopt;
        if (fd.get() < 0)
            return failed("open", path, errno);
        Result<std::string> bytes = readAll(fd.get(), path);
        if (!bytes)
            return fail(bytes.error());
        return std::optional(std::move(*bytes));
    }

    Result<std::vector<std::string>> list(const std::string &folder) override
    {
        std::error_code error;
        std::vector<std::string> names;
        auto at = std::filesystem::directory_iterator(folder, error);
        for (; !error && at != std::filesystem::directory_iterator(); at.increment(error))
            names.push_back(at->path().filename().string());
        if (error && error != std::errc::no_such_file_or_directory)
            return failed("list", folder, error.value());
        std::sort(names.begin(), names.end());
        return names;
    }

    Result<> makeFolder(const std::string &path) override
    {
        std::error_code error;
        std::filesystem::create_directories(path, error);
        if (error)
            return failed("make the folder", path, error.value());
        return {};
    }

    Result<std::unique_ptr<DiskFile>> open(const std::string &path, Open how) override
    {
        const int mode = how == Open::Truncate ? O_TRUNC : 0;
        const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | mode, 0644);
        if (fd < 0)
            return failed("open", path, errno);
        return std::unique_ptr<DiskFile>(std::make_unique<SystemFile>(path, fd));
    }

    Result<> rename(const std::string &from, const std::string &to) override
    {
        if (::rename(from.c_str(), to.c_str()) != 0)
            return failed("rename '" + from + "' to", to, errno);
        return {};
    }

    Result<> remove(const std::string &path) override
    {
        if (::unlink(path.c_str()) != 0 && errno != ENOENT)
            return failed("remove", path, errno);
        return {};
    }

    Result<> removeTree(const std::string &path) override
    {
        std::error_code error;
        std::filesystem::remove_all(path, error);
        return error ? failed("remove", path, error.value()) : Result<>();
    }

    Result<> pointLink(const std::string &path, const std::string &target) override
    {
        const std::string fresh = path + ".new";
        ::unlink(fresh.c_str());
        if (::symlink(target.c_str(), fresh.c_str()) == 0
            && ::rename(fresh.c_str(), path.c_str()) == 0)
            return {};
        return failed("point the link", path, errno);
    }

    Result<std::optional<std::string>> readLink(const std::string &path) override
    {
        std::error_code error;
        const auto target = std::filesystem::read_symlink(path, error);
        if (error == std::errc::no_such_file_or_directory || error == std::errc::invalid_argument
            || error == std::errc::not_a_directory)
            return std::nullopt;
        if (error)
            return failed("read the link", path, error.value());
        return std::optional(target.string());
    }

    Result<> syncFolder(const std::string &path) override
    {
        const Descriptor fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (fd.get() < 0 || ::fsync(fd.get()) != 0)
            return failed("flush the folder", path, errno);
        return {};
    }
};

} // namespace

Disk &systemDisk()
{
    static SystemDisk disk;
    return disk;
}

std::string folderOf(const std::string &path)
{
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos)
        return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

} // namespace meseta::store
