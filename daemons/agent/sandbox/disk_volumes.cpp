#include <filesystem>

#include "daemons/agent/sandbox/disk_sandboxes.h"
#include "mesos/v1/resource.pb.h"

namespace meseta::agent {

namespace {

using Source = mesos::v1::Resource::DiskInfo::Source;

/// `<root>/volumes/roles/<role>/<id>`, each slash of the role a space; nothing for a MOUNT disk,
/// which is the volume itself. Source: Mesos work_dir layout.
std::filesystem::path folderOf(const mesos::v1::Resource &volume, const std::string &workDir)
{
    const auto &disk = volume.disk();
    std::filesystem::path root = workDir;
    if (disk.has_source() && disk.source().type() == Source::MOUNT)
        return {};
    if (disk.has_source() && disk.source().type() == Source::PATH)
        root /= disk.source().path().root(); // an absolute root replaces the work_dir
    std::string role =
        volume.reservations_size() > 0 ? volume.reservations().rbegin()->role() : volume.role();
    std::replace(role.begin(), role.end(), '/', ' ');
    return root / "volumes" / "roles" / role / disk.persistence().id();
}

} // namespace

Result<> DiskSandboxes::makeVolume(const mesos::v1::Resource &volume)
{
    const std::filesystem::path folder = folderOf(volume, m_options.workDir);
    std::error_code error;
    if (!folder.empty())
        std::filesystem::create_directories(folder, error);
    if (error)
        return fail("cannot make the folder of the volume '" + volume.disk().persistence().id()
                    + "', '" + folder.string() + "': " + error.message());
    return {};
}

void DiskSandboxes::removeVolume(const mesos::v1::Resource &volume)
{
    const std::filesystem::path folder = folderOf(volume, m_options.workDir);
    std::error_code error;
    if (!folder.empty())
        std::filesystem::remove_all(folder, error);
    if (error)
        qWarning("Cannot remove the folder of the destroyed volume '%s', '%s': %s",
                 volume.disk().persistence().id().c_str(), folder.c_str(), error.message().c_str());
}

} // namespace meseta::agent
