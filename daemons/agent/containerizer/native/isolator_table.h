#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/flags.h"
#include "common/base/result.h"
#include "daemons/agent/containerizer/native/isolator.h"

namespace meseta::agent {

class ImageSource;

/// What isolators are made from.
struct IsolatorContext
{
    const FlagValues &flags; ///< each reads its own: flags.text("cgroups_root")
    std::string workDir;
    std::string runtimeDir;
    bool linuxLauncher = false;
    bool root = false; ///< the agent may mount, make namespaces, change users
    ImageSource *images = nullptr; ///< with --image_providers
};

/// Where an isolator stands among the others, whatever the order of `--isolation`. Source: Mesos
/// MesosContainerizer::create, table of isolators.
enum class IsolatorStage {
    Filesystem,
    Posix,
    Cgroups,
    Runtime,
    Linux,
    Namespaces,
    Volumes,
    Disk,
    Seccomp,
    Network,
    Environment
};

struct IsolatorRow
{
    std::string name; ///< as `--isolation` spells it
    IsolatorStage stage = IsolatorStage::Linux;
    bool needsRoot = false; ///< also: needs the launcher `linux`
    /// Makes it, or says what this machine or its flags lack ("the kernel has no pids cgroup;
    /// mount one or leave cgroups/pids out of --isolation").
    std::function<Result<std::unique_ptr<Isolator>>(const IsolatorContext &)> make = {};
    /// Whether flags ask for it by themselves: then it is an error that it cannot be made, also
    /// when `--isolation` does not name it.
    std::function<bool(const FlagValues &)> wanted = {};
    /// What the kernel or its mounts lack for it, whatever the flags; nothing when it can be had.
    std::function<std::optional<std::string>(const IsolatorContext &)> lacks = {};
};

/// Every isolator there is, in the order they are asked.
std::vector<IsolatorRow> isolatorTable();

/// The isolators of `--isolation`, in the table's order. Aliases are resolved (`process`,
/// `cgroups`, `posix/disk`), what Mesos always adds is added. The error names what is unknown,
/// named twice or impossible here, and why.
Result<std::vector<std::unique_ptr<Isolator>>> makeIsolators(const IsolatorContext &context);

/// What this agent cannot offer, asked for or not, a line for each reason: "linux/seccomp: the
/// kernel was built without seccomp filters".
std::vector<std::string> isolatorsOutOfReach(const IsolatorContext &context);

/// The names `--isolation` stands for, without making anything: for the flag's own check.
Result<std::vector<std::string>> isolatorNames(const std::string &isolation);

} // namespace meseta::agent
