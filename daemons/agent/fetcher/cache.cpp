#include "daemons/agent/fetcher/cache.h"

#include <filesystem>

#include <unistd.h>

namespace meseta::agent {

namespace fs = std::filesystem;

namespace {

std::string shortened(std::string name)
{
    if (const auto slash = name.rfind('/'); slash != std::string::npos)
        name.erase(0, slash + 1);
    return name.size() > 20 ? name.substr(0, 10) + "_" + name.substr(name.size() - 10) : name;
}

} // namespace

FetchCache::FetchCache(std::string directory, std::uint64_t capacity)
    : m_directory(std::move(directory)), m_capacity(capacity)
{
    if (m_directory.empty())
        return;
    std::error_code ignored;
    for (const auto &user : fs::directory_iterator(m_directory, ignored))
        fs::remove_all(user.path(), ignored);
}

Result<std::optional<std::string>> FetchCache::acquire(const std::string &key,
                                                       const std::string &user,
                                                       const std::string &name, Ready ready)
{
    const auto [position, isNew] = m_entries.try_emplace(key);
    Entry &entry = position->second;
    if (isNew) {
        const fs::path folder = fs::path(m_directory) / (user.empty() ? "agent" : user);
        std::error_code error;
        fs::create_directories(folder, error);
        fs::permissions(m_directory, fs::perms::owner_all, error);
        if (!fs::is_directory(folder)) {
            m_entries.erase(position);
            return fail("cannot create the cache folder " + folder.string()
                        + " (--fetcher_cache_dir): " + error.message());
        }
        entry.path = folder / ("c" + std::to_string(++m_number) + "-" + shortened(name));
    }
    ++entry.users;
    entry.lastUse = ++m_now;
    if (entry.complete)
        ready(entry.path);
    else
        entry.waiting.push_back(std::move(ready));
    return isNew ? std::optional(entry.path) : std::nullopt;
}

void FetchCache::fetched(const std::string &key, Result<std::uint64_t> bytes)
{
    Entry &entry = m_entries.at(key);
    const auto waiting = std::exchange(entry.waiting, {});
    if (!bytes) {
        entry.kept = false;
        drop(key);
        for (const auto &tell : waiting)
            tell(fail(bytes.error()));
        return;
    }
    entry.complete = true;
    entry.bytes = *bytes;
    entry.kept = makeRoom(*bytes);
    if (entry.kept)
        m_used += *bytes;
    const std::string path = entry.path;
    for (const auto &tell : waiting)
        tell(path);
}

void FetchCache::release(const std::string &key)
{
    const auto found = m_entries.find(key);
    if (found != m_entries.end() && --found->second.users == 0 && !found->second.kept)
        drop(key);
}

bool FetchCache::makeRoom(std::uint64_t bytes)
{
    while (m_used + bytes > m_capacity) {
        const std::string *oldest = nullptr;
        std::uint64_t age = m_now + 1;
        for (const auto &[key, entry] : m_entries) {
            if (entry.users == 0 && entry.complete && entry.lastUse < age) {
                oldest = &key;
                age = entry.lastUse;
            }
        }
        if (oldest == nullptr)
            return false;
        drop(std::string(*oldest));
    }
    return true;
}

void FetchCache::drop(const std::string &key)
{
    const auto node = m_entries.extract(key);
    ::unlink(node.mapped().path.c_str());
    if (node.mapped().complete && node.mapped().kept)
        m_used -= node.mapped().bytes;
}

} // namespace meseta::agent
