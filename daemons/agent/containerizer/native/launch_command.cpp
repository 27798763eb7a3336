#include "daemons/agent/containerizer/native/launch_command.h"

#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemons/agent/containerizer/user_lookup.h"

namespace meseta::agent {

using containerizer::LaunchSpec;
using mesos::v1::CommandInfo;

namespace {

bool hasImage(const ContainerSpec &spec)
{
    return spec.container && spec.container->mesos().has_image();
}

Result<> addCommand(const CommandInfo &command, bool imageNamesIt, LaunchSpec &launch)
{
    if (command.shell()) {
        if (!command.has_value())
            return fail("command.shell is true, but command.value is missing: set it, or "
                        "command.shell to false");
        launch.file = "sh";
        launch.arguments = {"sh", "-c", command.value()};
        return {};
    }
    launch.file = command.value();
    launch.arguments.assign(command.arguments().begin(), command.arguments().end());
    if (launch.file.empty() && !imageNamesIt)
        return fail("There is nothing to run: with command.shell=false and no image, command.value "
                    "must name the program");
    return {};
}

Result<> addUser(const std::string &name, bool image, LaunchSpec &launch)
{
    if (name.empty())
        return {};
    const auto ids = lookUpUser(name);
    if (!ids && image) {
        launch.imageUser = name;
        return {};
    }
    if (!ids)
        return fail(ids.error());
    if (isCurrentUser(*ids) && ids->uid != 0)
        return {};
    if (::geteuid() != 0)
        return fail(
            "cannot run as the user '" + name
            + "': the agent does not run as root; start it as root or with --switch_user=false");
    launch.switchUser = true;
    launch.uid = ids->uid;
    launch.gid = ids->gid;
    launch.groups.assign(ids->groups.begin(), ids->groups.end());
    return {};
}

/// A terminal can be joined by whoever has the right; so can a session.
void addStreams(const ContainerSpec &spec, LaunchSpec &launch)
{
    launch.awaitReader = spec.session;
    if (spec.container && spec.container->has_tty_info()) {
        const auto &size = spec.container->tty_info().window_size();
        launch.terminal = containerizer::TerminalEntry{size.rows(), size.columns()};
    }
    launch.attachable = launch.awaitReader || launch.terminal;
}

struct NamespaceKind
{
    const char *name;
    std::uint64_t type;
};

/// Mount last: with it the paths of the others would change.
constexpr NamespaceKind namespaceKinds[] = {{"pid", CLONE_NEWPID},       {"ipc", CLONE_NEWIPC},
                                            {"uts", CLONE_NEWUTS},       {"net", CLONE_NEWNET},
                                            {"cgroup", CLONE_NEWCGROUP}, {"mnt", CLONE_NEWNS}};

bool sameNamespace(const std::string &one, const std::string &other)
{
    struct stat a
    {
    }, b{};
    return ::stat(one.c_str(), &a) == 0 && ::stat(other.c_str(), &b) == 0 && a.st_ino == b.st_ino
        && a.st_dev == b.st_dev;
}

void joinNamespacesOf(pid_t pid, LaunchSpec &launch)
{
    for (const auto &[name, type] : namespaceKinds) {
        const std::string path = "/proc/" + std::to_string(pid) + "/ns/" + name;
        if (!sameNamespace(path, std::string("/proc/self/ns/") + name))
            launch.joinNamespaces.push_back({path, type});
    }
}

} // namespace

Result<> addVariables(const CommandInfo &command, LaunchSpec &launch)
{
    for (const auto &variable : command.environment().variables()) {
        if (variable.type() == mesos::v1::Environment::Variable::SECRET)
            continue; // the isolator of secrets has it
        launch.setEnvironment(variable.name(), variable.value());
    }
    return {};
}

Result<LaunchSpec> describeLaunch(const ContainerSpec &spec, const SandboxLogLimits &logs)
{
    LaunchSpec launch;
    launch.hold = spec.holdsOthers;
    if (launch.hold)
        launch.file = "mesos-containerizer"; // as which it shows; nothing is executed
    else if (auto added = addCommand(spec.command, hasImage(spec), launch); !added)
        return fail(added.error());
    if (auto added = addUser(spec.user, hasImage(spec), launch); !added)
        return fail(added.error());
    for (const auto &[name, value] : spec.environment)
        launch.environment.push_back(name + "=" + value);
    launch.setEnvironment("MESOS_SANDBOX", spec.sandbox);
    launch.directory = spec.sandbox;
    addStreams(spec, launch);
    const auto limits = logs.overriddenBy(spec.command.environment());
    launch.maxStdoutBytes = limits.maxStdoutBytes;
    launch.maxStderrBytes = limits.maxStderrBytes;
    launch.keepLogs = limits.keep;
    return launch;
}

Result<LaunchSpec> describeExec(const LaunchSpec &container, const CommandInfo &command, pid_t pid)
{
    LaunchSpec launch = container;
    if (auto added = addCommand(command, false, launch); !added)
        return fail(added.error());
    if (auto added = addVariables(command, launch); !added)
        return fail(added.error());
    launch.hold = false;
    launch.newNamespaces = 0;
    launch.awaitIsolation = false;
    launch.rootfs.clear();
    launch.rootMounts.clear();
    launch.mounts.clear();
    launch.nodes.clear();
    launch.maskedPaths.clear();
    launch.readOnlyPaths.clear();
    launch.hostname.clear();
    launch.preExec.clear();
    launch.runtimeDirectory.clear();
    launch.recoveryMilliseconds = 0;
    launch.attachable = false;
    launch.awaitReader = false;
    launch.terminal.reset();
    for (auto &cgroup : launch.cgroups)
        cgroup.shared = true; // the end of this command is not that of the container
    joinNamespacesOf(pid, launch);
    return launch;
}

void takeOutputOf(const LaunchSpec &own, LaunchSpec &beside)
{
    if (beside.workingDirectory.empty()) // where the parent's command is
        beside.workingDirectory = beside.directory;
    beside.directory = own.directory;
    beside.maxStdoutBytes = own.maxStdoutBytes;
    beside.maxStderrBytes = own.maxStderrBytes;
    beside.keepLogs = own.keepLogs;
    beside.attachable = own.attachable;
    beside.awaitReader = own.awaitReader;
    beside.terminal = own.terminal;
}

} // namespace meseta::agent
