#include "tests/simulation/ha_cluster.h"

namespace meseta::simulation {

namespace {
constexpr std::size_t masterCount = 3;
}

HaCluster::HaCluster(World &theWorld) : world(theWorld)
{
    masters.resize(masterCount);
    for (MachineTime &time : m_times)
        time.turnsMonotonic = world.fault == Fault::LeasesByWallClock;
    for (std::size_t i = 0; i < masterCount; ++i)
        startMaster(i);
    for (std::uint64_t i = 0, count = 1 + world.random.below(3); i < count; ++i)
        startAgent();
    for (std::uint64_t i = 0, count = 1 + world.random.below(2); i < count; ++i)
        startScheduler();
}

void HaCluster::startMaster(std::size_t index)
{
    static_assert(masterCount < 10);
    const std::string name = "m" + std::to_string(index);
    world.transcript.note(name + " starts");
    masters[index] = std::make_unique<MasterNode>(
        world, network, ensemble,
        messages::Pid{"master", "10.0.1." + std::to_string(index + 1), 5050},
        name + "-" + std::to_string(world.random.below(1000000)), m_times[index]);
}

void HaCluster::killMaster(std::size_t index)
{
    world.transcript.note("m" + std::to_string(index) + " dies");
    masters[index].reset();
    world.clock.after(world.between(0, 10), [this, index] {
        if (!masters[index])
            startMaster(index);
    });
}

SimulatedMaster *HaCluster::acting()
{
    SimulatedMaster *found = nullptr;
    for (const auto &node : masters) {
        if (!node || !node->acts() || node->isFrozen())
            continue;
        if (found)
            world.transcript.violated("at most one master acts: " + found->core().info().id()
                                      + " and " + node->present()->core().info().id());
        found = node->present();
    }
    return found;
}

HaCluster::Follower &HaCluster::follow(std::function<void(const messages::Pid &)> changed)
{
    auto follower = std::make_unique<Follower>();
    follower->client = ensemble.client(std::chrono::seconds(4));
    follower->detector =
        std::make_unique<zookeeper::Detector>(*follower->client, "/mesos", world.clock);
    QObject::connect(
        follower->detector.get(), &zookeeper::Detector::leaderChanged, follower->detector.get(),
        [one = follower.get(), changed = std::move(changed)] {
            const auto &leader = one->detector->leader();
            one->leader = leader ? messages::Pid::parse(leader->pid()).value() : messages::Pid();
            changed(one->leader);
        });
    follower->detector->start();
    m_followers.push_back(std::move(follower));
    return *m_followers.back();
}

void HaCluster::startAgent()
{
    const messages::Pid self{"slave(1)", "10.0.0.2", m_nextPort++};
    world.transcript.note("an agent starts at " + self.text());
    agents.push_back(std::make_unique<SimulatedAgent>(world, network, self, messages::Pid()));
    follow([this, agent = agents.back().get()](const messages::Pid &leader) {
        if (world.fault != Fault::IgnoresNewLeaders || agent->master().isEmpty())
            agent->masterDetected(leader);
    });
}

SimulatedMaster *HaCluster::doorOf(const messages::Pid &leader)
{
    for (const auto &node : masters) {
        if (node && node->pid() == leader)
            return node->door();
    }
    return nullptr;
}

/// Schedulers try again and again while nobody answers.
void HaCluster::keepConnected(SimulatedScheduler *scheduler)
{
    scheduler->connect();
    world.clock.after(world.between(0.2, 1), [this, scheduler] { keepConnected(scheduler); });
}

void HaCluster::startScheduler()
{
    Follower &follower = follow([](const messages::Pid &) {});
    schedulers.push_back(std::make_unique<SimulatedScheduler>(
        world, "f" + std::to_string(schedulers.size() + 1),
        [this, &follower] { return doorOf(follower.leader); }));
    keepConnected(schedulers.back().get());
}

test::FakeClient &HaCluster::someFollower()
{
    return *m_followers[world.random.below(m_followers.size())]->client;
}

void HaCluster::healAll()
{
    network.healAll();
    for (const auto &agent : agents)
        agent->start();
    for (const auto &follower : m_followers)
        follower->client->restore();
    for (const auto &node : masters) {
        if (!node)
            continue;
        if (node->isFrozen())
            node->thaw();
        node->client().loseAnswers(false);
        node->client().restore();
    }
}

} // namespace meseta::simulation
