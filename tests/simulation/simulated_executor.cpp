#include "tests/simulation/simulated_executor.h"

namespace meseta::simulation {

using mesos::v1::executor::Call;
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

agent::Executor *SimulatedExecutor::record()
{
    agent::Agent *agent = m_agent();
    return agent ? agent->state().run(m_frameworkId, m_executorId, m_containerId) : nullptr;
}

void SimulatedExecutor::subscribe()
{
    if (m_subscribed)
        return;
    agent::Executor *executor = record();
    if (!executor) // nobody answers, or it is not known: again, until somebody ends it
        return later(m_world.between(0.1, 1), [this] { subscribe(); });
    m_subscribed = true;
    Call::Subscribe call;
    for (const auto &[id, task] : m_tasks) {
        if (!task.acknowledged && task.info.has_task_id())
            *call.add_unacknowledged_tasks() = task.info;
    }
    for (const auto &status : m_updates)
        *call.add_unacknowledged_updates()->mutable_status() = status;
    agent::Agent &agent = *m_agent();
    agent.subscribe(*agent.state().framework(m_frameworkId), *executor, call,
                    std::make_shared<Sink>(weak_from_this()));
}

void SimulatedExecutor::agentDied()
{
    if (std::exchange(m_subscribed, false))
        later(m_world.between(0, 1), [this] { subscribe(); });
}

void SimulatedExecutor::take(const Event &event)
{
    if (event.has_launch())
        later(m_world.between(0, 0.2), [this, task = event.launch().task()] { run(task); });
    if (event.has_kill())
        later(m_world.between(0, 1), [this, id = event.kill().task_id().value()] {
            m_tasks[id]; // it may come before the launch is done
            tell(id, mesos::v1::TASK_KILLED);
        });
    if (event.has_acknowledged()) {
        m_tasks[event.acknowledged().task_id().value()].acknowledged = true;
        std::erase_if(m_updates, [&event](const auto &status) {
            return status.uuid() == event.acknowledged().uuid();
        });
    }
    if (event.type() == Event::SHUTDOWN) {
        later(m_world.between(0, m_world.chance(0.9) ? 1 : 30), [this] {
            for (const auto &[id, task] : std::map(m_tasks))
                tell(id, mesos::v1::TASK_KILLED);
            m_containers.exit(m_containerId, 0);
        });
    }
}

void SimulatedExecutor::run(const mesos::v1::TaskInfo &task)
{
    const std::string id = task.task_id().value();
    if (m_tasks[id].ended)
        return; // killed before
    m_world.ledger.launched(id, m_host);
    m_tasks[id].info = task;
    tell(id, mesos::v1::TASK_RUNNING);
    if (m_world.chance(0.25))
        return;
    later(m_world.between(0, 20), [this, id] {
        tell(id, m_world.chance(0.7) ? mesos::v1::TASK_FINISHED : mesos::v1::TASK_FAILED);
    });
}

void SimulatedExecutor::tell(const std::string &taskId, mesos::v1::TaskState state)
{
    const auto task = m_tasks.find(taskId);
    if (task == m_tasks.end() || task->second.ended)
        return;
    task->second.ended = isEnd(state);
    mesos::v1::TaskStatus status;
    status.mutable_task_id()->set_value(taskId);
    status.set_state(state);
    status.set_uuid(m_world.random.uuidBytes());
    m_updates.push_back(status);
    agent::Executor *executor = m_subscribed ? record() : nullptr;
    if (executor && executor->link) // else it is told again with the next subscription
        m_agent()->update(*m_agent()->state().framework(m_frameworkId), *executor, status);
}

} // namespace meseta::simulation
