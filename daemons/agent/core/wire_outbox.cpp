#include "daemons/agent/core/wire_outbox.h"

#include "common/messages/transport.h"
#include "daemons/agent/checkpoint/crash_point.h"
#include "daemons/agent/core/agent.h"

namespace meseta::agent {

namespace {

std::string_view shortName(std::string_view messageName)
{
    return messageName.substr(messageName.rfind('.') + 1);
}

} // namespace

WireOutbox::WireOutbox(messages::Transport &transport, std::string processId)
    : m_transport(transport), m_processId(std::move(processId))
{ }

WireOutbox::~WireOutbox()
{
    m_transport.detach(m_processId);
}

void WireOutbox::serve(Agent &agent)
{
    m_transport.attach(m_processId, [&agent](const messages::Envelope &envelope) {
        crashPoint("before", shortName(envelope.name));
        agent.receive(envelope);
        crashPoint("after", shortName(envelope.name));
    });
    connect(&m_transport, &messages::Transport::exited, this,
            [&agent](const messages::Pid &peer) { agent.linkBroken(peer); });
}

void WireOutbox::send(const messages::Pid &to, const google::protobuf::Message &message)
{
    if (to.isEmpty())
        return; // no master leads
    const std::string &name = message.GetDescriptor()->name();
    crashPoint("before", name);
    m_transport.send(m_processId, to, message);
    crashPoint("after", name);
}

void WireOutbox::link(const messages::Pid &peer)
{
    m_transport.link(peer);
}

void WireOutbox::relink(const messages::Pid &peer)
{
    m_transport.relink(peer);
}

void WireOutbox::persist(std::vector<CheckpointChange> changes,
                         std::function<void(const Result<> &)> done)
{
    onPersist(std::move(changes), std::move(done));
}

void WireOutbox::finish(int exitCode, const std::string &why)
{
    if (onFinish)
        onFinish(exitCode, why);
}

} // namespace meseta::agent
