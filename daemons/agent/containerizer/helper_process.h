#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/base/result.h"
#include "daemons/agent/containerizer/descriptor_watch.h"
#include "daemons/containerizer/file_descriptor.h"
#include "daemons/containerizer/launch_spec.h"

namespace meseta::agent {

class HelperProgram;

/// One `mesos-containerizer` as its agent sees it: started here, or taken over from an earlier
/// agent.
class HelperProcess
{
public:
    struct Events
    {
        std::function<void(const std::string &message)> message;
        std::function<void()> gone; ///< nothing more comes. May destroy this object
    };

    /// Starts a helper in a session of its own.
    static Result<std::unique_ptr<HelperProcess>>
    start(HelperProgram &program, const containerizer::LaunchSpec &launch, DescriptorWatch &watch);
    /// Connects to a checkpointed helper by what it left in its runtime directory.
    static Result<std::unique_ptr<HelperProcess>> takeOver(const std::string &runtimeDirectory,
                                                           DescriptorWatch &watch);

    ~HelperProcess();

    void setEvents(Events events) { m_events = std::move(events); }
    pid_t pid() const { return m_pid; }
    bool isChild() const { return m_isChild; }
    void send(const std::string &message) { send(message, -1); }
    /// With a descriptor, which the helper gets a copy of; false when it was not taken.
    bool send(const std::string &message, int passed);

private:
    HelperProcess(pid_t pid, bool isChild, containerizer::FileDescriptor control,
                  DescriptorWatch &watch);
    void receive();

    pid_t m_pid;
    bool m_isChild;
    containerizer::FileDescriptor m_control;
    DescriptorWatch &m_watch;
    Events m_events;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

/// What a checkpointed helper left: its pid when it still runs, and how its command ended when it
/// is over.
struct HelperTrace
{
    std::optional<pid_t> running;
    std::optional<int> status;
};
std::optional<HelperTrace> readHelperTrace(const std::string &runtimeDirectory);

/// SIGKILL to a helper and everything below it and in its session: for a helper that does not do it
/// itself any more.
void killHelperTree(pid_t helper);

} // namespace meseta::agent
