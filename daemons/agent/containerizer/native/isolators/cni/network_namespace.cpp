#include "daemons/agent/containerizer/native/isolators/cni/network_namespace.h"

#include <cerrno>
#include <cstring>
#include <thread>

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "daemons/containerizer/file_descriptor.h"

namespace meseta::agent {

using containerizer::FileDescriptor;

Result<> inNetworkNamespace(const std::string &path, const std::function<Result<>()> &work)
{
    Result<> result;
    std::thread([&] {
        const FileDescriptor space(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!space.valid() || ::setns(space.get(), CLONE_NEWNET) != 0)
            result =
                fail("cannot enter the network namespace " + path + ": " + std::strerror(errno));
        else
            result = work();
    }).join();
    return result;
}

Result<> bringUpLoopback(const std::string &path)
{
    return inNetworkNamespace(path, []() -> Result<> {
        const FileDescriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        ifreq request{};
        std::strcpy(request.ifr_name, "lo");
        if (socket.valid() && ::ioctl(socket.get(), SIOCGIFFLAGS, &request) == 0) {
            request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP | IFF_RUNNING);
            if (::ioctl(socket.get(), SIOCSIFFLAGS, &request) == 0)
                return {};
        }
        return fail(std::string("cannot bring the loopback interface up: ") + std::strerror(errno));
    });
}

} // namespace meseta::agent
