#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "mesos/internal/messages.pb.h"
#include "tests/simulation/transcript.h"

namespace meseta::simulation {

/// Sees what no single process can see, and holds the promises made about tasks and their status
/// updates: a task is launched once; its updates arrive in the order its agent sent them; what a
/// scheduler acknowledged is not sent again once the agent knows; and nothing follows the end of a
/// task.
class Ledger
{
public:
    explicit Ledger(Transcript &transcript) : m_transcript(transcript) { }

    /// A container was started for the task.
    void launched(const std::string &taskId, const std::string &agent);
    /// An agent sends an update (perhaps again).
    void updateSent(const mesos::internal::StatusUpdate &update);
    /// An agent keeps an update: it must arrive, whatever happens to the agent's process.
    void updateKept(const mesos::internal::StatusUpdate &update);
    /// An agent is told to end a framework: it keeps nothing of it any more.
    void shutDown(const std::string &agent, const std::string &framework)
    {
        m_shutDown.emplace(agent, framework);
    }
    bool isShutDown(const std::string &agent, const std::string &framework) const
    {
        return m_shutDown.contains({agent, framework});
    }
    /// An agent leaves, was given up by its master, or lost what was not flushed: what it kept may
    /// be superseded by what the master says.
    void excuse(const std::string &agent) { m_excused.insert(agent); }
    bool isExcused(const std::string &agent) const { return m_excused.contains(agent); }
    /// An update that was kept by an agent that is still there, for a framework that is, and never
    /// arrived; empty when there is none.
    std::string missing(const std::set<std::string> &agents,
                        const std::set<std::string> &frameworks) const;
    /// An agent has processed an acknowledgement, in the name of a framework: a scheduler that got
    /// another id since the update came acknowledges nothing.
    void acknowledged(const std::string &frameworkId, const std::string &uuid)
    {
        m_acknowledged.emplace(frameworkId, uuid);
    }
    /// A scheduler is told of a task.
    void updateDelivered(const mesos::v1::TaskStatus &status);

    std::size_t launches() const { return m_launched.size(); }
    std::size_t updates() const { return m_delivered; }

private:
    struct Task
    {
        std::map<std::string, std::size_t> order; ///< uuid to its number
        std::size_t last = 0; ///< the highest number delivered
        mesos::v1::TaskState end =
            mesos::v1::TASK_STAGING; ///< the end its scheduler was told, if any
    };

    struct KeptUpdate
    {
        std::string agent, framework, text;
    };

    Transcript &m_transcript;
    std::map<std::string, KeptUpdate> m_kept; ///< not delivered, by uuid
    std::set<std::pair<std::string, std::string>> m_shutDown; ///< agent and framework
    std::set<std::string> m_excused; ///< agents
    std::set<std::string> m_arrived; ///< uuids
    std::map<std::string, std::string> m_launched; ///< task id to agent
    std::map<std::string, Task> m_tasks;
    std::set<std::pair<std::string, std::string>> m_acknowledged; ///< framework id and uuid
    std::size_t m_delivered = 0;
};

/// Whether a state that an agent told ends a task for good.
bool isEnd(mesos::v1::TaskState state);

} // namespace meseta::simulation
