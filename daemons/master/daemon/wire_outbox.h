#pragma once

#include <functional>

#include "common/messages/transport.h"
#include "daemons/master/core/master_outbox.h"
#include "daemons/master/scheduler_api/scheduler_streams.h"

namespace meseta::master {

/// The master's outbox on the wire: daemon messages over the transport, events over the schedulers'
/// streams.
class WireOutbox : public MasterOutbox
{
public:
    /// `receive` is where messages for the processes attached here go.
    WireOutbox(messages::Transport &transport, SchedulerStreams &streams,
               messages::Transport::Receiver receive)
        : m_transport(transport), m_streams(streams), m_receive(std::move(receive))
    { }

    void send(const std::string &from, const messages::Pid &to, const std::string &name,
              std::string body) override
    {
        m_transport.send(from, to, name, body);
    }
    void link(const messages::Pid &peer) override { m_transport.link(peer); }
    void unlink(const messages::Pid &peer) override { m_transport.unlink(peer); }
    void attach(const std::string &id) override { m_transport.attach(id, m_receive); }
    void detach(const std::string &id) override { m_transport.detach(id); }
    void sendEvent(StreamHandle stream, const mesos::v1::scheduler::Event &event) override
    {
        m_streams.send(stream, event);
    }
    void endStream(StreamHandle stream) override { m_streams.end(stream); }

private:
    messages::Transport &m_transport;
    SchedulerStreams &m_streams;
    messages::Transport::Receiver m_receive;
};

} // namespace meseta::master
