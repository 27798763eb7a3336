#pragma once

#include <sys/types.h>

namespace meseta::containerizer {

/// The first process of a container's pid namespace: waits for whatever ends there, hands signals
/// on to the command, and when the command is over writes its wait status to `status` and leaves,
/// with which the kernel ends the rest.
///
/// It holds no descriptor but `status`, and nobody in the container may look into it.
[[noreturn]] void runInit(pid_t command, int status);

} // namespace meseta::containerizer
