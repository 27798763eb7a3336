#include "daemons/agent/sandbox/agent_checkpoint.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <unistd.h>

namespace meseta::agent {

Result<WorkDirLock> WorkDirLock::take(const std::string &workDir)
{
    std::error_code error;
    std::filesystem::create_directories(workDir, error);
    if (error)
        return fail("cannot make --work_dir=" + workDir + ": " + error.message()
                    + "; give a directory that this user may write");
    const std::string path = workDir + "/.agent.lock";
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0)
        return fail("cannot write into --work_dir=" + workDir + ": " + std::strerror(errno)
                    + "; give a directory that this user may write, on a disk with free space");
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
        char holder[32] = {};
        if (::read(fd, holder, sizeof holder - 1) <= 0)
            holder[0] = '\0';
        ::close(fd);
        return fail("another agent (process " + std::string(holder[0] ? holder : "unknown")
                    + ") uses --work_dir=" + workDir + "; give each agent a work_dir of its own");
    }
    const std::string mine = std::to_string(::getpid());
    if (::ftruncate(fd, 0) != 0
        || ::pwrite(fd, mine.data(), mine.size(), 0) != static_cast<ssize_t>(mine.size())) {
        const std::string reason = std::strerror(errno);
        ::close(fd);
        return fail("cannot write into --work_dir=" + workDir + ": " + reason
                    + "; free some space on that disk");
    }
    return WorkDirLock(fd);
}

WorkDirLock::~WorkDirLock()
{
    if (m_fd >= 0)
        ::close(m_fd);
}

} // namespace meseta::agent
