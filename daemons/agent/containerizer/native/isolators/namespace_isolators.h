#pragma once

#include <cstdint>
#include <optional>

#include "daemons/agent/containerizer/native/isolator.h"

namespace meseta::agent {

/// `namespaces/pid`: processes of a container see only one another, below an init of their own.
/// Source: Mesos documentation, namespaces/pid isolator; LinuxInfo.share_pid_namespace.
class PidNamespace final : public Isolator
{
public:
    /// `sharingRefused`: --disallow_sharing_agent_pid_namespace.
    explicit PidNamespace(bool sharingRefused) : m_sharingRefused(sharingRefused) { }

    std::string name() const override { return "namespaces/pid"; }
    bool sharesWithNested() const override { return true; }
    void prepare(const IsolatedContainer &container, containerizer::LaunchSpec &launch,
                 Done done) override;

private:
    bool m_sharingRefused;
};

/// `namespaces/ipc`: System V IPC, message queues and /dev/shm of their own. Source: Mesos
/// documentation, namespaces/ipc isolator; LinuxInfo.ipc_mode, LinuxInfo.shm_size.
class IpcNamespace final : public Isolator
{
public:
    /// `shmBytes`: --default_container_shm_size. `sharingRefused`:
    /// --disallow_sharing_agent_ipc_namespace.
    IpcNamespace(std::optional<std::uint64_t> shmBytes, bool sharingRefused)
        : m_shmBytes(shmBytes), m_sharingRefused(sharingRefused)
    { }

    std::string name() const override { return "namespaces/ipc"; }
    bool sharesWithNested() const override { return true; }
    void prepare(const IsolatedContainer &container, containerizer::LaunchSpec &launch,
                 Done done) override;

private:
    Result<> check(const IsolatedContainer &container) const;
    void shareParents(const IsolatedContainer &container, containerizer::LaunchSpec &launch) const;

    std::optional<std::uint64_t> m_shmBytes;
    bool m_sharingRefused;
};

} // namespace meseta::agent
