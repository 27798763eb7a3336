#include "gui/model/replica.h"

#include <QDateTime>

#include "gui/model/row_builders.h"
#include "gui/model/sources.h"

namespace meseta::console {

using mesos::v1::master::Event;

namespace {

constexpr std::chrono::milliseconds defaultFlush{60}; // and a frame for each kind that changed
constexpr std::chrono::milliseconds frame{8};
constexpr qsizetype maxEndedFrameworks = 1000;
constexpr std::size_t tidiedAtOnce = 1000;

QString text(const std::string &utf8)
{
    return fromWire(utf8);
}

constexpr int mostRows = SnapshotReader::mostRows;

} // namespace

/// Puts a row in its place and says which that is; one that is the same already is no change, and
/// one too many has none, which is noted.
template <typename Row>
int Replica::put(RowStore<Row> &store, const QString &key, Row &&row, int &over)
{
    int slot = store.slotOf(key);
    if (slot < 0 && store.size() >= mostRows) {
        over = std::max(over, 1); // told of again and again, perhaps: not to be counted
        return slot;
    }
    if (slot >= 0 && store.at(slot) == row)
        return slot;
    if (slot < 0)
        slot = store.touchSlot(key);
    store.touchSlot(slot) = std::move(row);
    return slot;
}

Replica::Replica(QObject *parent) : QObject(parent)
{
    m_flush.setSingleShot(true);
    m_flushInterval = defaultFlush;
    connect(&m_flush, &QTimer::timeout, this, &Replica::flushNext);
}

void Replica::setFlushInterval(std::chrono::milliseconds interval)
{
    m_flushInterval = interval;
}

double Replica::now() const
{
    return m_shownTime > 0 ? m_shownTime
                           : static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000;
}

QString Replica::taskKey(const QString &frameworkId, const QString &taskId)
{
    return console::taskKey(frameworkId, taskId);
}

void Replica::schedule()
{
    m_untold = true;
    if (m_flushInterval.count() > 0 && !m_flush.isActive())
        m_flush.start(m_flushInterval);
}

void Replica::apply(const ::meseta::v1::Event &event)
{
    using Ours = ::meseta::v1::Event;
    m_eventTime = event.has_time() ? event.time() : now();
    switch (event.type()) {
    case Ours::SUBSCRIBED:
        applySnapshot(event.subscribed());
        break;
    case Ours::MESOS:
        applyMesos(event.event());
        break;
    case Ours::OFFER_ADDED:
        putOffer(offerRow(event.offer_added().offer(), event.offer_added().offered_time()), true);
        break;
    case Ours::OFFER_REMOVED:
        removeOffer(event.offer_removed());
        break;
    case Ours::AGENT_CHANGED:
        putAgent(agentRow(event.agent_changed()), true);
        break;
    case Ours::AGENT_REMOVED:
        removeAgent(text(event.agent_removed().agent_id().value()), event.agent_removed().why());
        break;
    case Ours::TASK_REMOVED:
        markRemoved(taskKey(text(event.task_removed().framework_id().value()),
                            text(event.task_removed().task_id().value())));
        break;
    case Ours::TASK_PROGRESS:
        showProgress(event.task_progress());
        break;
    case Ours::LEADERSHIP:
        noteLeadership(event.leadership());
        break;
    case Ours::REREGISTERED:
        noteReregistered(event.reregistered());
        break;
    default:
        return; // heartbeats, and kinds of a later version
    }
    m_rolesDirty = true;
    m_figuresDirty = true;
    schedule();
}

void Replica::applyMesos(const Event &event)
{
    switch (event.type()) {
    case Event::TASK_ADDED: {
        const int slot = putTask(taskRow(event.task_added().task()));
        if (slot >= 0 && !isTerminal(m_tasks.at(slot).state)) // else it was over before: told late
            noteTask(EventRow::Kind::TaskAdded, m_tasks.at(slot));
        break;
    }
    case Event::TASK_UPDATED:
        updateTask(text(event.task_updated().framework_id().value()), event.task_updated().status(),
                   event.task_updated().state());
        break;
    case Event::AGENT_ADDED: {
        putAgent(agentRow(event.agent_added().agent()), false);
        const auto &info = event.agent_added().agent().agent_info();
        EventRow &row = note(EventRow::Kind::AgentAdded);
        row.agentId = text(info.id().value());
        row.hostname = row.subject = text(info.hostname());
        break;
    }
    case Event::AGENT_REMOVED:
        removeAgent(text(event.agent_removed().agent_id().value()), -1);
        break;
    case Event::FRAMEWORK_ADDED: {
        putFramework(frameworkRow(event.framework_added().framework()));
        const auto &info = event.framework_added().framework().framework_info();
        EventRow &row = note(EventRow::Kind::FrameworkAdded);
        row.frameworkId = text(info.id().value());
        row.frameworkName = row.subject = text(info.name());
        break;
    }
    case Event::FRAMEWORK_UPDATED: {
        putFramework(frameworkRow(event.framework_updated().framework()));
        const auto &info = event.framework_updated().framework().framework_info();
        EventRow &row = note(EventRow::Kind::FrameworkUpdated);
        row.frameworkId = text(info.id().value());
        row.frameworkName = row.subject = text(info.name());
        break;
    }
    case Event::FRAMEWORK_REMOVED:
        endFramework(event.framework_removed().framework_info());
        break;
    default:
        break;
    }
}

int Replica::putAgent(AgentRow &&row, bool news)
{
    const QString id = row.id;
    row.tasks = m_tasksOnAgent.value(id);
    const AgentRow *old = m_agents.find(id);
    if (old && old->recovered && !row.recovered)
        settleAgent(id);
    const bool changed = old
        && (old->active != row.active || old->deactivated != row.deactivated
            || old->drain != row.drain);
    if (news && changed) {
        EventRow &event = note(EventRow::Kind::AgentChanged);
        event.agentId = id;
        event.hostname = event.subject = row.hostname;
        event.detail = agentState(row);
    }
    return put(m_agents, id, std::move(row), m_leftOut.agents);
}

void Replica::removeAgent(const QString &id, int why)
{
    const AgentRow *agent = m_agents.find(id);
    if (!agent)
        return; // the Mesos event and ours both tell it
    EventRow &event = note(EventRow::Kind::AgentRemoved);
    event.agentId = id;
    event.hostname = event.subject = agent->hostname;
    event.state = static_cast<std::int16_t>(why);
    m_agents.remove(id);
    settleAgent(id);
}

int Replica::putFramework(FrameworkRow &&row)
{
    row.tasks = m_tasksOfFramework.value(row.id);
    const QString id = row.id;
    m_awaited.frameworks.remove(id);
    return put(m_frameworks, id, std::move(row), m_leftOut.frameworks);
}

void Replica::endFramework(const mesos::v1::FrameworkInfo &info)
{
    const QString id = text(info.id().value());
    EventRow &event = note(EventRow::Kind::FrameworkRemoved);
    event.frameworkId = id;
    event.frameworkName = event.subject = text(info.name());
    const FrameworkRow *old = m_frameworks.find(id);
    if (!old || old->completed)
        return;
    FrameworkRow &row = m_frameworks.touch(id);
    row.completed = true;
    row.active = row.connected = false;
    row.allocated = row.offered = {};
    m_endedFrameworks.append(id);
    if (m_endedFrameworks.size() > maxEndedFrameworks)
        m_frameworks.remove(m_endedFrameworks.takeFirst());
}

QString Replica::frameworkName(const QString &id) const
{
    const FrameworkRow *framework = m_frameworks.find(id);
    return framework ? framework->name : QString();
}

OfferFlowRow &Replica::flowOf(const OfferRow &offer)
{
    const QString key = offer.frameworkId + QLatin1Char('/') + offer.role;
    OfferFlowRow &flow = m_flows.touch(key);
    flow.key = key;
    flow.frameworkId = offer.frameworkId;
    flow.frameworkName = offer.frameworkName;
    flow.role = offer.role;
    flow.last = m_eventTime;
    return flow;
}

int Replica::putOffer(OfferRow &&row, bool news)
{
    if (row.offered <= 0)
        row.offered = m_eventTime;
    row.frameworkName = frameworkName(row.frameworkId);
    const QString id = row.id;
    if (const OfferRow *old = m_offers.find(id)) {
        row.offered = old->offered;
    } else if (m_offers.size() < mostRows && m_flows.size() < mostRows) {
        OfferFlowRow &flow = flowOf(row);
        ++flow.made;
        ++flow.held;
    }
    if (news) {
        EventRow &event = note(EventRow::Kind::OfferAdded);
        event.agentId = row.agentId;
        event.hostname = row.hostname;
        event.frameworkId = row.frameworkId;
        event.frameworkName = row.frameworkName;
        event.role = row.role;
        event.detail = amountsText(row.resources);
    }
    return put(m_offers, id, std::move(row), m_leftOut.offers);
}

void Replica::removeOffer(const ::meseta::v1::Event::OfferRemoved &removed)
{
    using Removed = ::meseta::v1::Event::OfferRemoved;
    const QString id = text(removed.offer_id().value());
    const OfferRow *offer = m_offers.find(id);
    if (!offer)
        return;
    OfferFlowRow &flow = flowOf(*offer);
    flow.held = std::max(0, flow.held - 1);
    flow.holdSeconds += std::max(0.0, m_eventTime - offer->offered);
    ++(removed.why() == Removed::ACCEPTED       ? flow.accepted
           : removed.why() == Removed::DECLINED ? flow.declined
                                                : flow.rescinded);
    EventRow &event = note(EventRow::Kind::OfferRemoved);
    event.state = static_cast<std::int16_t>(removed.why());
    event.agentId = offer->agentId;
    event.hostname = offer->hostname;
    event.frameworkId = offer->frameworkId;
    event.frameworkName = offer->frameworkName;
    event.role = offer->role;
    m_offers.remove(id);
}

void Replica::setRoleSettings(const QHash<QString, RoleSettings> &settings)
{
    m_roleSettings = settings;
    m_rolesDirty = true;
    m_rolesBuilt.invalidate();
    schedule();
}

void Replica::noteConnection(bool connected, const QString &master, const QString &detail)
{
    m_eventTime = now();
    EventRow &event = note(connected ? EventRow::Kind::Connected : EventRow::Kind::Lost);
    event.subject = master;
    event.detail = detail;
    schedule();
}

void Replica::clear()
{
    m_agents.clear();
    m_offers.clear();
    m_flows.clear();
    m_frameworks.clear();
    m_tasks.clear();
    m_roles.clear();
    m_events.clear();
    m_removedTasks.clear();
    m_endedFrameworks.clear();
    m_stateCounts = {};
    m_tasksOnAgent.clear();
    m_tasksOfFramework.clear();
    m_roleHolds.clear();
    m_roleSettings.clear();
    m_figuresDirty = true;
    m_seen = {};
    m_awaited = {};
    m_loading.reset();
    m_leftOut = {};
    m_clusterName.clear();
    m_masterText.clear();
    m_masterVersion.clear();
    m_masterId.clear();
    m_leadership.Clear();
    m_firstEvent = m_nextEvent = 0;
    m_rolesDirty = true;
    m_rolesBuilt.invalidate();
    flush();
}

/// Tells the changes of one kind of rows; false: there were none. Of rows that went, some are taken
/// apart.
bool Replica::flushKind(int kind)
{
    const auto tell = [this](auto &store, auto signal) {
        const RowChanges changes = store.flush();
        if (!changes.isEmpty())
            Q_EMIT(this->*signal)(changes);
        store.release(changes);
        m_untold |= !store.tidy(tidiedAtOnce);
        return !changes.isEmpty();
    };
    switch (kind) {
    case 0:
        return tell(m_frameworks, &Replica::frameworksChanged);
    case 1:
        return tell(m_agents, &Replica::agentsChanged);
    case 2:
        return tell(m_offers, &Replica::offersChanged);
    case 3:
        return tell(m_flows, &Replica::offerFlowsChanged);
    case 4:
        return tell(m_tasks, &Replica::tasksChanged);
    case 5:
        buildRoles();
        return tell(m_roles, &Replica::rolesChanged);
    default:
        return tell(m_events, &Replica::eventsChanged);
    }
}

namespace {

constexpr int rowKinds = 7;

} // namespace

/// One kind of rows in a frame, so that no frame is late.
void Replica::flushNext()
{
    if (m_nextKind == 0)
        m_untold = false;
    while (m_nextKind < rowKinds) {
        if (flushKind(m_nextKind++))
            return m_flush.start(frame);
    }
    m_nextKind = 0;
    if (std::exchange(m_again, false))
        m_flush.start(frame);
    else if (m_untold && m_flushInterval.count() > 0)
        m_flush.start(m_flushInterval);
    Q_EMIT flushed();
}

void Replica::flush()
{
    m_flush.stop();
    m_untold = m_again = false;
    m_nextKind = 0;
    for (int kind = 0; kind < rowKinds; ++kind)
        flushKind(kind);
    Q_EMIT flushed();
}

void Replica::flushInFrames()
{
    constexpr std::size_t few = 2000;
    const std::size_t pending = m_tasks.pendingCount() + m_agents.pendingCount()
        + m_offers.pendingCount() + m_events.pendingCount() + m_frameworks.pendingCount();
    if (pending < few)
        return flush();
    m_again = m_flush.isActive(); // some kinds have been told already
    if (!m_again)
        m_flush.start(0);
    buildRoles();
    Q_EMIT flushed();
}

const ClusterFigures &Replica::figures() const
{
    if (!std::exchange(m_figuresDirty, false))
        return m_figures;
    ClusterFigures &sums = m_figures;
    sums = {};
    m_frameworks.forEach(
        [&](const FrameworkRow &row) { sums.frameworks += row.completed ? 0 : 1; });
    sums.offers = m_offers.size();
    m_agents.forEach([&](const AgentRow &agent) {
        ++sums.agents;
        if (!agent.active)
            return;
        ++sums.activeAgents;
        addAmounts(sums.total, agent.total);
        addAmounts(sums.allocated, agent.allocated);
        addAmounts(sums.offered, agent.offered);
    });
    for (std::size_t i = 0; i < m_stateCounts.size(); ++i) {
        const auto state = static_cast<mesos::v1::TaskState>(i);
        const int tasks = m_stateCounts[i];
        if (state == mesos::v1::TASK_RUNNING)
            sums.runningTasks += tasks;
        else if (state == mesos::v1::TASK_UNREACHABLE)
            sums.unreachableTasks += tasks;
        else if (!isTerminal(state))
            sums.waitingTasks += tasks;
        else
            sums.finishedTasks += tasks;
        if (isTerminal(state) && state != mesos::v1::TASK_FINISHED
            && state != mesos::v1::TASK_KILLED)
            sums.failedTasks += tasks;
    }
    return sums;
}

} // namespace meseta::console
