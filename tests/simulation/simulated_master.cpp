#include "tests/simulation/simulated_master.h"

namespace meseta::simulation {

using mesos::v1::scheduler::Call;
using mesos::v1::scheduler::Event;

namespace {

master::MasterOptions optionsOf(World &world, const std::string &id)
{
    master::MasterOptions options;
    options.id = id;
    options.pid = SimulatedMaster::pid();
    options.hostname = "master.example.com";
    options.version = "1.11.0";
    options.agentReregisterTimeout = std::chrono::seconds(60);
    if (world.chance(0.3))
        options.offerTimeout = world.between(1, 10);
    if (world.chance(0.2))
        options.agentRemovalInterval = std::chrono::seconds(5);
    return options;
}

} // namespace

SimulatedMaster::SimulatedMaster(World &world, SimulatedNetwork &network, const std::string &id)
    : m_world(world)
    , m_network(network)
    , m_clock(world.clock)
    , m_random(world.random.next())
    , m_master(optionsOf(world, id), m_clock, m_random, *this)
    , m_probe(world, m_clock, m_master)
{
    m_network.attach(pid().address(), *this);
    m_master.lead();
}

SimulatedMaster::~SimulatedMaster()
{
    // The next master has the same address: agents could not tell whose orders these are.
    m_network.detach(pid().address(), SimulatedNetwork::LastWords::Lost);
    for (const auto &[handle, connection] : m_streams) {
        connection->calls->cut();
        connection->events->post([connection = connection] { connection->onEnd(); });
    }
}

void SimulatedMaster::subscribe(const std::shared_ptr<SchedulerConnection> &connection,
                                const Call::Subscribe &wish)
{
    connection->handle = m_nextStream++;
    connection->streamId = m_random.uuid();
    m_streams[connection->handle] = connection;
    m_master.subscribe(
        {connection->handle, connection->streamId, {}},
        {wish.framework_info(), wish.suppressed_roles(), wish.offer_constraints(), true});
}

void SimulatedMaster::call(const SchedulerConnection &connection, Call call)
{
    master::Framework *framework = m_master.framework(call.framework_id().value());
    const bool present =
        framework && framework->connected() && framework->streamId == connection.streamId;
    if (!present)
        return m_world.transcript.note("refused: " + Call::Type_Name(call.type()) + " of "
                                       + call.framework_id().value());
    if (const auto valid = master::validateSchedulerCall(call); !valid)
        return m_world.transcript.violated("the simulated schedulers make valid calls: "
                                           + valid.error().message);
    (void)m_master.call(*framework, call);
}

void SimulatedMaster::streamClosed(const SchedulerConnection &connection)
{
    if (m_streams.erase(connection.handle) > 0)
        m_master.streamClosed(connection.handle);
}

void SimulatedMaster::receive(const messages::Envelope &envelope)
{
    if (envelope.to.id == pid().id || m_attached.contains(envelope.to.id))
        m_master.receive(envelope.from, envelope.to.id, envelope.name, envelope.body);
}

void SimulatedMaster::send(const std::string &from, const messages::Pid &to,
                           const std::string &name, std::string body)
{
    m_network.send({from, pid().ip, pid().port}, to, name, std::move(body));
}

void SimulatedMaster::sendEvent(master::StreamHandle stream, const Event &event)
{
    const auto at = m_streams.find(stream);
    if (at != m_streams.end())
        at->second->events->post([connection = at->second, event] { connection->onEvent(event); });
}

void SimulatedMaster::endStream(master::StreamHandle stream)
{
    const auto node = m_streams.extract(stream);
    if (node)
        node.mapped()->events->post([connection = node.mapped()] { connection->onEnd(); });
}

} // namespace meseta::simulation
