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
    explicit FilesystemLinux(std::string sandboxDirectory)
        : m_sandboxDirectory(std::move(sandboxDirectory))
    { }

    std::string name() const override { return "filesystem/linux"; }
    void prepare(const IsolatedContainer &container, containerizer::LaunchSpec &launch,
                 Done done) override;

private:
    std::string m_sandboxDirectory;
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
