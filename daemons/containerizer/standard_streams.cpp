#include "daemons/containerizer/standard_streams.h"

#include <cstdlib>

#include <fcntl.h>
#include <sys/ioctl.h>

namespace meseta::containerizer {

namespace {

bool makePipe(FileDescriptor &readEnd, FileDescriptor &writeEnd)
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return false;
    readEnd = FileDescriptor(ends[0]);
    writeEnd = FileDescriptor(ends[1]);
    return true;
}

bool doNotBlock(const FileDescriptor &file)
{
    return !file.valid() || ::fcntl(file.get(), F_SETFL, O_NONBLOCK) == 0;
}

bool openTerminal(const TerminalEntry &size, StandardStreams &streams)
{
    // As a descriptor of an ordinary file it would become somebody's controlling terminal.
    streams.output = FileDescriptor(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    char name[64];
    if (!streams.output.valid() || ::grantpt(streams.output.get()) != 0
        || ::unlockpt(streams.output.get()) != 0
        || ::ptsname_r(streams.output.get(), name, sizeof name) != 0)
        return false;
    streams.terminal = name;
    streams.commandInput = FileDescriptor(::open(name, O_RDWR | O_NOCTTY | O_CLOEXEC));
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
        spec.terminal ? openTerminal(*spec.terminal, streams) : openPipes(spec.attachable, streams);
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
