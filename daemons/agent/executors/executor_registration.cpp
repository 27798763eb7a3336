#include "daemons/agent/executors/executor_registration.h"

#include "daemons/agent/core/agent_log.h"
#include "daemons/agent/executors/driver_link.h"
#include "daemons/agent/registration/slave_info.h"

namespace meseta::agent {

using mesos::v1::TaskStatus;
using mesos::v1::executor::Call;
using mesos::v1::executor::Event;

ExecutorRegistration::ExecutorRegistration(AgentContext context, AgentState &state,
                                           StatusReporter &reporter, ExecutorLifecycle &lifecycle,
                                           TaskLauncher &launcher, Checkpointer &checkpointer)
    : m_context(context)
    , m_state(state)
    , m_reporter(reporter)
    , m_lifecycle(lifecycle)
    , m_launcher(launcher)
    , m_checkpointer(checkpointer)
{ }

void ExecutorRegistration::subscribe(Framework &framework, Executor &executor,
                                     const Call::Subscribe &call,
                                     std::shared_ptr<ExecutorEventSink> sink)
{
    const bool mustGo = executor.state == Executor::State::Terminating
        || executor.state == Executor::State::Terminated
        || framework.state == Framework::State::Terminating
        || m_state.lifecycle == AgentState::Lifecycle::Terminating;
    if (mustGo) {
        EventLink link(sink);
        link.shutdown();
        link.close();
        return;
    }
    // What it is told now, a later agent takes for delivered.
    m_checkpointer.http(framework, executor,
                        [this, frameworkId = framework.id(), id = executor.id(),
                         run = executor.containerId, call, sink](const Result<> &) {
                            Executor *current = m_state.run(frameworkId, id, run);
                            if (current && current->state <= Executor::State::Running)
                                welcome(*m_state.framework(frameworkId), *current, call, sink);
                            else
                                sink->close();
                        });
}

void ExecutorRegistration::welcome(Framework &framework, Executor &executor,
                                   const Call::Subscribe &call,
                                   const std::shared_ptr<ExecutorEventSink> &sink)
{
    if (executor.link)
        executor.link->close(); // the newest connection wins
    executor.link = std::make_shared<EventLink>(sink);
    tellSubscribed(framework, executor, *sink);
    takeUpdates(framework, executor, call);
    std::set<std::string> known;
    for (const auto &task : call.unacknowledged_tasks())
        known.insert(task.task_id().value());
    dropUndelivered(framework, executor, known);
    nowRunning(framework, executor);
}

void ExecutorRegistration::nowRunning(Framework &framework, Executor &executor)
{
    m_context.patience.cancel(executor.registrationTimer);
    executor.registrationTimer = 0;
    executor.state = Executor::State::Running;
    const bool back = std::exchange(executor.awaited, false);
    if (back && onBack)
        onBack();
    if (!back && !executor.hasIncompleteTasks() && executor.completed.empty()) {
        qCInfo(agentLog) << "executor" << executor.id().c_str()
                         << "has no task left; shutting it down";
        m_lifecycle.shutdown(framework, executor);
        return;
    }
    m_launcher.deliverQueued(executor);
}

void ExecutorRegistration::tellSubscribed(const Framework &framework, const Executor &executor,
                                          ExecutorEventSink &sink) const
{
    Event event;
    event.set_type(Event::SUBSCRIBED);
    Event::Subscribed &subscribed = *event.mutable_subscribed();
    *subscribed.mutable_executor_info() = executor.info;
    *subscribed.mutable_framework_info() = framework.info;
    *subscribed.mutable_agent_info() = m_state.info;
    subscribed.mutable_container_id()->set_value(executor.containerId);
    sink.send(event);
}

void ExecutorRegistration::takeUpdates(Framework &framework, Executor &executor,
                                       const Call::Subscribe &call)
{
    for (const Call::Update &update : call.unacknowledged_updates())
        m_reporter.fromExecutor(framework, executor, update.status());
}

void ExecutorRegistration::dropUndelivered(Framework &framework, Executor &executor,
                                           const std::set<std::string> &known)
{
    std::vector<std::string> lost;
    for (const auto &[id, task] : executor.launched) {
        if (task.state() == mesos::v1::TASK_STAGING && known.count(id) == 0)
            lost.push_back(id);
    }
    for (const std::string &taskId : lost)
        m_reporter.drop(framework, executor.id(), taskId, TaskStatus::REASON_AGENT_RESTARTED,
                        "The task never reached its executor: the connection between agent and "
                        "executor was down");
}

void ExecutorRegistration::registerDriver(const messages::Pid &from,
                                          const mesos::internal::RegisterExecutorMessage &message)
{
    Framework *framework = m_state.framework(message.framework_id().value());
    Executor *executor = framework ? framework->executor(message.executor_id().value()) : nullptr;
    if (!executor || executor->isCommand || executor->state != Executor::State::Registering
        || framework->state == Framework::State::Terminating) {
        m_context.outbox.send(from, mesos::internal::ShutdownExecutorMessage());
        return;
    }
    // Kept before it is told: drivers do not come back by themselves.
    m_checkpointer.driver(*framework, *executor, from,
                          [this, frameworkId = framework->id(), id = executor->id(),
                           run = executor->containerId, from](const Result<> &) {
                              Executor *current = m_state.run(frameworkId, id, run);
                              if (current && current->state == Executor::State::Registering)
                                  welcomeDriver(*m_state.framework(frameworkId), *current, from);
                          });
}

void ExecutorRegistration::welcomeDriver(Framework &framework, Executor &executor,
                                         const messages::Pid &from)
{
    executor.link = std::make_shared<DriverLink>(m_context, m_state, framework, executor, from);
    m_context.outbox.link(from);

    mesos::internal::ExecutorRegisteredMessage answer;
    *answer.mutable_executor_info() = executor.info;
    *answer.mutable_framework_id() = framework.info.id();
    *answer.mutable_framework_info() = framework.info;
    *answer.mutable_slave_id() = m_state.info.id();
    *answer.mutable_slave_info() = toSlaveInfo(m_state.info);
    m_context.outbox.send(from, answer);
    nowRunning(framework, executor);
}

void ExecutorRegistration::reregisterDriver(
    const messages::Pid &from, const mesos::internal::ReregisterExecutorMessage &message)
{
    Framework *framework = m_state.framework(message.framework_id().value());
    Executor *executor = framework ? framework->executor(message.executor_id().value()) : nullptr;
    if (!executor || executor->isCommand || executor->state != Executor::State::Registering
        || framework->state == Framework::State::Terminating) {
        qCInfo(agentLog) << "executor" << message.executor_id().value().c_str()
                         << "came back, but is not expected; shutting it down";
        m_context.outbox.send(from, mesos::internal::ShutdownExecutorMessage());
        return;
    }
    executor->link = std::make_shared<DriverLink>(m_context, m_state, *framework, *executor, from);
    m_context.outbox.link(from);
    mesos::internal::ExecutorReregisteredMessage answer;
    *answer.mutable_slave_id() = m_state.info.id();
    *answer.mutable_slave_info() = toSlaveInfo(m_state.info);
    m_context.outbox.send(from, answer);

    for (const auto &update : message.updates()) {
        TaskStatus status = update.status();
        status.set_uuid(update.uuid());
        status.set_timestamp(update.timestamp());
        m_reporter.fromExecutor(*framework, *executor, std::move(status));
    }
    std::set<std::string> known;
    for (const auto &task : message.tasks())
        known.insert(task.task_id().value());
    dropUndelivered(*framework, *executor, known);
    nowRunning(*framework, *executor);
}

} // namespace meseta::agent
