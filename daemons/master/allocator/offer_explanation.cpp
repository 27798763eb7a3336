#include <algorithm>

#include "daemons/master/allocator/allocator.h"
#include "daemons/master/allocator/allocator_private.h"
#include "daemons/master/allocator/offer_gates.h"

// Why an offer is not made: the gates of a run, asked again, with their numbers in words.

namespace meseta::master {

namespace {

using Decision = ::meseta::v1::OfferDecision;

std::string quoted(const std::string &text)
{
    return "'" + text + "'";
}

std::string secondsText(Duration duration)
{
    return milliText(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count())
        + " s";
}

std::string missingCapability(const AllocatorState &state, const RoleOfFramework &role,
                              const AgentState &agent)
{
    const FrameworkState &framework = *role.framework;
    if (state.options.filterGpuResources && agent.hasGpus && !framework.gpu)
        return "the agent has GPUs and the framework lacks the capability GPU_RESOURCES";
    if (agent.remoteRegion && !framework.regionAware)
        return "the agent is in the region "
            + quoted(agent.info.domain().fault_domain().region().name())
            + ", not the master's, and the framework lacks the capability REGION_AWARE";
    if (framework.multiRole && !agent.multiRole)
        return "the framework has the capability MULTI_ROLE and the agent lacks it";
    if (!agent.hierarchicalRole && role.role->parent->parent)
        return "the role is nested and the agent lacks the capability HIERARCHICAL_ROLE";
    return "what is free is shared, revocable or has refined reservations, and the framework lacks "
           "the capability for it "
           "(SHARED_RESOURCES, REVOCABLE_RESOURCES, RESERVATION_REFINEMENT)";
}

std::string minimumText(const std::vector<Quantities> &alternatives)
{
    std::string out;
    for (const Quantities &alternative : alternatives)
        out += (out.empty() ? "" : " or ") + quantitiesText(alternative);
    return out;
}

/// Who has what on an agent: at most three, those with most first.
std::string holdersText(const AllocatorState &state, const AgentState &agent)
{
    std::vector<std::pair<double, std::string>> holders;
    for (const auto &[id, held] : agent.held) {
        std::string text = id + " " + quantitiesText(held.quantities());
        for (const auto &[role, part] : held.byAllocationRole())
            if (const RoleNode *node = state.tree.find(role))
                text += " (role " + quoted(role) + ", share "
                    + milliText(toMilli(state.tree.dominantShare(node->allocated))) + ")";
        holders.emplace_back(-held.scalar("cpus"), std::move(text));
    }
    std::sort(holders.begin(), holders.end());
    std::string out;
    for (std::size_t i = 0; i < std::min<std::size_t>(3, holders.size()); ++i)
        out += (i > 0 ? "; " : "") + holders[i].second;
    if (holders.size() > 3)
        out += "; and " + std::to_string(holders.size() - 3) + " more";
    return out;
}

std::string nothingLeftText(const AllocatorState &state, const RoleOfFramework &role,
                            const AgentState &agent)
{
    if (!agent.available.empty())
        return "what is free, " + agent.available.text() + ", is reserved to other roles";
    if (agent.held.empty())
        return "the agent has no resources for the role " + quoted(role.role->path);
    return "of " + quantitiesText(agent.total.quantities())
        + " all is offered or in use: " + holdersText(state, agent);
}

/// Asks the gates for one framework, role and agent.
class Explainer
{
public:
    Explainer(AllocatorState &state, bool paused) : m_state(state), m_room(state), m_paused(paused)
    { }

