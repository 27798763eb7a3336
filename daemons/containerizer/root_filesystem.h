#pragma once

#include <string>
#include <utility>
#include <vector>

#include "daemons/containerizer/file_descriptor.h"
#include "daemons/containerizer/launch_spec.h"
#include "daemons/containerizer/start_failure.h"

namespace meseta::containerizer {

/// The file system of a container, put together in a mount namespace of its own by the process
/// that will live in it. Nothing of it is left when the namespace's last process is gone.
class RootFilesystem
{
public:
    explicit RootFilesystem(const LaunchSpec &spec) : m_spec(spec) { }

    /// Mounts, nodes, masked and read-only paths; the caller still sees the host's root.
    Outcome build();

    /// Makes it the root, with nothing of the host's left beneath. For a container on the host's
    /// root there is nothing to do.
    Outcome enter();

private:
    Outcome holdTrees();
    Outcome mountRoot();
    Outcome mount(std::size_t index);
    Outcome bind(const MountEntry &entry, FileDescriptor tree);
    Outcome mountFileSystem(const MountEntry &entry);
    Outcome makeNode(const NodeEntry &node);
    Outcome mask(const std::string &path);
    Outcome makeReadOnly(const std::string &path);

    const LaunchSpec &m_spec;
    FileDescriptor m_root;
    std::vector<std::pair<std::size_t, FileDescriptor>> m_held; ///< trees of mounts that stay
                                                                ///< shared with the host
};

} // namespace meseta::containerizer
