#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace meseta::agent {

/// The files the fetcher keeps for later requests, by user and URI: `<dir>/<user>/c<n>-<name>`.
/// When a new one does not fit, those used longest ago that nobody uses now go first. Source: Mesos
/// fetcher cache.
class FetchCache
{
public:
    using Ready = std::function<void(Result<std::string> path)>;

    /// Empties the directory.
    FetchCache(std::string directory, std::uint64_t capacity);

    bool isEnabled() const { return !m_directory.empty(); }
    std::uint64_t capacity() const { return m_capacity; }
    std::uint64_t used() const { return m_used; }

    /// Calls `ready` with the file when it is there (at once, or when who is fetching it says so).
    /// Returns where to fetch it when the caller is the first to ask. Each successful `ready` is to
    /// be followed by a `release`.
    Result<std::optional<std::string>> acquire(const std::string &key, const std::string &user,
                                               const std::string &name, Ready ready);

    /// The fetching of a file has ended: `bytes`, or why it failed. Those who wait are told.
    void fetched(const std::string &key, Result<std::uint64_t> bytes);

    void release(const std::string &key);

private:
    struct Entry
    {
        std::string path;
        std::uint64_t bytes = 0;
        bool complete = false;
        bool kept = true; ///< false: did not fit; goes with its last user
        int users = 0;
        std::uint64_t lastUse = 0;
        std::vector<Ready> waiting;
    };
    bool makeRoom(std::uint64_t bytes);
    void drop(const std::string &key);

    std::string m_directory;
    std::uint64_t m_capacity;
    std::uint64_t m_used = 0;
    std::uint64_t m_number = 0;
    std::uint64_t m_now = 0;
    std::map<std::string, Entry> m_entries;
};

} // namespace meseta::agent
