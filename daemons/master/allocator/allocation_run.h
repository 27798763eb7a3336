#pragma once

#include <unordered_map>

#include "daemons/master/allocator/allocator_state.h"
#include "daemons/master/allocator/offer_gates.h"

namespace meseta::master {

/// One run of the allocator over what changed since the last: agents in random order, for each the
/// roles and their frameworks in order of their shares. First guarantees are met, then the rest is
/// shared out. Source: Mesos allocator.
///
/// An agent whose free resources changed is looked at for everyone; one that did not, only for
/// frameworks whose wishes changed, since every other framework would be refused it for the same
/// reason as before.
class AllocationRun
{
public:
    explicit AllocationRun(AllocatorState &state);

    /// Gives out, and tells what was given, by framework. What was to be looked at is then done.
    std::vector<Allocation> run();

private:
    struct Work
    {
        AgentState *agent = nullptr;
        bool everyone = false;
        std::vector<RoleOfFramework *> some;
    };

    void collect();
    void consider(AgentState &agent, bool everyone, const std::vector<RoleOfFramework *> &wanted);
    bool isWorthwhile(const AgentState &agent) const;
    void shuffle();

    void meetGuarantees(AgentState &agent);
    void shareOut(const Work &work);
    bool walk(const RoleNode &node, AgentState &agent);
    bool walkAtRandom(AgentState &agent);
    bool offerToRole(const RoleNode &role, AgentState &agent, bool guarantee);
    bool offerTo(RoleOfFramework &role, AgentState &agent, const RolePart &part);
    RolePart partFor(const RoleNode &role, const AgentState &agent, bool guarantee) const;
    std::vector<Ranked *> frameworksOf(const RoleNode &role);
    void grant(RoleOfFramework &role, AgentState &agent, const Resources &offer);

    AllocatorState &m_state;
    QuotaRoom m_room;
    std::vector<Work> m_work;
    std::map<std::string, Allocation> m_given;
    std::unordered_map<std::uint64_t, Resources>
        m_sharedGiven; ///< at most one copy per agent and run
};

} // namespace meseta::master
