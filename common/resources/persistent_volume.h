#pragma once

#include <string>

namespace mesos::v1 {
class Resource;
}

namespace meseta {

/// Whether a resource is a persistent volume that somebody uses: a disk with both an id and a place
/// in a sandbox.
bool isPersistentVolume(const mesos::v1::Resource &resource);

/// Whether a volume is a disk as a whole (type MOUNT), not a folder that comes and goes with it.
bool isWholeDisk(const mesos::v1::Resource &volume);

/// Where a persistent volume lies on its agent: `<root>/volumes/roles/<role>/<id>`, each slash of
/// the role a space. The root is the work_dir, or a disk's of type PATH; a disk of type MOUNT is
/// the volume itself. A relative root is one of the work_dir. Source: Mesos,
/// paths::getPersistentVolumePath.
std::string persistentVolumePath(const std::string &workDir, const mesos::v1::Resource &volume);

} // namespace meseta
