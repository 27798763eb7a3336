#include "tests/simulation/simulated_network.h"

#include "mesos/internal/messages.pb.h"

namespace meseta::simulation {

namespace {

/// The message's short name, and of some what they are about.
std::string describe(const messages::Envelope &envelope)
{
    using namespace mesos::internal;
    const std::string name = envelope.name.substr(envelope.name.rfind('.') + 1);
    if (name == "RunTaskMessage") {
        RunTaskMessage message;
        message.ParseFromString(envelope.body);
        return name + " " + message.task().task_id().value()
            + (message.task().has_executor()
                   ? " of " + message.task().executor().executor_id().value()
                   : "");
    }
    if (name == "ReregisterSlaveMessage") {
        ReregisterSlaveMessage message;
        message.ParseFromString(envelope.body);
        std::string text = name + " " + message.slave().id().value();
        for (const auto &task : message.tasks())
            text += " " + task.task_id().value();
        return text;
    }
    if (name == "SlaveRegisteredMessage") {
        SlaveRegisteredMessage message;
        message.ParseFromString(envelope.body);
        return name + " " + message.slave_id().value();
    }
    return name;
}

} // namespace

void SimulatedNetwork::attach(const std::string &address, Endpoint &endpoint)
{
    m_endpoints[address] = &endpoint;
}

void SimulatedNetwork::detach(const std::string &address, LastWords lastWords)
{
    m_endpoints.erase(address);
    heal(address);
    for (auto &[key, connection] : m_connections) {
        if (key.first == address) {
            connection.links.clear();
            connection.broken = false;
            ++connection.breaks;
            if (lastWords == LastWords::Lost
                || m_world.chance(0.5)) // else the kernel delivers them
                connection.channel->cut();
        } else if (key.second == address) {
            breakConnection(key.first, key.second);
        }
    }
}

SimulatedNetwork::Connection &SimulatedNetwork::connection(const std::string &from,
                                                           const std::string &to)
{
    Connection &one = m_connections[{from, to}];
    if (!one.channel) {
        one.channel = std::make_shared<OrderedChannel>(m_world);
        if (isPartitioned(from) || isPartitioned(to))
            one.channel->hold();
    }
    return one;
}

void SimulatedNetwork::send(const messages::Pid &from, const messages::Pid &to,
                            const std::string &name, std::string body)
{
    Connection &way = connection(from.address(), to.address());
    if (way.broken)
        return m_world.transcript.note(from.id + " sends into the void: " + name);
    if (m_world.strikes(Fault::LosesMessages, 0.05))
        return;
    const int copies = m_world.strikes(Fault::RepeatsMessages, 0.05) ? 2 : 1;
    for (int copy = 0; copy < copies; ++copy)
        way.channel->post(
            [this, envelope = messages::Envelope{from, to, name, body}] { deliver(envelope); });
}

void SimulatedNetwork::deliver(const messages::Envelope &envelope)
{
    const auto at = m_endpoints.find(envelope.to.address());
    if (at == m_endpoints.end())
        return breakConnection(envelope.from.address(), envelope.to.address());
    ++m_delivered;
    if (m_world.transcript.isKept() && !envelope.name.ends_with("PingSlaveMessage")
        && !envelope.name.ends_with("PongSlaveMessage"))
        m_world.transcript.note(envelope.from.text() + " -> " + envelope.to.text() + " "
                                + describe(envelope));
    at->second->receive(envelope);
}

void SimulatedNetwork::link(const std::string &from, const messages::Pid &peer)
{
    Connection &way = connection(from, peer.address());
    way.links.insert(peer);
    if (!m_endpoints.contains(peer.address()) && !way.broken)
        breakConnection(from, peer.address()); // nobody listens there
}

void SimulatedNetwork::relink(const std::string &from, const messages::Pid &peer)
{
    Connection &way = connection(from, peer.address());
    way.channel->cut();
    way.broken = false;
    ++way.breaks;
    link(from, peer);
}

void SimulatedNetwork::unlink(const std::string &from, const messages::Pid &peer)
{
    connection(from, peer.address()).links.erase(peer);
}

void SimulatedNetwork::cut(const std::string &from, const messages::Pid &peer)
{
    unlink(from, peer);
    Connection &way = connection(from, peer.address());
    if (way.links.empty())
        way.channel->cut();
}

void SimulatedNetwork::breakConnection(const std::string &from, const std::string &to)
{
    const Key key{from, to};
    const auto at = m_connections.find(key);
    if (at == m_connections.end() || at->second.broken)
        return;
    m_world.transcript.note("the connection " + from + " -> " + to + " breaks");
    Connection &way = at->second;
    way.channel->cut();
    way.broken = true;
    ++way.breaks;
    const Duration notice = m_world.chance(0.2) ? m_world.between(0, 3) : m_world.between(0, 0.05);
    m_world.clock.after(notice, [this, key, count = way.breaks] { noticeBreak(key, count); });
}

void SimulatedNetwork::noticeBreak(const Key &key, std::uint64_t count)
{
    Connection &way = m_connections.at(key);
    if (way.breaks != count)
        return;
    const auto sender = m_endpoints.find(key.first);
    if (sender != m_endpoints.end() && sender->second->isAsleep()) {
        // It knows when it wakes, and sends into the void until then.
        m_world.clock.after(std::chrono::milliseconds(100),
                            [this, key, count] { noticeBreak(key, count); });
        return;
    }
    way.broken = false;
    const std::set<messages::Pid> links = std::exchange(way.links, {});
    if (m_world.strikes(Fault::HidesBrokenConnections, 0.7))
        return;
    for (const messages::Pid &peer : links) {
        const auto endpoint = m_endpoints.find(key.first);
        if (endpoint == m_endpoints.end())
            return;
        m_world.transcript.note(key.first + " learns that its link to " + peer.text() + " broke");
        endpoint->second->linkBroken(peer);
    }
}

void SimulatedNetwork::partition(const std::string &address)
{
    m_partitioned.insert(address);
    for (auto &[key, way] : m_connections) {
        if (key.first == address || key.second == address)
            way.channel->hold();
    }
}

void SimulatedNetwork::heal(const std::string &address)
{
    if (m_partitioned.erase(address) == 0)
        return;
    for (auto &[key, way] : m_connections) {
        if ((key.first == address || key.second == address) && !isPartitioned(key.first)
            && !isPartitioned(key.second))
            way.channel->release();
    }
}

void SimulatedNetwork::healAll()
{
    while (!m_partitioned.empty())
        heal(std::string(*m_partitioned.begin()));
}

} // namespace meseta::simulation
