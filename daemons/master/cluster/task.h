#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/resources/resources.h"
#include "mesos/v1/task.pb.h"

namespace meseta::master {

/// TASK_FINISHED, FAILED, KILLED, ERROR, LOST, DROPPED, GONE and GONE_BY_OPERATOR end a task;
/// UNREACHABLE and UNKNOWN do not. Source: Mesos task states.
bool isTerminal(mesos::v1::TaskState state);

/// A task the master knows. What describes it is kept once, as the bytes of the unchanging fields
/// of mesos.v1.Task; what changes stands beside them. A hundred thousand of these cost their bytes,
/// not trees of objects.
class Task
{
public:
    /// A task that is launched now: TASK_STAGING. `info` has its executor, agent id and allocated
    /// resources filled in.
    Task(const mesos::v1::TaskInfo &info, const std::string &frameworkId);

    /// A task that an agent reports when it re-registers.
    explicit Task(const mesos::v1::Task &task);

    Task(const Task &) = delete;
    Task &operator=(const Task &) = delete;

    std::string_view id() const { return view(m_id); }
    std::string_view name() const { return view(m_name); }
    std::string_view frameworkId() const { return view(m_frameworkId); }
    std::string_view agentId() const { return view(m_agentId); }
    std::string_view executorId() const { return view(m_executorId); } ///< empty for command tasks

    mesos::v1::TaskState state() const { return m_state; }
    bool terminal() const { return isTerminal(m_state); }

    /// State and uuid of the newest update sent to the framework that asks for an acknowledgement.
    std::optional<mesos::v1::TaskState> statusUpdateState() const { return m_updateState; }
    const std::string &statusUpdateUuid() const { return m_updateUuid; } ///< 16 bytes, or empty

    Resources resources() const; ///< parsed from the bytes at each call
    std::string allocationRole() const; ///< of its resources; "*" when they name none

    void setState(mesos::v1::TaskState state) { m_state = state; }
    void setStatusUpdate(mesos::v1::TaskState state, const std::string &uuid);

    /// Appends to the history; a status of the same state as the last one takes its place. `data`
    /// is not kept.
    void addStatus(const mesos::v1::TaskStatus &status);

    bool hasStatus() const { return !m_statuses.empty(); }
    std::optional<mesos::v1::TaskStatus> lastStatus() const;
    double firstStatusTime() const
    {
        return m_firstStatusTime;
    } ///< seconds since the epoch; 0 before the first status
    double lastStatusTime() const { return m_lastStatusTime; }

    /// Whether its resources count as used: not yet terminal, unreachable or otherwise given back.
    bool holdsResources() const { return m_holdsResources; }
    void setHoldsResources(bool holds) { m_holdsResources = holds; }

    /// Serialized as mesos.v1.Task: a copy of bytes.
    void appendTo(std::string &out) const;
    std::size_t serializedSize() const;
    mesos::v1::Task toProto() const;

    std::size_t agentIndex = 0; ///< place in its agent's list, kept by Cluster
    bool killRequested = false; ///< told again to an agent that comes back with the task

private:
    struct Slice
    {
        std::uint32_t offset = 0;
        std::uint32_t size = 0;
    };

    template <typename Description>
    void describe(const Description &from, const std::string &frameworkId,
                  const std::string *executorId, const std::string *user);
    Slice appendId(int field, const std::string &value);
    std::string_view view(Slice slice) const
    {
        return {m_description.data() + slice.offset, slice.size};
    }
    template <typename Sink> void writeParts(Sink &&sink) const;

    std::string m_description; ///< fields 1 to 5, then 7, then 11 and up
    std::uint32_t m_resourcesAt = 0; ///< where field 7 begins
    std::uint32_t m_tailAt = 0; ///< where field 11 begins
    Slice m_name, m_id, m_frameworkId, m_agentId, m_executorId;
    std::string m_statuses; ///< repeated field 8, framed
    std::uint32_t m_lastStatusAt = 0;
    mesos::v1::TaskState m_state;
    mesos::v1::TaskState m_lastStatusState = mesos::v1::TASK_STAGING;
    std::optional<mesos::v1::TaskState> m_updateState;
    bool m_holdsResources = true;
    std::string m_updateUuid;
    double m_firstStatusTime = 0;
    double m_lastStatusTime = 0;
};

/// Tasks kept for the record, oldest forgotten first.
class TaskHistory
{
public:
    explicit TaskHistory(std::size_t limit) : m_limit(limit) { }

    void add(std::unique_ptr<Task> task);
    const Task *find(std::string_view id) const;
    std::unique_ptr<Task> take(std::string_view id);
    /// One that ended at this time (seconds since the epoch) is not here, and would not be the
    /// first to go.
    bool wantsPast(std::string_view id, double endTime) const;
    /// Adds such a one among those that ended before and after it.
    void addPast(std::unique_ptr<Task> task);
    void setLimit(std::size_t limit);

    std::size_t size() const { return m_tasks.size(); }
    auto begin() const { return m_tasks.begin(); } ///< oldest first, std::unique_ptr<Task>
    auto end() const { return m_tasks.end(); }

private:
    void trim();
    std::deque<std::unique_ptr<Task>>::const_iterator firstAfter(double endTime) const;

    std::size_t m_limit;
    std::deque<std::unique_ptr<Task>> m_tasks;
    std::unordered_map<std::string_view, Task *> m_byId; ///< the newest of each id
};

} // namespace meseta::master
