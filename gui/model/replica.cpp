#include "gui/model/replica.h"

#include <QDateTime>
#include <QSet>

#include "gui/model/row_builders.h"
#include "gui/model/sources.h"

namespace meseta::console {

using mesos::v1::master::Event;

namespace {

constexpr std::chrono::milliseconds defaultFlush{80};
constexpr qsizetype maxEndedFrameworks = 1000;

QString text(const std::string &utf8)
{
    return fromWire(utf8);
}

// More rows of a kind than any cluster has: a server that goes on and on must not grow the console.
constexpr int mostRows = 300000;

/// Puts a row in its place; one that is the same already is no change.
template <typename Row> void put(RowStore<Row> &store, const QString &key, Row &&row)
{
    const Row *old = store.find(key);
    if (old ? *old == row : store.size() >= mostRows)
        return;
    store.touch(key) = std::move(row);
}

} // namespace

Replica::Replica(QObject *parent) : QObject(parent)
{
    m_flush.setSingleShot(true);
    m_flush.setInterval(defaultFlush);
    connect(&m_flush, &QTimer::timeout, this, &Replica::flush);
}

void Replica::setFlushInterval(std::chrono::milliseconds interval)
{
    m_flush.setInterval(interval);
}

double Replica::now() const
{
    return m_shownTime > 0 ? m_shownTime
                           : static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000;
}

QString Replica::taskKey(const QString &frameworkId, const QString &taskId)
{
    return frameworkId + QLatin1Char('/') + taskId;
}

void Replica::schedule()
{
    if (m_flush.interval() > 0 && !m_flush.isActive())
        m_flush.start();
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
        putOffer(event.offer_added().offer(), event.offer_added().offered_time(), true);
        break;
    case Ours::OFFER_REMOVED:
        removeOffer(event.offer_removed());
        break;
    case Ours::AGENT_CHANGED:
        putAgent(event.agent_changed(), true);
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
        putTask(event.task_added().task(), false);
        const auto &task = event.task_added().task();
        if (const TaskRow *row = m_tasks.find(
                taskKey(text(task.framework_id().value()), text(task.task_id().value()))))
            noteTask(EventRow::Kind::TaskAdded, *row);
        break;
    }
    case Event::TASK_UPDATED:
        updateTask(text(event.task_updated().framework_id().value()), event.task_updated().status(),
                   event.task_updated().state());
        break;
    case Event::AGENT_ADDED: {
        putAgent(event.agent_added().agent(), false);
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
        putFramework(event.framework_added().framework(), false);
        const auto &info = event.framework_added().framework().framework_info();
        EventRow &row = note(EventRow::Kind::FrameworkAdded);
        row.frameworkId = text(info.id().value());
        row.frameworkName = row.subject = text(info.name());
        break;
    }
    case Event::FRAMEWORK_UPDATED: {
        putFramework(event.framework_updated().framework(), false);
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

void Replica::applySnapshot(const ::meseta::v1::Event::Subscribed &subscribed)
{
    const bool first =
        m_agents.size() + m_frameworks.size() + m_tasks.size() + m_offers.size() == 0;
    if (first) {
        m_agents.clear();
        m_offers.clear();
        m_frameworks.clear();
        m_tasks.clear();
    }
    if (subscribed.has_master_info()) {
        const auto &info = subscribed.master_info();
        m_masterText = QStringLiteral("%1:%2").arg(text(info.hostname())).arg(info.port());
        m_masterVersion = text(info.version());
        m_masterId = text(info.id());
    }
    if (subscribed.has_cluster())
        m_clusterName = text(subscribed.cluster());
    mergeState(subscribed.get_state());
    QSet<QString> offers;
    const auto take = [&](const mesos::v1::Offer &offer, double time) {
        const QString id = text(offer.id().value());
        if (!offers.contains(id))
            putOffer(offer, time, false);
        offers.insert(id);
    };
    for (const auto &offer : subscribed.offers())
        take(offer.offer(), offer.offered_time());
    for (const auto &framework : subscribed.get_state().get_frameworks().frameworks()) {
        for (const auto &offer : framework.offers())
            take(offer, m_eventTime);
    }
    keepOnly(m_offers, offers);
}

template <typename Row> void Replica::keepOnly(RowStore<Row> &store, const QSet<QString> &seen)
{
    QStringList unseen;
    store.forEachKey([&](const QString &key) {
        if (!seen.contains(key))
            unseen << key;
    });
    for (const QString &key : unseen)
        store.remove(key);
}

void Replica::mergeState(const mesos::v1::master::Response::GetState &state)
{
    QSet<QString> seen;
    for (const auto &agent : state.get_agents().agents()) {
        putAgent(agent, false);
        seen.insert(text(agent.agent_info().id().value()));
    }
    for (const auto &info : state.get_agents().recovered_agents()) {
        MesosAgent agent;
        *agent.mutable_agent_info() = info;
        agent.set_active(false);
        const QString id = text(info.id().value());
        putAgent(agent, false);
        if (m_agents.find(id))
            m_agents.touch(id).recovered = true;
        seen.insert(id);
    }
    keepOnly(m_agents, seen);
    seen.clear();
    const auto &frameworks = state.get_frameworks();
    for (const auto &framework : frameworks.completed_frameworks()) {
        putFramework(framework, true);
        seen.insert(text(framework.framework_info().id().value()));
    }
    for (const auto &framework : frameworks.frameworks()) {
        putFramework(framework, false);
        seen.insert(text(framework.framework_info().id().value()));
    }
    keepOnly(m_frameworks, seen);
    m_takingSnapshot = true;
    const auto &tasks = state.get_tasks();
    for (const auto &task : tasks.completed_tasks())
        putTask(task, true);
    for (const auto &task : tasks.unreachable_tasks())
        putTask(task, false);
    for (const auto &task : tasks.tasks())
        putTask(task, false);
    m_takingSnapshot = false;
    forgetUnseenTasks();
}

/// Of tasks that a further snapshot does not name, those that have ended stay on show: another
/// master remembers fewer of them.
void Replica::forgetUnseenTasks()
{
    QStringList gone;
    m_tasks.forEachKey([&](const QString &key) {
        if (!m_seenTasks.contains(key) && !isTerminal(m_tasks.find(key)->state))
            gone << key;
    });
    for (const QString &key : gone)
        dropTask(key);
    m_seenTasks.clear();
}

void Replica::putAgent(const MesosAgent &agent, bool news)
{
    const QString id = text(agent.agent_info().id().value());
    AgentRow row = agentRow(agent);
    row.tasks = m_tasksOnAgent.value(id);
    const AgentRow *old = m_agents.find(id);
    const bool changed = old
        && (old->active != row.active || old->deactivated != row.deactivated
            || old->drain != row.drain);
    if (news && changed) {
        EventRow &event = note(EventRow::Kind::AgentChanged);
        event.agentId = id;
        event.hostname = event.subject = row.hostname;
        event.detail = agentState(row);
    }
    put(m_agents, id, std::move(row));
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
}

void Replica::putFramework(const MesosFramework &framework, bool completed)
{
    FrameworkRow row = frameworkRow(framework);
    row.completed = completed;
    row.tasks = m_tasksOfFramework.value(row.id);
    const QString id = row.id;
    put(m_frameworks, id, std::move(row));
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

void Replica::putOffer(const mesos::v1::Offer &offer, double time, bool news)
{
    OfferRow row = offerRow(offer, time > 0 ? time : m_eventTime);
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
    put(m_offers, id, std::move(row));
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
    m_figuresDirty = true;
    m_clusterName.clear();
    m_masterText.clear();
    m_masterVersion.clear();
    m_masterId.clear();
    m_firstEvent = m_nextEvent = 0;
    m_rolesDirty = true;
    m_rolesBuilt.invalidate();
    flush();
}

void Replica::flush()
{
    m_flush.stop();
    buildRoles();
    const auto tell = [this](auto &store, auto signal) {
        const RowChanges changes = store.flush();
        if (!changes.isEmpty())
            Q_EMIT(this->*signal)(changes);
        store.release(changes);
    };
    tell(m_frameworks, &Replica::frameworksChanged);
    tell(m_agents, &Replica::agentsChanged);
    tell(m_offers, &Replica::offersChanged);
    tell(m_flows, &Replica::offerFlowsChanged);
    tell(m_tasks, &Replica::tasksChanged);
    tell(m_roles, &Replica::rolesChanged);
    tell(m_events, &Replica::eventsChanged);
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
