#include "daemons/master/daemon/listen_address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/address_flags.h"

namespace meseta::master {

namespace {

constexpr auto AnyIp = "0.0.0.0";
constexpr auto LoopbackIp = "127.0.0.1";

/// The first IPv4 address of this machine's name; loopback when the name resolves to none.
std::string ownIp()
{
    char name[256] = {};
    if (::gethostname(name, sizeof name - 1) != 0)
        return LoopbackIp;
    addrinfo hints{};
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo *found = nullptr;
    if (::getaddrinfo(name, nullptr, &hints, &found) != 0)
        return LoopbackIp;
    char text[INET_ADDRSTRLEN] = {};
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in *>(found->ai_addr)->sin_addr, text,
              sizeof text);
    ::freeaddrinfo(found);
    return text;
}

} // namespace

ListenAddress listenAddress(const AddressFlags &flags)
{
    ListenAddress address;
    address.listenIp = flags.ip.value_or(AnyIp);
    if (flags.advertiseIp)
        address.advertisedIp = *flags.advertiseIp;
    else
        address.advertisedIp = address.listenIp == AnyIp ? ownIp() : address.listenIp;
    return address;
}

std::string hostnameOf(const std::string &ip, bool lookUp)
{
    if (!lookUp)
        return ip;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    inet_pton(AF_INET, ip.c_str(), &address.sin_addr);
    char name[NI_MAXHOST] = {};
    const int code = ::getnameinfo(reinterpret_cast<const sockaddr *>(&address), sizeof address,
                                   name, sizeof name, nullptr, 0, NI_NAMEREQD);
    return code == 0 ? name : ip;
}

} // namespace meseta::master
