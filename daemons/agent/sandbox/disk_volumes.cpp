#include <filesystem>

#include "daemons/agent/sandbox/disk_sandboxes.h"
#include "daemons/agent/sandbox/volume_folder.h"
#include "mesos/v1/resource.pb.h"

namespace meseta::agent {

using Source = mesos::v1::Resource::DiskInfo::Source;

bool isWholeDisk(const mesos::v1::Resource &volume)
{
    return volume.disk().has_source() && volume.disk().source().type() == Source::MOUNT;
}

std::string volumeFolder(const mesos::v1::Resource &volume, const std::string &workDir)
{
    const auto &disk = volume.disk();
    if (isWholeDisk(volume))
        return disk.source().mount().root();
    std::filesystem::path root = workDir;
    if (disk.has_source() && disk.source().type() == Source::PATH)
        root /= disk.source().path().root(); // an absolute root replaces the work_dir
    std::string role =
        volume.reservations_size() > 0 ? volume.reservations().rbegin()->role() : volume.role();
    std::replace(role.begin(), role.end(), '/', ' ');
    return root / "volumes" / "roles" / role / disk.persistence().id();
}

Result<> DiskSandboxes::makeVolume(const mesos::v1::Resource &volume)
{
    if (isWholeDisk(volume))
        return {};
    const std::string folder = volumeFolder(volume, m_options.workDir);
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        return fail("cannot make the folder of the volume '" + volume.disk().persistence().id()
                    + "', '" + folder + "': " + error.message());
    return {};
}

void DiskSandboxes::removeVolume(const mesos::v1::Resource &volume)
{
    if (isWholeDisk(volume))
        return;
    const std::string folder = volumeFolder(volume, m_options.workDir);
    std::error_code error;
    std::filesystem::remove_all(folder, error);
    if (error)
        qWarning("Cannot remove the folder of the destroyed volume '%s', '%s': %s",
                 volume.disk().persistence().id().c_str(), folder.c_str(), error.message().c_str());
}

} // namespace meseta::agent
