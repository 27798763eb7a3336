#include "daemons/master/allocator/allocator_state.h"

#include <algorithm>

namespace meseta::master {

AllocatorState::AllocatorState(AllocatorOptions given, Clock &c, Random &r)
    : options(std::move(given)), clock(c), random(r)
{
    for (const std::string &name : options.fairSharingExcluded)
        tree.exclude(names.idOf(name));
}

AllocatorState::~AllocatorState() = default;

AgentState *AllocatorState::agent(const std::string &id)
{
    const auto found = agents.find(id);
    return found == agents.end() ? nullptr : found->second.get();
}

FrameworkState *AllocatorState::framework(const std::string &id)
{
    const auto found = frameworks.find(id);
    return found == frameworks.end() ? nullptr : found->second.get();
}

FrameworkState &AllocatorState::frameworkAt(const std::string &id)
{
    std::unique_ptr<FrameworkState> &framework = frameworks[id];
    if (!framework) {
        framework = std::make_unique<FrameworkState>();
        framework->id = id;
    }
    return *framework;
}

RoleOfFramework &AllocatorState::roleAt(FrameworkState &framework, const std::string &role)
{
    std::unique_ptr<RoleOfFramework> &entry = framework.roles[role];
    if (!entry) {
        entry = std::make_unique<RoleOfFramework>();
        entry->name = framework.id;
        entry->framework = &framework;
        entry->number = ++m_lastNumber;
        rolesByNumber[entry->number] = entry.get();
        tree.join(*entry, role);
    }
    return *entry;
}

void AllocatorState::releaseUnused(FrameworkState &framework)
{
    std::erase_if(framework.roles, [this](auto &item) {
        RoleOfFramework &role = *item.second;
        if (role.subscribed || !role.allocated.isZero())
            return false;
        ownMinimums -= role.minimum ? 1 : 0;
        rolesByNumber.erase(role.number);
        tree.leave(role);
        return true;
    });
    if (!framework.known && framework.roles.empty())
        frameworks.erase(std::string(framework.id));
}

void AllocatorState::updateActivity(RoleOfFramework &role)
{
    tree.setActive(role,
                   role.framework->known && role.framework->active && role.subscribed
                       && !role.suppressed);
}

AgentState &AllocatorState::insertAgent(const std::string &id)
{
    std::unique_ptr<AgentState> &agent = agents[id];
    agent = std::make_unique<AgentState>();
    agent->id = id;
    agent->number = ++m_lastNumber;
    agentsByNumber[agent->number] = agent.get();
    return *agent;
}

void AllocatorState::setAgentInfo(AgentState &agent, const mesos::v1::AgentInfo &info,
                                  const std::set<std::string> &capabilities)
{
    agent.info = info;
    agent.info.clear_resources();
    agent.multiRole = capabilities.contains("MULTI_ROLE");
    agent.hierarchicalRole = capabilities.contains("HIERARCHICAL_ROLE");
    agent.listed = !whitelist || whitelist->contains(info.hostname());
    const auto &mine =
        options.domain ? options.domain->fault_domain().region().name() : std::string();
    const bool bothKnown =
        options.domain && options.domain->has_fault_domain() && info.domain().has_fault_domain();
    agent.remoteRegion = bothKnown && info.domain().fault_domain().region().name() != mine;
}

void AllocatorState::countAgent(const Resources &total, int sign)
{
    tree.addTotal(Amounts::of(total, names, [](const ResourceEntry &) { return true; }), sign);
    for (const auto &[role, reserved] : total.reservations())
        tree.reserve(role, Amounts::of(reserved, names, [](const ResourceEntry &) { return true; }),
                     sign);
}

void AllocatorState::setTotal(AgentState &agent, const Resources &total)
{
    if (agent.total == total)
        return;
    countAgent(agent.total, -1);
    agent.total = total;
    countAgent(agent.total, 1);
    agent.hasShared = !total.shared().empty();
    agent.hasGpus = total.scalar("gpus") > 0;
    recomputeAvailable(agent);
}

void AllocatorState::recomputeAvailable(AgentState &agent)
{
    agent.available = agent.total;
    for (const auto &[id, held] : agent.held)
        agent.available -= held.nonShared().unallocated();
}

void AllocatorState::eraseAgent(AgentState &agent)
{
    const std::map<std::string, Resources> held = agent.held;
    for (const auto &[id, resources] : held)
        takeBack(agent, id, resources);
    countAgent(agent.total, -1);
    for (const auto &[number, role] : rolesByNumber)
        role->filters.forgetAgent(agent.number);
    agentsByNumber.erase(agent.number);
    agents.erase(std::string(agent.id));
}

void AllocatorState::track(FrameworkState &framework, const Resources &resources,
                           const Resources &others, int sign)
{
    for (const auto &[role, part] : resources.byAllocationRole()) {
        // A shared volume counts once, however many copies of it the framework holds.
        const auto counts = [&others](const ResourceEntry &entry) {
            return !entry.isShared()
                || std::none_of(others.entries().begin(), others.entries().end(),
                                [&entry](const ResourceEntry &e) { return e.sameKindAs(entry); });
        };
        const Amounts all = Amounts::of(part, names, counts);
        const Amounts quota = Amounts::of(part, names, countsAsQuota);
        tree.track(roleAt(framework, role), all, quota, sign);
    }
}

void AllocatorState::give(AgentState &agent, FrameworkState &framework, const Resources &resources)
{
    Resources &held = agent.held[framework.id];
    track(framework, resources, held, 1);
    held += resources;
    agent.available -=
        agent.hasShared ? resources.nonShared().unallocated() : resources.unallocated();
}

Resources AllocatorState::takeBack(AgentState &agent, const std::string &frameworkId,
                                   const Resources &resources)
{
    const auto held = agent.held.find(frameworkId);
    if (held == agent.held.end())
        return {};
    const Resources taken =
        held->second.contains(resources) ? resources : held->second - (held->second - resources);
    held->second -= taken;
    FrameworkState &owner = frameworkAt(frameworkId);
    track(owner, taken, held->second, -1);
    if (held->second.empty())
        agent.held.erase(held);
    recomputeAfterReturn(agent, taken);
    if (!owner.known)
        releaseUnused(owner);
    return taken;
}

void AllocatorState::recomputeAfterReturn(AgentState &agent, const Resources &taken)
{
    agent.available += taken.nonShared().unallocated();
    // An agent that shrank while its resources were held does not get back what it no longer has.
    if (!agent.total.contains(agent.available))
        recomputeAvailable(agent);
}

void AllocatorState::addFilter(RoleOfFramework &role, const AgentState &agent, OfferFilter filter)
{
    expiries.add({filter.expires, role.number, agent.number});
    role.filters.add(agent.number, std::move(filter));
    // Revived again and again, a framework leaves entries behind that end far in the future.
    if (expiries.size() < m_compactAt)
        return;
    expiries.compact([this](const FilterExpiries::Expiry &expiry) {
        const auto known = rolesByNumber.find(expiry.candidate);
        return known != rolesByNumber.end()
            && known->second->filters.endsAt(expiry.agent, expiry.at);
    });
    m_compactAt = std::max<std::size_t>(4096, 2 * expiries.size());
}

std::optional<Duration> AllocatorState::expireFilters()
{
    const Duration now = clock.monotonic();
    while (!expiries.empty() && expiries.next() <= now) {
        const FilterExpiries::Expiry expiry = expiries.take();
        const auto role = rolesByNumber.find(expiry.candidate);
        const auto agent = agentsByNumber.find(expiry.agent);
        if (role == rolesByNumber.end() || agent == agentsByNumber.end())
            continue;
        if (role->second->filters.expire(expiry.agent, now))
            markWanted(*agent->second, *role->second);
    }
    return expiries.empty() ? std::nullopt : std::optional(expiries.next());
}

void AllocatorState::enqueue(AgentState &agent)
{
    if (!agent.changed && agent.wantedBy.empty())
        changedAgents.push_back(agent.number);
}

void AllocatorState::markChanged(AgentState &agent)
{
    enqueue(agent);
    agent.changed = true;
}

void AllocatorState::markWanted(AgentState &agent, RoleOfFramework &role)
{
    enqueue(agent);
    if (!agent.changed)
        agent.wantedBy.push_back(role.number);
}

void AllocatorState::markWanted(RoleOfFramework &role)
{
    if (std::exchange(role.wanted, true))
        return;
    wantedRoles.push_back(role.number);
}

} // namespace meseta::master
