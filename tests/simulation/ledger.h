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

    Transcript &m_transcript;
    std::map<std::string, std::string> m_launched; ///< task id to agent
    std::map<std::string, Task> m_tasks;
    std::set<std::pair<std::string, std::string>> m_acknowledged; ///< framework id and uuid
    std::size_t m_delivered = 0;
};

/// Whether a state that an agent told ends a task for good.
bool isEnd(mesos::v1::TaskState state);

} // namespace meseta::simulation
