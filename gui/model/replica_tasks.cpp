#include <cmath>

#include "gui/model/replica.h"
#include "gui/model/row_builders.h"

// The replica's tasks, roles and event log.

namespace meseta::console {

namespace {

// Ended tasks stay on show, newest last, up to this many.
constexpr qsizetype maxRemovedTasks = 20000;
constexpr int mostTasks = SnapshotReader::mostTasks;
constexpr qint64 maxEvents = 20000;
constexpr qint64 rolesEveryMs = 1000;

QString text(const std::string &utf8)
{
    return fromWire(utf8);
}

bool isOver(const TaskRow &task)
{
    return isTerminal(task.state) || task.state == mesos::v1::TASK_UNREACHABLE;
}

double dominantShare(const Amounts &part, const Amounts &whole)
{
    const auto share = [](double a, double b) { return b > 0 ? a / b : 0.0; };
    return std::max({share(part.cpus, whole.cpus), share(part.memory, whole.memory),
                     share(part.disk, whole.disk), share(part.gpus, whole.gpus)});
}

} // namespace

void Replica::countOn(const QString &agentId, const QString &frameworkId, int by)
{
    const int onAgent = m_tasksOnAgent[agentId] += by;
    if (const int slot = m_agents.slotOf(agentId); slot >= 0)
        m_agents.touchSlot(slot).tasks = onAgent;
    const int ofFramework = m_tasksOfFramework[frameworkId] += by;
    if (const int slot = m_frameworks.slotOf(frameworkId); slot >= 0)
        m_frameworks.touchSlot(slot).tasks = ofFramework;
}

void Replica::count(const TaskRow &task, int by)
{
    const auto state = static_cast<std::size_t>(task.state);
    if (state < m_stateCounts.size())
        m_stateCounts[state] += by;
    if (isOver(task))
        return;
    countOn(task.agentId, task.frameworkId, by);
    if (task.role.isEmpty())
        return;
    RoleHold &hold = m_roleHolds[task.role];
    hold.tasks += by;
    const auto add = [by](double &sum, double part) {
        sum = std::round((sum + by * part) * 1e6) / 1e6; // so that nothing is left of what went
    };
    add(hold.amounts.cpus, task.resources.cpus);
    add(hold.amounts.memory, task.resources.memory);
    add(hold.amounts.disk, task.resources.disk);
    add(hold.amounts.gpus, task.resources.gpus);
    if (hold.tasks == 0)
        m_roleHolds.remove(task.role);
}

int Replica::putTask(TaskRow &&row)
{
    if (const FrameworkRow *framework = m_frameworks.find(row.frameworkId)) {
        row.frameworkName = framework->name;
        row.frameworkId = framework->id; // one copy of what many tasks share
    }
    if (const AgentRow *agent = m_agents.find(row.agentId)) {
        row.hostname = agent->hostname;
        row.agentId = agent->id;
    }
    if (const auto awaited = m_awaited.tasks.find(row.agentId); awaited != m_awaited.tasks.end())
        awaited->remove(row.key);
    int slot = m_tasks.slotOf(row.key);
    const TaskRow *old = slot >= 0 ? &m_tasks.at(slot) : nullptr;
    if (!old && m_tasks.size() >= mostTasks) { // more than any cluster has
        m_leftOut.tasks = std::max(m_leftOut.tasks, 1);
        return -1;
    }
    if (old) {
        if (row.steps.size() < old->steps.size() && row.state == old->state) {
            row.steps = old->steps; // what was seen here is more than the master remembers
            row.launched = old->launched;
            row.started = old->started;
        }
        if (row.hostname.isEmpty())
            row.hostname = old->hostname;
        if (*old == row)
            return slot;
        count(*old, -1);
    }
    const bool isNewlyRemoved = row.removed && !(old && old->removed);
    if (slot < 0)
        slot = m_tasks.touchSlot(row.key);
    TaskRow &place = m_tasks.touchSlot(slot);
    place = std::move(row);
    count(place, 1);
    if (isNewlyRemoved)
        m_removedTasks.append(place.key);
    forgetOldTasks();
    return slot;
}

void Replica::updateTask(const QString &frameworkId, const mesos::v1::TaskStatus &status,
                         mesos::v1::TaskState state)
{
    const QString key = taskKey(frameworkId, text(status.task_id().value()));
    const int slot = m_tasks.slotOf(key);
    if (slot < 0)
        return;
    TaskRow &row = m_tasks.touchSlot(slot);
    count(row, -1);
    addStatus(row, status, state);
    count(row, 1);
    noteTask(EventRow::Kind::TaskUpdated, row);
    Q_EMIT taskNews(key);
}

void Replica::showProgress(const ::meseta::v1::Event::TaskProgress &progress)
{
    const QString key =
        taskKey(text(progress.framework_id().value()), text(progress.task_id().value()));
    if (!m_tasks.find(key))
        return;
    TaskRow &row = m_tasks.touch(key);
    row.message = text(progress.message());
    TaskStep step;
    step.state = row.state;
    step.time = m_eventTime;
    step.isPull = true;
    step.message = row.message;
    addStep(row, std::move(step));
    Q_EMIT taskNews(key);
}

void Replica::markRemoved(const QString &key)
{
    const TaskRow *task = m_tasks.find(key);
    if (!task || task->removed)
        return;
    m_tasks.touch(key).removed = true;
    m_removedTasks.append(key);
    forgetOldTasks();
}

void Replica::forgetOldTasks()
{
    while (m_removedTasks.size() > maxRemovedTasks)
        dropTask(m_removedTasks.takeFirst());
}

void Replica::dropTask(const QString &key)
{
    if (const TaskRow *task = m_tasks.find(key)) {
        count(*task, -1);
        m_tasks.remove(key);
    }
}

/// A new row of the event log; the oldest goes when there are too many.
EventRow &Replica::note(EventRow::Kind kind)
{
    if (m_nextEvent - m_firstEvent >= maxEvents)
        m_events.remove(QString::number(m_firstEvent++));
    const QString key = QString::number(m_nextEvent++);
    EventRow &event = m_events.touch(key);
    event = EventRow{};
    event.key = key;
    event.kind = kind;
    event.time = m_eventTime;
    return event;
}

std::vector<const EventRow *> Replica::newestEvents(int most) const
{
    std::vector<const EventRow *> newest;
    for (qint64 number = m_nextEvent - 1; number >= m_firstEvent && most > 0; --number, --most)
        newest.push_back(m_events.find(QString::number(number)));
    return newest;
}

void Replica::noteTask(EventRow::Kind kind, const TaskRow &task)
{
    EventRow &event = note(kind);
    event.state = static_cast<std::int16_t>(task.state);
    event.subject = task.name;
    event.detail = kind == EventRow::Kind::TaskUpdated ? task.message : QString();
    event.agentId = task.agentId;
    event.hostname = task.hostname;
    event.frameworkId = task.frameworkId;
    event.frameworkName = task.frameworkName;
    event.taskKey = task.key;
    event.role = task.role;
}

/// Roles are no messages of the stream: they are summed up from what holds them, at most once a
/// second.
void Replica::buildRoles()
{
    if (!m_rolesDirty)
        return;
    if (m_flushInterval.count() > 0 && m_rolesBuilt.isValid()
        && m_rolesBuilt.elapsed() < rolesEveryMs) {
        schedule();
        return;
    }
    m_rolesBuilt.start();
    m_rolesDirty = false;
    QHash<QString, RoleRow> roles;
    const auto role = [&](const QString &name) -> RoleRow & {
        RoleRow &row = roles[name];
        row.name = name;
        return row;
    };
    m_frameworks.forEach([&](const FrameworkRow &framework) {
        if (framework.completed)
            return;
        for (const QString &name : framework.roles.split(QLatin1String(", "), Qt::SkipEmptyParts))
            ++role(name).frameworks;
    });
    for (auto hold = m_roleHolds.cbegin(); hold != m_roleHolds.cend(); ++hold) {
        RoleRow &row = role(hold.key());
        row.tasks = hold->tasks;
        row.allocated = hold->amounts;
    }
    m_offers.forEach([&](const OfferRow &offer) {
        RoleRow &row = role(offer.role);
        ++row.offers;
        addAmounts(row.offered, offer.resources);
    });
    for (auto setting = m_roleSettings.cbegin(); setting != m_roleSettings.cend(); ++setting) {
        RoleRow &row = role(setting.key());
        row.weight = setting->weight;
        row.guarantee = setting->guarantee;
        row.limit = setting->limit;
        row.guaranteed = setting->guaranteed;
        row.limited = setting->limited;
    }
    const Amounts total = figures().total;
    QStringList gone;
    m_roles.forEachKey([&](const QString &name) {
        if (!roles.contains(name))
            gone << name;
    });
    for (const QString &name : gone)
        m_roles.remove(name);
    for (RoleRow &row : roles) {
        row.share = dominantShare(row.allocated, total);
        const RoleRow *old = m_roles.find(row.name);
        if (!old || *old != row)
            m_roles.touch(row.name) = row;
    }
}

} // namespace meseta::console
