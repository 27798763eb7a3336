#pragma once

#include <map>
#include <memory>
#include <string>

#include "daemons/agent/core/agent.h"
#include "tests/simulation/node_clock.h"
#include "tests/simulation/simulated_containerizer.h"

namespace meseta::simulation {

/// The process of a custom executor: subscribes at its agent, runs what it is told as timers, and
/// exits when it is asked to, or by chance.
class SimulatedExecutor : public std::enable_shared_from_this<SimulatedExecutor>
{
public:
    SimulatedExecutor(World &world, NodeClock &clock, agent::Agent &agent,
                      SimulatedContainerizer &containers, const agent::ContainerSpec &spec)
        : m_world(world)
        , m_clock(clock)
        , m_agent(agent)
        , m_containers(containers)
        , m_frameworkId(spec.frameworkId)
        , m_executorId(spec.executorId)
        , m_containerId(spec.containerId)
        , m_host(spec.agentId)
    { }

    void start();
    void stop() { m_stopped = true; }
    void take(const mesos::v1::executor::Event &event);

private:
    void subscribe();
    void run(const mesos::v1::TaskInfo &task);
    void tell(const std::string &taskId, mesos::v1::TaskState state);
    void later(Duration delay, std::function<void()> act);

    World &m_world;
    NodeClock &m_clock;
    agent::Agent &m_agent;
    SimulatedContainerizer &m_containers;
    std::string m_frameworkId, m_executorId, m_containerId, m_host;
    std::map<std::string, bool> m_tasks; ///< whether it has ended
    bool m_stopped = false;
};

} // namespace meseta::simulation
