#include "daemons/master/cluster/task.h"

#include "common/resources/task_state.h"
#include "daemons/master/cluster/wire.h"

namespace meseta::master {

namespace {
// Field numbers of mesos.v1.Task.
constexpr int NameField = 1;
constexpr int TaskIdField = 2;
constexpr int FrameworkIdField = 3;
constexpr int ExecutorIdField = 4;
constexpr int AgentIdField = 5;
constexpr int StateField = 6;
constexpr int ResourcesField = 7;
constexpr int StatusesField = 8;
constexpr int StatusUpdateStateField = 9;
constexpr int StatusUpdateUuidField = 10;
constexpr int LabelsField = 11;
constexpr int DiscoveryField = 12;
constexpr int ContainerField = 13;
constexpr int UserField = 14;
constexpr int HealthCheckField = 15;
constexpr int KillPolicyField = 16;
constexpr int LimitsField = 17;

const std::string *executorOf(const mesos::v1::TaskInfo &info)
{
    return info.has_executor() ? &info.executor().executor_id().value() : nullptr;
}

const std::string *userOf(const mesos::v1::TaskInfo &info)
{
    if (info.has_command() && info.command().has_user())
        return &info.command().user();
    if (info.has_executor() && info.executor().command().has_user())
        return &info.executor().command().user();
    return nullptr;
}

template <typename Description> void appendLimits(const Description &from, std::string &out)
{
    std::map<std::string_view, const mesos::v1::Value::Scalar *> sorted;
    for (const auto &[name, limit] : from.limits())
        sorted.emplace(name, &limit);
    std::string entry;
    for (const auto &[name, limit] : sorted) {
        entry.clear();
        wire::appendBytes(1, name, entry);
        wire::appendMessage(2, *limit, entry);
        wire::appendBytes(LimitsField, entry, out);
    }
}
} // namespace

bool isTerminal(mesos::v1::TaskState state)
{
    return isTerminalState(state);
}

Task::Task(const mesos::v1::TaskInfo &info, const std::string &frameworkId)
    : m_state(mesos::v1::TASK_STAGING)
{
    describe(info, frameworkId, executorOf(info), userOf(info));
}

Task::Task(const mesos::v1::Task &task) : m_state(task.state())
{
    describe(task, task.framework_id().value(),
             task.has_executor_id() ? &task.executor_id().value() : nullptr,
             task.has_user() ? &task.user() : nullptr);
    for (const mesos::v1::TaskStatus &status : task.statuses())
        addStatus(status);
    if (task.has_status_update_state())
        setStatusUpdate(task.status_update_state(), task.status_update_uuid());
    m_holdsResources = !terminal();
}

Task::Slice Task::appendId(int field, const std::string &value)
{
    std::string id;
    wire::appendBytes(1, value, id);
    wire::appendBytes(field, id, m_description);
    return {static_cast<std::uint32_t>(m_description.size() - value.size()),
            static_cast<std::uint32_t>(value.size())};
}

template <typename Description>
void Task::describe(const Description &from, const std::string &frameworkId,
                    const std::string *executorId, const std::string *user)
{
    wire::appendBytes(NameField, from.name(), m_description);
    m_name = {static_cast<std::uint32_t>(m_description.size() - from.name().size()),
              static_cast<std::uint32_t>(from.name().size())};
    m_id = appendId(TaskIdField, from.task_id().value());
    m_frameworkId = appendId(FrameworkIdField, frameworkId);
    if (executorId)
        m_executorId = appendId(ExecutorIdField, *executorId);
    m_agentId = appendId(AgentIdField, from.agent_id().value());

    m_resourcesAt = static_cast<std::uint32_t>(m_description.size());
    for (const mesos::v1::Resource &resource : from.resources())
        wire::appendMessage(ResourcesField, resource, m_description);

    m_tailAt = static_cast<std::uint32_t>(m_description.size());
    if (from.has_labels())
        wire::appendMessage(LabelsField, from.labels(), m_description);
    if (from.has_discovery())
        wire::appendMessage(DiscoveryField, from.discovery(), m_description);
    if (from.has_container())
        wire::appendMessage(ContainerField, from.container(), m_description);
    if (user)
        wire::appendBytes(UserField, *user, m_description);
    if (from.has_health_check())
        wire::appendMessage(HealthCheckField, from.health_check(), m_description);
    if (from.has_kill_policy())
        wire::appendMessage(KillPolicyField, from.kill_policy(), m_description);
    appendLimits(from, m_description);
    m_description.shrink_to_fit();
}

Resources Task::resources() const
{
    mesos::v1::Task only;
    only.ParsePartialFromArray(m_description.data() + m_resourcesAt,
                               static_cast<int>(m_tailAt - m_resourcesAt));
    return Resources(only.resources());
}

std::string Task::allocationRole() const
{
    mesos::v1::Task only;
    only.ParsePartialFromArray(m_description.data() + m_resourcesAt,
                               static_cast<int>(m_tailAt - m_resourcesAt));
    return only.resources_size() > 0 && only.resources(0).has_allocation_info()
        ? only.resources(0).allocation_info().role()
        : "*";
}

void Task::setStatusUpdate(mesos::v1::TaskState state, const std::string &uuid)
{
    m_updateState = state;
    m_updateUuid = uuid;
}

void Task::addStatus(const mesos::v1::TaskStatus &status)
{
    if (!m_statuses.empty() && m_lastStatusState == status.state())
        m_statuses.resize(m_lastStatusAt);
    m_lastStatusAt = static_cast<std::uint32_t>(m_statuses.size());
    if (m_statuses.empty())
        m_firstStatusTime = status.timestamp();
    if (status.has_data()) {
        mesos::v1::TaskStatus bare = status;
        bare.clear_data();
        wire::appendMessage(StatusesField, bare, m_statuses);
    } else {
        wire::appendMessage(StatusesField, status, m_statuses);
    }
    m_lastStatusState = status.state();
    m_lastStatusTime = status.timestamp();
}

std::optional<mesos::v1::TaskStatus> Task::lastStatus() const
{
    mesos::v1::Task only;
    if (m_statuses.empty()
        || !only.ParsePartialFromArray(m_statuses.data() + m_lastStatusAt,
                                       static_cast<int>(m_statuses.size() - m_lastStatusAt)))
        return std::nullopt;
    return only.statuses(0);
}

template <typename Sink> void Task::writeParts(Sink &&sink) const
{
    const std::string_view all = m_description;
    std::string small;
    sink(all.substr(0, m_resourcesAt));
    wire::appendNumber(StateField, static_cast<std::uint64_t>(m_state), small);
    sink(std::string_view(small));
    sink(all.substr(m_resourcesAt, m_tailAt - m_resourcesAt));
    sink(std::string_view(m_statuses));
    if (m_updateState) {
        small.clear();
        wire::appendNumber(StatusUpdateStateField, static_cast<std::uint64_t>(*m_updateState),
                           small);
        wire::appendBytes(StatusUpdateUuidField, m_updateUuid, small);
        sink(std::string_view(small));
    }
    sink(all.substr(m_tailAt));
}

void Task::appendTo(std::string &out) const
{
    writeParts([&out](std::string_view part) { out.append(part); });
}

std::size_t Task::serializedSize() const
{
    std::size_t size = 0;
    writeParts([&size](std::string_view part) { size += part.size(); });
    return size;
}

mesos::v1::Task Task::toProto() const
{
    std::string bytes;
    appendTo(bytes);
    mesos::v1::Task task;
    task.ParsePartialFromString(bytes);
    return task;
}

void TaskHistory::add(std::unique_ptr<Task> task)
{
    m_byId.erase(task->id()); // the key is a view into the task it stands for
    m_byId.emplace(task->id(), task.get());
    m_tasks.push_back(std::move(task));
    trim();
}

const Task *TaskHistory::find(std::string_view id) const
{
    const auto at = m_byId.find(id);
    return at == m_byId.end() ? nullptr : at->second;
}

std::unique_ptr<Task> TaskHistory::take(std::string_view id)
{
    const auto at = m_byId.find(id);
    if (at == m_byId.end())
        return nullptr;
    const auto place = std::find_if(m_tasks.begin(), m_tasks.end(),
                                    [&at](const auto &task) { return task.get() == at->second; });
    std::unique_ptr<Task> task = std::move(*place);
    m_byId.erase(at);
    m_tasks.erase(place);
    return task;
}

std::deque<std::unique_ptr<Task>>::const_iterator TaskHistory::firstAfter(double endTime) const
{
    return std::upper_bound(
        m_tasks.begin(), m_tasks.end(), endTime,
        [](double time, const auto &task) { return time < task->lastStatusTime(); });
}

bool TaskHistory::wantsPast(std::string_view id, double endTime) const
{
    const bool fits = m_tasks.size() < m_limit || firstAfter(endTime) != m_tasks.begin();
    return m_limit > 0 && fits && !m_byId.contains(id);
}

void TaskHistory::addPast(std::unique_ptr<Task> task)
{
    m_byId.emplace(task->id(), task.get());
    m_tasks.insert(firstAfter(task->lastStatusTime()), std::move(task));
    trim();
}

void TaskHistory::setLimit(std::size_t limit)
{
    m_limit = limit;
    trim();
}

void TaskHistory::trim()
{
    while (m_tasks.size() > m_limit) {
        const Task *oldest = m_tasks.front().get();
        const auto at = m_byId.find(oldest->id());
        if (at != m_byId.end() && at->second == oldest)
            m_byId.erase(at);
        m_tasks.pop_front();
    }
}

} // namespace meseta::master
