#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "daemons/agent/checkpoint/checkpointer.h"
#include "daemons/agent/core/agent_context.h"
#include "daemons/agent/core/agent_state.h"
#include "daemons/agent/status_updates/update_streams.h"

namespace meseta::agent {

/// What the agent itself has to say about a task.
struct AgentVerdict
{
    mesos::v1::TaskState state = mesos::v1::TASK_FAILED;
    mesos::v1::TaskStatus::Reason reason = mesos::v1::TaskStatus::REASON_EXECUTOR_TERMINATED;
    std::string message;
    std::optional<mesos::v1::TaskResourceLimitation> limitation = {};
};

/// Takes what executors and the agent say about tasks, keeps the records true, and hands it to the
/// update streams.
class StatusReporter
{
public:
    StatusReporter(AgentContext context, AgentState &state, Checkpointer &checkpointer);

    /// Called when a run has no more tasks to answer for.
    std::function<void(Executor &)> onIdle;
    /// Called when a task of an executor has ended, before anybody is told.
    std::function<void(Executor &)> onTaskEnded;

    /// An executor's status (uuid set): filled in, recorded, streamed, and acknowledged to the
    /// executor.
    void fromExecutor(Framework &framework, Executor &executor, mesos::v1::TaskStatus status);

    /// The agent's own status; `executorId` empty when there is none. For a known task its records
    /// follow.
    void fromAgent(Framework &framework, const std::string &executorId, const std::string &taskId,
                   const AgentVerdict &verdict);

    /// TASK_DROPPED, or TASK_LOST when the framework is not partition aware.
    void drop(Framework &framework, const std::string &executorId, const std::string &taskId,
              mesos::v1::TaskStatus::Reason reason, const std::string &message);

    /// The framework's acknowledgement, through the master.
    void acknowledged(const std::string &frameworkId, const std::string &taskId,
                      const std::string &uuid);

    UpdateStreams &streams() { return m_streams; }
    const UpdateStreams &streams() const { return m_streams; }

private:
    /// Keeps the update and puts it into its stream; `kept` once a later agent would know of it.
    void deliver(Framework &framework, const std::string &executorId,
                 const mesos::v1::TaskStatus &status, std::function<void()> kept);
    std::function<void()> acknowledgement(const Executor &executor,
                                          const mesos::v1::TaskStatus &status);
    bool record(Executor &executor, const mesos::v1::TaskStatus &status);
    void tellDraining(const Framework &framework, mesos::v1::TaskStatus &status) const;
    void fillContainerStatus(const Executor &executor, mesos::v1::TaskStatus &status);
    void takeAcknowledgement(const std::string &frameworkId, const std::string &taskId,
                             const std::string &uuid);
    void forward(const UpdateStreams::Update &update);
    void count(mesos::v1::TaskState state);

    AgentContext m_context;
    AgentState &m_state;
    Checkpointer &m_checkpointer;
    UpdateStreams m_streams;
    std::set<std::string> m_acknowledging; ///< uuids whose acknowledgement is being kept
};

} // namespace meseta::agent
