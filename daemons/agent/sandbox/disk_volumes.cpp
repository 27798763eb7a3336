#include <filesystem>

#include "common/resources/persistent_volume.h"
#include "daemons/agent/sandbox/disk_sandboxes.h"
#include "mesos/v1/resource.pb.h"

namespace meseta::agent {

Result<> DiskSandboxes::makeVolume(const mesos::v1::Resource &volume)
{
    if (isWholeDisk(volume))
        return {};
    const std::string folder = persistentVolumePath(m_options.workDir, volume);
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
    const std::string folder = persistentVolumePath(m_options.workDir, volume);
    std::error_code error;
    std::filesystem::remove_all(folder, error);
    if (error)
        qWarning("Cannot remove the folder of the destroyed volume '%s', '%s': %s",
                 volume.disk().persistence().id().c_str(), folder.c_str(), error.message().c_str());
}

} // namespace meseta::agent
