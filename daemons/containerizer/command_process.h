#pragma once

#include <optional>

#include <sys/types.h>

#include "daemons/containerizer/file_descriptor.h"
#include "daemons/containerizer/launch_spec.h"

namespace meseta::containerizer {

/// The command, started as a child of the helper.
struct CommandProcess
{
    pid_t pid = -1;
    FileDescriptor output; ///< read ends of its stdout and stderr
    FileDescriptor errors;
    int execError = 0; ///< errno when it could not be executed: the child then exits with status 1,
                       ///< as Mesos' does
};

struct StartFailure
{
    Step step;
    int error;
};

/// Forks, sets up (working directory, groups, user, umask 022, default signals, /dev/null as input)
/// and executes.
std::optional<StartFailure> startCommand(const LaunchSpec &spec, int sandbox,
                                         CommandProcess &process);

} // namespace meseta::containerizer
