#include "tests/simulation/master_node.h"

#include "daemons/master/registry/registrar.h"
#include "daemons/master/registry/zookeeper_storage.h"

namespace meseta::simulation {

namespace {
constexpr Duration sessionTimeout = std::chrono::seconds(4);
const std::string groupPath = "/mesos";
} // namespace

MasterNode::MasterNode(World &world, SimulatedNetwork &network, test::FakeEnsemble &ensemble,
                       messages::Pid pid, std::string name, MachineTime &time)
    : m_world(world)
    , m_network(network)
    , m_pid(std::move(pid))
    , m_name(std::move(name))
    , m_time(time)
    , m_machineClock(world.clock, &time)
    , m_clock(m_machineClock, m_running)
    , m_client(ensemble.client(sessionTimeout))
    , m_leadership(m_clock, *this)
    , m_election(std::make_unique<master::Election>(*m_client, groupPath, m_clock, m_leadership))
{
    m_election->start();
    m_leadership.start();
}

MasterNode::~MasterNode()
{
    if (!m_frozen)
        m_client->cut(); // a killed process says no farewell
    endMaster();
    m_network.detach(m_pid.address(), SimulatedNetwork::LastWords::Lost);
}

bool MasterNode::acts() const
{
    if (m_world.fault == Fault::IgnoresLease)
        return m_leading && m_leadership.phase() == master::Leadership::Phase::Leading;
    return m_leading && m_leadership.acts();
}

void MasterNode::freeze()
{
    m_world.transcript.note(m_name + " is stopped");
    m_frozen = true;
    m_frozenSince = m_world.clock.monotonic();
    m_client->freeze();
}

void MasterNode::thaw()
{
    m_world.transcript.note(m_name + " goes on");
    m_frozen = false;
    if (m_world.fault == Fault::ClockStandsStill)
        m_time.stoodStill += m_world.clock.monotonic() - m_frozenSince;
    // What waits in its sockets, what came due, and what ZooKeeper says come in any order.
    if (m_world.chance(0.5)) {
        m_running.release();
        m_client->thaw();
    } else {
        m_client->thaw();
        m_running.release();
    }
}

std::unique_ptr<master::Registry> MasterNode::makeRegistry()
{
    if (m_world.fault == Fault::ForgetsRegistry)
        return std::make_unique<master::MemoryRegistry>();
    return std::make_unique<master::Registrar>(
        std::make_unique<master::ZooKeeperStorage>(*m_client, m_clock, groupPath, m_name), m_clock,
        master::RegistrarOptions{}, [this](const std::string &why) {
            if (m_leadership.phase() == master::Leadership::Phase::Recovering)
                m_leadership.recoveryFailed(why);
            else
                m_leadership.fail(why);
        });
}

mesos::v1::MasterInfo MasterNode::freshMaster()
{
    endMaster();
    m_gate = std::make_unique<master::TermGate>([this] { return !m_leading || acts(); });
    m_termClock = std::make_unique<master::TermClock>(m_clock, *m_gate);
    m_master = std::make_unique<SimulatedMaster>(
        m_world, m_network, m_name + "t" + std::to_string(++m_terms),
        SimulatedMaster::Place{m_pid, *m_termClock, makeRegistry(), [this] {
                                   if (m_leading && !acts())
                                       m_leadership.fail("the lease is over");
                                   return m_leading && acts();
                               }});
    m_network.attach(m_pid.address(), *this);
    return m_master->core().info();
}

void MasterNode::endMaster()
{
    if (m_gate)
        m_gate->close();
    m_leading = false;
    m_master.reset();
    m_termClock.reset();
    m_gate.reset();
}

void MasterNode::recover()
{
    m_master->core().onGivingUp([this](const std::string &why) { m_leadership.fail(why); });
    m_master->core().recover([this] { m_leadership.recovered(); });
}

void MasterNode::lead()
{
    m_world.transcript.note("--- " + m_master->core().info().id() + " leads");
    m_leading = true;
    m_master->core().lead();
    m_gate->release();
}

void MasterNode::endTerm(const std::string &why)
{
    m_world.transcript.note("--- " + m_name + " leads no more: " + why);
    m_gate->close();
    m_leading = false;
    m_master->endStreams();
}

void MasterNode::receive(const messages::Envelope &envelope)
{
    m_running.pass([this, envelope] {
        if (m_gate)
            m_gate->pass([this, envelope] { m_master->receive(envelope); });
    });
}

void MasterNode::linkBroken(const messages::Pid &peer)
{
    m_running.pass([this, peer] {
        if (m_gate)
            m_gate->pass([this, peer] { m_master->linkBroken(peer); });
    });
}

} // namespace meseta::simulation
