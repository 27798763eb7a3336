#include "daemons/agent/executors/driver_link.h"

namespace meseta::agent {

using namespace mesos::internal;

DriverLink::DriverLink(AgentContext context, const AgentState &state, const Framework &framework,
                       const Executor &executor, messages::Pid peer)
    : m_context(context)
    , m_state(state)
    , m_framework(framework.info)
    , m_executorId(executor.info.executor_id())
    , m_frameworkPid(framework.pid ? framework.pid->text() : "@0.0.0.0:0")
    , m_peer(std::move(peer))
{ }

void DriverLink::launch(const mesos::v1::TaskInfo &task)
{
    RunTaskMessage message;
    *message.mutable_framework() = m_framework;
    *message.mutable_task() = task;
    message.set_pid(m_frameworkPid);
    m_context.outbox.send(m_peer, message);
}

void DriverLink::kill(const std::string &taskId, const mesos::v1::KillPolicy *policy)
{
    KillTaskMessage message;
    *message.mutable_framework_id() = m_framework.id();
    message.mutable_task_id()->set_value(taskId);
    if (policy)
        *message.mutable_kill_policy() = *policy;
    m_context.outbox.send(m_peer, message);
}

void DriverLink::acknowledged(const std::string &taskId, const std::string &uuid)
{
    StatusUpdateAcknowledgementMessage message;
    *message.mutable_slave_id() = m_state.info.id();
    *message.mutable_framework_id() = m_framework.id();
    message.mutable_task_id()->set_value(taskId);
    message.set_uuid(uuid);
    m_context.outbox.send(m_peer, message);
}

void DriverLink::message(const std::string &data)
{
    FrameworkToExecutorMessage message;
    *message.mutable_slave_id() = m_state.info.id();
    *message.mutable_framework_id() = m_framework.id();
    *message.mutable_executor_id() = m_executorId;
    message.set_data(data);
    m_context.outbox.send(m_peer, message);
}

void DriverLink::shutdown()
{
    m_context.outbox.send(m_peer, ShutdownExecutorMessage());
}

} // namespace meseta::agent
