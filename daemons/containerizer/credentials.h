#pragma once

#include "daemons/containerizer/launch_spec.h"
#include "daemons/containerizer/start_failure.h"

namespace meseta::containerizer {

/// Resource limits of the calling process.
Outcome applyLimits(const LaunchSpec &spec);

/// Replaces `imageUser` by the numbers it has in the image that is the root now.
Outcome resolveImageUser(LaunchSpec &spec);

/// Groups, user, capabilities, no_new_privs and, as late as the kernel allows, the seccomp filter:
/// the last that happens before the command is executed. Source: capabilities(7), seccomp(2).
Outcome takeCredentials(const LaunchSpec &spec);

} // namespace meseta::containerizer
