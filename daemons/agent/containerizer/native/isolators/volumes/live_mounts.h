#pragma once

#include <string>

#include <sys/types.h>

#include "common/base/result.h"

namespace meseta::agent {

/// A folder of the host that is mounted in the sandbox of a container that runs already, in the
/// mount namespace of that container alone: no other container and nothing of the host sees it, and
/// it goes with the container. Source: mount_namespaces(7), open_tree(2), move_mount(2).
struct LiveMount
{
    std::string source; ///< a folder of the host
    std::string sandbox; ///< absolute, as the container sees it
    std::string name; ///< in the sandbox, without a slash
    bool readOnly = false;
};

/// Mounts it, the mount point made where there is none; nothing where it is mounted already, and
/// where `pid`, a process of the container, has ended. Takes less than a millisecond.
Result<> mountIn(pid_t pid, const LiveMount &mount);

/// Takes it away, also from who has files of it open (they keep those), and the mount point if it
/// is empty. Nothing where another folder or none is mounted, and where the
/// process has ended.
Result<> unmountIn(pid_t pid, const LiveMount &mount);

} // namespace meseta::agent
