#pragma once

#include <cstdint>
#include <string>

#include "mesos/v1/container.pb.h"

namespace meseta::agent {

/// How large `stdout` and `stderr` of a sandbox may grow. At the limit a file is renamed to
/// `stdout.1` (and `.1` to `.2` and so on), of which `keep` are kept: the layout of Mesos'
/// logrotate container logger.
struct SandboxLogLimits
{
    std::uint64_t maxStdoutBytes = 10 * 1024 * 1024; ///< 0: no limit, no rotation
    std::uint64_t maxStderrBytes = 10 * 1024 * 1024;
    unsigned keep = 9;

    /// These limits with what the task's environment says of them:
    /// CONTAINER_LOGGER_MAX_STDOUT_SIZE, CONTAINER_LOGGER_MAX_STDERR_SIZE ("2MB"; at least a page).
    /// What cannot be read is left as it was.
    SandboxLogLimits overriddenBy(const mesos::v1::Environment &environment) const;
};

} // namespace meseta::agent
