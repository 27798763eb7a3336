#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "common/base/clock.h"

namespace meseta::master {

/// The file of --whitelist: host names of the agents that get offers, one a line. It is read again
/// every five seconds. A file that cannot be read leaves what was known. Source: Mesos
/// configuration, --whitelist.
class WhitelistFile
{
public:
    using Changed = std::function<void(std::optional<std::set<std::string>>)>;

    /// `path` "*" stands for every host, as Mesos has it.
    WhitelistFile(std::string path, Clock &clock, Changed changed);
    ~WhitelistFile();
    WhitelistFile(const WhitelistFile &) = delete;
    WhitelistFile &operator=(const WhitelistFile &) = delete;

    static constexpr Duration interval = std::chrono::seconds(5);

private:
    void read();

    std::string m_path;
    Clock &m_clock;
    Changed m_changed;
    std::optional<std::set<std::string>> m_known;
    Clock::TimerId m_timer = 0;
};

} // namespace meseta::master
