#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "mesos/v1/container.pb.h"

namespace meseta::agent {

/// One permission to use devices.
struct DeviceRule
{
    char type = 'a'; ///< 'c'haracter, 'b'lock or 'a'ny
    std::optional<unsigned> major; ///< none: all
    std::optional<unsigned> minor;
    bool read = false;
    bool write = false;
    bool mknod = false;

    friend bool operator==(const DeviceRule &, const DeviceRule &) = default;
};

/// As devices.allow takes it: "c 136:* rwm".
std::string deviceRuleText(const DeviceRule &rule);

/// What every container may use: making any node, the terminals, /dev/net/tun, null, zero, full,
/// random, urandom. Source: Mesos cgroups/devices isolator.
std::vector<DeviceRule> defaultDeviceRules();

/// The rules of --allowed_devices; a device is named by its path on this machine or by its
/// numbers (then it is a character device).
Result<std::vector<DeviceRule>> deviceRulesOf(const mesos::v1::DeviceWhitelist &whitelist);

} // namespace meseta::agent
