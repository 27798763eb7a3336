#include "daemons/master/operator_api/leadership_progress.h"

#include "daemons/master/core/core.h"

namespace meseta::master {

using MesetaEvent = ::meseta::v1::Event;

namespace {
constexpr std::size_t maxFrameworks = 10000;

double seconds(Duration duration)
{
    return std::chrono::duration<double>(duration).count();
}
} // namespace

double LeadershipProgress::sinceElected(Duration then) const
{
    return seconds(then - *m_elected);
}

void LeadershipProgress::begin(bool leading)
{
    m_leading.reset();
    if (!leading)
        return;
    m_leading = m_core.clock.monotonic();
    if (!m_elected)
        m_elected = m_leading;
    m_missing = m_core.cluster.recoveredAgents.size();
}

/// Whether an agent that the registry knew has just come back.
bool LeadershipProgress::noteAgent()
{
    const std::size_t missing = m_core.cluster.recoveredAgents.size();
    if (missing >= std::exchange(m_missing, missing))
        return false;
    ++m_back;
    const Duration now = m_core.clock.monotonic();
    if (!m_firstAgent)
        m_firstAgent = now;
    if (missing == 0)
        m_allAgents = now;
    return true;
}

/// Whether a framework of an earlier leader has just subscribed for the first time.
bool LeadershipProgress::noteFramework(const Framework &framework)
{
    if (!framework.connected() || framework.id.starts_with(m_core.info.id())
        || m_frameworks.size() >= maxFrameworks || !m_frameworks.insert(framework.id).second)
        return false;
    if (!m_firstFramework)
        m_firstFramework = m_core.clock.monotonic();
    return true;
}

MesetaEvent LeadershipProgress::leadershipEvent() const
{
    MesetaEvent event;
    event.set_type(MesetaEvent::LEADERSHIP);
    if (const auto state = now())
        *event.mutable_leadership() = *state;
    else
        event.mutable_leadership();
    return event;
}

std::vector<MesetaEvent> LeadershipProgress::observe(const ClusterEvent &event)
{
    if (const auto *leader = std::get_if<LeaderChanged>(&event)) {
        begin(leader->leading);
        return {leadershipEvent()};
    }
    if (!m_leading)
        return {};
    MesetaEvent back;
    back.set_type(MesetaEvent::REREGISTERED);
    if (const auto *added = std::get_if<AgentAdded>(&event); added && noteAgent()) {
        back.mutable_reregistered()->mutable_agent_id()->set_value(added->agent->id);
        return {back, leadershipEvent()};
    }
    if (const auto *lost = std::get_if<RecoveredAgentLost>(&event)) {
        m_givenUp += lost->why == AgentRemoved::Why::Unreachable ? 1 : 0;
        m_missing = m_core.cluster.recoveredAgents.size();
        if (m_missing == 0)
            m_allAgents = m_core.clock.monotonic();
        return {leadershipEvent()};
    }
    const Framework *framework = nullptr;
    if (const auto *added = std::get_if<FrameworkAdded>(&event))
        framework = added->framework;
    else if (const auto *updated = std::get_if<FrameworkUpdated>(&event))
        framework = updated->framework;
    else if (const auto *changed = std::get_if<FrameworkStateChanged>(&event))
        framework = changed->framework;
    if (!framework || !noteFramework(*framework))
        return {};
    back.mutable_reregistered()->mutable_framework_id()->set_value(framework->id);
    return {back, leadershipEvent()};
}

std::optional<::meseta::v1::Leadership> LeadershipProgress::now() const
{
    if (!m_leading)
        return std::nullopt;
    ::meseta::v1::Leadership state;
    *state.mutable_leader() = m_core.info;
    state.set_elected_stamp(static_cast<std::uint64_t>(m_elected->count()));
    state.set_elected_time(
        seconds(m_core.clock.sinceEpoch() - (m_core.clock.monotonic() - *m_elected)));
    state.set_registry_seconds(sinceElected(*m_leading));
    state.set_agents_known(static_cast<std::uint32_t>(m_core.agentsInRegistry));
    state.set_agents_back(static_cast<std::uint32_t>(m_back));
    state.set_agents_given_up(static_cast<std::uint32_t>(m_givenUp));
    if (m_firstAgent)
        state.set_first_agent_seconds(sinceElected(*m_firstAgent));
    if (m_allAgents)
        state.set_all_agents_seconds(sinceElected(*m_allAgents));
    state.set_frameworks_back(static_cast<std::uint32_t>(m_frameworks.size()));
    if (m_firstFramework)
        state.set_first_framework_seconds(sinceElected(*m_firstFramework));
    return state;
}

} // namespace meseta::master
