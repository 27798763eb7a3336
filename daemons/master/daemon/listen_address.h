#pragma once

#include <string>

namespace meseta {
struct AddressFlags;
}

namespace meseta::master {

/// Where the master listens, and what it tells others.
struct ListenAddress
{
    std::string listenIp; ///< "0.0.0.0" unless --ip is given
    std::string advertisedIp; ///< --advertise_ip, else --ip, else the address that this machine's
                              ///< own name resolves to
};

ListenAddress listenAddress(const AddressFlags &flags);

/// The name that an ip resolves to; the ip itself when there is none, or `lookUp` is false.
std::string hostnameOf(const std::string &ip, bool lookUp);

} // namespace meseta::master
