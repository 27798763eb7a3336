#pragma once

#include <functional>
#include <set>

#include "common/messages/transport.h"
#include "daemons/master/core/master_outbox.h"
#include "daemons/master/scheduler_api/scheduler_streams.h"

namespace meseta::master {

/// The master's outbox on the wire: daemon messages over the transport, events over the schedulers'
/// streams. Nothing leaves while the master may not act.
class WireOutbox : public MasterOutbox
{
public:
    /// `receive` is where messages for the processes attached here go; `mayAct` is asked before
    /// anything leaves.
    WireOutbox(messages::Transport &transport, SchedulerStreams &streams,
               messages::Transport::Receiver receive, std::function<bool()> mayAct)
        : m_transport(transport)
        , m_streams(streams)
        , m_receive(std::move(receive))
        , m_mayAct(std::move(mayAct))
    { }

    void send(const std::string &from, const messages::Pid &to, const std::string &name,
              std::string body) override
    {
        if (m_mayAct())
            m_transport.send(from, to, name, body);
    }
    void link(const messages::Pid &peer) override
    {
        m_linked.insert(peer);
        m_transport.link(peer);
    }
    void unlink(const messages::Pid &peer) override
    {
        m_linked.erase(peer);
        m_transport.unlink(peer);
    }
    void cut(const messages::Pid &peer) override
    {
        m_linked.erase(peer);
        m_transport.cut(peer);
    }
    void attach(const std::string &id) override
    {
        m_attached.insert(id);
        m_transport.attach(id, m_receive);
    }
    void detach(const std::string &id) override
    {
        m_attached.erase(id);
        m_transport.detach(id);
    }
    void sendEvent(StreamHandle stream, const mesos::v1::scheduler::Event &event) override
    {
        if (m_mayAct())
            m_streams.send(stream, event);
    }
    void endStream(StreamHandle stream) override { m_streams.end(stream); }

    /// The term is over: its links and local processes go.
    void detachAll()
    {
        for (const std::string &id : std::exchange(m_attached, {}))
            m_transport.detach(id);
        for (const messages::Pid &peer : std::exchange(m_linked, {}))
            m_transport.unlink(peer);
    }

private:
    messages::Transport &m_transport;
    SchedulerStreams &m_streams;
    messages::Transport::Receiver m_receive;
    std::function<bool()> m_mayAct;
    std::set<std::string> m_attached;
    std::set<messages::Pid> m_linked;
};

} // namespace meseta::master
