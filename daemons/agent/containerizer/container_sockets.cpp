#include "daemons/agent/containerizer/container_sockets.h"

#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <sys/stat.h>

#include "daemons/agent/containerizer/native/isolators/cni/network_namespace.h"

namespace meseta::agent {

namespace {

enum class Network { Own, Other, Hidden };

/// Whether a network namespace is the agent's own; hidden when the agent may not look.
Network networkAt(const std::string &path)
{
    struct stat own
    { };
    struct stat theirs
    { };
    if (::stat(path.c_str(), &theirs) != 0)
        return errno == EACCES || errno == EPERM ? Network::Hidden : Network::Other;
    const bool same = ::stat("/proc/self/ns/net", &own) == 0 && own.st_dev == theirs.st_dev
        && own.st_ino == theirs.st_ino;
    return same ? Network::Own : Network::Other;
}

Result<> makeSocket(int family, int &socket)
{
    socket = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket < 0)
        return fail(std::string("a socket cannot be made: ") + std::strerror(errno));
    return {};
}

} // namespace

Result<int> containerSocket(const std::string &containerId, const Containerizer &containerizer,
                            int family)
{
    const pid_t process = containerizer.networkProcess(containerId);
    if (process <= 0)
        return fail("its container does not run");
    const std::string path = "/proc/" + std::to_string(process) + "/ns/net";
    const auto status = containerizer.status(containerId);
    const bool hasAddress = status && status->network_infos_size() > 0;
    const Network network = networkAt(path);
    int socket = -1;
    const auto make = [&] { return makeSocket(family, socket); };
    if (network == Network::Own || (network == Network::Hidden && !hasAddress)) {
        if (const auto made = make(); !made)
            return fail(made.error());
        return socket;
    }
    if (const auto made = inNetworkNamespace(path, make); !made)
        return fail(made.error().message
                    + (network == Network::Hidden
                           ? "; to check what has a network of its own, run mesos-agent as root"
                           : ""));
    return socket;
}

} // namespace meseta::agent
