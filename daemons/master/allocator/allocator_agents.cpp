#include "daemons/master/allocator/allocator.h"
#include "daemons/master/allocator/allocator_private.h"

// Agents: what they have, what of it is held, and whether they may be offered.

namespace meseta::master {

namespace {

/// Whether offer constraints could come to another answer.
bool looksDifferent(const mesos::v1::AgentInfo &a, const mesos::v1::AgentInfo &b)
{
    const auto shown = [](const mesos::v1::AgentInfo &info) {
        mesos::v1::AgentInfo part;
        *part.mutable_attributes() = info.attributes();
        if (info.has_domain())
            *part.mutable_domain() = info.domain();
        part.set_hostname(info.hostname());
        return part.SerializePartialAsString();
    };
    return shown(a) != shown(b);
}

} // namespace

void Allocator::addAgent(const AllocatorAgent &description)
{
    const std::string &id = description.info.id().value();
    if (AgentState *known = d->state.agent(id))
        d->state.eraseAgent(*known);
    AgentState &agent = d->state.insertAgent(id);
    agent.active = description.active;
    d->state.setAgentInfo(agent, description.info, description.capabilities);
    d->state.setTotal(agent, description.total);
    for (const auto &[frameworkId, used] : description.used)
        if (!used.empty())
            d->state.give(agent, d->state.frameworkAt(frameworkId), used);
    if (d->isPaused() && d->state.agents.size() >= d->awaitedAgents)
        d->resume();
    d->freed(agent);
}

void Allocator::updateAgent(const mesos::v1::AgentInfo &info,
                            const std::set<std::string> &capabilities, const Resources &total)
{
    AgentState *agent = d->state.agent(info.id().value());
    if (!agent)
        return;
    const bool looksNew = looksDifferent(agent->info, info);
    const bool changed = looksNew || !(agent->total == total)
        || agent->multiRole != capabilities.contains("MULTI_ROLE")
        || agent->hierarchicalRole != capabilities.contains("HIERARCHICAL_ROLE");
    if (!changed)
        return;
    if (looksNew)
        for (const auto &[number, role] : d->state.rolesByNumber)
            role->filters.forgetAgent(agent->number);
    d->state.setAgentInfo(*agent, info, capabilities);
    d->state.setTotal(*agent, total);
    d->freed(*agent);
}

void Allocator::activateAgent(const std::string &id)
{
    AgentState *agent = d->state.agent(id);
    if (!agent || agent->active)
        return;
    agent->active = true;
    d->freed(*agent);
}

void Allocator::deactivateAgent(const std::string &id)
{
    if (AgentState *agent = d->state.agent(id))
        agent->active = false;
}

void Allocator::removeAgent(const std::string &id)
{
    AgentState *agent = d->state.agent(id);
    if (!agent)
        return;
    d->state.eraseAgent(*agent);
    if (!d->state.anyQuota())
        return;
    // What was held there no longer counts against quotas.
    d->state.everythingChanged = true;
    d->requestRun();
}

void Allocator::setWhitelist(std::optional<std::set<std::string>> hostnames)
{
    d->state.whitelist = std::move(hostnames);
    for (const auto &[id, agent] : d->state.agents) {
        const bool listed =
            !d->state.whitelist || d->state.whitelist->contains(agent->info.hostname());
        if (listed && !agent->listed)
            d->freed(*agent);
        agent->listed = listed;
    }
}

} // namespace meseta::master
