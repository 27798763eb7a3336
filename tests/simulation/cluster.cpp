#include "tests/simulation/cluster.h"

namespace meseta::simulation {

Cluster::Cluster(World &theWorld) : world(theWorld)
{
    m_time.sleepsUnnoticed = world.fault == Fault::SleepsUnnoticed;
    startMaster();
    for (std::uint64_t i = 0, count = 1 + world.random.below(4); i < count; ++i)
        startAgent();
    for (std::uint64_t i = 0, count = 1 + world.random.below(3); i < count; ++i)
        startScheduler();
}

void Cluster::startMaster()
{
    master = std::make_unique<SimulatedMaster>(world, network, registry, m_time,
                                               "M" + std::to_string(++m_masters));
}

void Cluster::failMasterOver()
{
    world.transcript.note("the master dies, another takes over");
    master.reset();
    m_time.wake(true); // another machine
    startMaster();
}

void Cluster::suspendMaster(Duration duration)
{
    if (m_time.asleep)
        return;
    world.transcript.note("the master's machine sleeps");
    m_time.asleep = true;
    m_time.asleepSince = world.clock.monotonic();
    for (const auto &agent : agents) {
        if (world.chance(0.2)) // its side of the connection gives up
            network.breakConnection(agent->address(), SimulatedMaster::pid().address());
    }
    world.clock.after(duration, [this] { master->wake(); });
}

void Cluster::startAgent()
{
    startAgentAt(m_nextPort++);
}

void Cluster::startAgentAt(std::uint16_t port)
{
    const messages::Pid self{"slave(1)", "10.0.0.2", port};
    world.transcript.note("an agent starts at " + self.text());
    agents.push_back(
        std::make_unique<SimulatedAgent>(world, network, self, SimulatedMaster::pid()));
    SimulatedAgent *started = agents.back().get();
    started->onFinished = [this, started] { removeAgent(started); };
}

void Cluster::removeAgent(const SimulatedAgent *agent)
{
    std::erase_if(agents, [agent](const auto &one) { return one.get() == agent; });
}

void Cluster::killAgent(std::size_t index)
{
    const std::uint16_t port = agents[index]->pid().port;
    world.transcript.note("the agent at " + agents[index]->pid().text() + " dies");
    agents.erase(agents.begin() + static_cast<long>(index));
    if (world.chance(0.3))
        return;
    const bool sameAddress = world.chance(0.6);
    world.clock.after(world.between(0, world.chance(0.5) ? 0.1 : 30), [this, port, sameAddress] {
        if (!world.calm && agents.size() < 8)
            startAgentAt(sameAddress ? port : m_nextPort++);
    });
}

void Cluster::healAll()
{
    network.healAll();
    master->wake();
    for (const auto &agent : agents)
        agent->start();
}

void Cluster::startScheduler()
{
    schedulers.push_back(std::make_unique<SimulatedScheduler>(
        world, "f" + std::to_string(m_nextScheduler++), [this] { return master.get(); }));
    schedulers.back()->connect();
}

} // namespace meseta::simulation
