#include "daemons/agent/cgroups/device_rules.h"

#include <cerrno>
#include <cstring>

#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace meseta::agent {

namespace {

std::string numberText(const std::optional<unsigned> &number)
{
    return number ? std::to_string(*number) : "*";
}

DeviceRule all(char type, unsigned major, std::optional<unsigned> minor)
{
    return {type, major, minor, true, true, true};
}

Result<DeviceRule> ruleOf(const mesos::v1::DeviceAccess &entry)
{
    DeviceRule rule;
    rule.read = entry.access().read();
    rule.write = entry.access().write();
    rule.mknod = entry.access().mknod();
    const auto &device = entry.device();
    if (!rule.read && !rule.write && !rule.mknod)
        return fail("the device '" + device.path()
                    + "' is allowed nothing: set read, write or mknod in its access");
    if (!device.has_path()) {
        if (!device.has_number())
            return fail("a device has neither path nor number: give one of them");
        rule.type = 'c';
        rule.major = static_cast<unsigned>(device.number().major_number());
        rule.minor = static_cast<unsigned>(device.number().minor_number());
        return rule;
    }
    struct stat info = {};
    if (::stat(device.path().c_str(), &info) != 0)
        return fail("the device '" + device.path()
                    + "' cannot be looked at: " + std::strerror(errno));
    if (!S_ISCHR(info.st_mode) && !S_ISBLK(info.st_mode))
        return fail("'" + device.path() + "' is no device: name a character or block device");
    rule.type = S_ISBLK(info.st_mode) ? 'b' : 'c';
    rule.major = major(info.st_rdev);
    rule.minor = minor(info.st_rdev);
    return rule;
}

} // namespace

std::string deviceRuleText(const DeviceRule &rule)
{
    std::string text(1, rule.type);
    text += " " + numberText(rule.major) + ":" + numberText(rule.minor) + " ";
    text += rule.read ? "r" : "";
    text += rule.write ? "w" : "";
    text += rule.mknod ? "m" : "";
    return text;
}

std::vector<DeviceRule> defaultDeviceRules()
{
    return {
        {'c', {}, {}, false, false, true},
        {'b', {}, {}, false, false, true},
        all('c', 5, 1), // /dev/console
        all('c', 4, 0), // /dev/tty0
        all('c', 4, 1), // /dev/tty1
        all('c', 136, {}), // /dev/pts/*
        all('c', 5, 2), // /dev/ptmx
        all('c', 10, 200), // /dev/net/tun
        all('c', 1, 3), // /dev/null
        all('c', 1, 5), // /dev/zero
        all('c', 1, 7), // /dev/full
        all('c', 5, 0), // /dev/tty
        all('c', 1, 9), // /dev/urandom
        all('c', 1, 8), // /dev/random
    };
}

Result<std::vector<DeviceRule>> deviceRulesOf(const mesos::v1::DeviceWhitelist &whitelist)
{
    std::vector<DeviceRule> rules;
    for (const auto &entry : whitelist.allowed_devices()) {
        const auto rule = ruleOf(entry);
        if (!rule)
            return fail(rule.error());
        rules.push_back(*rule);
    }
    return rules;
}

} // namespace meseta::agent
