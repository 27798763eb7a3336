#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "daemons/containerizer/launch_step.h"

namespace meseta::containerizer {

/// One mount of the container's own mount namespace. Targets are paths as the container sees them
/// and are resolved inside its root: no link and no `..` of an image leads out of it.
struct MountEntry
{
    enum class Missing : std::uint8_t { Refuse, MakeDirectory, MakeFile };

    std::string source; ///< bind: a path of the host; else what /proc/mounts is to show
    std::string sourceRoot; ///< bind: set when `source` lies below a folder that others can write
                            ///< (a sandbox): it is resolved inside this folder and cannot leave it
    std::string sourceNamespace; ///< bind: set when `source` is a path of another mount namespace,
                                 ///< like "/proc/<pid>/ns/mnt"
    std::string target; ///< absolute; "/" only in `LaunchSpec::rootMounts`
    std::string type; ///< "bind" or a file system: "proc", "tmpfs", "overlay" ...
    std::uint64_t flags = 0; ///< MS_RDONLY, MS_NOSUID, MS_REC ...; a read-only bind is remounted so
    std::string data; ///< options of the file system
    std::uint64_t propagation = 0; ///< MS_SLAVE, MS_SHARED, MS_PRIVATE, with MS_REC; 0: private
    Missing missing = Missing::MakeDirectory; ///< what to do where the target does not exist
    bool optional = false; ///< a source that the host lacks is passed over

    static MountEntry bind(std::string source, std::string target, bool readOnly = false);
};

/// A device file, or (type 'l') a symbolic link, made below the container's root after the mounts.
struct NodeEntry
{
    std::string path;
    char type = 'c'; ///< 'c', 'b', or 'l'
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    std::uint32_t mode = 0666;
    std::string linkTarget; ///< of a link
};

/// A cgroup that the container is in from before its first instruction.
struct CgroupEntry
{
    std::string directory; ///< exists; v1: of one hierarchy
    bool unified = false; ///< version 2: joined by clone3 itself
    bool freezer = false; ///< version 1's freezer: what is killed is stopped there first
    bool shared = false; ///< others live in it: not killed with this process
};

/// A namespace of somebody else that the container is to live in.
struct NamespaceEntry
{
    std::string path; ///< "/proc/<pid>/ns/net", or a bind of one
    std::uint64_t type = 0; ///< CLONE_NEWNET ...
};

/// A pseudo terminal for a command's streams; 0: the kernel's own idea of a size.
struct TerminalEntry
{
    std::uint32_t rows = 0;
    std::uint32_t columns = 0;
};

struct LimitEntry
{
    std::int32_t resource = 0; ///< RLIMIT_NOFILE ...
    std::uint64_t soft = 0; ///< RLIM_INFINITY: none
    std::uint64_t hard = 0;
};

/// Capabilities as bit sets (1 << CAP_CHOWN). The permitted set is the effective one.
struct CapabilitySets
{
    std::uint64_t bounding = 0;
    std::uint64_t effective = 0;
    std::uint64_t inheritable = 0;
    std::uint64_t ambient = 0;
};

/// A command run in the container's namespaces when its mounts are made, before the root is
/// changed (so programs of the host).
struct PreExecEntry
{
    std::vector<std::string> arguments; ///< argv; the program is arguments[0], an absolute path
};

/// What the agent tells `mesos-containerizer launch` to run; it travels through an anonymous file,
/// so that neither the environment nor the arguments of a task show in the helper's own command
/// line.
///
/// The containerizer fills in the command, isolators add the rest (`Isolator::prepare`). With only
/// the first part filled in, the command runs in the host's namespaces and file system.
struct LaunchSpec
{
    std::string file; ///< looked up in PATH of `environment` when it has no slash
    std::vector<std::string> arguments; ///< argv, complete
    std::vector<std::string> environment; ///< "NAME=value"
    std::string directory; ///< the sandbox on the host: place of `stdout` and `stderr`
    std::string workingDirectory; ///< as the container sees it; empty: the sandbox
    bool switchUser = false;
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::vector<std::uint32_t> groups; ///< supplementary
    std::string imageUser; ///< set when the host does not know the user: looked up in the image's
                           ///< /etc/passwd and /etc/group; never becomes user 0
    std::uint64_t maxStdoutBytes = 0; ///< 0: no limit
    std::uint64_t maxStderrBytes = 0;
    std::uint64_t keepLogs = 0;
    std::string runtimeDirectory; ///< set: checkpointed. Keeps `pid`, `control` and `status` here
    std::uint64_t recoveryMilliseconds = 0;

    bool hold = false; ///< executes nothing: waits for SIGTERM, for what lives in its namespaces

    bool attachable = false; ///< its input and output can be joined while it runs (attachment.h)
    bool awaitReader = false; ///< a session: its output waits for who reads it
    std::optional<TerminalEntry> terminal; ///< needs `attachable`

    std::uint64_t newNamespaces = 0; ///< CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWIPC, CLONE_NEWUTS ...
    std::vector<NamespaceEntry> joinNamespaces;
    std::vector<CgroupEntry> cgroups;
    bool awaitIsolation = false; ///< the container waits, its namespaces made, while the isolators
                                 ///< work on its pid (`Isolator::isolate`)

    std::string rootfs; ///< of the host; empty: the host's root. Needs CLONE_NEWNS
    std::vector<MountEntry> rootMounts; ///< make `rootfs` itself (target "/"): an overlay ...
    std::uint64_t rootFlags = 0; ///< of the root's own mount: MS_NODEV ...
    bool readOnlyRoot = false;
    std::vector<MountEntry> mounts; ///< in order
    std::vector<NodeEntry> nodes;
    std::vector<std::string> maskedPaths; ///< an empty folder or file is put over each that exists
    std::vector<std::string> readOnlyPaths;
    std::string hostname; ///< needs CLONE_NEWUTS
    std::vector<PreExecEntry> preExec;

    std::vector<LimitEntry> limits;
    std::optional<std::int32_t> oomScoreAdjustment;
    std::optional<CapabilitySets> capabilities; ///< absent: what the user has
    bool noNewPrivileges = false;
    std::string seccompFilter; ///< a compiled BPF program (struct sock_filter[]); empty: none

    bool has(std::uint64_t cloneFlag) const { return (newNamespaces & cloneFlag) != 0; }
    void setEnvironment(std::string_view name, std::string_view value);
    std::string_view environmentValue(std::string_view name) const; ///< empty: not set

    std::string encode() const;
    static std::optional<LaunchSpec> decode(std::string_view bytes);
};

/// Descriptors the helper starts with.
inline constexpr int controlFd = 3; ///< SOCK_SEQPACKET, one message a packet
inline constexpr int specFd = 4; ///< the encoded LaunchSpec

/// Names in the runtime directory of a checkpointed container.
inline constexpr const char *pidFile =
    "pid"; ///< "<pid> <start time in clock ticks since boot>" of the helper
inline constexpr const char *controlSocket = "control";
inline constexpr const char *statusFile =
    "status"; ///< the wait status of the command in decimal, written when all is over

/// Messages from the helper: `isolate <pid>` (with `awaitIsolation`: it goes on when told `go`),
/// `started <pid>` (of the container's first process, as the host sees it), `failed <step> <errno>
/// <on what>`, `unrunnable <errno>` (the command could not be executed; an `ended` follows), `ended
/// <wait status>`. To the helper: `go`, `kill <milliseconds>`, `destroy`;
/// with a socket each, when the container is attachable, `output` and `input` (attachment.h).
inline constexpr std::size_t maxMessageBytes = 1024;

} // namespace meseta::containerizer
