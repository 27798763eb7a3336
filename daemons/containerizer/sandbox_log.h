#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "daemons/containerizer/file_descriptor.h"

namespace meseta::containerizer {

/// `stdout` or `stderr` of a sandbox, kept under a size: a full file becomes `<name>.1`, `.1`
/// becomes `.2`, and the oldest beyond `keep` goes.
///
/// The sandbox belongs to the task's user, the writer is often root: links are never followed, and
/// a file that is not plain any more is replaced. What cannot be written (a full disk) is counted
/// and told in the log when there is room again.
class SandboxLog
{
public:
    struct Options
    {
        std::string name; ///< "stdout"
        std::uint64_t maxBytes = 0; ///< 0: no limit
        std::uint64_t keep = 0; ///< rotated files kept
        bool changeOwner = false; ///< give the files to uid and gid
        uid_t uid = 0;
        gid_t gid = 0;
    };

    /// `directory` is an open directory, which must outlive this.
    SandboxLog(int directory, Options options)
        : m_directory(directory), m_options(std::move(options))
    { }

    /// Opens or creates the file; false with errno set.
    bool open();

    void write(std::string_view bytes);

private:
    bool stillInPlace() const;
    void rotate();
    void append(std::string_view bytes);
    bool tellLoss();
    std::string rotatedName(std::uint64_t number) const;

    int m_directory;
    Options m_options;
    FileDescriptor m_file;
    std::uint64_t m_size = 0;
    std::uint64_t m_lost = 0;
    int m_lossError = 0;
};

} // namespace meseta::containerizer
