#pragma once

#include "common/base/result.h"
#include "daemons/agent/containerizer/containerizer.h"
#include "daemons/agent/containerizer/sandbox_log_limits.h"
#include "daemons/containerizer/launch_spec.h"

namespace meseta::agent {

/// PATH of a container that names none.
inline constexpr const char *defaultPath =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What a plain container cannot have, in words; nothing when the description fits.
std::optional<std::string> unsupportedInPlain(const mesos::v1::ContainerInfo &container);

/// How the helper is to run a container. Source: Mesos CommandInfo (shell form: `sh -c value`; argv
/// form: `value` looked up in PATH, argv = arguments).
Result<containerizer::LaunchSpec> describeLaunch(const ContainerSpec &spec,
                                                        const SandboxLogLimits &logs);

/// The same for a command beside it in the same container (a COMMAND check).
Result<containerizer::LaunchSpec> describeExec(const ContainerSpec &spec,
                                                      const mesos::v1::CommandInfo &command,
                                                      const SandboxLogLimits &logs);

} // namespace meseta::agent
