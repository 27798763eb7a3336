#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace meseta::agent {

/// "user 12\nsystem 7\n" (cpu.stat, memory.stat, memory.events, cgroup.events …). Lines of another
/// form are left out.
std::map<std::string, std::uint64_t, std::less<>> flatKeyed(std::string_view text);

/// A number alone in its file; "max" and anything else are none.
std::optional<std::uint64_t> numberOf(std::string_view text);

/// The numbers of cgroup.procs, cgroup.threads and tasks.
std::vector<pid_t> pidsOf(std::string_view text);

/// A counter of block input and output.
struct DeviceCounter
{
    std::optional<std::pair<unsigned, unsigned>> device; ///< none: the sum over all
    std::string operation; ///< "Read", "Write", "Total" …; empty: not told apart
    std::uint64_t value = 0;

    friend bool operator==(const DeviceCounter &, const DeviceCounter &) = default;
};

/// Version 1: "8:0 Read 4096\n…\nTotal 8192", "8:0 123".
std::vector<DeviceCounter> deviceCounters(std::string_view text);

/// Version 2: "8:0 rbytes=4096 wbytes=0 rios=1 …"; the operation is the key.
std::vector<DeviceCounter> nestedKeyed(std::string_view text);

} // namespace meseta::agent
