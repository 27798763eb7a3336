#pragma once

#include <memory>

#include "daemons/agent/containerizer/child_reaper.h"
#include "daemons/agent/containerizer/containerizer.h"
#include "daemons/agent/containerizer/helper_process.h"

namespace meseta::agent {

/// One plain container in the agent: its helper, and what the helper said of the command's end.
class PlainContainer
{
public:
    using Over = std::function<void(const ContainerTermination &)>;

    /// `over` is called once, last, and may destroy this object.
    PlainContainer(ContainerSpec spec, std::string runtimeDirectory,
                   std::unique_ptr<HelperProcess> helper, ChildReaper &reaper,
                   std::function<void()> started, Over over);

    const ContainerSpec &spec() const { return m_spec; }
    pid_t helperPid() const { return m_helper->pid(); }
    const std::string &runtimeDirectory() const { return m_runtimeDirectory; }

    void kill(Duration grace);
    void destroy();

private:
    void handle(const std::string &message);
    void helperGone();
    void finish(std::optional<int> helperStatus);
    ContainerTermination explain(std::optional<int> helperStatus) const;

    ContainerSpec m_spec;
    std::string m_runtimeDirectory; ///< empty: not checkpointed
    std::unique_ptr<HelperProcess> m_helper;
    ChildReaper &m_reaper;
    std::function<void()> m_started;
    Over m_over;
    std::optional<int> m_status;
    std::string m_failure; ///< why the command was never started
    int m_execError = 0;
    bool m_killed = false;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);

public:
    ~PlainContainer() { *m_alive = false; }
    PlainContainer(const PlainContainer &) = delete;
    PlainContainer &operator=(const PlainContainer &) = delete;
};

/// "exited with status 3" or "terminated with signal Terminated" for a wait status.
std::string describeWaitStatus(int waitStatus);

} // namespace meseta::agent
