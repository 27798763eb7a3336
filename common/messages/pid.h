#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace meseta::messages {

/// The address of a process on the daemon wire: "slave(1)@127.0.0.1:5051".
struct Pid
{
    std::string id; ///< "master", "slave(1)", "scheduler-<uuid>"
    std::string ip; ///< IPv4 in dots
    std::uint16_t port = 0;

    static Result<Pid> parse(std::string_view text); ///< a host name is kept in `ip` as written
    std::string text() const; ///< empty Pid: ""
    std::string address() const; ///< "ip:port"
    bool isEmpty() const { return id.empty() && ip.empty() && port == 0; }
    auto operator<=>(const Pid &) const = default;
};

} // namespace meseta::messages
