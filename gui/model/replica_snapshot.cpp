#include "gui/model/replica.h"

// How the replica takes a snapshot.

namespace meseta::console {

namespace {

constexpr std::size_t piece = 2000;

void mark(std::vector<bool> &seen, int slot)
{
    if (slot < 0)
        return;
    if (static_cast<std::size_t>(slot) >= seen.size())
        seen.resize(std::max(static_cast<std::size_t>(slot) + 1, 2 * seen.size()));
    seen[static_cast<std::size_t>(slot)] = true;
}

bool isMarked(const std::vector<bool> &seen, int slot)
{
    return static_cast<std::size_t>(slot) < seen.size() && seen[static_cast<std::size_t>(slot)];
}

/// Removes the rows that were not seen.
template <typename Row>
void keepSeen(RowStore<Row> &store, const std::vector<bool> &seen, QString Row::*key)
{
    for (int slot = 0; slot < store.slotCount(); ++slot) {
        if (store.isLive(slot) && !isMarked(seen, slot))
            store.remove(QString(store.at(slot).*key));
    }
}

} // namespace

void Replica::applySnapshot(const ::meseta::v1::Event::Subscribed &subscribed)
{
    const std::string bytes = subscribed.SerializePartialAsString();
    auto reader = SnapshotReader::open(bytes);
    if (!reader)
        return; // never: it was a message a moment ago
    SnapshotHead head = reader->head();
    head.time = m_eventTime;
    beginSnapshot(head);
    for (auto rows = reader->next(piece); rows && !rows->isEmpty(); rows = reader->next(piece))
        takePiece(std::move(*rows));
    endSnapshot();
}

void Replica::beginSnapshot(const SnapshotHead &head)
{
    m_eventTime = head.time > 0 ? head.time : now();
    const bool first =
        m_agents.size() + m_frameworks.size() + m_tasks.size() + m_offers.size() == 0;
    if (first) {
        m_agents.clear();
        m_offers.clear();
        m_frameworks.clear();
        m_tasks.clear();
        m_agents.reserve(head.agents);
        m_tasks.reserve(head.tasks);
    }
    if (!head.masterText.isEmpty()) {
        m_masterText = head.masterText;
        m_masterVersion = head.masterVersion;
        m_masterId = head.masterId;
    }
    if (!head.clusterName.isEmpty())
        m_clusterName = head.clusterName;
    noteLeadership(head.leadership);
    m_seen = {};
    m_loading = Loading{0, head.tasks};
    schedule();
}

void Replica::takePiece(SnapshotPiece &&piece)
{
    for (AgentRow &row : piece.agents)
        mark(m_seen.agents, putAgent(std::move(row), false));
    for (FrameworkRow &row : piece.frameworks)
        mark(m_seen.frameworks, putFramework(std::move(row)));
    for (OfferRow &row : piece.offers)
        takeOffer(std::move(row));
    for (TaskRow &row : piece.tasks)
        mark(m_seen.tasks, putTask(std::move(row)));
    if (m_loading)
        m_loading->tasks += static_cast<int>(piece.tasks.size());
    m_rolesDirty = true;
    m_figuresDirty = true;
    schedule();
}

/// The first that a snapshot tells of an offer counts: its own list knows when it was made.
void Replica::takeOffer(OfferRow &&row)
{
    if (const int slot = m_offers.slotOf(row.id); slot < 0 || !isMarked(m_seen.offers, slot))
        mark(m_seen.offers, putOffer(std::move(row), false));
}

/// The next leader knows the agents of its registry before they are back with what runs on them: it
/// runs on, and stays on show until its agent tells of it or is given up.
void Replica::awaitAgents()
{
    m_awaited = {};
    m_agents.forEach([this](const AgentRow &agent) {
        if (agent.recovered)
            m_awaited.agents.insert(agent.id);
    });
    if (m_awaited.agents.isEmpty())
        return;
    for (int slot = 0; slot < m_frameworks.slotCount(); ++slot) {
        if (!m_frameworks.isLive(slot) || isMarked(m_seen.frameworks, slot)
            || m_frameworks.at(slot).completed)
            continue;
        const QString id = m_frameworks.at(slot).id;
        FrameworkRow &framework = m_frameworks.touch(id);
        framework.active = framework.connected = false;
        framework.recovered = true;
        mark(m_seen.frameworks, slot);
        m_awaited.frameworks.insert(id);
    }
}

/// The agent is back, and has told its tasks before, or is given up: what it did not bring is gone.
void Replica::settleAgent(const QString &id)
{
    if (!m_awaited.agents.remove(id))
        return;
    const QSet<QString> gone = m_awaited.tasks.take(id);
    for (const QString &key : gone)
        dropTask(key);
    if (!m_awaited.agents.isEmpty())
        return;
    for (const QString &framework : std::exchange(m_awaited.frameworks, {}))
        m_frameworks.remove(framework);
}

/// Of tasks that a further snapshot does not name, those that have ended stay on show: another
/// master remembers fewer of them.
bool Replica::endSnapshot(int mostRows)
{
    if (m_seen.sweptTasks == 0) {
        keepSeen(m_agents, m_seen.agents, &AgentRow::id);
        awaitAgents();
        keepSeen(m_frameworks, m_seen.frameworks, &FrameworkRow::id);
        keepSeen(m_offers, m_seen.offers, &OfferRow::id);
    }
    for (int dropped = 0; m_seen.sweptTasks < m_tasks.slotCount(); ++m_seen.sweptTasks) {
        const int slot = m_seen.sweptTasks;
        if (!m_tasks.isLive(slot) || isMarked(m_seen.tasks, slot)
            || isTerminal(m_tasks.at(slot).state))
            continue;
        const TaskRow &task = m_tasks.at(slot);
        if (m_awaited.agents.contains(task.agentId)) {
            m_awaited.tasks[task.agentId].insert(task.key);
            continue;
        }
        if (dropped++ == mostRows)
            return false;
        dropTask(QString(m_tasks.at(slot).key));
    }
    m_seen = {};
    m_loading.reset();
    m_rolesDirty = true;
    m_figuresDirty = true;
    schedule();
    return true;
}

} // namespace meseta::console
