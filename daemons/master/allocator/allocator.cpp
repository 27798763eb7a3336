#include "daemons/master/allocator/allocator.h"

#include <chrono>

#include "daemons/master/allocator/allocation_run.h"
#include "daemons/master/allocator/allocator_private.h"

namespace meseta::master {

Allocator::Allocator(AllocatorOptions options, Clock &clock, Random &random, OfferCallback offer)
    : d(std::make_unique<Private>(std::move(options), clock, random, std::move(offer)))
{ }

Allocator::~Allocator() = default;

Allocator::Private::~Private()
{
    for (const Clock::TimerId id : {runTimer, filterTimer, pauseTimer, restTimer})
        state.clock.cancel(id);
}

void Allocator::Private::requestRun()
{
    if (runTimer != 0 || isPaused())
        return;
    requestedAt = std::chrono::steady_clock::now();
    runTimer = state.clock.after(Duration::zero(), [this] { run(); });
}

void Allocator::Private::run()
{
    const bool requested = runTimer != 0;
    state.clock.cancel(std::exchange(runTimer, 0));
    if (isPaused())
        return;
    // The length of a run is told, never decided with: the real clock does no harm to determinism.
    const auto start = std::chrono::steady_clock::now();
    const std::optional<Duration> nextExpiry = state.expireFilters();
    const std::vector<Allocation> allocations = AllocationRun(state).run();
    armFilterTimer(nextExpiry);
    ++runs;
    lastRun = std::chrono::steady_clock::now() - start;
    if (observeRun)
        observeRun(lastRun, requested ? start - requestedAt : Duration::zero());
    if (!allocations.empty())
        offer(allocations);
}

void Allocator::Private::armFilterTimer(std::optional<Duration> next)
{
    if (!next || (filterTimerAt && *filterTimerAt <= *next))
        return;
    state.clock.cancel(filterTimer);
    filterTimerAt = next;
    filterTimer = state.clock.after(*next - state.clock.monotonic(), [this] {
        filterTimer = 0;
        filterTimerAt.reset();
        const std::optional<Duration> later = state.expireFilters();
        armFilterTimer(later);
        if (!state.changedAgents.empty())
            requestRun();
    });
}

void Allocator::Private::resume()
{
    awaitedAgents = 0;
    state.clock.cancel(std::exchange(pauseTimer, 0));
    state.everythingChanged = true;
    requestRun();
}

void Allocator::awaitAgents(std::size_t agents, Duration timeout)
{
    if (!d->state.anyQuota() || d->state.agents.size() >= agents)
        return;
    d->awaitedAgents = agents;
    d->state.clock.cancel(d->pauseTimer);
    d->pauseTimer = d->state.clock.after(timeout, [this] { d->resume(); });
}

void Allocator::runNow()
{
    d->run();
}

void Allocator::Private::freed(AgentState &agent)
{
    state.markChanged(agent);
    if (state.anyQuota())
        state.everythingChanged = true;
    requestRun();
}

void Allocator::Private::refuse(const std::string &frameworkId, AgentState &agent,
                                const Resources &resources, Duration duration)
{
    FrameworkState *framework = state.framework(frameworkId);
    if (!framework || !framework->active)
        return;
    const Duration now = state.clock.monotonic();
    const Duration interval = state.options.allocationInterval;
    for (const auto &[path, part] : resources.byAllocationRole()) {
        const auto role = framework->roles.find(path);
        if (role == framework->roles.end() || !role->second->subscribed)
            continue;
        OfferFilter filter{part.unallocated(), now + std::max(duration, interval),
                           duration <= Duration::zero()};
        if (filter.pacing && interval > Duration::zero())
            filter.expires = (now / interval + 1) * interval;
        if (filter.expires <= now)
            continue;
        armFilterTimer(filter.expires);
        state.addFilter(*role->second, agent, std::move(filter));
    }
}

void Allocator::Private::countRefusal(AgentState &agent, const Resources &returned)
{
    const Duration length = state.options.allocationInterval;
    if (length <= Duration::zero())
        return;
    if (!(returned == agent.lastGiven)) { // a part was used: offers are worth their while here
        agent.refusals = 0;
        return;
    }
    const std::int64_t interval = state.clock.monotonic() / length;
    if (std::exchange(agent.interval, interval) != interval)
        agent.refusals = 0;
    if (++agent.refusals < mostRefusals || agent.resting)
        return;
    agent.resting = true;
    resting.push_back(agent.number);
    if (restTimer == 0)
        restTimer = state.clock.after((interval + 1) * length - state.clock.monotonic(),
                                      [this] { endRest(); });
}

void Allocator::Private::endRest()
{
    restTimer = 0;
    for (const std::uint64_t number : std::exchange(resting, {})) {
        const auto agent = state.agentsByNumber.find(number);
        if (agent == state.agentsByNumber.end() || !std::exchange(agent->second->resting, false))
            continue;
        state.markChanged(*agent->second);
        requestRun();
    }
}

void Allocator::recover(const std::string &frameworkId, const std::string &agentId,
                        const Resources &resources, std::optional<Duration> refuse)
{
    AgentState *agent = d->state.agent(agentId);
    if (!agent)
        return;
    const Resources taken = d->state.takeBack(*agent, frameworkId, resources);
    if (taken.empty())
        return;
    if (refuse) {
        d->refuse(frameworkId, *agent, taken, *refuse);
        d->countRefusal(*agent, taken);
    } else {
        agent->resting = false;
    }
    d->freed(*agent);
}

void Allocator::transform(const std::string &frameworkId, const std::string &agentId,
                          const Resources &from, const Resources &to)
{
    AgentState *agent = d->state.agent(agentId);
    const auto held =
        agent ? agent->held.find(frameworkId) : std::map<std::string, Resources>::iterator();
    if (!agent || held == agent->held.end() || !held->second.contains(from))
        return;
    d->state.takeBack(*agent, frameworkId, Resources(from));
    d->state.setTotal(*agent,
                      agent->total - from.unallocated().withoutSharedCopies()
                          + to.unallocated().withoutSharedCopies());
    d->state.give(*agent, d->state.frameworkAt(frameworkId), to);
    d->freed(*agent);
}

Result<> Allocator::transformAvailable(const std::string &agentId, const Resources &from,
                                       const Resources &to)
{
    AgentState *agent = d->state.agent(agentId);
    if (!agent)
        return fail("no agent '" + agentId + "' is known to the allocator");
    const Resources before = from.unallocated();
    if (!agent->available.contains(before))
        return fail("'" + before.text() + "' is not free on the agent '" + agentId
                    + "', which has '" + agent->available.text()
                    + "' free; wait until it is, or free it");
    for (const auto &[id, held] : agent->held)
        if (const Resources shared = before.shared();
            !shared.empty() && held.unallocated().contains(shared))
            return fail("'" + shared.text() + "' is in use or offered on the agent '" + agentId
                        + "'");
    d->state.setTotal(*agent, agent->total - before + to.unallocated());
    d->freed(*agent);
    return {};
}

void Allocator::setWeight(const std::string &role, double weight)
{
    d->state.tree.setWeight(role, weight);
    d->state.everythingChanged = true;
    d->requestRun();
}

void Allocator::setQuota(const std::string &role, const Quantities &guarantees,
                         const Quantities &limits)
{
    RoleNode &node = d->state.tree.at(role);
    if (guarantees.empty() && limits.empty()) {
        node.quota.reset();
        d->state.quotaRoles.erase(role);
        d->state.tree.releaseUnused(node);
    } else {
        RoleNode::Quota quota;
        quota.guarantees = Amounts::of(guarantees, d->state.names);
        for (const auto &[name, milli] : limits)
            quota.limits[d->state.names.idOf(name)] = milli;
        node.quota = std::move(quota);
        d->state.quotaRoles.insert(role);
    }
    d->state.everythingChanged = true;
    d->requestRun();
}

Quantities Allocator::consumed(const std::string &role) const
{
    const RoleNode *node = d->state.tree.find(role);
    return node ? node->consumed().named(d->state.names) : Quantities();
}

void Allocator::observeRuns(RunObserver observer)
{
    d->observeRun = std::move(observer);
}

Allocator::Figures Allocator::figures() const
{
    Figures figures;
    figures.runs = d->runs;
    figures.lastRun = d->lastRun;
    figures.pendingRuns = d->runTimer != 0 ? 1 : 0;
    for (const auto &[number, role] : d->state.rolesByNumber)
        if (const std::size_t count = role->filters.count())
            figures.activeFiltersByRole[role->role->path] += count;
    d->state.tree.each([&](RoleNode &node) {
        figures.dominantShareByRole[node.path] = d->state.tree.dominantShare(node.allocated);
    });
    return figures;
}

} // namespace meseta::master
