#pragma once

#include <functional>
#include <set>
#include <string>

#include "common/base/result.h"
#include "daemons/agent/checkpoint/layout.h"
#include "daemons/agent/checkpoint/task_records.h"
#include "daemons/agent/core/agent_context.h"
#include "daemons/agent/core/agent_state.h"
#include "mesos/internal/messages.pb.h"

namespace meseta::agent {

/// Says what has to be kept for a later agent when something changes. Of frameworks without
/// checkpointing nothing is kept: then `done` is called at once, with success.
class Checkpointer
{
public:
    using Done = std::function<void(const Result<> &)>;

    Checkpointer(AgentContext context, const AgentState &state);

    /// The agent has its id: slave.info and the `latest` link.
    void agent();
    /// Which start of the machine this is.
    void bootId(const std::string &id);
    void drain();
    /// The agent leaves for good: the next one of this work_dir is a new one.
    void forgetAgent(Done done);

    void framework(const Framework &framework);
    /// An earlier agent kept this framework.
    void knows(const Framework &framework) { m_kept.insert(framework.id()); }
    /// A new run with its first task, and its framework when it is new here.
    void launch(const Framework &framework, const Executor &executor,
                const mesos::v1::TaskInfo &task, Done done);
    /// Another task for a run that is kept already.
    void task(const Framework &framework, const Executor &executor, const mesos::v1::TaskInfo &task,
              Done done);

    void driver(const Framework &framework, const Executor &executor, const messages::Pid &pid,
                Done done);
    void http(const Framework &framework, const Executor &executor, Done done);
    /// The executor has exited; `done` before the master hears of it: what it held may be given
    /// away from then on, and a later agent must not claim it.
    void exited(const Framework &framework, const Executor &executor, Done done);
    void forked(const Framework &framework, const Executor &executor, std::uint32_t pid);

    void update(const Framework &framework, const Executor &executor,
                const mesos::internal::StatusUpdate &update, Done done);
    void acknowledgement(const Framework &framework, const Executor &executor,
                         const std::string &taskId, const std::string &uuid, Done done);
    void ending(const Framework &framework, const Executor &executor, const std::string &taskId,
                const TaskEnding &ending, Done done);

    /// A run is over and all of its updates are acknowledged. Its records stay, as history, until
    /// they are forgotten.
    void over(const Framework &framework, const Executor &executor, Done done);
    /// Nothing of this framework is left but history.
    void over(const Framework &framework) { m_kept.erase(framework.id()); }

    /// A later agent need not list this task that is over; its run goes on.
    void forgetTask(const Framework &framework, const Executor &executor,
                    const std::string &taskId);
    /// Nor this run, which is over: its sandbox was collected, or there are newer ones enough. With
    /// the last run go its executor's and its framework's own records.
    void forget(const Framework &framework, Executor &run);
    /// Nor anything of this framework.
    void forget(const Framework &framework);
    /// Takes away what was over when the earlier agent died.
    void remove(const std::vector<std::string> &leftovers);

private:
    layout::FrameworkPath pathOf(const Framework &framework) const;
    layout::RunPath pathOf(const Framework &framework, const Executor &executor) const;
    CheckpointChange taskChange(const Framework &framework, const Executor &executor,
                                const mesos::v1::TaskInfo &task) const;
    std::vector<CheckpointChange> frameworkChanges(const Framework &framework) const;
    void persist(std::vector<CheckpointChange> changes, Done done);

    AgentContext m_context;
    const AgentState &m_state;
    std::set<std::string> m_kept; ///< frameworks whose own files are there
};

} // namespace meseta::agent
