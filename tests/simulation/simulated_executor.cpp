#include "tests/simulation/simulated_executor.h"

namespace meseta::simulation {

using mesos::v1::executor::Event;

namespace {

class Sink final : public agent::ExecutorEventSink
{
public:
    explicit Sink(std::weak_ptr<SimulatedExecutor> executor) : m_executor(std::move(executor)) { }

    void send(const Event &event) override
    {
        if (const auto executor = m_executor.lock())
            executor->take(event);
    }
    void close() override { m_executor.reset(); }

private:
    std::weak_ptr<SimulatedExecutor> m_executor;
};

} // namespace

void SimulatedExecutor::later(Duration delay, std::function<void()> act)
{
    m_clock.after(delay, [self = weak_from_this(), act = std::move(act)] {
        const auto alive = self.lock();
        if (alive && !alive->m_stopped)
            act();
    });
}

void SimulatedExecutor::start()
{
    if (m_world.chance(0.03))
        return; // it hangs; the agent gives it up
    later(m_world.between(0, 2), [this] { subscribe(); });
    if (m_world.chance(0.1))
        later(m_world.between(0, 60), [this] { m_containers.exit(m_containerId, 1); });
}

void SimulatedExecutor::subscribe()
{
    agent::Framework *framework = m_agent.state().framework(m_frameworkId);
    agent::Executor *executor = framework ? framework->executor(m_executorId) : nullptr;
    if (!executor || executor->containerId != m_containerId)
        return;
    m_agent.subscribe(*framework, *executor, {}, std::make_shared<Sink>(weak_from_this()));
}

void SimulatedExecutor::take(const Event &event)
{
    if (event.has_launch())
        later(m_world.between(0, 0.2), [this, task = event.launch().task()] { run(task); });
    if (event.has_kill())
        later(m_world.between(0, 1),
              [this, id = event.kill().task_id().value()] { tell(id, mesos::v1::TASK_KILLED); });
    if (event.type() == Event::SHUTDOWN) {
        later(m_world.between(0, m_world.chance(0.9) ? 1 : 30), [this] {
            for (const auto &[id, ended] : std::map(m_tasks))
                tell(id, mesos::v1::TASK_KILLED);
            m_containers.exit(m_containerId, 0);
        });
    }
}

void SimulatedExecutor::run(const mesos::v1::TaskInfo &task)
{
    const std::string id = task.task_id().value();
    m_world.ledger.launched(id, m_host);
    m_tasks.emplace(id, false);
    tell(id, mesos::v1::TASK_RUNNING);
    if (m_world.chance(0.25))
        return;
    later(m_world.between(0, 20), [this, id] {
        tell(id, m_world.chance(0.7) ? mesos::v1::TASK_FINISHED : mesos::v1::TASK_FAILED);
    });
}

void SimulatedExecutor::tell(const std::string &taskId, mesos::v1::TaskState state)
{
    bool &ended = m_tasks[taskId];
    agent::Framework *framework = m_agent.state().framework(m_frameworkId);
    agent::Executor *executor = framework ? framework->executor(m_executorId) : nullptr;
    if (ended || !executor || executor->containerId != m_containerId)
        return;
    ended = isEnd(state);
    mesos::v1::TaskStatus status;
    status.mutable_task_id()->set_value(taskId);
    status.set_state(state);
    status.set_uuid(m_world.random.uuidBytes());
    m_agent.update(*framework, *executor, status);
}

} // namespace meseta::simulation
