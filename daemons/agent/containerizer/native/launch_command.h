#pragma once

#include "common/base/result.h"
#include "daemons/agent/containerizer/containerizer.h"
#include "daemons/agent/containerizer/sandbox_log_limits.h"
#include "daemons/containerizer/launch_spec.h"

namespace meseta::agent {

/// PATH of a container that names none.
inline constexpr const char *defaultPath =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What starts a container's command, before any isolator has its say. Source: Mesos CommandInfo
/// (shell form: `sh -c value`; argv form: `value` looked up in PATH, argv = arguments). With an
/// image, a command without a value is left for the image to name.
Result<containerizer::LaunchSpec> describeLaunch(const ContainerSpec &spec,
                                                 const SandboxLogLimits &logs);

/// Turns a container's launch into that of a command beside it (a COMMAND check), in the namespaces
/// that `pid`, a process of the container, lives in.
Result<containerizer::LaunchSpec> describeExec(const containerizer::LaunchSpec &container,
                                               const mesos::v1::CommandInfo &command, pid_t pid);

/// Sets the variables of a command over those that are there.
Result<> addVariables(const mesos::v1::CommandInfo &command, containerizer::LaunchSpec &launch);

/// Gives a command beside a container's own a sandbox of its own to write to.
void takeOutputOf(const containerizer::LaunchSpec &own, containerizer::LaunchSpec &beside);

} // namespace meseta::agent
