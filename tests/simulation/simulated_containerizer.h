#pragma once

#include <functional>
#include <map>
#include <string>

#include "daemons/agent/containerizer/containerizer.h"
#include "tests/simulation/world.h"

namespace meseta::simulation {

/// Containers that start, run, fail, hang and end by chance.
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

    std::string name() const override { return "simulated"; }
    bool supports(const std::optional<mesos::v1::ContainerInfo> &) const override { return true; }
    Result<> ready() const override { return {}; }
    void whenReady(std::function<void(Result<>)> done) override;
    void launch(const agent::ContainerSpec &spec, agent::ContainerEvents events) override;
    void kill(const std::string &containerId, Duration grace) override;
    void destroy(const std::string &containerId) override;
    void usage(const std::string &,
               std::function<void(Result<mesos::v1::ResourceStatistics>)> done) override;
    std::optional<mesos::v1::ContainerStatus> status(const std::string &containerId) const override;
    void exec(const std::string &, const mesos::v1::CommandInfo &, Duration,
              std::function<void(Result<int>)>) override
    { }
    void cleanOrphans(const std::vector<std::string> &,
                      std::function<void(Result<int>)> done) override
    {
        done(0);
    }

private:
    struct Run
    {
        agent::ContainerSpec spec;
        agent::ContainerEvents events;
        bool started = false;
    };

    void start(const std::string &containerId);
    void end(const std::string &containerId, std::optional<int> waitStatus, bool killed);
    void later(Duration delay, const std::string &containerId, std::function<void()> act);

    World &m_world;
    Clock &m_clock;
    std::string m_agent;
    std::map<std::string, Run> m_runs; ///< by container id
};

} // namespace meseta::simulation
