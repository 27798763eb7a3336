#pragma once

#include <map>
#include <optional>
#include <string>

#include "mesos/v1/cluster.pb.h"

namespace meseta::master {

/// What the views tell of the master itself.
struct MasterFacts
{
    mesos::v1::MasterInfo info; ///< of this master
    std::optional<mesos::v1::MasterInfo> leader; ///< none: not elected yet
    double startTime = 0; ///< seconds since the epoch
    std::optional<double> electedTime; ///< of this master, when it leads
    std::map<std::string, std::string> flags; ///< as /flags shows them

    bool leads() const { return leader && leader->id() == info.id(); }
    std::optional<std::string> flag(const std::string &name) const
    {
        const auto found = flags.find(name);
        return found == flags.end() ? std::nullopt : std::optional(found->second);
    }
};

} // namespace meseta::master
