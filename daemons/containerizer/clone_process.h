#pragma once

#include <cstdint>

#include <sys/types.h>

namespace meseta::containerizer {

/// fork with new namespaces (CLONE_NEWPID ...), into the version 2 cgroup behind `cgroup` unless it
/// is -1. As fork: 0 in the child, -1 with errno set. Source: clone3(2).
pid_t cloneProcess(std::uint64_t namespaces, int cgroup);

/// As cloneProcess, when the processes to come are in another pid namespace than this one: there
/// the kernel makes a new one only for a process that lives in it, which is made, does that and
/// ends.
pid_t cloneProcessBelow(std::uint64_t namespaces, int cgroup);

/// fork of a process that is a child of this one's parent.
pid_t cloneSibling();

} // namespace meseta::containerizer
