#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "daemons/containerizer/agent_link.h"
#include "daemons/containerizer/command_process.h"
#include "daemons/containerizer/launch_spec.h"
#include "daemons/containerizer/sandbox_log.h"
#include "daemons/containerizer/switchboard.h"

namespace meseta::containerizer {

/// Watches over one command from start to end: keeps its output, ends it when told (or when its
/// agent is gone for good), and leaves no process behind. Being a child subreaper, it finds what
/// left the session too.
class Supervisor
{
public:
    Supervisor(LaunchSpec spec, FileDescriptor control);

    /// Until all is over; the exit status of the helper.
    int run();

private:
    using Time = std::chrono::steady_clock::time_point;

    bool prepare();
    bool fail(const StartFailure &failure);
    bool start();
    bool awaitIsolators(pid_t pid);
    void step();
    int millisecondsToDeadline() const;
    void handleDeadlines();
    void handleSignals();
    void forward(int signal, pid_t sender);
    void reap();
    int commandStatus(int childStatus);
    void handleMessages();
    void agentLost();
    void terminate(std::chrono::milliseconds grace);
    void killEverything();
    void killLeftovers();
    void attach(const std::string &message);
    void deliverRest();
    void drain(FileDescriptor &pipe, SandboxLog &log);
    bool copy(FileDescriptor &pipe, SandboxLog &log);
    bool holdsBack() const { return m_switchboard && m_switchboard->holdsBack(); }
    int finish();

    LaunchSpec m_spec;
    AgentLink m_agent;
    FileDescriptor m_signals;
    FileDescriptor m_sandbox;
    std::optional<SandboxLog> m_stdout;
    std::optional<SandboxLog> m_stderr;
    CommandProcess m_command;
    std::optional<Switchboard> m_switchboard; ///< of one that can be attached to
    std::optional<int> m_status;
    bool m_terminating = false;
    bool m_abandoned = false; ///< its end was asked for: nobody waits for the rest of its output
    std::optional<Time> m_killAt;
    std::optional<Time> m_giveUpAt; ///< no agent until then: the container ends
};

} // namespace meseta::containerizer
