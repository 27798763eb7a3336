#include "daemons/containerizer/clone_process.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <fcntl.h>
#include <linux/sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "daemons/containerizer/file_descriptor.h"

namespace meseta::containerizer {

namespace {

constexpr int noDescriptor = 255; ///< as an exit status

pid_t clone3(clone_args &arguments)
{
    return static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
}

clone_args argumentsFor(std::uint64_t flags, int cgroup)
{
    clone_args arguments{};
    arguments.flags = flags;
    if (cgroup >= 0) {
        arguments.flags |= CLONE_INTO_CGROUP;
        arguments.cgroup = static_cast<std::uint64_t>(cgroup);
    }
    return arguments;
}

/// The process behind a descriptor, as this process sees it.
pid_t processOf(const FileDescriptor &process)
{
    const std::string path = "/proc/self/fdinfo/" + std::to_string(process.get());
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    char text[512] = {};
    if (!file.valid() || ::read(file.get(), text, sizeof text - 1) <= 0)
        return -1;
    const std::string_view all(text);
    const auto at = all.find("Pid:");
    const long pid = at == std::string_view::npos ? 0 : std::strtol(text + at + 4, nullptr, 10);
    if (pid <= 0)
        errno = ESRCH;
    return pid > 0 ? static_cast<pid_t>(pid) : -1;
}

} // namespace

pid_t cloneProcess(std::uint64_t namespaces, int cgroup)
{
    clone_args arguments = argumentsFor(namespaces, cgroup);
    arguments.exit_signal = SIGCHLD;
    return clone3(arguments);
}

pid_t cloneSibling()
{
    clone_args arguments = argumentsFor(CLONE_PARENT, -1); // its signal is that of this process
    return clone3(arguments);
}

pid_t cloneProcessBelow(std::uint64_t namespaces, int cgroup)
{
    // Shares the table of descriptors: the one it gets for the new process is ours as well.
    clone_args between{};
    between.flags = CLONE_FILES;
    between.exit_signal = SIGCHLD;
    const pid_t helper = clone3(between);
    if (helper < 0)
        return -1;
    if (helper == 0) {
        int process = -1;
        clone_args arguments = argumentsFor(namespaces | CLONE_PARENT | CLONE_PIDFD, cgroup);
        arguments.pidfd = reinterpret_cast<std::uint64_t>(&process);
        const pid_t pid = clone3(arguments);
        if (pid == 0)
            return 0;
        ::_exit(pid > 0 && process < noDescriptor ? process : noDescriptor);
    }
    int status = 0;
    while (::waitpid(helper, &status, 0) < 0 && errno == EINTR) { }
    if (!WIFEXITED(status) || WEXITSTATUS(status) == noDescriptor) {
        errno = EAGAIN;
        return -1;
    }
    return processOf(FileDescriptor(WEXITSTATUS(status)));
}

} // namespace meseta::containerizer
