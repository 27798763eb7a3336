#include "tests/simulation/episode.h"

#include "tests/simulation/ha_cluster.h"
#include "tests/simulation/machine_trouble.h"
#include "tests/simulation/promises.h"

namespace meseta::simulation {

namespace {

using namespace std::chrono_literals;

/// Masters die, stop, and lose ZooKeeper and their agents; in the end one leads and all agree.
class HaEpisode
{
public:
    HaEpisode(std::uint64_t seed, Fault fault, std::size_t linesKept)
        : m_world(seed, fault, linesKept), m_cluster(m_world)
    { }

    Outcome play();

private:
    void makeTrouble();
    void troubleMaster(std::size_t index);
    void troubleAgents();
    void troubleSchedulers();
    void comeToAgree();
    void advance(Duration duration);
    std::string problem();
    void checkMemory(SimulatedMaster &master);
    bool failed() const { return m_world.transcript.failed(); }

    World m_world;
    HaCluster m_cluster;
    std::size_t m_steps = 0;
    Clock::TimerId m_troubleTimer = 0;
    std::string m_leader; ///< the id of the master that acted last
    std::set<std::string> m_admitted; ///< agents that any master ever had
};

bool knows(const master::Cluster &cluster, const std::string &agentId)
{
    return cluster.agent(agentId) || cluster.recoveredAgents.contains(agentId)
        || cluster.unreachable.find(agentId) || cluster.gone.find(agentId);
}

/// Whoever comes to lead knows of every agent that was admitted before.
void HaEpisode::checkMemory(SimulatedMaster &master)
{
    const master::Cluster &cluster = master.core().cluster();
    if (m_leader != master.core().info().id()) {
        m_leader = master.core().info().id();
        for (const std::string &id : m_admitted) {
            // Those that were replaced or left are forgotten rightly.
            if (!knows(cluster, id) && !m_world.ledger.isExcused(id))
                m_world.transcript.violated("a new leader knows the agents of those before: "
                                            + m_leader + " does not know " + id);
        }
    }
    std::erase_if(m_admitted, [&cluster](const std::string &id) { // it removed them
        return !knows(cluster, id);
    });
    for (const auto &[id, agent] : cluster.agents())
        m_admitted.insert(id);
}

void HaEpisode::advance(Duration duration)
{
    const Duration end = m_world.clock.monotonic() + duration;
    bool reached = false;
    const Clock::TimerId mark = m_world.clock.after(duration, [&reached] { reached = true; });
    while (!reached && !failed() && m_world.clock.monotonic() <= end) {
        m_world.clock.advanceToNext();
        SimulatedMaster *master = m_cluster.acting();
        if (master)
            checkTouched(m_world, *master);
        if (++m_steps % 32 != 0)
            continue;
        if (master) {
            checkMemory(*master);
            checkMaster(m_world, *master);
        }
        for (const auto &agent : m_cluster.agents)
            checkAgent(m_world, *agent);
        if (master && m_steps % 256 == 0)
            master->probe().compare();
    }
    m_world.clock.cancel(mark);
}

void HaEpisode::makeTrouble()
{
    m_troubleTimer = m_world.clock.after(m_world.between(0, 3), [this] { makeTrouble(); });
    const std::uint64_t dice = m_world.random.below(20);
    if (dice < 5)
        troubleMaster(m_world.random.below(m_cluster.masters.size()));
    else if (dice < 9)
        troubleAgents();
    else
        troubleSchedulers();
}

void HaEpisode::troubleMaster(std::size_t index)
{
    MasterNode *node = m_cluster.masters[index].get();
    if (!node)
        return;
    const auto later = [this, index, node](Duration delay, void (*act)(MasterNode &)) {
        m_world.clock.after(delay, [this, index, node, act] {
            if (m_cluster.masters[index].get() == node)
                act(*node);
        });
    };
    const Duration time = m_world.between(0, m_world.chance(0.5) ? 4 : 15);
    switch (m_world.random.below(7)) {
    case 6:
        m_world.transcript.note("somebody sets the clock of m" + std::to_string(index));
        return m_cluster.setWallClock(index, someJump(m_world));
    case 0:
        return m_cluster.killMaster(index);
    case 1:
        if (node->isFrozen())
            return;
        node->freeze();
        return later(m_world.chance(0.2) ? m_world.between(10, 120) : time, [](MasterNode &one) {
            if (one.isFrozen())
                one.thaw();
        });
    case 2:
    case 3:
        m_world.transcript.note(node->pid().text() + " loses ZooKeeper");
        node->client().cut();
        if (m_world.fault == Fault::LeasesByWallClock)
            m_cluster.setWallClock(index, -std::chrono::hours(1));
        return later(time, [](MasterNode &one) { one.client().restore(); });
    case 4:
        node->client().loseAnswers(true);
        return later(time, [](MasterNode &one) { one.client().loseAnswers(false); });
    default:
        m_world.transcript.note(node->pid().text() + " loses its agents");
        m_cluster.network.partition(node->pid().address());
        m_world.clock.after(
            time, [this, address = node->pid().address()] { m_cluster.network.heal(address); });
    }
}

void HaEpisode::troubleAgents()
{
    SimulatedAgent &agent = *m_cluster.agents[m_world.random.below(m_cluster.agents.size())];
    const Duration time = m_world.between(0, 20);
    if (m_world.chance(0.35))
        return troubleMachine(m_world, agent);
    if (m_world.chance(0.3)) {
        test::FakeClient &client = m_cluster.someFollower();
        client.cut();
        m_world.clock.after(time, [&client] { client.restore(); });
    } else if (SimulatedMaster *master = m_cluster.acting(); master && m_world.chance(0.6)) {
        const std::string other = master->core().options().pid.address();
        if (m_world.chance(0.5))
            m_cluster.network.breakConnection(agent.address(), other);
        else
            m_cluster.network.breakConnection(other, agent.address());
    } else {
        m_cluster.network.partition(agent.address());
        m_world.clock.after(time,
                            [this, address = agent.address()] { m_cluster.network.heal(address); });
    }
}

void HaEpisode::troubleSchedulers()
{
    SimulatedScheduler &scheduler =
        *m_cluster.schedulers[m_world.random.below(m_cluster.schedulers.size())];
    switch (m_world.random.below(16)) {
    case 0:
        return scheduler.disconnect();
    case 1:
        return scheduler.failOver();
    default:
        scheduler.act();
    }
}

std::string HaEpisode::problem()
{
    SimulatedMaster *master = m_cluster.acting();
    if (!master)
        return "no master leads";
    return disagreement(m_world.ledger, *master, m_cluster.agents, m_cluster.schedulers);
}

void HaEpisode::comeToAgree()
{
    m_world.calm = true;
    m_world.transcript.note("--- all is well from now on");
    m_cluster.healAll();
    advance(2min);
    std::string found = problem();
    for (int waits = 0; waits < 24 && !found.empty() && !failed(); ++waits) {
        advance(30s);
        found = problem();
    }
    if (!found.empty())
        m_world.transcript.violated("in the end master and agents agree: " + found);
    else if (SimulatedMaster *master = m_cluster.acting(); master && !failed())
        master->probe().compare();
}

Outcome HaEpisode::play()
{
    makeTrouble();
    advance(m_world.between(10, m_world.chance(0.2) ? 150 : 60));
    m_world.clock.cancel(m_troubleTimer);
    if (!failed())
        comeToAgree();
    return {m_world.transcript.violation(), m_world.transcript.text(), m_steps,
            m_cluster.network.delivered(),  m_world.ledger.launches(), m_world.ledger.updates()};
}

} // namespace

Outcome playHaEpisode(std::uint64_t seed, Fault fault, std::size_t linesKept)
{
    return HaEpisode(seed, fault, linesKept).play();
}

} // namespace meseta::simulation
