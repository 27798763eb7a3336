#include "daemons/agent/core/framework_operations.h"

#include "daemons/agent/core/agent_log.h"
#include "daemons/agent/executors/executor_link.h"

namespace meseta::agent {

using namespace mesos::internal;

FrameworkOperations::FrameworkOperations(AgentContext context, AgentState &state,
                                         StatusReporter &reporter, ExecutorLifecycle &lifecycle,
                                         Checkpointer &checkpointer)
    : m_context(context)
    , m_state(state)
    , m_reporter(reporter)
    , m_lifecycle(lifecycle)
    , m_checkpointer(checkpointer)
{ }

void FrameworkOperations::shutdown(const ShutdownFrameworkMessage &message)
{
    const std::string &id = message.framework_id().value();
    if (Framework *framework = m_state.framework(id)) {
        qCInfo(agentLog) << "shutting down framework" << id.c_str();
        m_lifecycle.shutdownFramework(*framework);
    } else {
        m_reporter.streams().forget(id);
    }
}

void FrameworkOperations::update(const UpdateFrameworkMessage &message)
{
    Framework *framework = m_state.framework(message.framework_id().value());
    if (!framework || framework->state == Framework::State::Terminating)
        return;
    const bool checkpoint = framework->info.checkpoint();
    if (message.has_framework_info())
        framework->info = message.framework_info();
    if (const auto pid = messages::Pid::parse(message.pid()); pid && pid->port != 0)
        framework->pid = *pid;
    else
        framework->pid.reset();
    if (framework->info.checkpoint() != checkpoint)
        framework->info.set_checkpoint(checkpoint); // fixed when its first task came
    m_checkpointer.framework(*framework);
    m_reporter.streams().resend(framework->id());
}

void FrameworkOperations::shutdownExecutor(const ShutdownExecutorMessage &message)
{
    Framework *framework = m_state.framework(message.framework_id().value());
    Executor *executor = framework ? framework->executor(message.executor_id().value()) : nullptr;
    if (!executor || m_state.lifecycle != AgentState::Lifecycle::Running) {
        qCInfo(agentLog) << "ignoring the shutdown of executor"
                         << message.executor_id().value().c_str();
        return;
    }
    m_lifecycle.shutdown(*framework, *executor);
}

void FrameworkOperations::toExecutor(const FrameworkToExecutorMessage &message)
{
    Executor *executor =
        m_state.executor(message.framework_id().value(), message.executor_id().value());
    if (!executor || executor->state != Executor::State::Running || !executor->link) {
        ++m_state.counters.invalidFrameworkMessages;
        return;
    }
    ++m_state.counters.validFrameworkMessages;
    executor->link->message(message.data());
}

void FrameworkOperations::fromExecutor(const Framework &framework, const Executor &executor,
                                       const std::string &data)
{
    ExecutorToFrameworkMessage message;
    *message.mutable_slave_id() = m_state.info.id();
    *message.mutable_framework_id() = framework.info.id();
    *message.mutable_executor_id() = executor.info.executor_id();
    message.set_data(data);
    m_context.outbox.send(framework.pid.value_or(m_context.config.master), message);
}

} // namespace meseta::agent
