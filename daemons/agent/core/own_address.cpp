#include "daemons/agent/core/own_address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/address_flags.h"

namespace meseta::agent {

namespace {

std::string textOf(const in_addr &address)
{
    char text[INET_ADDRSTRLEN] = {};
    inet_ntop(AF_INET, &address, text, sizeof text);
    return text;
}

sockaddr_in socketAddress(const std::string &ip, std::uint16_t port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    inet_pton(AF_INET, ip.c_str(), &address.sin_addr);
    return address;
}

/// Asks the routing table; a UDP connect sends nothing.
std::string routeTo(const messages::Pid &peer)
{
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return "127.0.0.1";
    const sockaddr_in target = socketAddress(peer.ip, peer.port);
    sockaddr_in own{};
    socklen_t length = sizeof own;
    const bool known =
        ::connect(fd, reinterpret_cast<const sockaddr *>(&target), sizeof target) == 0
        && ::getsockname(fd, reinterpret_cast<sockaddr *>(&own), &length) == 0;
    ::close(fd);
    return known ? textOf(own.sin_addr) : "127.0.0.1";
}

} // namespace

Result<messages::Pid> masterPid(const std::string &hostAndPort)
{
    auto pid = messages::Pid::parse("master@" + hostAndPort);
    if (!pid)
        return fail(pid.error().within("--master=" + hostAndPort));
    addrinfo hints{};
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo *found = nullptr;
    const int code = ::getaddrinfo(pid->ip.c_str(), nullptr, &hints, &found);
    if (code != 0)
        return fail("--master=" + hostAndPort + ": the host '" + pid->ip + "' has no IPv4 address: "
                    + ::gai_strerror(code) + "; give the master's ip, or make the name resolvable");
    pid->ip = textOf(reinterpret_cast<const sockaddr_in *>(found->ai_addr)->sin_addr);
    ::freeaddrinfo(found);
    return pid;
}

OwnAddress ownAddress(const AddressFlags &flags, const messages::Pid &master)
{
    OwnAddress own;
    own.listenIp = flags.ip.value_or("0.0.0.0");
    if (flags.advertiseIp)
        own.advertisedIp = *flags.advertiseIp;
    else if (own.listenIp != "0.0.0.0")
        own.advertisedIp = own.listenIp;
    else
        own.advertisedIp = routeTo(master);
    return own;
}

std::string hostnameOf(const std::string &ip, bool lookUp)
{
    if (!lookUp)
        return ip;
    const sockaddr_in address = socketAddress(ip, 0);
    char name[NI_MAXHOST] = {};
    const int code = ::getnameinfo(reinterpret_cast<const sockaddr *>(&address), sizeof address,
                                   name, sizeof name, nullptr, 0, NI_NAMEREQD);
    return code == 0 ? name : ip;
}

} // namespace meseta::agent
