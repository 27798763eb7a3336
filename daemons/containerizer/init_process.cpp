#include "daemons/containerizer/init_process.h"

#include <cerrno>
#include <csignal>

#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace meseta::containerizer {

namespace {

constexpr int keptFd = 0;

/// Everything but `status`, which becomes descriptor 0.
void closeOthers(int status)
{
    ::dup2(status, keptFd);
    ::syscall(SYS_close_range, keptFd + 1, ~0u, 0);
}

[[noreturn]] void tellAndLeave(int waitStatus)
{
    [[maybe_unused]] const auto written = ::write(keptFd, &waitStatus, sizeof waitStatus);
    ::_exit(0);
}

void reap(pid_t command)
{
    int status = 0;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
        if (pid == command)
            tellAndLeave(status);
    }
}

} // namespace

void runInit(pid_t command, int status)
{
    // Blocked signals of the first process are kept for it rather than dropped.
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_BLOCK, &all, nullptr);
    closeOthers(status);
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    ::prctl(PR_SET_NAME, "mesos-init", 0, 0, 0);
    while (true) {
        reap(command);
        siginfo_t info{};
        const int signal = ::sigwaitinfo(&all, &info);
        if (signal > 0 && signal != SIGCHLD && signal != SIGPIPE)
            ::kill(command, signal);
    }
}

} // namespace meseta::containerizer
