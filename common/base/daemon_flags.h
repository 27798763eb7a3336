#pragma once

#include <vector>

#include "common/base/flags.h"

namespace meseta {

/// Why a flag is refused today, and what to do instead: for `FlagRow::notYet`.
namespace not_yet {
inline constexpr const char *authentication =
    "authentication is not available yet; start without it, on a network where every peer is "
    "trusted";
inline constexpr const char *authorization = "authorization is not available yet; start without it";
inline constexpr const char *modules =
    "loading modules is not available yet; start without it and use what is built in";
} // namespace not_yet

/// The flags that mean the same to every daemon: --help, --version, --hostname_lookup, --acls,
/// --modules and a few more. Source: Mesos configuration documentation (master and agent).
std::vector<FlagRow> daemonFlagRows();

} // namespace meseta
