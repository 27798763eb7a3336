#include "tests/simulation/simulated_containerizer.h"

#include <csignal>

namespace meseta::simulation {

void SimulatedContainerizer::whenReady(std::function<void(Result<>)> done)
{
    if (m_world.chance(0.8))
        return done({});
    m_clock.after(m_world.between(0, 2),
                  [done = std::move(done)] { done({}); }); // the engine is slow today
}

void SimulatedContainerizer::later(Duration delay, const std::string &containerId,
                                   std::function<void()> act)
{
    m_clock.after(delay, [this, containerId, act = std::move(act)] {
        if (m_runs.contains(containerId))
            act();
    });
}

void SimulatedContainerizer::launch(const agent::ContainerSpec &spec, agent::ContainerEvents events)
{
    if (!spec.isExecutor)
        m_world.ledger.launched(spec.taskId, m_agent);
    const std::string id = spec.containerId;
    m_runs[id] = {spec, std::move(events), false};
    const Duration delay = m_world.chance(0.1) ? m_world.between(1, 20) : m_world.between(0, 0.5);
    if (m_world.chance(0.05)) {
        later(delay, id, [this, id] {
            agent::ContainerTermination termination;
            termination.reason = mesos::v1::TaskStatus::REASON_CONTAINER_LAUNCH_FAILED;
            termination.message = "the simulated engine refused";
            const auto ended = m_runs.extract(id).mapped().events.ended;
            ended(termination);
        });
        return;
    }
    later(delay, id, [this, id] { start(id); });
}

void SimulatedContainerizer::start(const std::string &containerId)
{
    Run &run = m_runs.at(containerId);
    run.started = true;
    const agent::ContainerSpec spec = run.spec; // `run` may be gone after the calls below
    const auto started = run.events.started;
    if (!spec.isExecutor && !m_world.chance(0.25)) { // else it runs until it is killed
        const int status = m_world.chance(0.7) ? 0 : 1;
        later(m_world.between(0, m_world.chance(0.5) ? 1 : 40), containerId,
              [this, containerId, status] { exit(containerId, status); });
    }
    started(status(containerId).value());
    if (spec.isExecutor && onExecutorStarted)
        onExecutorStarted(spec);
}

void SimulatedContainerizer::end(const std::string &containerId, std::optional<int> waitStatus,
                                 bool killed)
{
    const auto at = m_runs.find(containerId);
    if (at == m_runs.end())
        return;
    const Run run = std::move(at->second);
    m_runs.erase(at);
    if (m_world.strikes(Fault::LosesContainerEnds, 0.2))
        return;
    if (onEnded)
        onEnded(containerId);
    agent::ContainerTermination termination;
    termination.waitStatus = waitStatus;
    termination.killed = killed;
    run.events.ended(termination);
}

void SimulatedContainerizer::kill(const std::string &containerId, Duration grace)
{
    const bool obeys = m_world.chance(0.8);
    const Duration delay = obeys ? std::min(grace, m_world.between(0, 1)) : grace;
    later(delay, containerId,
          [this, containerId, obeys] { end(containerId, obeys ? SIGTERM : SIGKILL, true); });
}

void SimulatedContainerizer::destroy(const std::string &containerId)
{
    later(m_world.between(0, 0.5), containerId,
          [this, containerId] { end(containerId, SIGKILL, true); });
}

void SimulatedContainerizer::usage(const std::string &,
                                   std::function<void(Result<mesos::v1::ResourceStatistics>)> done)
{
    m_clock.after(Duration::zero(),
                  [done = std::move(done)] { done(mesos::v1::ResourceStatistics()); });
}

std::optional<mesos::v1::ContainerStatus>
SimulatedContainerizer::status(const std::string &containerId) const
{
    const auto at = m_runs.find(containerId);
    if (at == m_runs.end() || !at->second.started)
        return std::nullopt;
    mesos::v1::ContainerStatus status;
    status.set_executor_pid(4711);
    return status;
}

} // namespace meseta::simulation
