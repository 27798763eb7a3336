#pragma once

#include <string>

#include "daemons/containerizer/file_descriptor.h"
#include "daemons/containerizer/launch_spec.h"

namespace meseta::containerizer {

/// A pipe whose ends no executed program inherits. False with errno set.
bool makePipe(FileDescriptor &readEnd, FileDescriptor &writeEnd);

/// A command's standard streams: the ends that its process gets, and those that its supervisor
/// keeps. Plain pipes; with LaunchSpec::terminal, the two sides of a pseudo terminal (and no stream
/// of errors apart); without LaunchSpec::attachable, an input that is empty.
struct StandardStreams
{
    FileDescriptor commandInput;
    FileDescriptor commandOutput; ///< not valid: the same as the input
    FileDescriptor commandErrors;
    FileDescriptor input;
    FileDescriptor output;
    FileDescriptor errors;
    /// Path of the terminal, on the host or in the container that is joined; empty: none.
    std::string terminal;
};

/// The terminal is one of the container whose mounts the command joins. False with errno set.
bool openStandardStreams(const LaunchSpec &spec, StandardStreams &streams);

/// False with errno set: it is no terminal.
bool setWindowSize(int terminal, const TerminalEntry &size);

} // namespace meseta::containerizer
