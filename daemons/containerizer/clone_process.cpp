#include "daemons/containerizer/clone_process.h"

#include <csignal>

#include <linux/sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace meseta::containerizer {

pid_t cloneProcess(std::uint64_t namespaces, int cgroup)
{
    clone_args arguments{};
    arguments.flags = namespaces;
    arguments.exit_signal = SIGCHLD;
    if (cgroup >= 0) {
        arguments.flags |= CLONE_INTO_CGROUP;
        arguments.cgroup = static_cast<std::uint64_t>(cgroup);
    }
    return static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
}

} // namespace meseta::containerizer
