#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace meseta::containerizer {

/// What the agent tells `mesos-containerizer launch` to run; it travels through an anonymous file,
/// so that neither the environment nor the arguments of a task show in the helper's own command
/// line.
struct LaunchDescription
{
    std::string file; ///< looked up in PATH of `environment` when it has no slash
    std::vector<std::string> arguments; ///< argv, complete
    std::vector<std::string> environment; ///< "NAME=value"
    std::string directory; ///< the sandbox: working directory and place of `stdout` and `stderr`
    bool switchUser = false;
    uid_t uid = 0;
    gid_t gid = 0;
    std::vector<gid_t> groups;
    std::uint64_t maxStdoutBytes = 0; ///< 0: no limit
    std::uint64_t maxStderrBytes = 0;
    std::uint64_t keepLogs = 0;
    std::string runtimeDirectory; ///< set: checkpointed. Keeps `pid`, `control` and `status` here
    std::uint64_t recoveryMilliseconds = 0;

    std::string encode() const;
    static std::optional<LaunchDescription> decode(std::string_view bytes);
};

/// Descriptors the helper starts with.
inline constexpr int controlFd = 3; ///< SOCK_SEQPACKET, one message a packet
inline constexpr int descriptionFd = 4; ///< the encoded LaunchDescription

/// Names in the runtime directory of a checkpointed container.
inline constexpr const char *pidFile =
    "pid"; ///< "<pid> <start time in clock ticks since boot>" of the helper
inline constexpr const char *controlSocket = "control";
inline constexpr const char *statusFile =
    "status"; ///< the wait status of the command in decimal, written when all is over

/// Messages from the helper: `started <pid>`, `failed <step> <errno>`, `unrunnable <errno>` (the
/// command could not be executed; an `ended` follows), `ended <wait status>`. To the helper: `kill
/// <milliseconds>`, `destroy`.
inline constexpr std::size_t maxMessageBytes = 128;

/// Steps that can fail before the command is executed, in the order they are taken.
enum class Step { Directory, Logs, Runtime, Fork, EnterDirectory, Groups, User };
const char *describe(Step step);

} // namespace meseta::containerizer
