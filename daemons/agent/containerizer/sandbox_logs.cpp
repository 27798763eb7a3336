#include "daemons/agent/containerizer/sandbox_logs.h"

#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>

namespace meseta::agent {

using containerizer::FileDescriptor;
using containerizer::SandboxLog;

Result<> SandboxLogs::open(const std::string &sandbox, const SandboxLogLimits &limits)
{
    m_directory = FileDescriptor(::open(sandbox.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct stat info
    { };
    if (!m_directory.valid() || ::fstat(m_directory.get(), &info) != 0)
        return fail("cannot open the sandbox " + sandbox + ": " + std::strerror(errno));

    SandboxLog::Options options{"stdout",         limits.maxStdoutBytes, limits.keep,
                                ::geteuid() == 0, info.st_uid,           info.st_gid};
    m_stdout.emplace(m_directory.get(), options);
    options.name = "stderr";
    options.maxBytes = limits.maxStderrBytes;
    m_stderr.emplace(m_directory.get(), options);
    if (!m_stdout->open() || !m_stderr->open())
        return fail("cannot create stdout and stderr in the sandbox " + sandbox + ": "
                    + std::strerror(errno));
    return {};
}

} // namespace meseta::agent
