#include "common/resources/persistent_volume.h"

#include <algorithm>
#include <filesystem>

#include "mesos/v1/resource.pb.h"

namespace meseta {

using Source = mesos::v1::Resource::DiskInfo::Source;

namespace {

/// As a folder's name: roles below others hold slashes.
std::string roleFolder(const mesos::v1::Resource &volume)
{
    std::string role =
        volume.reservations_size() > 0 ? volume.reservations().rbegin()->role() : volume.role();
    std::replace(role.begin(), role.end(), '/', ' ');
    return role;
}

} // namespace

bool isPersistentVolume(const mesos::v1::Resource &resource)
{
    return resource.name() == "disk" && resource.disk().has_persistence()
        && resource.disk().has_volume();
}

bool isWholeDisk(const mesos::v1::Resource &volume)
{
    return volume.disk().has_source() && volume.disk().source().type() == Source::MOUNT;
}

std::string persistentVolumePath(const std::string &workDir, const mesos::v1::Resource &volume)
{
    const auto &disk = volume.disk();
    std::filesystem::path root = workDir; // an absolute path replaces it
    if (isWholeDisk(volume))
        return root / disk.source().mount().root();
    if (disk.has_source() && disk.source().type() == Source::PATH)
        root /= disk.source().path().root();
    return root / "volumes" / "roles" / roleFolder(volume) / disk.persistence().id();
}

} // namespace meseta
