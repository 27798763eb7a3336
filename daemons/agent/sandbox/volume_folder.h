#pragma once

#include <string>

namespace mesos::v1 {
class Resource;
}

namespace meseta::agent {

/// Where a persistent volume lies on this machine: `<root>/volumes/roles/<role>/<id>`, each slash
/// of the role a space; a disk of type MOUNT is the volume itself. Source: Mesos work_dir layout.
std::string volumeFolder(const mesos::v1::Resource &volume, const std::string &workDir);

/// Whether this is the disk itself, not a folder that comes and goes with the volume.
bool isWholeDisk(const mesos::v1::Resource &volume);

} // namespace meseta::agent
