#include "gui/model/formats.h"
#include "gui/model/replica.h"
#include "gui/model/row_builders.h"

// What the event log tells of the masters: who came to lead, and how the cluster came back to it.

namespace meseta::console {

namespace {

QString addressOf(const mesos::v1::MasterInfo &master)
{
    return QStringLiteral("%1:%2").arg(fromWire(master.hostname())).arg(master.port());
}

} // namespace

/// The master tells the whole each time; what has changed since is an event.
void Replica::noteLeadership(const ::meseta::v1::Leadership &told)
{
    const ::meseta::v1::Leadership before = std::exchange(m_leadership, told);
    if (!told.has_leader()) {
        if (before.has_leader() && !told.has_elected_time())
            note(EventRow::Kind::LeaderStepped).subject = addressOf(before.leader());
        return;
    }
    const bool sameLeader = before.leader().id() == told.leader().id()
        && before.elected_stamp() == told.elected_stamp();
    if (!sameLeader && before.has_leader()) {
        EventRow &event = note(EventRow::Kind::LeaderElected);
        event.subject = addressOf(told.leader());
        if (told.has_registry_seconds())
            event.detail = durationText(told.registry_seconds());
    }
    const ::meseta::v1::Leadership none;
    const ::meseta::v1::Leadership &earlier = sameLeader ? before : none;
    if (!sameLeader && !before.has_leader())
        return; // the console has just come: what was before is no news
    if (told.agents_given_up() > earlier.agents_given_up())
        note(EventRow::Kind::AgentsGivenUp).state =
            static_cast<std::int16_t>(told.agents_given_up() - earlier.agents_given_up());
    if (told.has_all_agents_seconds() && !earlier.has_all_agents_seconds()
        && told.agents_back() > 0) {
        EventRow &event = note(EventRow::Kind::AgentsBack);
        event.state = static_cast<std::int16_t>(std::min<std::uint32_t>(told.agents_back(), 32767));
        event.detail = durationText(told.all_agents_seconds());
    }
}

void Replica::noteReregistered(const ::meseta::v1::Event::Reregistered &back)
{
    if (back.has_agent_id()) {
        const QString id = fromWire(back.agent_id().value());
        const AgentRow *agent = m_agents.find(id);
        EventRow &event = note(EventRow::Kind::AgentBack);
        event.agentId = id;
        event.hostname = agent ? agent->hostname : QString();
        event.subject = agent ? agent->name : id;
    } else if (back.has_framework_id()) {
        const QString id = fromWire(back.framework_id().value());
        const FrameworkRow *framework = m_frameworks.find(id);
        EventRow &event = note(EventRow::Kind::FrameworkBack);
        event.frameworkId = id;
        event.frameworkName = event.subject = framework ? framework->name : id;
    }
}

} // namespace meseta::console
