#include "tests/simulation/episode.h"

#include "daemons/master/agents/draining.h"
#include "tests/simulation/machine_trouble.h"
#include "tests/simulation/promises.h"

namespace meseta::simulation {

namespace {

using namespace std::chrono_literals;

class Episode
{
public:
    Episode(std::uint64_t seed, Fault fault, std::size_t linesKept)
        : m_world(seed, fault, linesKept), m_cluster(m_world)
    { }

    Outcome play();

private:
    void trouble();
    void makeTrouble();
    void troubleAgents();
    void troubleSchedulers();
    void troubleMaster();
    void changeDraining(const master::Agent &agent);
    void freeTwice();
    void comeToAgree();
    void tearDown();
    void advance(Duration duration);
    void check();
    SimulatedAgent *someAgent();
    bool failed() const { return m_world.transcript.failed(); }

    World m_world;
    Cluster m_cluster;
    std::size_t m_steps = 0;
    Clock::TimerId m_troubleTimer = 0;
};

SimulatedAgent *Episode::someAgent()
{
    if (m_cluster.agents.empty())
        return nullptr;
    return m_cluster.agents[m_world.random.below(m_cluster.agents.size())].get();
}

void Episode::check()
{
    checkMaster(m_world, *m_cluster.master);
    for (const auto &agent : m_cluster.agents)
        checkAgent(m_world, *agent);
}

void Episode::advance(Duration duration)
{
    const Duration end = m_world.clock.monotonic() + duration;
    bool reached = false;
    const Clock::TimerId mark = m_world.clock.after(duration, [&reached] { reached = true; });
    while (!reached && !failed() && m_world.clock.monotonic() <= end) {
        m_world.clock.advanceToNext();
        checkTouched(m_world, *m_cluster.master);
        if (++m_steps % 32 == 0)
            check();
        if (m_steps % 256 == 0 && !m_cluster.master->isAsleep())
            m_cluster.master->probe().compare();
    }
    m_world.clock.cancel(mark);
}

void Episode::makeTrouble()
{
    m_troubleTimer = m_world.clock.after(m_world.between(0, 2), [this] { makeTrouble(); });
    if (m_world.strikes(Fault::FreesTwice, 0.5))
        freeTwice();
    const std::uint64_t dice = m_world.random.below(20);
    if (dice < 8)
        troubleAgents();
    else if (dice < 19)
        troubleSchedulers();
    else if (m_world.chance(0.5))
        troubleMaster();
}

void Episode::troubleAgents()
{
    SimulatedAgent *agent = someAgent();
    if (!agent)
        return m_cluster.startAgent();
    const std::string address = agent->address();
    const std::string master = SimulatedMaster::pid().address();
    switch (m_world.random.below(14)) {
    case 10:
    case 11:
    case 12:
        return troubleMachine(m_world, *agent);
    case 0:
    case 1:
    case 2:
        return m_cluster.network.breakConnection(address, master);
    case 3:
    case 4:
        return m_cluster.network.breakConnection(master, address);
    case 5:
    case 6:
        m_world.transcript.note(address + " is cut off");
        m_cluster.network.partition(address);
        m_world.clock.after(m_world.between(0, m_world.chance(0.5) ? 5 : 150),
                            [this, address] { m_cluster.network.heal(address); });
        if (m_world.chance(0.5))
            m_cluster.network.breakConnection(m_world.chance(0.5) ? master : address,
                                              m_world.chance(0.5) ? address : master);
        return;
    case 7:
        return m_cluster.killAgent(m_world.random.below(m_cluster.agents.size()));
    case 8:
        if (!agent->isUp() || !m_world.chance(0.3))
            return;
        m_world.ledger.excuse(agent->core().state().id());
        agent->core().shutdown(agent::Agent::Departure::ForGood, "the simulation asked it to");
        return;
    default:
        if (m_cluster.agents.size() < 6)
            m_cluster.startAgent();
    }
}

void Episode::troubleSchedulers()
{
    SimulatedScheduler &scheduler =
        *m_cluster.schedulers[m_world.random.below(m_cluster.schedulers.size())];
    switch (m_world.random.below(20)) {
    case 0:
        return scheduler.disconnect();
    case 1:
        return scheduler.failOver();
    case 2:
        if (m_world.chance(0.2))
            scheduler.teardown();
        return;
    case 3:
        if (m_cluster.schedulers.size() < 4)
            m_cluster.startScheduler();
        return;
    default:
        scheduler.act();
    }
}

void Episode::troubleMaster()
{
    if (m_cluster.master->isAsleep())
        return;
    const auto &agents = m_cluster.master->core().cluster().agents();
    const auto &frameworks = m_cluster.master->core().cluster().frameworks();
    switch (m_world.random.below(9)) {
    case 7:
    case 8:
        return m_cluster.suspendMaster(m_world.between(0, m_world.chance(0.5) ? 20 : 150));
    case 6:
        m_world.transcript.note("somebody sets the master's clock");
        return m_cluster.setWallClock(someJump(m_world));
    case 0:
        if (!agents.empty() && m_world.chance(0.5)) {
            m_world.transcript.note("an operator marks " + agents.begin()->first + " as gone");
            m_cluster.master->core().markAgentGone(std::string(agents.begin()->first));
        }
        return;
    case 1:
        if (!frameworks.empty() && m_world.chance(0.5)) {
            m_world.transcript.note("an operator tears " + frameworks.begin()->first + " down");
            m_cluster.master->core().teardown(std::string(frameworks.begin()->first));
        }
        return;
    case 2:
    case 3:
        if (!agents.empty())
            changeDraining(*agents.rbegin()->second);
        return;
    default:
        m_cluster.failMasterOver();
    }
}

/// An operator drains or deactivates an agent, or takes that back.
void Episode::changeDraining(const master::Agent &agent)
{
    master::Core &core = m_cluster.master->core().core();
    const std::string id = agent.id;
    const auto done = [](const Result<> &) {};
    if (agent.deactivated) {
        m_world.transcript.note("an operator reactivates " + id);
        return master::reactivateAgent(core, id, done);
    }
    if (m_world.chance(0.3)) {
        m_world.transcript.note("an operator deactivates " + id);
        return master::deactivateAgent(core, id, done);
    }
    mesos::v1::DrainConfig config;
    config.set_mark_gone(m_world.chance(0.2));
    m_world.transcript.note("an operator drains " + id);
    master::drainAgent(core, id, config, done);
}

/// A planted bug: the allocator hears that the resources of a task that runs are free.
void Episode::freeTwice()
{
    for (const auto &[id, agent] : m_cluster.master->core().cluster().agents()) {
        for (const master::Task *task : agent->tasks) {
            if (task->holdsResources())
                return m_cluster.master->core().allocator().recover(
                    std::string(task->frameworkId()), id, task->resources(), std::nullopt);
        }
    }
}

void Episode::trouble()
{
    makeTrouble();
    advance(m_world.between(5, m_world.chance(0.2) ? 120 : 30));
    m_world.clock.cancel(m_troubleTimer);
    if (!failed() && m_world.chance(0.1)) { // longer than anybody waits for anything
        const Duration sleep = m_world.between(60, 300);
        m_cluster.suspendMaster(sleep);
        advance(sleep);
    }
}

void Episode::comeToAgree()
{
    m_world.calm = true;
    m_world.transcript.note("--- all is well from now on");
    m_cluster.healAll();
    // Pings that fail, agents that do not come back and failover timeouts are over after two
    // minutes; an update that was never acknowledged is sent again after up to ten.
    advance(2min);
    std::string found = disagreement(m_cluster);
    for (int waits = 0; waits < 24 && !found.empty() && !failed(); ++waits) {
        advance(30s);
        found = disagreement(m_cluster);
    }
    if (!found.empty())
        m_world.transcript.violated("in the end master and agents agree: " + found);
}

void Episode::tearDown()
{
    m_world.transcript.note("--- everything is torn down");
    for (const auto &scheduler : m_cluster.schedulers)
        scheduler->teardown();
    advance(1s);
    while (!m_cluster.master->core().cluster().frameworks().empty()) // those without a scheduler
        m_cluster.master->core().teardown(
            std::string(m_cluster.master->core().cluster().frameworks().begin()->first));
    advance(90s);
    if (failed())
        return;
    check();
    m_cluster.master->probe().compare();
    checkNothingRuns(m_cluster);
    for (const auto &agent : m_cluster.agents)
        agent->core().shutdown(agent::Agent::Departure::ForGood, "the episode is over");
    advance(3min); // farewells may be lost with the dying; then it takes its time until they are
                   // given up
    if (!failed())
        checkNothingIsLeft(m_cluster);
}

Outcome Episode::play()
{
    trouble();
    if (!failed())
        comeToAgree();
    if (!failed())
        tearDown();
    return {m_world.transcript.violation(), m_world.transcript.text(), m_steps,
            m_cluster.network.delivered(),  m_world.ledger.launches(), m_world.ledger.updates()};
}

} // namespace

Outcome playEpisode(std::uint64_t seed, Fault fault, std::size_t linesKept)
{
    return Episode(seed, fault, linesKept).play();
}

} // namespace meseta::simulation
