#pragma once

#include <string>
#include <vector>

#include "daemons/agent/images/image_runtime.h"
#include "daemons/containerizer/launch_spec.h"
#include "mesos/v1/resource.pb.h"

namespace meseta::agent {

/// A provisioned image: the file system of one container, and how its program is started.
struct ContainerImage
{
    mesos::v1::Image::Type type = mesos::v1::Image::DOCKER;
    std::string rootfs; ///< a folder of the host that becomes the container's root
    /// Mounts that make `rootfs` (target "/"), done in the container's own mount namespace, so that
    /// none is left when its processes are gone. Empty: `rootfs` is complete as it lies there.
    std::vector<containerizer::MountEntry> rootMounts;
    bool readOnly = false;
    ImageRuntime runtime;
};

} // namespace meseta::agent
