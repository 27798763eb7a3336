#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "daemons/containerizer/file_descriptor.h"

namespace meseta::agent {

/// Tells when groups run out of memory. One descriptor becomes readable for all of them; the owner
/// watches it and then calls `take`. Version 1: an eventfd registered at memory.oom_control;
/// version 2: changes of memory.events, seen through one inotify for all groups.
/// Source: kernel documentation, cgroup-v1 memory §9 and cgroup-v2 memory.events.
class OomEvents
{
public:
    OomEvents();
    ~OomEvents();

    /// Readable when `take` has something.
    int descriptor() const { return m_epoll.get(); }

    /// Starts to watch the memory group of a container.
    Result<> add(const std::string &id, const std::string &group, bool unified);
    void remove(const std::string &id);

    /// The containers that ran out of memory since the last call. Never blocks. A group that is
    /// going away counts as well in version 1; `happened` tells.
    std::vector<std::string> take();

    /// Whether the kernel has ended a process of the group for its memory (or, where it does not
    /// count that, the limit was hit), looked up now.
    static bool happened(const std::string &group, bool unified);

private:
    struct Watch
    {
        std::string group;
        bool unified = false;
        containerizer::FileDescriptor event; ///< version 1
        int inotify = -1; ///< version 2: the watch's number
    };
    Result<> listenV1(const std::string &group, Watch &watch, std::uint64_t key);
    Result<> listenV2(const std::string &group, Watch &watch);

    containerizer::FileDescriptor m_epoll;
    containerizer::FileDescriptor m_inotify;
    std::map<std::string, Watch> m_watches;
    std::map<std::uint64_t, std::string> m_byKey;
    std::map<int, std::string> m_byInotify;
    std::uint64_t m_nextKey = 1; ///< 0 is the inotify
};

} // namespace meseta::agent
