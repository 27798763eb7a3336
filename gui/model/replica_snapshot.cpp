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

/// Removes a row that was not seen.
template <typename Row>
void sweep(RowStore<Row> &store, const std::vector<bool> &seen, QString Row::*key, int slot)
{
    if (store.isLive(slot) && !isMarked(seen, slot))
        store.remove(QString(store.at(slot).*key));
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
    if (m_agents.size() + m_tasks.size() == 0) {
        m_agents.reserve(head.agents);
        m_tasks.reserve(head.tasks);
    }
    m_leftOut = head.leftOut;
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
/// master remembers fewer of them. False: it was not named, and is gone.
bool Replica::sweepTask(int slot)
{
    if (!m_tasks.isLive(slot) || isMarked(m_seen.tasks, slot) || isTerminal(m_tasks.at(slot).state))
        return true;
    const TaskRow &task = m_tasks.at(slot);
    if (m_awaited.agents.contains(task.agentId)) {
        m_awaited.tasks[task.agentId].insert(task.key);
        return true;
    }
    dropTask(QString(task.key));
    return false;
}

bool Replica::endSnapshot(int mostRows)
{
    enum { Agents, Frameworks, Offers, Tasks, kinds };
    constexpr int costOfDropping = 8; // rows that are only looked at
    int &kind = m_seen.sweptKinds, &slot = m_seen.sweptSlots;
    for (qint64 left = mostRows; kind < kinds; --left) {
        const int count = kind == Agents ? m_agents.slotCount()
            : kind == Frameworks         ? m_frameworks.slotCount()
            : kind == Offers             ? m_offers.slotCount()
                                         : m_tasks.slotCount();
        if (slot == count) {
            if (kind++ == Agents)
                awaitAgents();
            slot = 0;
            continue;
        }
        if (left <= 0)
            return false;
        if (kind == Agents)
            sweep(m_agents, m_seen.agents, &AgentRow::id, slot);
        else if (kind == Frameworks)
            sweep(m_frameworks, m_seen.frameworks, &FrameworkRow::id, slot);
        else if (kind == Offers)
            sweep(m_offers, m_seen.offers, &OfferRow::id, slot);
        else if (!sweepTask(slot))
            left -= costOfDropping;
        ++slot;
    }
    m_seen = {};
    m_loading.reset();
    m_rolesDirty = true;
    m_figuresDirty = true;
    schedule();
    return true;
}

} // namespace meseta::console
