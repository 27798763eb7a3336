#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "daemons/agent/checkpoint/files.h"
#include "daemons/agent/core/agent.h"
#include "tests/simulation/node_clock.h"
#include "tests/simulation/simulated_disk.h"
#include "tests/simulation/simulated_network.h"

namespace meseta::simulation {

/// The process of an agent: the real core, and the real checkpoint on the disk of its machine.
/// Destroying it is a kill -9, with what it was writing cut off at any point.
class AgentProcess final : public agent::AgentOutbox
{
public:
    struct Machine
    {
        World &world;
        SimulatedNetwork &network;
        SimulatedDisk &disk;
        MachineTime &time;
    };

    AgentProcess(Machine machine, const agent::AgentConfig &config, agent::LaunchServices services);
    ~AgentProcess() override;

    /// Takes up what an earlier process left on the disk. Not registering yet.
    void recover();

    agent::Agent &core() { return *m_agent; }
    Clock &clock() { return m_clock; }
    std::size_t pendingTimers() const { return m_clock.pendingTimers(); }
    void receive(const messages::Envelope &envelope);

    /// It ended by itself.
    std::function<void(int exitCode, const std::string &why)> onFinish;

    void send(const messages::Pid &to, const google::protobuf::Message &message) override;
    void link(const messages::Pid &peer) override;
    void relink(const messages::Pid &peer) override;
    void persist(std::vector<agent::CheckpointChange> changes,
                 std::function<void(const Result<> &)> done) override;
    void finish(int exitCode, const std::string &why) override;

private:
    struct Job
    {
        std::vector<agent::CheckpointChange> changes;
        std::function<void(const Result<> &)> done;
    };

    /// What waits is written, in one go.
    void write();
    bool make(const std::vector<Job> &jobs);
    static void dropUpdates(agent::RecoveredAgent &earlier);
    void told(const agent::CheckpointChange &change);
    void acknowledgementArrived(const messages::Envelope &envelope);

    World &m_world;
    SimulatedNetwork &m_network;
    SimulatedDisk &m_disk;
    agent::CheckpointFiles::Flushed m_flushed;
    messages::Pid m_self;
    NodeClock m_clock;
    SeededRandom m_random;
    std::vector<Job> m_jobs;
    bool m_writing = false;
    std::unique_ptr<agent::Agent> m_agent;
};

} // namespace meseta::simulation
