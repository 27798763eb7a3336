#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "mesos/v1/ids.pb.h"

namespace meseta {

/// A request for a file that cannot be served, with the HTTP status Mesos gives it: 400, 404 or
/// 500.
struct FileError
{
    int status = 404;
    std::string message; ///< empty with 404
};

template <typename T> using FileResult = tl::expected<T, FileError>;

/// A piece of a file.
struct FilePiece
{
    std::uint64_t size = 0; ///< of the whole file
    std::string data;
};

/// A file opened for download; closes it.
class OpenFile
{
public:
    OpenFile(int fd, std::uint64_t size, std::string name)
        : m_fd(fd), m_size(size), m_name(std::move(name))
    { }
    ~OpenFile();
    OpenFile(OpenFile &&other) noexcept;
    OpenFile &operator=(OpenFile &&) = delete;

    std::uint64_t size() const { return m_size; }
    const std::string &name() const { return m_name; }
    /// Up to `length` bytes from `offset`; less at the end of the file.
    Result<std::string> read(std::uint64_t offset, std::size_t length) const;

private:
    int m_fd;
    std::uint64_t m_size;
    std::string m_name;
};

/// Files and folders that a daemon shows under virtual paths: logs, sandboxes. What lies outside an
/// attached folder is out of reach, by "..", by symbolic links and by hard work. Reads are bounded,
/// and only of regular files, so that they never wait. Source: Mesos /files endpoints, LIST_FILES
/// and READ_FILE.
class FileService
{
public:
    static constexpr std::size_t maxReadBytes = 16 * 4096; ///< 16 pages a read
    static constexpr std::size_t maxEntries = 20000; ///< of one folder; more are an error

    /// Shows the file or folder `realPath` as `virtualPath` ("/master/log"). The real path must
    /// exist; it is taken as it resolves now ("runs/latest" stays with today's run). A virtual path
    /// attached before moves to the new place.
    Result<> attach(const std::string &realPath, const std::string &virtualPath);
    Result<> attach(const std::string &realPath, const std::vector<std::string> &virtualPaths);
    void detach(const std::string &virtualPath);

    /// A path below a folder that nothing leads out of.
    struct Elsewhere
    {
        std::string root; ///< real, exists
        std::string below; ///< begins with a slash, or is empty
    };
    /// Asked at each look for a path below an attached folder (its real path, and the rest with its
    /// slash) whether it is to be found elsewhere: what is mounted where only others see it.
    using Lookup =
        std::function<std::optional<Elsewhere>(const std::string &root, const std::string &below)>;
    void setLookup(Lookup lookup) { m_lookup = std::move(lookup); }

    /// The entries of a folder, by full virtual path. A file has none.
    FileResult<std::vector<mesos::v1::FileInfo>> browse(const std::string &path) const;

    /// A piece of a file, at most `maxReadBytes`. Without an offset only the size; an offset behind
    /// the end reads nothing.
    FileResult<FilePiece> read(const std::string &path, std::optional<std::uint64_t> offset,
                               std::optional<std::uint64_t> length) const;

    FileResult<OpenFile> open(const std::string &path) const;

    /// Virtual path to real path, as /files/debug tells.
    const std::map<std::string, std::string> &attached() const { return m_attached; }

private:
    struct Place;
    std::optional<Place> locate(const std::string &path) const;
    std::optional<Place> openBelow(const std::string &whole, const std::string &root,
                                   const std::string &below) const;
    bool isElsewhere(const Place &folder, const std::string &name) const;

    std::map<std::string, std::string> m_attached;
    Lookup m_lookup;
};

} // namespace meseta
