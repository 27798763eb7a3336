#include "daemons/master/allocator/allocation_run.h"

#include <algorithm>
#include <cmath>

namespace meseta::master {

namespace {

/// From here on it is cheaper to look at everyone in order than to put the few in order.
constexpr std::size_t fewRoles = 64;

} // namespace

AllocationRun::AllocationRun(AllocatorState &state) : m_state(state), m_room(state) { }

std::vector<Allocation> AllocationRun::run()
{
    m_state.tree.settle();
    collect();
    shuffle();
    if (m_room.anyUnmet())
        for (const Work &work : m_work)
            meetGuarantees(*work.agent);
    for (const Work &work : m_work)
        shareOut(work);
    std::vector<Allocation> result;
    for (auto &[id, allocation] : m_given)
        result.push_back(std::move(allocation));
    return result;
}

bool AllocationRun::isWorthwhile(const AgentState &agent) const
{
    if (agent.resting || agent.available.empty() || agentGate(agent) != gateOpen)
        return false;
    return m_state.ownMinimums > 0
        || reachesMinimum(m_state.options.minAllocatable, agent.available);
}

void AllocationRun::consider(AgentState &agent, bool everyone,
                             const std::vector<RoleOfFramework *> &wanted)
{
    Work work;
    work.agent = &agent;
    work.everyone = everyone || agent.changed;
    if (!work.everyone) {
        work.some = wanted;
        for (const std::uint64_t number : agent.wantedBy)
            if (const auto role = m_state.rolesByNumber.find(number);
                role != m_state.rolesByNumber.end())
                work.some.push_back(role->second);
        std::erase_if(work.some, [](const RoleOfFramework *role) { return !role->active; });
        work.everyone = work.some.size() > fewRoles;
    }
    agent.changed = false;
    agent.wantedBy.clear();
    if ((work.everyone || !work.some.empty()) && isWorthwhile(agent))
        m_work.push_back(std::move(work));
}

void AllocationRun::collect()
{
    std::vector<RoleOfFramework *> wanted;
    for (const std::uint64_t number : m_state.wantedRoles)
        if (const auto role = m_state.rolesByNumber.find(number);
            role != m_state.rolesByNumber.end()) {
            role->second->wanted = false;
            if (role->second->active)
                wanted.push_back(role->second);
        }
    const bool everyone = m_state.everythingChanged || wanted.size() > fewRoles;
    if (everyone || !wanted.empty()) {
        for (const auto &[id, agent] : m_state.agents)
            consider(*agent, everyone, wanted);
    } else {
        for (const std::uint64_t number : m_state.changedAgents)
            if (const auto agent = m_state.agentsByNumber.find(number);
                agent != m_state.agentsByNumber.end())
                consider(*agent->second, false, wanted);
    }
    m_state.everythingChanged = false;
    m_state.wantedRoles.clear();
    m_state.changedAgents.clear();
}

void AllocationRun::shuffle()
{
    // By number first: the order of a hash table must not decide, so that a seed repeats a run.
    std::sort(m_work.begin(), m_work.end(),
              [](const Work &a, const Work &b) { return a.agent->number < b.agent->number; });
    for (std::size_t i = m_work.size(); i > 1; --i)
        std::swap(m_work[i - 1], m_work[m_state.random.below(i)]);
}

void AllocationRun::meetGuarantees(AgentState &agent)
{
    std::vector<RoleNode *> unmet;
    for (Ranked *ranked : m_state.tree.root().order)
        if (auto *role = static_cast<RoleNode *>(ranked); m_room.isUnmet(*role))
            unmet.push_back(role);
    for (RoleNode *role : unmet)
        offerToRole(*role, agent, true);
    m_state.tree.settle();
}

void AllocationRun::shareOut(const Work &work)
{
    AgentState &agent = *work.agent;
    if (work.everyone) {
        if (m_state.options.randomRoleSorter)
            walkAtRandom(agent);
        else
            walk(m_state.tree.root(), agent);
    } else {
        std::vector<RoleOfFramework *> some = work.some;
        std::sort(some.begin(), some.end(),
                  [](const auto *a, const auto *b) { return RoleTree::before(*a, *b); });
        some.erase(std::unique(some.begin(), some.end()), some.end());
        for (RoleOfFramework *role : some)
            offerTo(*role, agent, partFor(*role->role, agent, false));
    }
    m_state.tree.settle();
}

bool AllocationRun::walk(const RoleNode &node, AgentState &agent)
{
    for (const Ranked *ranked : node.order) {
        const bool more = ranked == &node.self
            ? offerToRole(node, agent, false)
            : walk(static_cast<const RoleNode &>(*ranked), agent);
        if (!more)
            return false;
    }
    return true;
}

bool AllocationRun::walkAtRandom(AgentState &agent)
{
    // Weighted drawing without replacement (Efraimidis and Spirakis): order by u^(1/weight).
    std::vector<std::pair<double, const RoleNode *>> roles;
    m_state.tree.each([&](RoleNode &node) {
        if (node.frameworks.empty())
            return;
        double weight = 1;
        for (const RoleNode *up = &node; up->parent; up = up->parent)
            weight *= up->weight;
        roles.emplace_back(-std::pow(m_state.random.fraction(), 1 / weight), &node);
    });
    std::sort(roles.begin(), roles.end(),
              [](const auto &a, const auto &b) { return a.first < b.first; });
    return std::all_of(roles.begin(), roles.end(),
                       [&](const auto &role) { return offerToRole(*role.second, agent, false); });
}

RolePart AllocationRun::partFor(const RoleNode &role, const AgentState &agent, bool guarantee) const
{
    RolePart part;
    part.available = allocatable(agent, role);
    if (agent.hasShared)
        if (const auto given = m_sharedGiven.find(agent.number); given != m_sharedGiven.end())
            part.available -= given->second;
    part.offerable =
        guarantee ? m_room.guaranteed(role, part.available) : m_room.open(role, part.available);
    return part;
}

std::vector<Ranked *> AllocationRun::frameworksOf(const RoleNode &role)
{
    std::vector<Ranked *> frameworks(role.frameworks.begin(), role.frameworks.end());
    for (std::size_t i = frameworks.size(); i > 1; --i)
        std::swap(frameworks[i - 1], frameworks[m_state.random.below(i)]);
    return frameworks;
}

bool AllocationRun::offerToRole(const RoleNode &role, AgentState &agent, bool guarantee)
{
    RolePart part = partFor(role, agent, guarantee);
    const auto isHopeless = [&] {
        return part.offerable.empty()
            || (m_state.ownMinimums == 0
                && !reachesMinimum(m_state.options.minAllocatable, part.offerable));
    };
    if (isHopeless())
        return true;
    const auto offerInTurn = [&](const auto &line) {
        for (Ranked *ranked : line) {
            if (!offerTo(static_cast<RoleOfFramework &>(*ranked), agent, part))
                continue;
            if (!isWorthwhile(agent))
                return false;
            part = partFor(role, agent, guarantee && m_room.isUnmet(role));
            if ((guarantee && !m_room.isUnmet(role)) || isHopeless())
                return true;
        }
        return true;
    };
    return m_state.options.randomFrameworkSorter ? offerInTurn(frameworksOf(role))
                                                 : offerInTurn(role.frameworks);
}

bool AllocationRun::offerTo(RoleOfFramework &role, AgentState &agent, const RolePart &part)
{
    const Verdict verdict = judge(m_state, role, agent, part);
    if (verdict.gate != gateOpen)
        return false;
    grant(role, agent, verdict.offer);
    return true;
}

void AllocationRun::grant(RoleOfFramework &role, AgentState &agent, const Resources &offer)
{
    const Resources allocated = offer.allocated(role.role->path);
    m_state.give(agent, *role.framework, allocated);
    agent.lastGiven = allocated;
    m_room.given(offer);
    if (agent.hasShared)
        m_sharedGiven[agent.number] += offer.shared();
    Allocation &allocation = m_given[role.framework->id];
    allocation.frameworkId = role.framework->id;
    allocation.byRoleAndAgent[role.role->path][agent.id] += allocated;
}

} // namespace meseta::master
