#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemons/master/allocator/allocator.h"
#include "daemons/master/allocator/offer_constraints.h"
#include "daemons/master/allocator/offer_filters.h"
#include "daemons/master/allocator/role_tree.h"

// What the allocator remembers. Plain data with the bookkeeping that keeps its sums true; who gets
// what is decided elsewhere.

namespace meseta::master {

struct FrameworkState;

/// A framework in one of its roles, as the allocator sees it.
struct RoleOfFramework : Candidate
{
    FrameworkState *framework = nullptr;
    std::uint64_t number = 0; ///< never used again
    bool subscribed = false;
    bool suppressed = false;
    bool wanted = false; ///< looks at all agents in the next run
    std::optional<std::vector<Quantities>> minimum; ///< of its offer_filters; alternatives
    CandidateFilters filters;
};

struct FrameworkState
{
    std::string id;
    bool known = false; ///< added; otherwise only agents told of what it holds
    bool active = false;
    bool multiRole = false;
    bool gpu = false;
    bool regionAware = false;
    bool shared = false;
    bool revocable = false;
    bool refinement = false;
    std::optional<OfferConstraints> constraints;
    std::string constraintsFault; ///< why they could not be compiled
    std::map<std::string, std::unique_ptr<RoleOfFramework>> roles;
};

struct AgentState
{
    std::uint64_t number = 0; ///< never used again
    std::string id;
    mesos::v1::AgentInfo info; ///< without resources
    bool active = true;
    bool multiRole = false;
    bool hierarchicalRole = false;
    bool hasGpus = false;
    bool hasShared = false;
    bool remoteRegion = false;
    bool listed = true; ///< on the whitelist, if there is one
    Resources total;
    Resources available; ///< of `total`, what nobody holds; shared volumes always
    std::map<std::string, Resources> held; ///< by framework id; allocated form
    /// Refused so often within one allocation interval that it is left alone until the next.
    bool resting = false;
    std::int64_t interval = -1; ///< the one that `refusals` counts
    int refusals = 0;
    Resources lastGiven; ///< by a run; what comes back of it as a whole was refused
    /// What the next run must look at: everyone, or these.
    bool changed = false;
    std::vector<std::uint64_t> wantedBy;
};

class AllocatorState
{
public:
    AllocatorState(AllocatorOptions options, Clock &clock, Random &random);
    ~AllocatorState();

    AgentState *agent(const std::string &id);
    const AgentState *agent(const std::string &id) const
    {
        return const_cast<AllocatorState *>(this)->agent(id);
    }
    FrameworkState *framework(const std::string &id);
    FrameworkState &frameworkAt(const std::string &id); ///< made when missing
    RoleOfFramework &roleAt(FrameworkState &framework, const std::string &role);
    /// Drops roles the framework is not subscribed to and holds nothing in, and the framework
    /// itself when it is unknown.
    void releaseUnused(FrameworkState &framework);
    void updateActivity(RoleOfFramework &role);

    AgentState &insertAgent(const std::string &id);
    void setAgentInfo(AgentState &agent, const mesos::v1::AgentInfo &info,
                      const std::set<std::string> &capabilities);
    /// Does nothing when it is the same: agents tell it again every few seconds.
    void setTotal(AgentState &agent, const Resources &total);
    void eraseAgent(AgentState &agent);

    /// Gives `resources` (allocated form) of the agent to the framework, or takes them back.
    void give(AgentState &agent, FrameworkState &framework, const Resources &resources);
    /// Returns what was really taken: never more than the framework held.
    Resources takeBack(AgentState &agent, const std::string &frameworkId,
                       const Resources &resources);

    void addFilter(RoleOfFramework &role, const AgentState &agent, OfferFilter filter);
    void forgetFilters(RoleOfFramework &role) { role.filters.clear(); }
    /// Marks what filters that ended by now kept back. Returns when the next one ends.
    std::optional<Duration> expireFilters();

    bool anyQuota() const { return !quotaRoles.empty(); }

    AllocatorOptions options;
    Clock &clock;
    Random &random;
    ResourceNames names;
    RoleTree tree;
    std::map<std::string, std::unique_ptr<FrameworkState>> frameworks;
    std::unordered_map<std::string, std::unique_ptr<AgentState>> agents;
    std::unordered_map<std::uint64_t, AgentState *> agentsByNumber;
    std::unordered_map<std::uint64_t, RoleOfFramework *> rolesByNumber;
    std::set<std::string> quotaRoles;
    std::optional<std::set<std::string>> whitelist;
    FilterExpiries expiries;
    std::size_t ownMinimums = 0; ///< roles of frameworks with a minimum of their own

    bool everythingChanged = false;
    std::vector<std::uint64_t> changedAgents; ///< numbers of those with `changed` or `wantedBy`
    std::vector<std::uint64_t> wantedRoles; ///< number of the roles with `wanted`

    void markChanged(AgentState &agent);
    void markWanted(AgentState &agent, RoleOfFramework &role);
    void markWanted(RoleOfFramework &role);

private:
    void track(FrameworkState &framework, const Resources &resources, const Resources &heldBefore,
               int sign);
    void countAgent(const Resources &total, int sign);
    void recomputeAvailable(AgentState &agent);
    void recomputeAfterReturn(AgentState &agent, const Resources &taken);
    void enqueue(AgentState &agent);

    std::uint64_t m_lastNumber = 0;
    std::size_t m_compactAt = 4096;
};

} // namespace meseta::master
