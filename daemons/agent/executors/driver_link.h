#pragma once

#include "daemons/agent/core/agent_context.h"
#include "daemons/agent/core/agent_state.h"
#include "daemons/agent/executors/executor_link.h"

namespace meseta::agent {

/// An executor that uses the libmesos driver: every call is a daemon message to its process.
/// Source: Mesos daemon messages, driver executor.
class DriverLink final : public ExecutorLink
{
public:
    DriverLink(AgentContext context, const AgentState &state, const Framework &framework,
               const Executor &executor, messages::Pid peer);

    void launch(const mesos::v1::TaskInfo &task) override;
    void kill(const std::string &taskId, const mesos::v1::KillPolicy *policy) override;
    void acknowledged(const std::string &taskId, const std::string &uuid) override;
    void message(const std::string &data) override;
    void shutdown() override;
    void close() override { }

private:
    AgentContext m_context;
    const AgentState &m_state;
    mesos::v1::FrameworkInfo m_framework;
    mesos::v1::ExecutorID m_executorId;
    std::string m_frameworkPid;
    messages::Pid m_peer;
};

} // namespace meseta::agent
