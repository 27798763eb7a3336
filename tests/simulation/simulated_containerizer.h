#pragma once

#include <functional>
#include <map>
#include <string>

#include "daemons/agent/containerizer/containerizer.h"
#include "tests/simulation/world.h"

namespace meseta::simulation {

/// Containers that start, run, fail, hang and end by chance. Those of frameworks that checkpoint
/// live on when the agent's process dies, and the end of each is kept until the agent lets it go.
class SimulatedContainerizer final : public agent::Containerizer
{
public:
    /// `clock` is the agent's, so that containers die with their machine.
    SimulatedContainerizer(World &world, Clock &clock, std::string agent)
        : m_world(world), m_clock(clock), m_agent(std::move(agent))
    { }

    /// A custom executor's container has started: its process may register.
    std::function<void(const agent::ContainerSpec &)> onExecutorStarted;
    /// A container ended, for whatever reason.
    std::function<void(const std::string &containerId)> onEnded;

    /// The process in the container exits by itself.
    void exit(const std::string &containerId, int status) { end(containerId, status << 8, false); }
    std::size_t running() const { return m_runs.size(); }

    /// The agent's process died: nobody is told of anything until another takes the containers up.
    void agentDied();
    /// The machine did: nothing runs any more.
    void losePower();

    std::string name() const override { return "simulated"; }
    bool supports(const std::optional<mesos::v1::ContainerInfo> &) const override { return true; }
    Result<> ready() const override { return {}; }
    void whenReady(std::function<void(Result<>)> done) override;
    void launch(const agent::ContainerSpec &spec, agent::ContainerEvents events) override;
    bool recover(const agent::ContainerSpec &spec, agent::ContainerEvents events) override;
    void forget(const std::string &containerId) override { m_ends.erase(containerId); }
    void kill(const std::string &containerId, Duration grace) override;
    void destroy(const std::string &containerId) override;
    void usage(const std::string &,
               std::function<void(Result<mesos::v1::ResourceStatistics>)> done) override;
    std::optional<mesos::v1::ContainerStatus> status(const std::string &containerId) const override;
    void exec(const std::string &, const mesos::v1::CommandInfo &, Duration,
              std::function<void(Result<int>)>) override
    { }
    void cleanOrphans(const std::vector<std::string> &known,
                      std::function<void(Result<int>)> done) override;

private:
    struct Run
    {
        agent::ContainerSpec spec;
        agent::ContainerEvents events;
        std::uint64_t number = 0; ///< of the launch
        bool started = false;
    };

    void start(const std::string &containerId);
    void end(const std::string &containerId, std::optional<int> waitStatus, bool killed);
    void later(Duration delay, const std::string &containerId, std::function<void()> act);
    /// Unless the agent's process dies before.
    void tellLater(std::function<void()> tell);

    World &m_world;
    Clock &m_clock;
    std::string m_agent;
    std::map<std::string, Run> m_runs; ///< by container id
    std::map<std::string, agent::ContainerTermination> m_ends; ///< not forgotten yet
    std::uint64_t m_launches = 0;
    unsigned m_agentLife = 1; ///< counts the agent's processes
};

} // namespace meseta::simulation
