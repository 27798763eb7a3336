#pragma once

#include <optional>
#include <string>

#include "daemons/containerizer/file_descriptor.h"

namespace meseta::containerizer {

/// The helper's side of the talk with its agent: the socket it was born with and, when
/// checkpointed, a listening one on which a later agent takes over.
class AgentLink
{
public:
    explicit AgentLink(FileDescriptor control) : m_control(std::move(control)) { }

    /// Writes the pid file and listens in the runtime directory; false with errno set.
    bool publish(const std::string &runtimeDirectory);

    /// Records how the command ended, for an agent that is away; false with errno set.
    bool recordStatus(int waitStatus);

    int controlFd() const { return m_control.get(); }
    int listenFd() const { return m_listener.get(); }
    bool connected() const { return m_control.valid(); }

    /// Whether the agent is there at this moment; what it sent stays unread.
    bool agentIsThere() const;

    /// Whether the runtime directory is gone, so that no agent can find this container any more.
    bool isForgotten() const;

    /// Takes back what `publish` left: the command was never started.
    void withdraw(const std::string &runtimeDirectory);

    void send(const std::string &message);

    /// The next message; nothing when there is none yet, or when the agent is gone (then
    /// `connected` is false).
    std::optional<std::string> receive();
    /// The descriptor that came along with it, if one did.
    FileDescriptor takeDescriptor() { return std::move(m_passed); }

    /// A new agent takes the place of the old.
    bool accept();

private:
    bool writeFile(const char *name, const std::string &content);

    FileDescriptor m_control;
    FileDescriptor m_passed;
    FileDescriptor m_listener;
    FileDescriptor m_runtime;
};

} // namespace meseta::containerizer
