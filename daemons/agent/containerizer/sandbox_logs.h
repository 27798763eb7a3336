#pragma once

#include <optional>
#include <string>

#include "common/base/result.h"
#include "daemons/agent/containerizer/sandbox_log_limits.h"
#include "daemons/containerizer/file_descriptor.h"
#include "daemons/containerizer/sandbox_log.h"

namespace meseta::agent {

/// `stdout` and `stderr` of a sandbox, written by the agent itself: for containers whose output
/// comes over a socket.
class SandboxLogs
{
public:
    /// Creates both files; they belong to the owner of the sandbox.
    Result<> open(const std::string &sandbox, const SandboxLogLimits &limits);

    void writeOutput(std::string_view bytes) { write(m_stdout, bytes); }
    void writeErrors(std::string_view bytes) { write(m_stderr, bytes); }

private:
    static void write(std::optional<containerizer::SandboxLog> &log, std::string_view bytes)
    {
        if (log && !bytes.empty())
            log->write(bytes);
    }

    containerizer::FileDescriptor m_directory;
    std::optional<containerizer::SandboxLog> m_stdout;
    std::optional<containerizer::SandboxLog> m_stderr;
};

} // namespace meseta::agent
