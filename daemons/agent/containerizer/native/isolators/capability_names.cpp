#include "daemons/agent/containerizer/native/isolators/capability_names.h"

#include <fstream>

#include "mesos/v1/container.pb.h"

namespace meseta::agent {

std::optional<int> capabilityNumber(const std::string &name)
{
    using mesos::v1::CapabilityInfo;
    constexpr std::string_view prefix = "CAP_";
    CapabilityInfo::Capability value = CapabilityInfo::UNKNOWN;
    if (!name.starts_with(prefix)
        || !CapabilityInfo::Capability_Parse(name.substr(prefix.size()), &value)
        || value == CapabilityInfo::UNKNOWN)
        return std::nullopt;
    return static_cast<int>(value) - static_cast<int>(CapabilityInfo::CHOWN);
}

std::uint64_t ownCapabilities()
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("CapPrm:"))
            return std::stoull(line.substr(7), nullptr, 16);
    }
    return 0;
}

} // namespace meseta::agent
