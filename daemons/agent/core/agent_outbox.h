#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/messages/pid.h"
#include "daemons/agent/checkpoint/change.h"

namespace google::protobuf {
class Message;
}

namespace meseta::agent {

/// What the agent's core asks of the world outside. Nothing here calls back into the core from
/// inside the call.
class AgentOutbox
{
public:
    virtual ~AgentOutbox() = default;

    /// Sends a daemon message from the agent's process; lost when the peer is not there.
    virtual void send(const messages::Pid &to, const google::protobuf::Message &message) = 0;

    /// Keeps a connection to the peer; its end comes back through `Agent::linkBroken`.
    virtual void link(const messages::Pid &peer) = 0;
    virtual void relink(const messages::Pid &peer) = 0;

    /// Keeps what a later agent has to know. Changes are made in the order they are asked for;
    /// `done` comes later, when they are kept or with the reason why they are not.
    virtual void persist(std::vector<CheckpointChange> changes,
                         std::function<void(const Result<> &)> done) = 0;

    /// The agent is done; the process should exit with this code.
    virtual void finish(int exitCode, const std::string &why) = 0;
};

} // namespace meseta::agent
