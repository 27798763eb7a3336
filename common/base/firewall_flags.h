#pragma once

#include <string>
#include <vector>

#include "common/base/flags.h"

namespace meseta {

/// The row of --firewall_rules: {"disabled_endpoints":{"paths":["/files/browse"]}}. `example` is a
/// path for --help.
FlagRow firewallFlagRow(const std::string &example);

/// The paths that have to answer 403. Source: Mesos firewall, DisabledEndpointsFirewallRule.
std::vector<std::string> disabledEndpoints(const FlagValues &values);

} // namespace meseta
