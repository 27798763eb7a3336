#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "daemons/agent/core/agent.h"
#include "tests/simulation/node_clock.h"
#include "tests/simulation/simulated_containerizer.h"
#include "tests/simulation/simulated_network.h"

namespace meseta::simulation {

class SimulatedExecutor;

/// A machine with an agent: the real core on the simulated wire, with simulated containers.
/// Destroying it is the machine's sudden death.
class SimulatedAgent final : public Endpoint, public agent::AgentOutbox
{
public:
    SimulatedAgent(World &world, SimulatedNetwork &network, messages::Pid self,
                   messages::Pid master);
    ~SimulatedAgent() override;

    /// The agent's process ended by itself; whoever owns this should destroy it.
    std::function<void()> onFinished;

    agent::Agent &core() { return *m_agent; }
    const messages::Pid &pid() const { return m_self; }
    std::string address() const { return m_self.address(); }
    std::size_t pendingTimers() const { return m_clock.pendingTimers(); }
    std::size_t containers() const { return m_containers.running(); }

    void receive(const messages::Envelope &envelope) override;
    void linkBroken(const messages::Pid &peer) override { m_agent->linkBroken(peer); }

    void send(const messages::Pid &to, const google::protobuf::Message &message) override;
    void link(const messages::Pid &peer) override { m_network.link(address(), peer); }
    void relink(const messages::Pid &peer) override { m_network.relink(address(), peer); }
    void persist(std::vector<agent::CheckpointChange> changes,
                 std::function<void(const Result<> &)> done) override;
    void finish(int exitCode, const std::string &why) override;

private:
    class Sandboxes;
    class Fetcher;

    World &m_world;
    SimulatedNetwork &m_network;
    messages::Pid m_self;
    NodeClock m_clock;
    SeededRandom m_random;
    SimulatedContainerizer m_containers;
    std::unique_ptr<Sandboxes> m_sandboxes;
    std::unique_ptr<Fetcher> m_fetcher;
    std::map<std::string, std::shared_ptr<SimulatedExecutor>> m_executors; ///< by container id
    std::unique_ptr<agent::Agent> m_agent;
};

} // namespace meseta::simulation
