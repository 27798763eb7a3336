#include "gui/model/replica.h"

#include "gui/model/row_builders.h"

namespace meseta::console {

using mesos::v1::master::Event;

namespace {

constexpr std::chrono::milliseconds defaultFlush{80};
// Ended tasks stay on show, newest last, up to this many.
constexpr qsizetype maxRemovedTasks = 20000;

QString text(const std::string &utf8)
{
    return QString::fromStdString(utf8);
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
    switch (event.type()) {
    case Ours::SUBSCRIBED:
        applySnapshot(event.subscribed());
        break;
    case Ours::MESOS:
        applyMesos(event.event());
        break;
    case Ours::OFFER_ADDED:
        putOffer(event.offer_added().offer(), event.offer_added().offered_time());
        break;
    case Ours::OFFER_REMOVED:
        m_offers.remove(text(event.offer_removed().offer_id().value()));
        break;
    case Ours::AGENT_CHANGED:
        putAgent(event.agent_changed());
        break;
    case Ours::AGENT_REMOVED:
        m_agents.remove(text(event.agent_removed().agent_id().value()));
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
    schedule();
}

void Replica::applyMesos(const Event &event)
{
    switch (event.type()) {
    case Event::TASK_ADDED:
        putTask(event.task_added().task(), false);
        break;
    case Event::TASK_UPDATED:
        updateTask(text(event.task_updated().framework_id().value()), event.task_updated().status(),
                   event.task_updated().state());
        break;
    case Event::AGENT_ADDED:
        putAgent(event.agent_added().agent());
        break;
    case Event::AGENT_REMOVED:
        m_agents.remove(text(event.agent_removed().agent_id().value()));
        break;
    case Event::FRAMEWORK_ADDED:
        putFramework(event.framework_added().framework());
        break;
    case Event::FRAMEWORK_UPDATED:
        putFramework(event.framework_updated().framework());
        break;
    case Event::FRAMEWORK_REMOVED:
        m_frameworks.remove(text(event.framework_removed().framework_info().id().value()));
        break;
    default:
        break;
    }
}

void Replica::applySnapshot(const ::meseta::v1::Event::Subscribed &subscribed)
{
    m_agents.clear();
    m_offers.clear();
    m_frameworks.clear();
    m_tasks.clear();
    m_removedTasks.clear();
    m_endedFrameworks.clear();
    if (subscribed.has_master_info()) {
        const auto &info = subscribed.master_info();
        m_masterText = QStringLiteral("%1:%2").arg(text(info.hostname())).arg(info.port());
    }
    m_clusterName = text(subscribed.cluster());
    mergeState(subscribed.get_state());
    for (const auto &offer : subscribed.offers())
        putOffer(offer.offer(), offer.offered_time());
}

void Replica::mergeState(const mesos::v1::master::Response::GetState &state)
{
    for (const auto &agent : state.get_agents().agents())
        putAgent(agent);
    for (const auto &framework : state.get_frameworks().frameworks()) {
        putFramework(framework);
        for (const auto &offer : framework.offers()) {
            if (!m_offers.find(text(offer.id().value())))
                putOffer(offer, 0);
        }
    }
    for (const auto &framework : state.get_frameworks().completed_frameworks()) {
        const auto &info = framework.framework_info();
        m_endedFrameworks.insert(text(info.id().value()), text(info.name()));
    }
    const auto &tasks = state.get_tasks();
    for (const auto &task : tasks.completed_tasks())
        putTask(task, true);
    for (const auto &task : tasks.unreachable_tasks())
        putTask(task, false);
    for (const auto &task : tasks.tasks())
        putTask(task, false);
}

void Replica::putAgent(const mesos::v1::master::Response::GetAgents::Agent &agent)
{
    m_agents.touch(text(agent.agent_info().id().value())) = agentRow(agent);
}

void Replica::putFramework(const mesos::v1::master::Response::GetFrameworks::Framework &framework)
{
    m_frameworks.touch(text(framework.framework_info().id().value())) = frameworkRow(framework);
}

void Replica::putOffer(const mesos::v1::Offer &offer, double time)
{
    OfferRow row = offerRow(offer, time);
    row.frameworkName = frameworkName(row.frameworkId);
    const QString id = row.id;
    m_offers.touch(id) = std::move(row);
}

QString Replica::frameworkName(const QString &id) const
{
    const FrameworkRow *framework = m_frameworks.find(id);
    return framework ? framework->name : m_endedFrameworks.value(id);
}

void Replica::putTask(const mesos::v1::Task &task, bool removed)
{
    TaskRow row = taskRow(task);
    row.key = taskKey(row.frameworkId, row.id);
    row.removed = removed;
    row.frameworkName = frameworkName(row.frameworkId);
    if (const AgentRow *agent = m_agents.find(row.agentId))
        row.hostname = agent->hostname;
    const QString key = row.key;
    m_tasks.touch(key) = std::move(row);
    if (removed)
        m_removedTasks.append(key);
    forgetOldTasks();
}

void Replica::updateTask(const QString &frameworkId, const mesos::v1::TaskStatus &status,
                         mesos::v1::TaskState state)
{
    const QString key = taskKey(frameworkId, text(status.task_id().value()));
    if (!m_tasks.find(key))
        return;
    addStatus(m_tasks.touch(key), status, state);
    Q_EMIT taskNews(key);
}

void Replica::showProgress(const ::meseta::v1::Event::TaskProgress &progress)
{
    const QString key =
        taskKey(text(progress.framework_id().value()), text(progress.task_id().value()));
    if (!m_tasks.find(key))
        return;
    m_tasks.touch(key).message = text(progress.message());
    Q_EMIT taskNews(key);
}

void Replica::markRemoved(const QString &key)
{
    if (!m_tasks.find(key))
        return;
    m_tasks.touch(key).removed = true;
    m_removedTasks.append(key);
    forgetOldTasks();
}

void Replica::forgetOldTasks()
{
    while (m_removedTasks.size() > maxRemovedTasks)
        m_tasks.remove(m_removedTasks.takeFirst());
}

void Replica::clear()
{
    applySnapshot({});
    m_masterText.clear();
    flush();
}

void Replica::flush()
{
    m_flush.stop();
    const auto tell = [this](auto &store, auto signal) {
        const RowChanges changes = store.flush();
        if (!changes.isEmpty())
            Q_EMIT(this->*signal)(changes);
        store.release(changes);
    };
    tell(m_frameworks, &Replica::frameworksChanged);
    tell(m_agents, &Replica::agentsChanged);
    tell(m_offers, &Replica::offersChanged);
    tell(m_tasks, &Replica::tasksChanged);
    Q_EMIT flushed();
}

ClusterFigures Replica::figures() const
{
    ClusterFigures sums;
    sums.frameworks = m_frameworks.size();
    sums.offers = m_offers.size();
    for (int slot = 0; slot < m_agents.slotCount(); ++slot) {
        if (!m_agents.isLive(slot))
            continue;
        const AgentRow &agent = m_agents.at(slot);
        ++sums.agents;
        if (!agent.active)
            continue;
        ++sums.activeAgents;
        addAmounts(sums.total, agent.total);
        addAmounts(sums.allocated, agent.allocated);
        addAmounts(sums.offered, agent.offered);
    }
    for (int slot = 0; slot < m_tasks.slotCount(); ++slot) {
        if (!m_tasks.isLive(slot))
            continue;
        const auto state = m_tasks.at(slot).state;
        if (state == mesos::v1::TASK_RUNNING)
            ++sums.runningTasks;
        else if (!isTerminal(state))
            ++sums.waitingTasks;
        else
            ++sums.finishedTasks;
        if (isTerminal(state) && state != mesos::v1::TASK_FINISHED
            && state != mesos::v1::TASK_KILLED)
            ++sums.failedTasks;
    }
    return sums;
}

} // namespace meseta::console
