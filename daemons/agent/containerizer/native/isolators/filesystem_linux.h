#pragma once

#include <string>

#include "daemons/agent/containerizer/native/isolator.h"

namespace meseta::agent {

/// `filesystem/linux`: a mount namespace for each container; with an image its own root with /proc,
/// /sys, /dev, the host's name files and the sandbox, and nothing more of the host. Source: Mesos
/// containerizer documentation, filesystem/linux; OCI runtime specification, default file systems
/// and devices.
class FilesystemLinux final : public Isolator
{
public:
    /// `devicesAreRuled`: cgroups/devices keeps containers from the host's devices. Without it no
    /// device of an image can be opened, and no container makes one.
    FilesystemLinux(std::string sandboxDirectory, bool devicesAreRuled)
        : m_sandboxDirectory(std::move(sandboxDirectory)), m_devicesAreRuled(devicesAreRuled)
    { }

    std::string name() const override { return "filesystem/linux"; }
    void prepare(const IsolatedContainer &container, containerizer::LaunchSpec &launch,
                 Done done) override;

private:
    std::string m_sandboxDirectory;
    bool m_devicesAreRuled;
};

/// `filesystem/posix`: the host's file system as it is; refuses what only another root could give.
class FilesystemPosix final : public Isolator
{
public:
    std::string name() const override { return "filesystem/posix"; }
    void prepare(const IsolatedContainer &container, containerizer::LaunchSpec &launch,
                 Done done) override;
};

} // namespace meseta::agent
