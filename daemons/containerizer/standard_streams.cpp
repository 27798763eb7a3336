#include "daemons/containerizer/standard_streams.h"

#include <cstdlib>

#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "daemons/containerizer/path_in_root.h"

namespace meseta::containerizer {

bool makePipe(FileDescriptor &readEnd, FileDescriptor &writeEnd)
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return false;
    readEnd = FileDescriptor(ends[0]);
    writeEnd = FileDescriptor(ends[1]);
    return true;
}

namespace {

bool doNotBlock(const FileDescriptor &file)
{
    return !file.valid() || ::fcntl(file.get(), F_SETFL, O_NONBLOCK) == 0;
}

/// The root of the container whose mounts are joined; not valid when none are.
FileDescriptor joinedRoot(const LaunchSpec &spec)
{
    constexpr std::string_view ending = "/ns/mnt";
    for (const NamespaceEntry &entry : spec.joinNamespaces) {
        if (entry.type != CLONE_NEWNS || !entry.path.ends_with(ending))
            continue;
        const std::string process = entry.path.substr(0, entry.path.size() - ending.size());
        return FileDescriptor(
            ::open((process + "/root").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    }
    return {};
}

/// A new terminal of the container itself: of one of the host, programs there do not find the name.
/// What lies at that path is the container's doing, so it has to be of the kernel's own make.
FileDescriptor openJoinedTerminal(const LaunchSpec &spec)
{
    const FileDescriptor root = joinedRoot(spec);
    const FileDescriptor file =
        root.valid() ? openInRoot(root.get(), "/dev/pts/ptmx", O_PATH) : FileDescriptor();
    struct statfs system
    { };
    struct stat info
    { };
    if (!file.valid() || ::fstatfs(file.get(), &system) != 0 || system.f_type != DEVPTS_SUPER_MAGIC
        || ::fstat(file.get(), &info) != 0 || !S_ISCHR(info.st_mode))
        return {};
    return FileDescriptor(::open(pathOf(file).c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
}

bool openTerminal(const LaunchSpec &spec, StandardStreams &streams)
{
    const TerminalEntry &size = *spec.terminal;
    // As a descriptor of an ordinary file it would become somebody's controlling terminal.
    streams.output = openJoinedTerminal(spec);
    if (!streams.output.valid())
        streams.output = FileDescriptor(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    char name[64];
    if (!streams.output.valid() || ::unlockpt(streams.output.get()) != 0
        || ::ptsname_r(streams.output.get(), name, sizeof name) != 0)
        return false;
    streams.terminal = name;
    // By the descriptor: the name may mean another terminal here than in the container.
    streams.commandInput =
        FileDescriptor(::ioctl(streams.output.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
    streams.input = FileDescriptor(::fcntl(streams.output.get(), F_DUPFD_CLOEXEC, 0));
    return streams.commandInput.valid() && streams.input.valid()
        && (size.rows == 0 || size.columns == 0 || setWindowSize(streams.output.get(), size));
}

bool openPipes(bool attachable, StandardStreams &streams)
{
    if (attachable) {
        if (!makePipe(streams.commandInput, streams.input))
            return false;
    } else {
        streams.commandInput = FileDescriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    }
    return streams.commandInput.valid() && makePipe(streams.output, streams.commandOutput)
        && makePipe(streams.errors, streams.commandErrors);
}

} // namespace

bool openStandardStreams(const LaunchSpec &spec, StandardStreams &streams)
{
    const bool open =
        spec.terminal ? openTerminal(spec, streams) : openPipes(spec.attachable, streams);
    return open && doNotBlock(streams.input) && doNotBlock(streams.output)
        && doNotBlock(streams.errors);
}

bool setWindowSize(int terminal, const TerminalEntry &size)
{
    winsize window{};
    window.ws_row = static_cast<unsigned short>(size.rows);
    window.ws_col = static_cast<unsigned short>(size.columns);
    return ::ioctl(terminal, TIOCSWINSZ, &window) == 0;
}

} // namespace meseta::containerizer
