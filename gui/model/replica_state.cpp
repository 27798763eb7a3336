#include <QThreadPool>

#include "gui/model/replica.h"

// Saving a replica and coming back to it, for the moments of a recording.

namespace meseta::console {

struct Replica::State
{
    RowStore<AgentRow> agents;
    RowStore<OfferRow> offers;
    RowStore<OfferFlowRow> flows;
    RowStore<FrameworkRow> frameworks;
    RowStore<TaskRow> tasks;
    RowStore<EventRow> events;
    QStringList removedTasks;
    QStringList endedFrameworks;
    std::array<int, mesos::v1::TaskState_ARRAYSIZE> stateCounts;
    QHash<QString, int> tasksOnAgent;
    QHash<QString, int> tasksOfFramework;
    QHash<QString, RoleHold> roleHolds;
    QHash<QString, RoleSettings> roleSettings;
    Awaited awaited;
    qint64 firstEvent;
    qint64 nextEvent;
    QString clusterName;
    QString masterText;
    QString masterVersion;
    QString masterId;
    ::meseta::v1::Leadership leadership;
    LeftOut leftOut;
};

std::shared_ptr<const Replica::State> Replica::save() const
{
    return std::make_shared<const State>(State{
        m_agents,           m_offers,       m_flows,           m_frameworks,    m_tasks,
        m_events,           m_removedTasks, m_endedFrameworks, m_stateCounts,   m_tasksOnAgent,
        m_tasksOfFramework, m_roleHolds,    m_roleSettings,    m_awaited,       m_firstEvent,
        m_nextEvent,        m_clusterName,  m_masterText,      m_masterVersion, m_masterId,
        m_leadership,       m_leftOut});
}

void Replica::restore(const State &state)
{
    std::shared_ptr<const State> before = save(); // what goes, goes on another thread
    m_agents.restore(state.agents);
    m_offers.restore(state.offers);
    m_flows.restore(state.flows);
    m_frameworks.restore(state.frameworks);
    m_tasks.restore(state.tasks);
    m_events.restore(state.events);
    m_removedTasks = state.removedTasks;
    m_endedFrameworks = state.endedFrameworks;
    m_stateCounts = state.stateCounts;
    m_tasksOnAgent = state.tasksOnAgent;
    m_tasksOfFramework = state.tasksOfFramework;
    m_roleHolds = state.roleHolds;
    m_roleSettings = state.roleSettings;
    m_awaited = state.awaited;
    m_figuresDirty = true;
    m_firstEvent = state.firstEvent;
    m_nextEvent = state.nextEvent;
    m_clusterName = state.clusterName;
    m_masterText = state.masterText;
    m_masterVersion = state.masterVersion;
    m_masterId = state.masterId;
    m_leadership = state.leadership;
    m_leftOut = state.leftOut;
    m_seen = {};
    m_loading.reset();
    m_rolesDirty = true;
    m_rolesBuilt.invalidate();
    QThreadPool::globalInstance()->start(
        [before = std::move(before)]() mutable { before.reset(); });
}

} // namespace meseta::console
