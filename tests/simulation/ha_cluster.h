#pragma once

#include <map>
#include <memory>
#include <vector>

#include "common/zookeeper/detector.h"
#include "tests/simulation/master_node.h"
#include "tests/simulation/simulated_agent.h"
#include "tests/simulation/simulated_scheduler.h"

namespace meseta::simulation {

/// Three masters on a simulated ZooKeeper ensemble, with agents and schedulers that follow the one
/// that leads.
class HaCluster
{
public:
    explicit HaCluster(World &world);

    World &world;
    test::FakeEnsemble ensemble{world.clock, std::chrono::milliseconds(2)};
    SimulatedNetwork network{world};
    std::vector<std::unique_ptr<MasterNode>> masters; ///< null: dead
    std::vector<std::unique_ptr<SimulatedAgent>> agents;
    std::vector<std::unique_ptr<SimulatedScheduler>> schedulers;

    /// The master that acts; null while none does. More than one breaks the promise.
    SimulatedMaster *acting();
    void killMaster(std::size_t index);
    void setWallClock(std::size_t index, Duration ahead) { m_times[index].ahead = ahead; }
    void startMaster(std::size_t index);
    void startAgent();
    void startScheduler();
    /// An agent or a scheduler loses ZooKeeper for a while.
    test::FakeClient &someFollower();
    void healAll();

private:
    struct Follower
    {
        std::unique_ptr<test::FakeClient> client;
        std::unique_ptr<zookeeper::Detector> detector;
        messages::Pid leader; ///< as it knows; empty: none
    };

    Follower &follow(std::function<void(const messages::Pid &)> changed);
    SimulatedMaster *doorOf(const messages::Pid &leader);
    void keepConnected(SimulatedScheduler *scheduler);

    MachineTime m_times[3]; ///< of the masters' machines
    std::vector<std::unique_ptr<Follower>> m_followers;
    std::uint16_t m_nextPort = 6001;
};

} // namespace meseta::simulation
