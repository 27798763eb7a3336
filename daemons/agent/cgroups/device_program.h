#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"
#include "daemons/agent/cgroups/device_rules.h"

namespace meseta::agent {

/// Lets the processes of a version 2 group (and below) use only the devices of `rules`, by a small
/// program that the kernel asks at each use. It stays with the group until that is removed.
/// Source: kernel documentation, cgroup-v2 "Device controller", BPF_PROG_TYPE_CGROUP_DEVICE.
Result<> attachDeviceProgram(const std::string &group, const std::vector<DeviceRule> &rules);

/// Whether the kernel and our rights allow it, tried with a program that is attached nowhere.
Result<> canUseDevicePrograms();

} // namespace meseta::agent
