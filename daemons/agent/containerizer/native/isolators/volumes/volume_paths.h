#pragma once

#include <string>

#include "common/base/result.h"
#include "daemons/agent/containerizer/native/isolator.h"

namespace meseta::agent {

/// What the volume isolators of one agent know of its flags.
struct VolumeSettings
{
    std::string workDir;
    std::string sandboxDirectory = "/mnt/mesos/sandbox"; ///< of containers with a root of their own
    bool canMount = false; ///< filesystem/linux; else volumes are links in the sandbox
    bool secrets = false; ///< volume/secret is there
};

/// Where a container sees a volume: an absolute path is one of its root (which, without an image,
/// is the host's, so the path must be there already), a relative one lies in its sandbox.
Result<std::string> volumeTarget(const IsolatedContainer &container, const VolumeSettings &settings,
                                 const std::string &containerPath);

/// A bind of `source` at a volume's place; folders and files alike. The mount point is made, but
/// never on the host outside a sandbox.
Result<containerizer::MountEntry> volumeMount(const IsolatedContainer &container,
                                              const VolumeSettings &settings,
                                              const std::string &source,
                                              const mesos::v1::Volume &volume);

/// Makes a folder in a sandbox that belongs to whom the sandbox belongs to; no link in the sandbox
/// leads out of it. A folder that is there stays as it is.
Result<> makeSandboxFolder(const std::string &sandbox, const std::string &path);

/// Links `path` of a sandbox to `target`, where mounting is not possible.
Result<> linkInSandbox(const std::string &sandbox, const std::string &path,
                       const std::string &target);

/// Takes such a link away; nothing where there is none, or one that leads elsewhere.
Result<> unlinkInSandbox(const std::string &sandbox, const std::string &name,
                         const std::string &target);

/// Why a volume's description is wrong, if it is: just one of host_path, image and source.
Result<> checkVolume(const mesos::v1::Volume &volume);

/// For errors: "the volume at /data".
std::string volumeName(const mesos::v1::Volume &volume);

} // namespace meseta::agent
