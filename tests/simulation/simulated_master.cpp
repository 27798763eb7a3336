#include "tests/simulation/simulated_master.h"

#include "daemons/master/registry/registrar.h"

namespace meseta::simulation {

using mesos::v1::scheduler::Call;
using mesos::v1::scheduler::Event;

namespace {

master::MasterOptions optionsOf(World &world, const std::string &id, const messages::Pid &pid)
{
    master::MasterOptions options;
    options.id = id;
    options.pid = pid;
    options.hostname = "master.example.com";
    options.version = "1.11.0";
    // Shorter than any that the flag takes, and longer than five pings without an answer.
    options.agentReregisterTimeout = std::chrono::seconds(80);
    if (world.chance(0.3))
        options.offerTimeout = world.between(1, 10);
    if (world.chance(0.2))
        options.agentRemovalInterval = std::chrono::seconds(5);
    return options;
}

} // namespace

SimulatedMaster::SimulatedMaster(World &world, SimulatedNetwork &network, SharedRegistry &registry,
                                 MachineTime &time, const std::string &id)
    : m_world(world)
    , m_network(network)
    , m_self(pid())
    , m_mayAct([] { return true; })
    , m_time(&time)
    , m_registry(&registry)
    , m_clock(world.clock, &time)
    , m_random(world.random.next())
    , m_master(optionsOf(world, id, m_self), m_clock, m_random, *this)
    , m_probe(world, m_clock, m_master)
{
    watchRemovals();
    m_network.attach(m_self.address(), *this);
    m_master.setRegistry(std::make_unique<master::Registrar>(
        std::make_unique<SimulatedStorage>(world, registry, time), m_clock,
        master::RegistrarOptions{}, [&world](const std::string &why) {
            world.transcript.violated("the registry works for the master that leads: " + why);
        }));
    m_master.events().observe(
        [this, &registry](const master::ClusterEvent &event) { remember(registry, event); });
    m_master.recover([this, &registry] {
        checkMemory(registry);
        m_master.lead();
    });
}

void SimulatedMaster::watchRemovals()
{
    m_master.events().observe([&ledger = m_world.ledger](const master::ClusterEvent &event) {
        // One that is unreachable may come back, and tells all it kept.
        const auto *removed = std::get_if<master::AgentRemoved>(&event);
        if (removed && removed->why != master::AgentRemoved::Why::Unreachable)
            ledger.excuse(removed->agent->id);
    });
}

/// What others were told and the next master has to know.
void SimulatedMaster::remember(SharedRegistry &registry, const master::ClusterEvent &event)
{
    if (const auto *added = std::get_if<master::AgentAdded>(&event)) {
        registry.agents.insert(added->agent->id);
        if (registry.gone.contains(added->agent->id))
            m_world.transcript.violated("an agent that is gone does not come back: "
                                        + added->agent->id);
    }
    const auto *removed = std::get_if<master::AgentRemoved>(&event);
    if (!removed || removed->why == master::AgentRemoved::Why::Unreachable)
        return;
    registry.agents.erase(removed->agent->id);
    if (removed->why == master::AgentRemoved::Why::Gone)
        registry.gone.insert(removed->agent->id);
}

void SimulatedMaster::checkMemory(const SharedRegistry &registry)
{
    const master::Cluster &known = m_master.cluster();
    for (const std::string &id : registry.agents) {
        if (!known.recoveredAgents.contains(id) && !known.unreachable.find(id)
            && !known.gone.find(id) && !registry.beingChanged.contains(id))
            m_world.transcript.violated("the next master knows every registered agent: " + id);
    }
    for (const std::string &id : registry.gone) {
        if (!known.gone.find(id))
            m_world.transcript.violated("the next master knows that " + id + " is gone");
    }
}

SimulatedMaster::SimulatedMaster(World &world, SimulatedNetwork &network, const std::string &id,
                                 Place place)
    : m_world(world)
    , m_network(network)
    , m_self(place.pid)
    , m_mayAct(std::move(place.mayAct))
    , m_clock(world.clock)
    , m_random(world.random.next())
    , m_master(optionsOf(world, id, m_self), place.clock, m_random, *this)
    , m_probe(world, place.clock, m_master)
{
    watchRemovals();
    m_master.setRegistry(std::move(place.registry));
    m_network.attach(m_self.address(), *this);
}

SimulatedMaster::~SimulatedMaster()
{
    if (m_registry)
        m_registry->beingChanged.insert(m_master.core().changingAgents.begin(),
                                        m_master.core().changingAgents.end());
    // The next master has the same address: agents could not tell whose orders these are.
    m_network.detach(m_self.address(), SimulatedNetwork::LastWords::Lost);
    for (const auto &[handle, connection] : m_streams) {
        connection->calls->cut();
        connection->events->post([connection = connection] { connection->onEnd(); });
    }
}

void SimulatedMaster::subscribe(const std::shared_ptr<SchedulerConnection> &connection,
                                const Call::Subscribe &wish)
{
    if (isAsleep())
        return hold([this, connection, wish] { subscribe(connection, wish); });
    connection->handle = m_nextStream++;
    connection->streamId = m_random.uuid();
    m_streams[connection->handle] = connection;
    if (!m_master.recovered()) // 503: the scheduler tries again
        return connection->events->post([connection] { connection->onEnd(); });
    m_master.subscribe(
        {connection->handle, connection->streamId, {}},
        {wish.framework_info(), wish.suppressed_roles(), wish.offer_constraints(), true});
}

void SimulatedMaster::call(const std::shared_ptr<SchedulerConnection> &from, Call call)
{
    if (isAsleep())
        return hold([this, from, call = std::move(call)] { this->call(from, call); });
    const SchedulerConnection &connection = *from;
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

void SimulatedMaster::streamClosed(const std::shared_ptr<SchedulerConnection> &connection)
{
    if (isAsleep())
        return hold([this, connection] { streamClosed(connection); });
    if (m_streams.erase(connection->handle) > 0)
        m_master.streamClosed(connection->handle);
}

void SimulatedMaster::hold(std::function<void()> thing)
{
    m_time->hold([thing = std::move(thing), alive = std::weak_ptr(m_alive)] {
        if (!alive.expired())
            thing();
    });
}

void SimulatedMaster::wake()
{
    if (!isAsleep())
        return;
    m_world.transcript.note("the master wakes");
    const auto givenUp = [this] {
        return m_master.core().figures.value("slave_unreachable_scheduled");
    };
    const auto before = givenUp();
    const Duration slept = m_world.clock.monotonic() - m_time->asleepSince;
    m_time->wake(m_world.chance(0.5));
    if (slept > PatientTimers::beat + PatientTimers::nap && givenUp() != before)
        m_world.transcript.violated("a master that slept gives no agent up for what it did not "
                                    "hear in its sleep");
}

void SimulatedMaster::linkBroken(const messages::Pid &peer)
{
    if (isAsleep())
        return hold([this, peer] { linkBroken(peer); });
    m_master.exited(peer);
}

void SimulatedMaster::receive(const messages::Envelope &envelope)
{
    if (isAsleep())
        return hold([this, envelope] { receive(envelope); });
    if (envelope.to.id == m_self.id || m_attached.contains(envelope.to.id))
        m_master.receive(envelope.from, envelope.to.id, envelope.name, envelope.body);
}

void SimulatedMaster::send(const std::string &from, const messages::Pid &to,
                           const std::string &name, std::string body)
{
    if (m_mayAct())
        m_network.send({from, m_self.ip, m_self.port}, to, name, std::move(body));
}

void SimulatedMaster::sendEvent(master::StreamHandle stream, const Event &event)
{
    const auto at = m_streams.find(stream);
    if (at != m_streams.end() && m_mayAct())
        at->second->events->post([connection = at->second, event] { connection->onEvent(event); });
}

void SimulatedMaster::endStreams()
{
    while (!m_streams.empty())
        endStream(m_streams.begin()->first);
}

void SimulatedMaster::endStream(master::StreamHandle stream)
{
    const auto node = m_streams.extract(stream);
    if (node)
        node.mapped()->events->post([connection = node.mapped()] { connection->onEnd(); });
}

} // namespace meseta::simulation
