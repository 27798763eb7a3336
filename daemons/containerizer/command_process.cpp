#include "daemons/containerizer/command_process.h"

#include <cerrno>

#include <fcntl.h>
#include <sched.h>

#include "daemons/containerizer/clone_process.h"
#include "daemons/containerizer/container_child.h"
#include "daemons/containerizer/standard_streams.h"

namespace meseta::containerizer {

namespace {

/// The pid namespace to join is that of children still to come; the others the child joins itself.
Outcome joinPidNamespace(LaunchSpec &spec)
{
    for (const NamespaceEntry &entry : spec.joinNamespaces) {
        if (entry.type != CLONE_NEWPID)
            continue;
        const FileDescriptor file(::open(entry.path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!file.valid() || ::setns(file.get(), CLONE_NEWPID) != 0)
            return failed(Step::JoinNamespace, entry.path);
    }
    std::erase_if(spec.joinNamespaces,
                  [](const NamespaceEntry &entry) { return entry.type == CLONE_NEWPID; });
    return std::nullopt;
}

Outcome openUnified(const LaunchSpec &spec, FileDescriptor &cgroup)
{
    for (const CgroupEntry &entry : spec.cgroups) {
        if (!entry.unified)
            continue;
        cgroup = FileDescriptor(::open(entry.directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        if (!cgroup.valid())
            return failed(Step::Cgroup, entry.directory);
    }
    return std::nullopt;
}

/// At a terminal, all streams are one.
int endOr(const FileDescriptor &end, const StandardStreams &streams)
{
    return end.valid() ? end.get() : streams.commandInput.get();
}

/// While the command runs, only it holds its ends: their closing is the end of its output.
void closeCommandEnds(StandardStreams &streams)
{
    for (FileDescriptor *end :
         {&streams.commandInput, &streams.commandOutput, &streams.commandErrors})
        end->reset();
}

/// In a root of its own the terminal is found under the name that Mesos gives it.
void addConsole(const std::string &terminal, LaunchSpec &spec)
{
    if (terminal.empty() || spec.rootfs.empty())
        return;
    MountEntry console = MountEntry::bind(terminal, "/dev/console");
    console.missing = MountEntry::Missing::MakeFile;
    spec.mounts.push_back(std::move(console));
}

/// The next report; false when there is none any more: the command is being executed.
bool receive(int pipe, ChildReport &report)
{
    ssize_t count = 0;
    do {
        count = ::read(pipe, &report, sizeof report);
    } while (count < 0 && errno == EINTR);
    return count == sizeof report;
}

Outcome follow(int pipe, CommandProcess &process, const std::function<bool(pid_t)> &isolated)
{
    ChildReport report;
    while (receive(pipe, report)) {
        switch (report.kind) {
        case ChildReport::Kind::Ready:
            if (!isolated(process.pid))
                return StartFailure{Step::Isolation, ECANCELED};
            if (::write(process.life.get(), "g", 1) != 1)
                return failed(Step::Isolation);
            break;
        case ChildReport::Kind::Failed:
            return StartFailure{static_cast<Step>(report.step), report.error, report.subject};
        case ChildReport::Kind::Unrunnable:
            process.execError = report.error;
            break;
        }
    }
    return std::nullopt;
}

} // namespace

Outcome startCommand(const LaunchSpec &given, int sandbox, CommandProcess &process,
                     const std::function<bool(pid_t)> &isolated)
{
    LaunchSpec spec = given;
    FileDescriptor reportRead, reportWrite, life, status, cgroup;
    StandardStreams streams;
    process.hasInit = spec.has(CLONE_NEWPID);
    if (!openStandardStreams(spec, streams))
        return failed(Step::Streams);
    if (!makePipe(reportRead, reportWrite) || !makePipe(life, process.life)
        || (process.hasInit && !makePipe(process.status, status)))
        return failed(Step::Fork);
    addConsole(streams.terminal, spec);
    if (auto failure = openUnified(spec, cgroup))
        return failure;
    const auto namespaces = spec.joinNamespaces.size();
    if (auto failure = joinPidNamespace(spec))
        return failure;
    const bool joined = spec.joinNamespaces.size() != namespaces;

    const bool below = joined && process.hasInit;
    process.pid = below ? cloneProcessBelow(spec.newNamespaces, cgroup.get())
                        : cloneProcess(spec.newNamespaces, cgroup.get());
    if (process.pid < 0)
        return failed(Step::Fork);
    if (process.pid == 0) {
        process.life.reset(); // else its end would go unnoticed
        becomeContainer(std::move(spec),
                        {streams.commandInput.get(), endOr(streams.commandOutput, streams),
                         endOr(streams.commandErrors, streams), sandbox, reportWrite.get(),
                         life.get(), status.get()});
    }
    reportWrite.reset();
    process.input = std::move(streams.input);
    process.output = std::move(streams.output);
    process.errors = std::move(streams.errors);
    closeCommandEnds(streams);
    return follow(reportRead.get(), process, isolated);
}

} // namespace meseta::containerizer
