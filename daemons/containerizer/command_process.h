#pragma once

#include <functional>

#include <sys/types.h>

#include "daemons/containerizer/file_descriptor.h"
#include "daemons/containerizer/launch_spec.h"
#include "daemons/containerizer/start_failure.h"

namespace meseta::containerizer {

/// The command, started as a child of the helper; or as a grandchild, below the init of its pid
/// namespace.
struct CommandProcess
{
    pid_t pid = -1; ///< the child: the init when there is one
    bool hasInit = false;
    FileDescriptor input; ///< of one that can be attached to: leads to its stdin
    FileDescriptor output; ///< read ends of its stdout and stderr
    FileDescriptor errors;
    FileDescriptor status; ///< of an init: the command's wait status (an int), then nothing
    FileDescriptor life; ///< as long as it is open, the init lives on
    int execError = 0; ///< errno when it could not be executed: the child then exits with status 1,
                       ///< as Mesos' does
};

/// Creates the process in its namespaces and cgroups, has it build its file system, take on its
/// user, and execute the command. With `awaitIsolation`, `isolated` is called while it waits, and
/// says whether to go on.
Outcome startCommand(const LaunchSpec &spec, int sandbox, CommandProcess &process,
                     const std::function<bool(pid_t)> &isolated);

} // namespace meseta::containerizer
