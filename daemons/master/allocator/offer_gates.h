#pragma once

#include "daemons/master/allocator/allocator_state.h"
#include "daemons/master/allocator/quota_room.h"
#include "meseta/v1/meseta.pb.h"

// The questions that stand between an agent's free resources and an offer, in the order they are
// asked. The allocator's run and the explanations of it ask the very same ones.

namespace meseta::master {

using Gate = ::meseta::v1::OfferDecision::Gate;
inline constexpr Gate gateOpen = ::meseta::v1::OfferDecision::OFFERED;

/// What a role finds on an agent.
struct RolePart
{
    Resources available; ///< free, and unreserved or reserved to the role or an ancestor
    Resources offerable; ///< of that, what quota lets it be offered
};

struct Verdict
{
    Gate gate = gateOpen;
    Resources offer; ///< when the gate is open
    const OfferFilter *filter = nullptr; ///< when it is FILTER
};

/// Whether the agent gives anything to anyone.
Gate agentGate(const AgentState &agent);
/// Whether the framework wants anything for this role.
Gate standingGate(const RoleOfFramework &role);
/// Whether the framework can deal with the agent.
Gate capabilityGate(const AllocatorState &state, const RoleOfFramework &role,
                    const AgentState &agent);
Gate constraintsGate(const RoleOfFramework &role, const AgentState &agent);

/// What the agent has for a role, before quota.
Resources allocatable(const AgentState &agent, const RoleNode &role);

/// All gates but the agent's and the standing.
Verdict judge(const AllocatorState &state, const RoleOfFramework &role, const AgentState &agent,
              const RolePart &part);

/// `resources` without what the framework does not know how to use.
Resources stripped(const FrameworkState &framework, const Resources &resources);

/// Whether an offer is worth making: all quantities of one of the alternatives are there, or there
/// is no alternative.
bool reachesMinimum(const std::vector<Quantities> &alternatives, const Resources &resources);
const std::vector<Quantities> &minimumFor(const AllocatorState &state, const RoleOfFramework &role);

} // namespace meseta::master
