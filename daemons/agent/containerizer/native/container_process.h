#pragma once

#include <memory>

#include "daemons/agent/containerizer/child_reaper.h"
#include "daemons/agent/containerizer/containerizer.h"
#include "daemons/agent/containerizer/helper_process.h"

namespace meseta::agent {

/// A container's process in the agent: its helper, and what the helper said of the command's end.
class ContainerProcess
{
public:
    struct Events
    {
        std::function<void(pid_t)> isolate = {}; ///< it waits for `go`
        std::function<void(pid_t)> started = {};
        /// Called once, last, and may destroy this object.
        std::function<void(const ContainerTermination &)> over = {};
    };

    struct Identity
    {
        ContainerSpec spec;
        std::string program; ///< what is executed, for messages
        std::string runtimeDirectory = {}; ///< empty: not checkpointed
    };

    ContainerProcess(Identity identity, std::unique_ptr<HelperProcess> helper, ChildReaper &reaper,
                     Events events);

    const ContainerSpec &spec() const { return m_identity.spec; }
    pid_t helperPid() const { return m_helper->pid(); }
    const std::string &runtimeDirectory() const { return m_identity.runtimeDirectory; }

    /// One end of a socket to the container's streams; the helper has the other.
    Result<containerizer::FileDescriptor> attach(Containerizer::Stream stream);

    void go();
    void kill(Duration grace);
    void destroy();

private:
    void handle(const std::string &message);
    void helperGone();
    void finish(std::optional<int> helperStatus);
    ContainerTermination explain(std::optional<int> helperStatus) const;

    Identity m_identity;
    std::unique_ptr<HelperProcess> m_helper;
    ChildReaper &m_reaper;
    Events m_events;
    std::optional<int> m_status;
    std::string m_failure; ///< why the command was never started
    int m_execError = 0;
    bool m_killed = false;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);

public:
    ~ContainerProcess() { *m_alive = false; }
    ContainerProcess(const ContainerProcess &) = delete;
    ContainerProcess &operator=(const ContainerProcess &) = delete;
};

/// "exited with status 3" or "was ended by the signal Terminated" for a wait status.
std::string describeWaitStatus(int waitStatus);

} // namespace meseta::agent