    Decision explain(const RoleOfFramework &role, const AgentState &agent) const
    {
        RolePart part;
        part.available = allocatable(agent, *role.role);
        part.offerable = m_room.open(*role.role, part.available);
        if (m_room.isUnmet(*role.role))
            part.offerable += m_room.guaranteed(*role.role, part.available - part.offerable);
        const Verdict verdict = verdictOf(role, agent, part);
        Decision decision;
        decision.mutable_framework_id()->set_value(role.framework->id);
        decision.mutable_agent_id()->set_value(agent.id);
        decision.set_role(role.role->path);
        decision.set_gate(verdict.gate);
        decision.set_detail(detail(verdict, role, agent, part));
        decision.set_time(m_state.clock.seconds());
        *decision.mutable_available() = part.available.proto();
        if (verdict.filter)
            decision.set_filter_expires(
                m_state.clock.seconds()
                + std::chrono::duration<double>(verdict.filter->expires - m_state.clock.monotonic())
                      .count());
        return decision;
    }

private:
    Verdict verdictOf(const RoleOfFramework &role, const AgentState &agent,
                      const RolePart &part) const
    {
        if (m_paused)
            return {Decision::RECOVERY_PAUSE, {}, nullptr};
        if (const Gate gate = agentGate(agent); gate != gateOpen)
            return {gate, {}, nullptr};
        if (const Gate gate = standingGate(role); gate != gateOpen)
            return {gate, {}, nullptr};
        return judge(m_state, role, agent, part);
    }

    std::string detail(const Verdict &verdict, const RoleOfFramework &role, const AgentState &agent,
                       const RolePart &part) const
    {
        switch (verdict.gate) {
        case Decision::OFFERED:
            return std::string(agent.resting ? "it was refused many times just now and waits for "
                                               "the next allocation interval: "
                                             : "nothing is in the way: ")
                + verdict.offer.text();
        case Decision::AGENT_INACTIVE:
            return "the agent is disconnected, deactivated or draining";
        case Decision::AGENT_NOT_WHITELISTED:
            return "the host " + quoted(agent.info.hostname())
                + " is not on the master's whitelist";
        case Decision::FRAMEWORK_INACTIVE:
            return "the framework is not connected";
        case Decision::ROLE_SUPPRESSED:
            return "the framework suppressed offers for the role " + quoted(role.role->path)
                + " and has not revived them";
        case Decision::CAPABILITY_MISSING:
            return missingCapability(m_state, role, agent);
        case Decision::OFFER_CONSTRAINTS:
            return role.framework->constraints
                ? role.framework->constraints->refusal(role.role->path, agent.info)
                : "the framework's offer constraints cannot be used: "
                    + role.framework->constraintsFault;
        case Decision::QUOTA:
            return m_room.reason(*role.role, part.available);
        case Decision::NOTHING_LEFT:
            return nothingLeftText(m_state, role, agent);
        case Decision::BELOW_MINIMUM:
            return "free is "
                + quantitiesText(stripped(*role.framework, part.offerable).quantities())
                + "; an offer needs " + minimumText(minimumFor(m_state, role));
        case Decision::FILTER:
            return filterText(*verdict.filter);
        case Decision::RECOVERY_PAUSE:
            return "after the failover " + std::to_string(m_state.agents.size())
                + " agents are back, too few to honour quotas";
        }
        return {};
    }

    std::string filterText(const OfferFilter &filter) const
    {
        return "the framework refused " + filter.refused.text()
            + (filter.pacing ? " without a filter; the next offer is in " : "; the filter ends in ")
            + secondsText(filter.expires - m_state.clock.monotonic());
    }

    AllocatorState &m_state;
    QuotaRoom m_room;
    bool m_paused;
};

} // namespace

std::vector<Decision> Allocator::decisions(const std::optional<std::string> &frameworkId,
                                           const std::optional<std::string> &agentId,
                                           const std::optional<std::string> &role,
                                           std::size_t limit) const
{
    AllocatorState &state = d->state;
    std::vector<const AgentState *> agents;
    for (const auto &[id, agent] : state.agents)
        if (!agentId || id == *agentId)
            agents.push_back(agent.get());
    std::sort(agents.begin(), agents.end(),
              [](const auto *a, const auto *b) { return a->number < b->number; });

    const Explainer explainer(state, d->isPaused());
    std::vector<Decision> decisions;
    for (const auto &[id, framework] : state.frameworks) {
        if (!framework->known || (frameworkId && id != *frameworkId))
            continue;
        for (const auto &[path, roleOfFramework] : framework->roles) {
            if (!roleOfFramework->subscribed || (role && path != *role))
                continue;
            for (const AgentState *agent : agents) {
                if (decisions.size() >= limit)
                    return decisions;
                decisions.push_back(explainer.explain(*roleOfFramework, *agent));
            }
        }
    }
    return decisions;
}

} // namespace meseta::master
