#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace meseta::store {

/// A file that is being written at its end.
class DiskFile
{
public:
    virtual ~DiskFile() = default;

    /// Part of it may have been written when this fails.
    virtual Result<> append(std::string_view bytes) = 0;
    /// Cuts the file back to its first `size` bytes; what is appended follows those.
    virtual Result<> truncate(std::uint64_t size) = 0;
    /// Returns when everything written so far would survive a power cut (fdatasync).
    virtual Result<> sync() = 0;
};

/// The door to the file system for everything that must survive a crash, so that tests can cut the
/// power at any write, fill the disk, or hand back what was never written. Errors name the path and
/// the reason. Blocking; may be used from any thread, each file from one at a time.
class Disk
{
public:
    virtual ~Disk() = default;

    /// A whole file; nothing when there is none of that name. More than `maxReadBytes` is an error.
    virtual Result<std::optional<std::string>> read(const std::string &path) = 0;
    /// The names in a folder, sorted; none when there is no such folder.
    virtual Result<std::vector<std::string>> list(const std::string &folder) = 0;
    /// With its parents.
    virtual Result<> makeFolder(const std::string &path) = 0;

    enum class Open { Truncate, Append };
    /// Makes the file when it is not there; the folder must be.
    virtual Result<std::unique_ptr<DiskFile>> open(const std::string &path, Open how) = 0;
    /// Replaces `to`, at once and as a whole.
    virtual Result<> rename(const std::string &from, const std::string &to) = 0;
    /// A file that is not there is fine.
    virtual Result<> remove(const std::string &path) = 0;
    /// With all that is in it; nothing there is fine. May be done in part when this fails.
    virtual Result<> removeTree(const std::string &path) = 0;

    /// Points a symbolic link to `target`, in one step: a reader finds the old target or the new.
    virtual Result<> pointLink(const std::string &path, const std::string &target) = 0;
    /// Where a symbolic link points; nothing when there is none.
    virtual Result<std::optional<std::string>> readLink(const std::string &path) = 0;

    /// Returns when names made, renamed and removed in the folder would survive a power cut.
    virtual Result<> syncFolder(const std::string &path) = 0;

    static constexpr std::uint64_t maxReadBytes = 1ULL << 30;
};

/// The file system of this machine.
Disk &systemDisk();

/// The folder of a path: "/a" for "/a/b", "." for "b".
std::string folderOf(const std::string &path);

} // namespace meseta::store
