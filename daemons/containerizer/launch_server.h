#pragma once

namespace meseta::containerizer {

/// `mesos-containerizer launcher`: a process of the agent's that has started up already, and of
/// which each helper is a copy. Starting a program anew costs a helper most of its time (the C
/// library asks the processor what it is, which traps in a virtual machine).
///
/// Over `controlFd` it says "ready" once; each packet of the agent then brings two descriptors, for
/// `controlFd` and `specFd` of a helper, and is answered by the helper with its pid (int32), or by
/// this process with a negative errno. The helpers are children of the agent. A helper that cannot
/// answer does nothing: when the socket ends without an answer, nothing was started.
///
/// Returns true in each helper, false when the agent is gone.
bool serveLaunches();

} // namespace meseta::containerizer
