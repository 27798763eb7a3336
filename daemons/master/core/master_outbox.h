#pragma once

#include <cstdint>
#include <string>

#include "common/messages/pid.h"

namespace mesos::v1::scheduler {
class Event;
}

namespace meseta::master {

/// An event stream of an HTTP scheduler, as the core names it. 0 is none.
using StreamHandle = std::uint64_t;

/// What the master's core wants done in the world. Nothing here calls back from inside.
class MasterOutbox
{
public:
    virtual ~MasterOutbox() = default;

    /// Posts a daemon message from a local process ("master", "slave-observer(1)").
    virtual void send(const std::string &from, const messages::Pid &to, const std::string &name,
                      std::string body) = 0;

    /// Keeps a connection to the peer, whose break comes back as `Master::exited`.
    virtual void link(const messages::Pid &peer) = 0;
    virtual void unlink(const messages::Pid &peer) = 0;
    /// As `unlink`, and what was sent there and has not arrived never does.
    virtual void cut(const messages::Pid &peer) = 0;

    /// Local processes beside "master" that peers answer to.
    virtual void attach(const std::string &id) = 0;
    virtual void detach(const std::string &id) = 0;

    /// Writes an event to a scheduler's stream; a stream that is gone swallows it.
    virtual void sendEvent(StreamHandle stream, const mesos::v1::scheduler::Event &event) = 0;
    /// Ends the stream after what was written. `Master::streamClosed` does not follow.
    virtual void endStream(StreamHandle stream) = 0;
};

} // namespace meseta::master
