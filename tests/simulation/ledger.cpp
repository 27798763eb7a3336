#include "tests/simulation/ledger.h"

#include "daemons/master/cluster/task.h"

namespace meseta::simulation {

namespace {

/// States that say that a task is there and has not ended.
bool isLife(mesos::v1::TaskState state)
{
    return state == mesos::v1::TASK_STAGING || state == mesos::v1::TASK_STARTING
        || state == mesos::v1::TASK_RUNNING || state == mesos::v1::TASK_KILLING;
}

} // namespace

bool isEnd(mesos::v1::TaskState state)
{
    return master::isTerminal(state);
}

void Ledger::launched(const std::string &taskId, const std::string &agent)
{
    const auto [at, isNew] = m_launched.try_emplace(taskId, agent);
    if (!isNew)
        m_transcript.violated("a task is launched once: " + taskId + " was launched on "
                              + at->second + " and again on " + agent);
}

void Ledger::updateSent(const mesos::internal::StatusUpdate &update)
{
    const std::string &taskId = update.status().task_id().value();
    if (m_acknowledged.contains({update.framework_id().value(), update.uuid()}))
        m_transcript.violated("an acknowledged update is not sent again: "
                              + mesos::v1::TaskState_Name(update.status().state()) + " of "
                              + taskId);
    Task &task = m_tasks[taskId];
    task.order.try_emplace(update.uuid(), task.order.size() + 1);
}

void Ledger::updateKept(const mesos::internal::StatusUpdate &update)
{
    if (!m_arrived.contains(update.uuid()))
        m_kept[update.uuid()] = {update.slave_id().value(), update.framework_id().value(),
                                 mesos::v1::TaskState_Name(update.status().state()) + " of "
                                     + update.status().task_id().value()};
}

std::string Ledger::missing(const std::set<std::string> &agents,
                            const std::set<std::string> &frameworks) const
{
    for (const auto &[uuid, update] : m_kept) {
        if (agents.contains(update.agent) && frameworks.contains(update.framework)
            && !isExcused(update.agent) && !isShutDown(update.agent, update.framework))
            return update.text + ", kept by agent " + update.agent;
    }
    return {};
}

void Ledger::updateDelivered(const mesos::v1::TaskStatus &status)
{
    ++m_delivered;
    const std::string &taskId = status.task_id().value();
    Task &task = m_tasks[taskId];
    const std::string state = mesos::v1::TaskState_Name(status.state());
    if (task.end != mesos::v1::TASK_STAGING && isLife(status.state()))
        m_transcript.violated("an ended task stays ended: " + taskId + " was "
                              + mesos::v1::TaskState_Name(task.end) + " and is told as " + state);
    if (!status.has_uuid())
        return;
    m_kept.erase(status.uuid());
    m_arrived.insert(status.uuid());
    const auto number = task.order.find(status.uuid());
    if (number == task.order.end())
        return m_transcript.violated("updates come from agents: nobody sent " + state + " of "
                                     + taskId);
    if (number->second < task.last)
        m_transcript.violated("updates of a task arrive in order: " + state + " of " + taskId
                              + " arrives after a later one");
    task.last = std::max(task.last, number->second);
    if (isEnd(status.state()) && task.end == mesos::v1::TASK_STAGING)
        task.end = status.state();
}

} // namespace meseta::simulation
