#include "daemons/master/allocator/offer_gates.h"

#include <algorithm>

#include "common/resources/role.h"

namespace meseta::master {

using Decision = ::meseta::v1::OfferDecision;

Gate agentGate(const AgentState &agent)
{
    if (!agent.active)
        return Decision::AGENT_INACTIVE;
    return agent.listed ? gateOpen : Decision::AGENT_NOT_WHITELISTED;
}

Gate standingGate(const RoleOfFramework &role)
{
    if (!role.framework->known || !role.framework->active)
        return Decision::FRAMEWORK_INACTIVE;
    return role.suppressed ? Decision::ROLE_SUPPRESSED : gateOpen;
}

Gate capabilityGate(const AllocatorState &state, const RoleOfFramework &role,
                    const AgentState &agent)
{
    const FrameworkState &framework = *role.framework;
    const bool missing = (state.options.filterGpuResources && agent.hasGpus && !framework.gpu)
        || (agent.remoteRegion && !framework.regionAware)
        || (framework.multiRole && !agent.multiRole)
        || (!agent.hierarchicalRole && role.role->parent->parent);
    return missing ? Decision::CAPABILITY_MISSING : gateOpen;
}

Gate constraintsGate(const RoleOfFramework &role, const AgentState &agent)
{
    const FrameworkState &framework = *role.framework;
    if (!framework.constraintsFault.empty())
        return Decision::OFFER_CONSTRAINTS;
    if (!framework.constraints || framework.constraints->admits(role.role->path, agent.info))
        return gateOpen;
    return Decision::OFFER_CONSTRAINTS;
}

Resources allocatable(const AgentState &agent, const RoleNode &role)
{
    return agent.available.allocatableTo(role.path);
}

Resources stripped(const FrameworkState &framework, const Resources &resources)
{
    const auto usable = [&framework](const ResourceEntry &entry) {
        if (!entry.traits)
            return true;
        return (framework.shared || !entry.traits->shared)
            && (framework.revocable || !entry.traits->revocable)
            && (framework.refinement || entry.traits->reservationRoles.size() < 2);
    };
    return resources.filtered(usable);
}

bool reachesMinimum(const std::vector<Quantities> &alternatives, const Resources &resources)
{
    const auto amountOf = [&resources](const std::string &name) {
        std::int64_t sum = 0;
        for (const ResourceEntry &entry : resources.entries())
            if (entry.isScalar() && entry.name == name)
                sum += entry.milli;
        return sum;
    };
    const auto reached = [&amountOf](const Quantities &alternative) {
        return std::all_of(alternative.begin(), alternative.end(), [&amountOf](const auto &item) {
            return amountOf(item.first) >= item.second;
        });
    };
    return alternatives.empty() || std::any_of(alternatives.begin(), alternatives.end(), reached);
}

const std::vector<Quantities> &minimumFor(const AllocatorState &state, const RoleOfFramework &role)
{
    return role.minimum ? *role.minimum : state.options.minAllocatable;
}

Verdict judge(const AllocatorState &state, const RoleOfFramework &role, const AgentState &agent,
              const RolePart &part)
{
    if (const Gate gate = capabilityGate(state, role, agent); gate != gateOpen)
        return {gate, {}, nullptr};
    if (const Gate gate = constraintsGate(role, agent); gate != gateOpen)
        return {gate, {}, nullptr};
    if (part.offerable.empty())
        return {part.available.empty() ? Decision::NOTHING_LEFT : Decision::QUOTA, {}, nullptr};
    Verdict verdict;
    verdict.offer = stripped(*role.framework, part.offerable);
    if (verdict.offer.empty())
        verdict.gate = Decision::CAPABILITY_MISSING;
    else if (!reachesMinimum(minimumFor(state, role), verdict.offer))
        verdict.gate =
            reachesMinimum(minimumFor(state, role), stripped(*role.framework, part.available))
            ? Decision::QUOTA
            : Decision::BELOW_MINIMUM;
    else if ((verdict.filter = role.filters.matching(agent.number, verdict.offer)))
        verdict.gate = Decision::FILTER;
    return verdict;
}

} // namespace meseta::master
