#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemons/agent/core/agent.h"
#include "tests/simulation/node_clock.h"
#include "tests/simulation/simulated_containerizer.h"

namespace meseta::simulation {

/// The process of a custom executor, as on the executor API: subscribes at its agent, runs what it
/// is told as timers, keeps updates until they are acknowledged, comes back to an agent that was
/// restarted, and exits when it is asked to, or by chance.
class SimulatedExecutor : public std::enable_shared_from_this<SimulatedExecutor>
{
public:
    /// `clock` is the machine's; `agent` gives its agent, null while that is down.
    SimulatedExecutor(World &world, NodeClock &clock, std::function<agent::Agent *()> agent,
                      SimulatedContainerizer &containers, const agent::ContainerSpec &spec)
        : m_world(world)
        , m_clock(clock)
        , m_agent(std::move(agent))
        , m_containers(containers)
        , m_frameworkId(spec.frameworkId)
        , m_executorId(spec.executorId)
        , m_containerId(spec.containerId)
        , m_host(spec.agentId)
    { }

    void start();
    void stop() { m_stopped = true; }
    void agentDied();
    void take(const mesos::v1::executor::Event &event);

private:
    struct Task
    {
        mesos::v1::TaskInfo info;
        bool ended = false;
        bool acknowledged = false; ///< one of its updates was
    };

    agent::Executor *record();
    void subscribe();
    void run(const mesos::v1::TaskInfo &task);
    void tell(const std::string &taskId, mesos::v1::TaskState state);
    void later(Duration delay, std::function<void()> act);

    World &m_world;
    NodeClock &m_clock;
    std::function<agent::Agent *()> m_agent;
    SimulatedContainerizer &m_containers;
    std::string m_frameworkId, m_executorId, m_containerId, m_host;
    std::map<std::string, Task> m_tasks;
    std::vector<mesos::v1::TaskStatus> m_updates; ///< not acknowledged by the agent, in order
    bool m_subscribed = false;
    bool m_stopped = false;
};

} // namespace meseta::simulation
