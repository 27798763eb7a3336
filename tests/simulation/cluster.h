#pragma once

#include <memory>
#include <vector>

#include "tests/simulation/simulated_agent.h"
#include "tests/simulation/simulated_master.h"
#include "tests/simulation/simulated_scheduler.h"

namespace meseta::simulation {

/// All processes of a simulated cluster, and how they come and go.
class Cluster
{
public:
    explicit Cluster(World &world);

    World &world;
    SimulatedNetwork network{world};
    SharedRegistry registry;
    std::unique_ptr<SimulatedMaster> master;
    std::vector<std::unique_ptr<SimulatedAgent>> agents;
    std::vector<std::unique_ptr<SimulatedScheduler>> schedulers;

    void startMaster();
    void startAgent();
    void startScheduler();
    /// The machine is gone from one moment to the next; perhaps another takes its address soon.
    void killAgent(std::size_t index);
    void failMasterOver();
    /// The master's machine is suspended for a while, or its process stopped.
    void suspendMaster(Duration duration);
    void setWallClock(Duration ahead) { m_time.ahead = ahead; }
    /// Everything is reachable, and up.
    void healAll();

private:
    void startAgentAt(std::uint16_t port);
    void removeAgent(const SimulatedAgent *agent);

    MachineTime m_time; ///< of the masters' machine
    unsigned m_masters = 0;
    std::uint16_t m_nextPort = 6001;
    unsigned m_nextScheduler = 1;
};

} // namespace meseta::simulation
