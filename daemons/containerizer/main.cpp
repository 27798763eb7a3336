// mesos-containerizer: the small program that stands between the agent and a container. It is
// started by the agent, not by hand; see supervisor.h for what it does.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/prctl.h>

#include "daemons/containerizer/launch_server.h"
#include "daemons/containerizer/launch_spec.h"
#include "daemons/containerizer/supervisor.h"

using namespace meseta::containerizer;

namespace {

/// The runtime of a sanitizer does not outlive it.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool canCopyItself = false;
#else
constexpr bool canCopyItself = true;
#endif

std::optional<LaunchSpec> readSpec()
{
    const FileDescriptor file(specFd);
    std::string bytes;
    char buffer[16 * 1024];
    for (ssize_t count = 0; (count = ::read(file.get(), buffer, sizeof buffer)) > 0;)
        bytes.append(buffer, static_cast<std::size_t>(count));
    return LaunchSpec::decode(bytes);
}

int usage()
{
    std::fputs("usage: mesos-containerizer launch\n"
               "Runs one container for mesos-agent, which starts it and tells it what to run; it "
               "is of no use by hand.\n",
               stderr);
    return 2;
}

} // namespace

int main(int argc, char **argv)
{
    const std::string_view verb = argc == 2 ? argv[1] : "";
    const bool launches = verb == "launcher" && canCopyItself;
    if ((verb != "launch" && !launches) || ::fcntl(controlFd, F_SETFD, FD_CLOEXEC) != 0)
        return usage();
    ::prctl(PR_SET_NAME, "mesos-container"); // it was executed by a number
    if (launches) {
        if (!serveLaunches())
            return EXIT_SUCCESS;
        std::fill(argv[1] + std::strlen("launch"), argv[1] + verb.size(), '\0'); // for `ps`
    }
    auto spec = readSpec();
    if (!spec)
        return usage();
    return Supervisor(std::move(*spec), FileDescriptor(controlFd)).run();
}
