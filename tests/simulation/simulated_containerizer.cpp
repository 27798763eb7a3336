#include "tests/simulation/simulated_containerizer.h"

#include <csignal>

namespace meseta::simulation {

void SimulatedContainerizer::whenReady(std::function<void(Result<>)> done)
{
    if (m_world.chance(0.8))
        return done({});
    m_clock.after(m_world.between(0, 2), // the engine is slow today
                  [this, life = m_agentLife, done = std::move(done)] {
                      if (life == m_agentLife)
                          done({});
                  });
}

/// Unless this run of the container is over by then.
void SimulatedContainerizer::later(Duration delay, const std::string &containerId,
                                   std::function<void()> act)
{
    const auto run = m_runs.find(containerId);
    if (run == m_runs.end())
        return;
    m_clock.after(delay, [this, containerId, number = run->second.number, act = std::move(act)] {
        const auto at = m_runs.find(containerId);
        if (at != m_runs.end() && at->second.number == number)
            act();
    });
}

void SimulatedContainerizer::launch(const agent::ContainerSpec &spec, agent::ContainerEvents events)
{
    const std::string id = spec.containerId;
    m_runs[id] = {spec, std::move(events), ++m_launches};
    const Duration delay = m_world.chance(0.1) ? m_world.between(1, 20) : m_world.between(0, 0.5);
    if (m_world.chance(0.05)) {
        later(delay, id, [this, id] {
            agent::ContainerTermination termination;
            termination.reason = mesos::v1::TaskStatus::REASON_CONTAINER_LAUNCH_FAILED;
            termination.message = "the simulated engine refused";
            const Run run = std::move(m_runs.extract(id).mapped());
            if (run.spec.checkpoint)
                m_ends[id] = termination;
            if (run.events.ended)
                run.events.ended(termination);
        });
        return;
    }
    later(delay, id, [this, id] { start(id); });
}

void SimulatedContainerizer::start(const std::string &containerId)
{
    Run &run = m_runs.at(containerId);
    run.started = true;
    if (!run.spec.isExecutor)
        m_world.ledger.launched(run.spec.taskId, m_agent);
    const agent::ContainerSpec spec = run.spec; // `run` may be gone after the calls below
    const auto started = run.events.started;
    if (!spec.isExecutor && !m_world.chance(0.25)) { // else it runs until it is killed
        const int status = m_world.chance(0.7) ? 0 : 1;
        later(m_world.between(0, m_world.chance(0.5) ? 1 : 40), containerId,
              [this, containerId, status] { exit(containerId, status); });
    }
    if (started)
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
    if (run.spec.checkpoint && (run.events.ended || m_world.fault != Fault::ForgetsEnds))
        m_ends[containerId] = termination;
    if (run.events.ended)
        run.events.ended(termination);
}

void SimulatedContainerizer::tellLater(std::function<void()> tell)
{
    m_clock.after(Duration::zero(), [this, life = m_agentLife, tell = std::move(tell)] {
        if (life == m_agentLife)
            tell();
    });
}

bool SimulatedContainerizer::recover(const agent::ContainerSpec &spec,
                                     agent::ContainerEvents events)
{
    const std::string &id = spec.containerId;
    if (m_world.strikes(Fault::DoubtsContainers, 0.3))
        return false;
    const auto run = m_runs.find(id);
    if (run != m_runs.end()) {
        run->second.events = std::move(events);
        if (run->second.started)
            tellLater([this, id] {
                const auto still = m_runs.find(id);
                if (still != m_runs.end() && still->second.events.started)
                    still->second.events.started(status(id).value());
            });
        return true;
    }
    const auto end = m_ends.find(id);
    if (end == m_ends.end())
        return false;
    tellLater([ended = std::move(events.ended), termination = end->second] { ended(termination); });
    return true;
}

void SimulatedContainerizer::agentDied()
{
    ++m_agentLife;
    std::vector<std::string> end;
    for (auto &[id, run] : m_runs) {
        run.events = {};
        // What was about to start may have got there, or not.
        if (!run.spec.checkpoint || (!run.started && m_world.chance(0.5)))
            end.push_back(id);
    }
    for (const std::string &id : end) {
        m_runs.erase(id);
        if (onEnded)
            onEnded(id);
    }
}

void SimulatedContainerizer::losePower()
{
    for (const auto &[id, run] : std::exchange(m_runs, {})) {
        if (onEnded)
            onEnded(id);
    }
    m_ends.clear();
}

void SimulatedContainerizer::cleanOrphans(const std::vector<std::string> &known,
                                          std::function<void(Result<int>)> done)
{
    std::vector<std::string> orphans;
    for (const auto &[id, run] : m_runs) {
        if (std::find(known.begin(), known.end(), id) == known.end())
            orphans.push_back(id);
    }
    for (const std::string &id : orphans)
        destroy(id);
    std::erase_if(m_ends, [&known](const auto &end) {
        return std::find(known.begin(), known.end(), end.first) == known.end();
    });
    done(static_cast<int>(orphans.size()));
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
    tellLater([done = std::move(done)] { done(mesos::v1::ResourceStatistics()); });
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
