#include "common/messages/pid.h"

#include <charconv>

namespace meseta::messages {

Result<Pid> Pid::parse(std::string_view text)
{
    const std::string quoted = "'" + std::string(text.substr(0, 200)) + "'";
    const auto at = text.find('@');
    if (at == std::string_view::npos)
        return fail(quoted + " is no process address: write it as id@ip:port");
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon < at)
        return fail(quoted + " names no port: write it as id@ip:port");
    Pid pid;
    pid.id = text.substr(0, at);
    pid.ip = text.substr(at + 1, colon - at - 1);
    const std::string_view port = text.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), pid.port);
    if (error != std::errc() || end != port.data() + port.size())
        return fail(quoted + " has the port '" + std::string(port)
                    + "', which is no number from 0 to 65535");
    if (pid.ip.empty() || pid.ip.find_first_of("@/ \t\r\n") != std::string::npos)
        return fail(quoted + " has no usable host between '@' and ':'");
    return pid;
}

std::string Pid::text() const
{
    return isEmpty() ? std::string() : id + "@" + address();
}

std::string Pid::address() const
{
    return ip + ":" + std::to_string(port);
}

} // namespace meseta::messages
