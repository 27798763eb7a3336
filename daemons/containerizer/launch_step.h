#pragma once

namespace meseta::containerizer {

/// Steps that can fail before the command is executed, about in the order they are taken. The
/// numbers are between the helper and the agent of one installation.
enum class Step {
    Directory,
    Logs,
    Runtime,
    Streams,
    Fork,
    Isolation,
    JoinNamespace,
    Cgroup,
    RootMount,
    Mount,
    Node,
    MaskPath,
    ReadOnlyPath,
    Hostname,
    PreExec,
    PivotRoot,
    LookUpUser,
    Limit,
    OomScore,
    EnterDirectory,
    Groups,
    User,
    Capabilities,
    NoNewPrivileges,
    Seccomp
};

/// What was being done, to go before " failed" or in front of what it was done to.
const char *describe(Step step);

} // namespace meseta::containerizer
