// mesos-containerizer: the small program that stands between the agent and a container. It is
// started by the agent, not by hand; see supervisor.h for what it does.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include <fcntl.h>

#include "daemons/containerizer/launch_spec.h"
#include "daemons/containerizer/supervisor.h"

using namespace meseta::containerizer;

namespace {

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
    if (argc != 2 || std::strcmp(argv[1], "launch") != 0
        || ::fcntl(controlFd, F_SETFD, FD_CLOEXEC) != 0)
        return usage();
    auto spec = readSpec();
    if (!spec)
        return usage();
    return Supervisor(std::move(*spec), FileDescriptor(controlFd)).run();
}
