#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>
#include <time.h>

namespace meseta::agent {

/// One member of a tar archive, with what extended headers say already applied.
struct TarEntry
{
    enum class Type { File, Directory, SymbolicLink, HardLink, CharDevice, BlockDevice, Fifo };

    Type type = Type::File;
    std::string name; ///< as in the archive
    std::string link; ///< target of a link
    mode_t mode = 0; ///< permissions with setuid, setgid and sticky
    uid_t uid = 0;
    gid_t gid = 0;
    std::uint64_t size = 0; ///< of a file's content
    timespec modified{};
    timespec accessed{}; ///< as `modified` when the archive does not say
    std::uint32_t deviceMajor = 0;
    std::uint32_t deviceMinor = 0;
    std::vector<std::pair<std::string, std::string>> xattrs;
};

} // namespace meseta::agent
