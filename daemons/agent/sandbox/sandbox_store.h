#pragma once

#include <functional>
#include <string>

#include "common/base/result.h"

namespace mesos::v1 {
class AgentInfo;
class Resource;
} // namespace mesos::v1

namespace meseta::agent {

/// Which sandbox: the four ids of Mesos' work_dir layout.
struct SandboxId
{
    std::string agentId;
    std::string frameworkId;
    std::string executorId;
    std::string containerId;
};

/// Makes sandboxes, shows them under /files, and collects them some time after their run is over.
class SandboxStore
{
public:
    virtual ~SandboxStore() = default;

    /// Whether this machine knows the user; an image may know others.
    virtual bool knowsUser(const std::string &user) const
    {
        static_cast<void>(user);
        return true;
    }

    /// Makes the run directory, mode 0750, owned by `user` (empty: the agent's own), and gives its
    /// path. The error says which directory could not be made, and why.
    virtual Result<std::string> create(const SandboxId &id, const std::string &user) = 0;

    /// Makes the sandbox of a container inside another: `<parent's sandbox>/containers/<id>`.
    virtual Result<std::string> createNested(const std::string &parentSandbox,
                                             const std::string &containerId,
                                             const std::string &user) = 0;

    /// A nested or standalone container is over: its sandbox may be collected, where that is
    /// wanted.
    virtual void retireNested(const std::string &sandbox) { static_cast<void>(sandbox); }

    /// Takes such a sandbox away, with all that is in it. There may be none.
    virtual Result<> removeNested(const std::string &sandbox)
    {
        static_cast<void>(sandbox);
        return {};
    }

    /// The sandbox that an earlier agent made for a run which goes on: shows it again, and gives
    /// its path; empty when that agent did not get to it.
    virtual std::string adopt(const SandboxId &id)
    {
        static_cast<void>(id);
        return {};
    }

    /// The sandbox of a run that was over when the earlier agent died: shows it, and gives its
    /// path; empty when it was collected. It goes on to be collected in time.
    virtual std::string showEnded(const SandboxId &id)
    {
        static_cast<void>(id);
        return {};
    }

    /// Called when the sandbox of a run is collected: what else is kept of that run may go, too.
    std::function<void(const SandboxId &)> onCollected;

    /// The run is over: its sandbox may be collected from now on.
    virtual void retire(const SandboxId &id) = 0;

    /// The folder of a persistent volume, and its removal with all that is in it. Source: Mesos
    /// persistent volumes.
    virtual Result<> makeVolume(const mesos::v1::Resource &volume)
    {
        static_cast<void>(volume);
        return {};
    }
    virtual void removeVolume(const mesos::v1::Resource &volume) { static_cast<void>(volume); }

    /// The agent has its id: leaves the `latest` link.
    virtual void agentRegistered(const mesos::v1::AgentInfo &info) = 0;
};

} // namespace meseta::agent
