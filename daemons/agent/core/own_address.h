#pragma once

#include <string>

#include "common/base/result.h"
#include "common/messages/pid.h"

namespace meseta {
struct AddressFlags;
}

namespace meseta::agent {

/// Where the agent listens, and what it tells others.
struct OwnAddress
{
    std::string listenIp; ///< "0.0.0.0" unless --ip is given
    std::string advertisedIp; ///< --advertise_ip, else --ip, else the address this machine reaches
                              ///< the master from
};

/// "master@ip:port" of --master; a host name is looked up. The error names the host.
Result<messages::Pid> masterPid(const std::string &hostAndPort);

OwnAddress ownAddress(const AddressFlags &flags, const messages::Pid &master);

/// The name that the ip resolves to; the ip itself when there is none, or `lookUp` is false.
std::string hostnameOf(const std::string &ip, bool lookUp);

} // namespace meseta::agent
