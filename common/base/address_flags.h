#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/flags.h"

namespace meseta {

/// Where a daemon listens and what it tells others: --ip, --port, --advertise_ip, --advertise_port,
/// --ip_discovery_command, with the LIBPROCESS_IP, _ADVERTISE_IP and _ADVERTISE_PORT variables
/// behind them.
struct AddressFlags
{
    std::optional<std::string> ip; ///< absent: the address that the machine's own name resolves to
    std::uint16_t port = 0;
    std::optional<std::string> advertiseIp;
    std::optional<std::uint16_t> advertisePort;
};

std::vector<FlagRow> addressFlagRows(std::uint16_t port);

/// Runs --ip_discovery_command when it is given. Refuses LIBPROCESS_ settings that would change
/// what is safe on the wire (TLS, address matching) and are not available.
Result<AddressFlags> addressFlags(const FlagValues &values, const Environment &environment);

} // namespace meseta
