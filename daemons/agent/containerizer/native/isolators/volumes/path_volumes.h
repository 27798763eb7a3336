#pragma once

#include <map>

#include "daemons/agent/containerizer/native/isolators/volumes/volume_paths.h"

namespace meseta::agent {

/// Files and folders of the host in containers (host_path absolute, or a source HOST_PATH). Source:
/// Mesos volume/host_path isolator.
class HostPathVolumes final : public Isolator
{
public:
    /// `creatable`: --host_path_volume_force_creation, folders below which missing sources are
    /// made.
    HostPathVolumes(VolumeSettings settings, std::vector<std::string> creatable)
        : m_settings(std::move(settings)), m_creatable(std::move(creatable))
    { }

    std::string name() const override { return "volume/host_path"; }
    void prepare(const IsolatedContainer &container, containerizer::LaunchSpec &launch,
                 Done done) override;

private:
    Result<> add(const IsolatedContainer &container, const mesos::v1::Volume &volume,
                 containerizer::LaunchSpec &launch) const;
    Result<> makeSource(const std::string &path) const;
    Result<> checkKind(const mesos::v1::Volume &volume) const;

    VolumeSettings m_settings;
    std::vector<std::string> m_creatable;
};

/// Folders of a container's own sandbox or of its parent's (host_path relative, or a source
/// SANDBOX_PATH). Source: Mesos volume/sandbox_path isolator.
class SandboxPathVolumes final : public Isolator
{
public:
    explicit SandboxPathVolumes(VolumeSettings settings) : m_settings(std::move(settings)) { }

    std::string name() const override { return "volume/sandbox_path"; }
    void prepare(const IsolatedContainer &container, containerizer::LaunchSpec &launch,
                 Done done) override;

private:
    /// A folder below one that it cannot leave.
    struct FolderPlace
    {
        std::string root;
        std::string path;
    };

    Result<> add(const IsolatedContainer &container, const mesos::v1::Volume &volume,
                 containerizer::LaunchSpec &launch) const;
    FolderPlace placeInParent(const IsolatedContainer &parent, const std::string &path) const;

    VolumeSettings m_settings;
};

} // namespace meseta::agent
