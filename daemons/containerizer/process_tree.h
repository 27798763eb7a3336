#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <sys/types.h>

namespace meseta::containerizer {

/// Every process below `root`, parents before children, without `root` itself (read from /proc;
/// processes that come and go meanwhile may be missed or be gone already).
std::vector<pid_t> descendants(pid_t root);

/// Every process of a session but its leader: what is left of a container whose helper was killed.
std::vector<pid_t> sessionMembers(pid_t leader);

/// A process as /proc/<pid>/stat tells it. Times are in clock ticks, memory in pages.
struct ProcessStat
{
    char state = '?';
    pid_t parent = 0;
    pid_t session = 0;
    std::uint64_t userTime = 0, systemTime = 0;
    std::uint64_t childrenUserTime = 0,
                  childrenSystemTime = 0; ///< of children that were waited for
    std::uint64_t threads = 0;
    std::uint64_t startTime = 0; ///< since boot; together with the pid it names a process for good
    std::uint64_t residentPages = 0;
};

std::optional<ProcessStat> processStat(pid_t pid);

} // namespace meseta::containerizer
