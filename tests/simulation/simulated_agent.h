#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "tests/simulation/agent_process.h"
#include "tests/simulation/simulated_containerizer.h"

namespace meseta::simulation {

class SimulatedExecutor;

/// A machine with an agent: a process with the real core on the simulated wire, a disk for its
/// checkpoint, and simulated containers, which live on when the process dies. Destroying it is the
/// machine's sudden death.
class SimulatedAgent final : public Endpoint
{
public:
    SimulatedAgent(World &world, SimulatedNetwork &network, messages::Pid self,
                   messages::Pid master);
    ~SimulatedAgent() override;

    /// The agent left for good; whoever owns this should destroy it.
    std::function<void()> onFinished;

    bool isUp() const { return m_process && !m_time.asleep; }
    agent::Agent &core() { return m_process->core(); } ///< while it is up
    const messages::Pid &pid() const { return m_self; }
    std::string address() const { return m_self.address(); }
    std::size_t pendingTimers() const { return m_process ? m_process->pendingTimers() : 0; }
    std::size_t containers() const { return m_containers.running(); }

    /// Another master leads, or none, as the machine's ZooKeeper client knows.
    void masterDetected(const messages::Pid &master);
    const messages::Pid &master() const { return m_config.master; }

    /// The process dies as by kill -9, and starts again a little later.
    void crash();
    /// The machine loses its power, with all containers and what was not flushed.
    void losePower();
    /// SIGTERM: the process ends and starts again.
    void stopForAWhile();
    /// The machine sleeps for a while, with all that is on it.
    void suspend(Duration duration);
    void setWallClock(Duration ahead) { m_time.ahead = ahead; }
    /// When it sleeps it wakes, when it is down it starts now.
    void start();

    bool isAsleep() const override { return m_time.asleep; }
    void receive(const messages::Envelope &envelope) override;
    void linkBroken(const messages::Pid &peer) override;

private:
    class Sandboxes;
    class Fetcher;

    void wake();
    /// Unless the process is another by then.
    void hold(std::function<void()> thing);
    void startLater();
    void endProcess();
    void takeUp();
    void finished(int exitCode);

    World &m_world;
    SimulatedNetwork &m_network;
    messages::Pid m_self;
    MachineTime m_time;
    NodeClock m_clock; ///< of the machine
    SimulatedDisk m_disk;
    SimulatedContainerizer m_containers;
    std::unique_ptr<Sandboxes> m_sandboxes;
    std::unique_ptr<Fetcher> m_fetcher;
    agent::AgentConfig m_config;
    bool m_detects = false; ///< it is told of the master, rather than configured with one
    bool m_comesBack = false;
    unsigned m_boots = 0;
    Clock::TimerId m_wakeTimer = 0;
    std::shared_ptr<bool> m_life; ///< of the present process
    Clock::TimerId m_startTimer = 0;
    std::map<std::string, std::shared_ptr<SimulatedExecutor>> m_executors; ///< by container id
    std::unique_ptr<AgentProcess> m_process; ///< null while it is down
};

} // namespace meseta::simulation
