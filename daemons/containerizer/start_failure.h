#pragma once

#include <cerrno>
#include <optional>
#include <string>

#include "daemons/containerizer/launch_step.h"

namespace meseta::containerizer {

/// Why a container could not be started: the step, its errno, and what it was done to.
struct StartFailure
{
    Step step;
    int error;
    std::string subject = {}; ///< "/proc in the container", "CAP_SYS_ADMIN"; may be empty
};

/// Nothing, or the failure.
using Outcome = std::optional<StartFailure>;

inline Outcome failed(Step step, std::string subject = {})
{
    return StartFailure{step, errno, std::move(subject)};
}

} // namespace meseta::containerizer
