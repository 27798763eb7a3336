#include "tests/bench/containers/raw_container.h"

#include <csignal>
#include <ctime>

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace meseta::bench {

namespace {

[[noreturn]] void become(const std::string &root, const std::string &program, int output)
{
    ::dup2(output, STDOUT_FILENO);
    char *arguments[] = {const_cast<char *>(program.c_str()), nullptr};
    char *environment[] = {nullptr};
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0
        || ::mount(root.c_str(), root.c_str(), nullptr, MS_BIND | MS_REC, nullptr) != 0
        || ::chdir(root.c_str()) != 0 || ::syscall(SYS_pivot_root, ".", ".") != 0
        || ::umount2(".", MNT_DETACH) != 0
        || ::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0)
        ::_exit(1);
    ::execve(program.c_str(), arguments, environment);
    ::_exit(1);
}

} // namespace

long long startRawContainer(const std::string &root, const std::string &program)
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    timespec before{};
    clock_gettime(CLOCK_MONOTONIC, &before);
    clone_args arguments{};
    arguments.flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS;
    arguments.exit_signal = SIGCHLD;
    const auto pid = static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
    if (pid == 0)
        become(root, program, ends[1]);
    ::close(ends[1]);
    long long first = 0;
    const bool told = ::read(ends[0], &first, sizeof first) == sizeof first;
    ::close(ends[0]);
    int status = 0;
    ::waitpid(pid, &status, 0);
    return told ? first - (before.tv_sec * 1'000'000'000LL + before.tv_nsec) : -1;
}

} // namespace meseta::bench
