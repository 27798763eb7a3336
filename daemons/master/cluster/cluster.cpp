#include "daemons/master/cluster/cluster.h"

namespace meseta::master {

namespace {
template <typename Map, typename Key> auto *lookUp(const Map &map, const Key &key)
{
    const auto at = map.find(key);
    return at == map.end() ? nullptr : at->second.get();
}

/// Takes `resources` out of one entry of a map of sums, dropping the entry that becomes empty.
void subtract(std::map<std::string, Resources> &sums, const std::string &key,
              const Resources &resources)
{
    const auto at = sums.find(key);
    if (at == sums.end())
        return;
    at->second -= resources;
    if (at->second.empty())
        sums.erase(at);
}

template <typename Map>
void eraseNested(Map &map, const std::string &outer, const std::string &inner)
{
    const auto at = map.find(outer);
    if (at == map.end())
        return;
    at->second.erase(inner);
    if (at->second.empty())
        map.erase(at);
}
} // namespace

void AgentRecord::add(const std::string &id, Duration time)
{
    if (!m_times.insert_or_assign(id, time).second)
        return;
    m_order.push_back(id);
    while (m_times.size() > m_limit) {
        m_times.erase(m_order.front());
        m_order.pop_front();
    }
}

bool AgentRecord::remove(const std::string &id)
{
    if (m_times.erase(id) == 0)
        return false;
    m_order.erase(std::find(m_order.begin(), m_order.end(), id));
    return true;
}

std::optional<Duration> AgentRecord::find(const std::string &id) const
{
    const auto at = m_times.find(id);
    return at == m_times.end() ? std::nullopt : std::optional(at->second);
}

void AgentRecord::forgetBefore(Duration time)
{
    const auto isOld = [this, time](const std::string &id) { return m_times.at(id) < time; };
    const auto kept = std::stable_partition(m_order.begin(), m_order.end(),
                                            [&](const auto &id) { return !isOld(id); });
    for (auto at = kept; at != m_order.end(); ++at)
        m_times.erase(*at);
    m_order.erase(kept, m_order.end());
}

Cluster::Cluster(Limits limits)
    : unreachable(limits.recordedAgents)
    , gone(limits.recordedAgents)
    , removed(limits.recordedAgents)
    , m_limits(limits)
{ }

Framework *Cluster::framework(const std::string &id) const
{
    return lookUp(m_frameworks, id);
}
Agent *Cluster::agent(const std::string &id) const
{
    return lookUp(m_agents, id);
}
Offer *Cluster::offer(const std::string &id) const
{
    return lookUp(m_offers, id);
}

Agent *Cluster::agentAt(const messages::Pid &pid) const
{
    const auto at = m_agentsByPid.find(pid);
    return at == m_agentsByPid.end() ? nullptr : at->second;
}

Task *Cluster::task(const std::string &frameworkId, std::string_view taskId) const
{
    const Framework *owner = framework(frameworkId);
    return owner ? lookUp(owner->tasks, taskId) : nullptr;
}

const Framework *Cluster::completedFramework(const std::string &id) const
{
    const auto at = std::find_if(m_completed.begin(), m_completed.end(),
                                 [&id](const auto &framework) { return framework->id == id; });
    return at == m_completed.end() ? nullptr : at->get();
}

Framework &Cluster::addFramework(const mesos::v1::FrameworkInfo &info)
{
    auto framework = std::make_unique<Framework>(info, m_limits.completedTasksPerFramework,
                                                 m_limits.unreachableTasksPerFramework);
    return *(m_frameworks[framework->id] = std::move(framework));
}

void Cluster::completeFramework(Framework &framework)
{
    const auto at = m_frameworks.find(framework.id);
    m_completed.push_back(std::move(at->second));
    m_frameworks.erase(at);
    while (m_completed.size() > m_limits.completedFrameworks)
        m_completed.pop_front();
}

Agent &Cluster::addAgent(std::unique_ptr<Agent> agent)
{
    Agent &added = *agent;
    m_agentsByPid[added.pid] = &added;
    m_agents[added.id] = std::move(agent);
    return added;
}

void Cluster::removeAgent(Agent &agent)
{
    if (agentAt(agent.pid) == &agent)
        m_agentsByPid.erase(agent.pid);
    m_agents.erase(std::string(agent.id));
}

void Cluster::moveAgent(Agent &agent, const messages::Pid &pid)
{
    if (agentAt(agent.pid) == &agent)
        m_agentsByPid.erase(agent.pid);
    agent.pid = pid;
    m_agentsByPid[pid] = &agent;
}

Task &Cluster::addTask(Framework &framework, Agent &agent, std::unique_ptr<Task> task)
{
    Task &added = *task;
    if (added.holdsResources()) {
        const Resources resources = added.resources();
        framework.used[agent.id] += resources;
        agent.used[framework.id] += resources;
    }
    added.agentIndex = agent.tasks.size();
    agent.tasks.push_back(&added);
    framework.tasks[added.id()] = std::move(task);
    ++m_taskCount;
    return added;
}

void Cluster::releaseResources(Task &task)
{
    if (!task.holdsResources())
        return;
    task.setHoldsResources(false);
    const Resources resources = task.resources();
    const std::string frameworkId(task.frameworkId());
    const std::string agentId(task.agentId());
    if (Framework *owner = framework(frameworkId))
        subtract(owner->used, agentId, resources);
    if (Agent *place = agent(agentId))
        subtract(place->used, frameworkId, resources);
}

std::unique_ptr<Task> Cluster::takeTask(Task &task)
{
    releaseResources(task);
    if (Agent *place = agent(std::string(task.agentId()))) {
        place->tasks.back()->agentIndex = task.agentIndex;
        place->tasks[task.agentIndex] = place->tasks.back();
        place->tasks.pop_back();
    }
    Framework &owner = *framework(std::string(task.frameworkId()));
    const auto at = owner.tasks.find(task.id());
    std::unique_ptr<Task> taken = std::move(at->second);
    owner.tasks.erase(at);
    --m_taskCount;
    return taken;
}

void Cluster::addExecutor(Framework &framework, Agent &agent, const mesos::v1::ExecutorInfo &info)
{
    const std::string &id = info.executor_id().value();
    const Executor executor(info);
    framework.executors[agent.id].emplace(id, executor);
    agent.executors[framework.id].emplace(id, executor);
    if (!executor.resources.empty()) {
        framework.used[agent.id] += executor.resources;
        agent.used[framework.id] += executor.resources;
    }
}

std::optional<Resources> Cluster::removeExecutor(Framework &framework, Agent &agent,
                                                 const std::string &executorId)
{
    if (!agent.hasExecutor(framework.id, executorId))
        return std::nullopt;
    const Resources held = agent.executors[framework.id].at(executorId).resources;
    eraseNested(agent.executors, framework.id, executorId);
    eraseNested(framework.executors, agent.id, executorId);
    subtract(framework.used, agent.id, held);
    subtract(agent.used, framework.id, held);
    return held;
}

void Cluster::holdFor(const std::string &frameworkId, Agent &agent, const Resources &resources)
{
    Framework *owner = framework(frameworkId);
    if (!owner || resources.empty())
        return;
    owner->used[agent.id] += resources;
    agent.used[frameworkId] += resources;
}

void Cluster::letGo(const std::string &frameworkId, Agent &agent, const Resources &resources)
{
    if (Framework *owner = framework(frameworkId))
        subtract(owner->used, agent.id, resources);
    subtract(agent.used, frameworkId, resources);
}

Offer &Cluster::addOffer(std::unique_ptr<Offer> offer)
{
    Offer &added = *offer;
    added.framework->offers.insert(&added);
    added.agent->offers.insert(&added);
    m_offers[added.id] = std::move(offer);
    return added;
}

std::unique_ptr<Offer> Cluster::takeOffer(Offer &offer)
{
    offer.framework->offers.erase(&offer);
    offer.agent->offers.erase(&offer);
    const auto at = m_offers.find(offer.id);
    std::unique_ptr<Offer> taken = std::move(at->second);
    m_offers.erase(at);
    return taken;
}

bool Cluster::isWhitelistedRole(const std::string &role) const
{
    return !roleWhitelist || roleWhitelist->contains(role);
}

} // namespace meseta::master
