#include "common/base/address_flags.h"

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <memory>

#include <QHostAddress>

#include "common/base/flag_value.h"

namespace meseta {

namespace {

std::optional<std::string> variable(const Environment &environment, const std::string &name)
{
    const auto found = environment.find(name);
    return found == environment.end() || found->second.empty() ? std::nullopt
                                                               : std::optional(found->second);
}

Result<> checkIPv4(const std::string &text)
{
    QHostAddress address;
    if (address.setAddress(QString::fromStdString(text))
        && address.protocol() == QAbstractSocket::IPv4Protocol)
        return {};
    return fail("'" + text + "' is not an IPv4 address, like 192.0.2.10");
}

Result<> checkPort(const std::string &text)
{
    bool valid = false;
    const int port = QByteArray::fromStdString(text).toInt(&valid);
    if (valid && port >= 1 && port <= 65535)
        return {};
    return fail("'" + text + "' is not a port: it has to lie between 1 and 65535");
}

/// The first line that a shell command prints.
Result<std::string> discover(const std::string &command)
{
    std::FILE *pipe = ::popen(command.c_str(), "re");
    if (pipe == nullptr)
        return fail("the shell cannot be started");
    std::array<char, 256> line{};
    const bool read = std::fgets(line.data(), line.size(), pipe) != nullptr;
    // Drained, so that a talkative command does not end by a broken pipe.
    for (std::array<char, 256> rest{}; std::fgets(rest.data(), rest.size(), pipe) != nullptr;) { }
    const int status = ::pclose(pipe);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return fail("it ended with the wait status " + std::to_string(status));
    if (!read)
        return fail("it printed nothing");
    return QByteArray(line.data()).trimmed().toStdString();
}

Result<> refuseUnavailable(const Environment &environment)
{
    const std::array<std::pair<std::string, std::string>, 4> refused{
        {{"LIBPROCESS_SSL_ENABLED", "TLS"},
         {"SSL_ENABLED", "TLS"},
         {"LIBPROCESS_REQUIRE_PEER_ADDRESS_IP_MATCH", "comparing the addresses of peers"},
         {"LIBPROCESS_MEMORY_PROFILING", "memory profiling"}}};
    for (const auto &[name, what] : refused) {
        const std::optional<std::string> value = variable(environment, name);
        if (value && *value != "false" && *value != "0")
            return fail("the environment variable " + name + "=" + *value + " is refused: " + what
                        + " is not available yet; unset the variable to start without it");
    }
    return {};
}

/// A flag, else the variable behind it, checked.
Result<std::optional<std::string>>
flagOrVariable(const FlagValues &values, const Environment &environment, const std::string &flag,
               const std::string &variableName, Result<> (*check)(const std::string &))
{
    std::optional<std::string> value = values.text(flag);
    const std::string source =
        value ? "the flag --" + flag : "the environment variable " + variableName;
    if (!value)
        value = variable(environment, variableName);
    if (value) {
        if (const Result<> checked = check(*value); !checked)
            return fail(checked.error().within(source));
    }
    return value;
}

Result<std::optional<std::string>> bindAddress(const FlagValues &values,
                                               const Environment &environment)
{
    const std::optional<std::string> command = values.text("ip_discovery_command");
    if (!command)
        return flagOrVariable(values, environment, "ip", "LIBPROCESS_IP", checkIPv4);
    if (values.has("ip"))
        return fail(
            "the flags --ip and --ip_discovery_command exclude each other; leave one of them out");
    const std::string doing = "the flag --ip_discovery_command, running '" + *command + "'";
    const Result<std::string> printed = discover(*command);
    if (!printed)
        return fail(printed.error().within(doing));
    if (const Result<> checked = checkIPv4(*printed); !checked)
        return fail(checked.error().within(doing));
    return std::optional(*printed);
}

} // namespace

std::vector<FlagRow> addressFlagRows(std::uint16_t port)
{
    return {
        {.name = "ip",
         .help = "The IPv4 address to listen on; excludes --ip_discovery_command. Without either, "
                 "LIBPROCESS_IP in the "
                 "environment, else the address that the machine's own name resolves to.",
         .check = checkIPv4},
        {.name = "port",
         .type = FlagType::UInt16,
         .fallback = std::to_string(port),
         .help = "The port to listen on; 0 takes any free one."},
        {.name = "advertise_ip",
         .help = "The address that others are told to reach this program at, where it is not the "
                 "one it listens on.",
         .check = checkIPv4},
        {.name = "advertise_port",
         .help = "The port that others are told to reach this program at, where it is not the one "
                 "it listens on.",
         .check = checkPort},
        {.name = "ip_discovery_command",
         .help = "A shell command that prints the IPv4 address to listen on; excludes --ip."},
        {.name = "memory_profiling",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "Offer endpoints for profiling memory.",
         .notYet = "memory profiling is not available yet; start without --memory_profiling"},
    };
}

Result<AddressFlags> addressFlags(const FlagValues &values, const Environment &environment)
{
    if (const Result<> available = refuseUnavailable(environment); !available)
        return fail(available.error());
    AddressFlags address;
    const auto ip = bindAddress(values, environment);
    if (!ip)
        return fail(ip.error());
    const auto advertiseIp =
        flagOrVariable(values, environment, "advertise_ip", "LIBPROCESS_ADVERTISE_IP", checkIPv4);
    if (!advertiseIp)
        return fail(advertiseIp.error());
    const auto advertisePort = flagOrVariable(values, environment, "advertise_port",
                                              "LIBPROCESS_ADVERTISE_PORT", checkPort);
    if (!advertisePort)
        return fail(advertisePort.error());
    address.ip = *ip;
    address.port = static_cast<std::uint16_t>(values.integer("port").value_or(0));
    address.advertiseIp = *advertiseIp;
    if (*advertisePort)
        address.advertisePort = static_cast<std::uint16_t>(std::stoi(**advertisePort));
    return address;
}

} // namespace meseta
