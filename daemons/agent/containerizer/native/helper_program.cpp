#include "daemons/agent/containerizer/native/helper_program.h"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "daemons/containerizer/launch_spec.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

namespace meseta::agent {

using containerizer::controlFd;
using containerizer::FileDescriptor;
using containerizer::specFd;

namespace {

FileDescriptor memoryFile()
{
    FileDescriptor file(
        ::memfd_create("mesos-containerizer", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC));
    if (!file.valid() && errno == EINVAL) // a kernel from before the flag
        file =
            FileDescriptor(::memfd_create("mesos-containerizer", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    return file;
}

/// posix_spawn's two parameter blocks, with what every helper needs.
class SpawnSetup
{
public:
    SpawnSetup(int control, int description)
    {
        ::posix_spawn_file_actions_init(&m_actions);
        ::posix_spawn_file_actions_addopen(&m_actions, 0, "/dev/null", O_RDWR, 0);
        ::posix_spawn_file_actions_adddup2(&m_actions, 0, 1);
        ::posix_spawn_file_actions_adddup2(&m_actions, control, controlFd);
        ::posix_spawn_file_actions_adddup2(&m_actions, description, specFd);
        ::posix_spawn_file_actions_addclosefrom_np(&m_actions, specFd + 1);
        ::posix_spawnattr_init(&m_attributes);
        sigset_t set;
        ::sigfillset(&set);
        ::posix_spawnattr_setsigdefault(&m_attributes, &set);
        ::sigemptyset(&set);
        ::posix_spawnattr_setsigmask(&m_attributes, &set);
        ::posix_spawnattr_setflags(
            &m_attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    }
    ~SpawnSetup()
    {
        ::posix_spawn_file_actions_destroy(&m_actions);
        ::posix_spawnattr_destroy(&m_attributes);
    }
    SpawnSetup(const SpawnSetup &) = delete;
    SpawnSetup &operator=(const SpawnSetup &) = delete;

    int spawn(const std::string &program, std::string verb, pid_t *pid)
    {
        std::string name = "mesos-containerizer", language = "LC_ALL=C";
        char *arguments[] = {name.data(), verb.data(), nullptr};
        char *environment[] = {language.data(), nullptr};
        return ::posix_spawn(pid, program.c_str(), &m_actions, &m_attributes, arguments,
                             environment);
    }

private:
    posix_spawn_file_actions_t m_actions;
    posix_spawnattr_t m_attributes;
};

} // namespace

Result<> HelperProgram::ready() const
{
    if (::access(m_path.c_str(), X_OK) == 0)
        return {};
    return fail("the helper of containers, " + m_path
                + ", is not an executable file; --launcher_dir must name the folder that holds "
                  "mesos-containerizer");
}

Result<pid_t> HelperProgram::start(int control, int description)
{
    if (m_server.runs() || startServer()) {
        if (auto pid = m_server.launch(control, description))
            return std::move(*pid);
        // It ended since the last launch, before it heard of this one.
        if (startServer()) {
            if (auto pid = m_server.launch(control, description))
                return std::move(*pid);
        }
    }
    return execute("launch", control, description);
}

bool HelperProgram::startServer()
{
    int ends[2];
    if (!m_serves || ::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return false;
    FileDescriptor ours(ends[0]);
    FileDescriptor first(ends[1]);
    FileDescriptor theirs(::fcntl(first.get(), F_DUPFD_CLOEXEC, specFd + 1));
    const auto pid = execute("launcher", theirs.get(), theirs.get());
    first.reset(); // so that its end shows at once
    theirs.reset();
    m_serves = pid && m_server.start(*pid, std::move(ours));
    return m_serves;
}

Result<pid_t> HelperProgram::execute(const char *verb, int control, int description)
{
    pid_t pid = -1;
    const int error = SpawnSetup(control, description).spawn(executable(), verb, &pid);
    if (error == 0)
        return pid;
    return fail("cannot start the container's helper " + m_path + ": " + std::strerror(error)
                + (error == ENOENT ? "; --launcher_dir must name the folder that holds it" : ""));
}

/// A path that is good for children of this process; where the kernel cannot seal a copy, the file
/// itself.
const std::string &HelperProgram::executable()
{
    if (m_executable.empty() && ready())
        m_executable = seal()
            ? "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(m_sealed.get())
            : m_path;
    return m_executable.empty() ? m_path : m_executable;
}

bool HelperProgram::seal()
{
    const FileDescriptor file(::open(m_path.c_str(), O_RDONLY | O_CLOEXEC));
    FileDescriptor copy = memoryFile();
    struct stat info
    { };
    if (!file.valid() || !copy.valid() || ::fstat(file.get(), &info) != 0)
        return false;
    for (off_t done = 0; done < info.st_size;) {
        const auto count = ::sendfile(copy.get(), file.get(), &done,
                                      static_cast<std::size_t>(info.st_size - done));
        if (count <= 0)
            return false;
    }
    if (::fcntl(copy.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL)
        != 0)
        return false;
    m_sealed = std::move(copy);
    return true;
}

} // namespace meseta::agent
