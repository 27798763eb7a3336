#pragma once

#include "daemons/containerizer/file_descriptor.h"
#include "daemons/containerizer/launch_spec.h"

namespace meseta::containerizer {

/// What the process being started says to its supervisor, a packet each. The pipe closes itself
/// when the command is executed.
struct ChildReport
{
    enum class Kind : std::int32_t { Ready, Failed, Unrunnable };

    Kind kind = Kind::Failed;
    std::int32_t step = 0;
    std::int32_t error = 0;
    char subject[256] = {};
};

/// The child's ends of what joins it to its supervisor.
struct ChildEnds
{
    int input = -1; ///< becomes standard input; output and errors likewise
    int output = -1;
    int errors = -1;
    int sandbox = -1; ///< working directory of a container on the host's root
    int report = -1; ///< ChildReports
    int life = -1; ///< a byte: go on; closed: the supervisor is gone
    int status = -1; ///< of an init: the command's wait status
};

/// The new process, from its first instruction to the command's.
[[noreturn]] void becomeContainer(LaunchSpec spec, const ChildEnds &ends);

} // namespace meseta::containerizer
