#pragma once

namespace meseta::agent {

/// --reconfiguration_policy: what may differ between an agent and the earlier one of its work_dir.
enum class ReconfigurationPolicy {
    WhatFits, ///< beyond Mesos, when the flag is not given: whatever the running tasks still fit in
    Equal, ///< nothing
    Additive ///< more resources and attributes
};

} // namespace meseta::agent
