#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/random.h"
#include "common/base/result.h"
#include "common/resources/resources.h"
#include "daemons/master/allocator/offer_constraints.h"
#include "meseta/v1/meseta.pb.h"
#include "mesos/v1/cluster.pb.h"
#include "mesos/v1/quota/quota.pb.h"
#include "mesos/v1/scheduler/scheduler.pb.h"

namespace meseta::master {

/// What the allocator decided to offer to one framework: per role and agent, resources with
/// allocation_info set.
struct Allocation
{
    std::string frameworkId;
    std::map<std::string, std::map<std::string, Resources>> byRoleAndAgent;
};

struct AllocatorOptions
{
    Duration allocationInterval = std::chrono::seconds(1);
    /// Alternatives, one of which an offer must reach; none: any offer will do.
    std::vector<Quantities> minAllocatable{{{"cpus", 10}}, {{"mem", 32000}}};
    std::set<std::string> fairSharingExcluded;
    bool filterGpuResources = true;
    bool randomRoleSorter = false;
    bool randomFrameworkSorter = false;
    std::optional<mesos::v1::DomainInfo> domain; ///< of the master, for REGION_AWARE
    RegexLimits regexLimits; ///< of offer constraints
};

/// How long to refuse, from the filters of DECLINE or ACCEPT: default 5 s; negative or not a
/// number: 5 s; at most 365 days. Zero means that no filter is wanted: pass it on to
/// `Allocator::recover` as it is. Source: Mesos `Filters`.
std::optional<Duration> refuseDuration(const mesos::v1::Filters &filters);

/// What the allocator needs to know of a framework.
struct AllocatorFramework
{
    std::string id;
    std::set<std::string> roles;
    std::set<std::string> suppressedRoles;
    std::set<std::string> capabilities; ///< "MULTI_ROLE", "GPU_RESOURCES" …
    std::map<std::string, mesos::v1::OfferFilters> offerFilters; ///< by role
    mesos::v1::scheduler::OfferConstraints offerConstraints;
    bool active = true;
};

struct AllocatorAgent
{
    mesos::v1::AgentInfo info;
    std::set<std::string> capabilities;
    Resources total; ///< with oversubscribed (revocable) ones
    /// Resources in use when the agent (re)registers, by framework; allocated form.
    std::map<std::string, Resources> used;
    bool active = true;
};

/// Hierarchical weighted DRF over roles, then frameworks of a role. Deterministic: time comes from
/// `Clock`, chance from `Random`, and it does nothing but call `offer`. Source: Mesos allocator
/// behaviour (roles, quota, weights, reservation).
///
/// An event that frees or adds resources, or changes what a framework wants, asks for a run over
/// what is concerned; runs are gathered and made at the next turn of the clock (delay zero), so
/// that a freed resource is offered at once. There is no periodic run: filters have timers of their
/// own. Only what a framework refused for 0 seconds waits for the next multiple of the allocation
/// interval before that framework is offered it again, lest the two go round in a circle; and an
/// agent that was refused many times within one interval waits for the next.
class Allocator
{
public:
    /// Called once per run that gave something, with one allocation per framework. It may call the
    /// allocator.
    using OfferCallback = std::function<void(const std::vector<Allocation> &)>;

    Allocator(AllocatorOptions options, Clock &clock, Random &random, OfferCallback offer);
    ~Allocator();

    void addFramework(const AllocatorFramework &framework);
    /// Roles, suppression, capabilities, filters and constraints as they are now.
    void updateFramework(const AllocatorFramework &framework);
    void activateFramework(const std::string &id);
    void deactivateFramework(const std::string &id); ///< its filters are forgotten
    void removeFramework(const std::string &id);

    void addAgent(const AllocatorAgent &agent);
    void updateAgent(const mesos::v1::AgentInfo &info, const std::set<std::string> &capabilities,
                     const Resources &total);
    void activateAgent(const std::string &id);
    void deactivateAgent(const std::string &id);
    void removeAgent(const std::string &id);
    void setWhitelist(std::optional<std::set<std::string>> hostnames);

    /// Resources come back (declined, unused, task ended), in allocated form. `refuse` sets a
    /// filter for that long, at least for the allocation interval; zero: the framework refused
    /// without a filter; absent: it did not refuse. What the framework does not hold there is not
    /// taken; unknown frameworks and agents are ignored.
    void recover(const std::string &frameworkId, const std::string &agentId,
                 const Resources &resources, std::optional<Duration> refuse);
    /// Resources of an offer turn into others (RESERVE, CREATE …; see
    /// common/resources/conversions.h) while they stay with the framework. Both in allocated form.
    /// Nothing happens when the framework does not hold `from` there.
    void transform(const std::string &frameworkId, const std::string &agentId,
                   const Resources &from, const Resources &to);
    /// The agent's total changes shape (operator RESERVE …) in what nobody holds; error when it is
    /// not free.
    Result<> transformAvailable(const std::string &agentId, const Resources &from,
                                const Resources &to);

    void suppress(const std::string &frameworkId, const std::set<std::string> &roles);
    void revive(const std::string &frameworkId, const std::set<std::string> &roles);

    void setWeight(const std::string &role, double weight);
    /// Replaces the quota of a role; with neither guarantees nor limits it has none.
    void setQuota(const std::string &role, const Quantities &guarantees, const Quantities &limits);
    /// After a failover, with a quota set: nothing is offered until so many agents were added, or
    /// `timeout` has passed.
    void awaitAgents(std::size_t agents, Duration timeout);

    /// Runs what is pending now (tests, benchmarks); the clock does it otherwise.
    void runNow();

    /// Why offers are not made now, per framework, role and agent: the first gate that is closed,
    /// and its numbers in words. OFFERED means that none is closed. Found by asking the same
    /// questions as a run; nothing is stored.
    std::vector<::meseta::v1::OfferDecision>
    decisions(const std::optional<std::string> &frameworkId,
              const std::optional<std::string> &agentId, const std::optional<std::string> &role,
              std::size_t limit) const;

    /// For metrics: outstanding filters by role, runs made, last run's length.
    struct Figures
    {
        std::uint64_t runs = 0;
        Duration lastRun{0};
        std::map<std::string, std::size_t> activeFiltersByRole;
        std::map<std::string, double> dominantShareByRole;
        std::size_t pendingRuns = 0;
    };
    Figures figures() const;

    /// Told of each run: how long it took, and how long after it was asked for it began. For
    /// metrics only.
    using RunObserver = std::function<void(Duration took, Duration waited)>;
    void observeRuns(RunObserver observer);

    /// What counts against the quota of a role: allocated or offered to its subtree, and all its
    /// reservations.
    Quantities consumed(const std::string &role) const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace meseta::master
