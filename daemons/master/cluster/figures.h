#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace meseta::master {

/// Counters of what the master did, under the names of Mesos' metrics without "master/":
/// "messages_kill_task", "valid_status_updates", "slave_registrations"; and of each framework
/// "frameworks/<id>/calls/accept" …, of the libmesos drivers of a principal
/// "principals/<name>/messages_received" … Those never counted are absent.
class Figures
{
public:
    void count(std::string_view name, std::uint64_t by = 1)
    {
        const auto at = m_values.find(name);
        if (at != m_values.end())
            at->second += by;
        else
            m_values.emplace(name, by);
    }

    /// Forgets all counters whose names begin so.
    void forget(std::string_view prefix)
    {
        auto at = m_values.lower_bound(prefix);
        while (at != m_values.end() && at->first.starts_with(prefix))
            at = m_values.erase(at);
    }

    std::uint64_t value(std::string_view name) const
    {
        const auto at = m_values.find(name);
        return at == m_values.end() ? 0 : at->second;
    }

    const std::map<std::string, std::uint64_t, std::less<>> &values() const { return m_values; }

private:
    std::map<std::string, std::uint64_t, std::less<>> m_values;
};

} // namespace meseta::master
