#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include <sys/types.h>

#include "common/base/result.h"

namespace meseta::agent {

/// The TCP sockets of this network namespace that listen, by inode: their ports. IPv4 and IPv6.
/// Source: sock_diag(7).
Result<std::map<std::uint64_t, std::uint16_t>> listeningSockets();

/// The ports that some of `processes` listen on.
std::set<std::uint16_t> listeningPorts(const std::map<std::uint64_t, std::uint16_t> &sockets,
                                       const std::vector<pid_t> &processes);

} // namespace meseta::agent
