#include "tests/simulation/promises.h"

namespace meseta::simulation {

namespace {

using master::Framework;
using master::Offer;
using AgentRecord = master::Agent;

void add(Quantities &to, const Quantities &from)
{
    for (const auto &[name, amount] : from)
        to[name] += amount;
}

void checkOffers(Transcript &transcript, const master::Cluster &cluster)
{
    std::size_t ofAgents = 0;
    for (const auto &[id, agent] : cluster.agents())
        ofAgents += agent->offers.size();
    std::size_t ofFrameworks = 0;
    for (const auto &[id, framework] : cluster.frameworks())
        ofFrameworks += framework->offers.size();
    if (ofAgents != cluster.offers().size() || ofFrameworks != cluster.offers().size())
        transcript.violated("an offer is one of its agent's and of its framework's");
    for (const auto &[id, offer] : cluster.offers()) {
        if (!offer->agent->active || !offer->agent->connected)
            transcript.violated("offers are of active agents: " + id + " is of "
                                + offer->agent->id);
        if (!offer->framework->active())
            transcript.violated("offers are made to active frameworks: " + id);
        if (!offer->framework->roles.contains(offer->role))
            transcript.violated("offers are for roles of the framework: " + id + " is for "
                                + offer->role);
    }
}

const Resources &resourcesOf(World &world, const master::Task &task)
{
    const auto [at, isNew] = world.taskResources.try_emplace(std::string(task.id()));
    if (isNew)
        at->second = task.resources();
    return at->second;
}

/// What an agent's tasks and executors hold, counted anew.
Resources held(World &world, const AgentRecord &agent)
{
    Resources sum;
    for (const master::Task *task : agent.tasks) {
        if (task->holdsResources())
            sum += resourcesOf(world, *task);
    }
    for (const auto &[framework, executors] : agent.executors) {
        for (const auto &[id, executor] : executors)
            sum += executor.resources;
    }
    return sum;
}

/// Who that is: for whoever looks into a broken promise.
std::string holders(World &world, const AgentRecord &agent)
{
    std::string text;
    for (const master::Task *task : agent.tasks) {
        if (task->holdsResources())
            text += "\n  task " + std::string(task->id()) + ": " + resourcesOf(world, *task).text();
    }
    for (const auto &[framework, executors] : agent.executors) {
        for (const auto &[id, executor] : executors)
            text += "\n  executor " + id + " of " + framework + ": " + executor.resources.text();
    }
    return text;
}

void checkUse(World &world, const AgentRecord &agent)
{
    const Resources used = agent.totalUsed();
    const Resources counted = held(world, agent);
    if (!(counted == used))
        world.transcript.violated("what is used on " + agent.id
                                  + " is what its tasks and executors hold: " + used.text()
                                  + " and not " + counted.text());
    const Resources out = (used + agent.totalOffered()).unallocated();
    if (!agent.total.contains(out))
        world.transcript.violated("no agent is used more than it has: " + agent.id + " has "
                                  + agent.total.text() + ", used and offered are " + out.text()
                                  + holders(world, agent));
}

void checkAllocator(Transcript &transcript, master::Master &core)
{
    std::map<std::string, Quantities> given;
    const auto count = [&given](const Resources &resources) {
        for (const auto &[role, part] : resources.byAllocationRole()) {
            std::string path = role;
            while (true) {
                add(given[path], part.quantities());
                const std::size_t slash = path.rfind('/');
                if (slash == std::string::npos)
                    break;
                path.resize(slash);
            }
        }
    };
    for (const auto &[id, agent] : core.cluster().agents()) {
        count(agent->totalUsed());
        count(agent->totalOffered());
    }
    for (const char *role : {"*", "web", "web/shop", "data"}) {
        Quantities consumed = core.allocator().consumed(role);
        std::erase_if(consumed, [](const auto &entry) { return entry.second == 0; });
        if (consumed != given[role])
            transcript.violated(std::string("allocator and master agree on what is given to role ")
                                + role + ": " + quantitiesText(consumed) + " and "
                                + quantitiesText(given[role]));
    }
}

/// Tasks by framework and id that run, as the agents see it.
std::set<std::string> runningOn(agent::Agent &core)
{
    std::set<std::string> tasks;
    for (const auto &[frameworkId, framework] : core.state().frameworks) {
        if (framework->state == agent::Framework::State::Terminating)
            continue;
        for (const auto &[id, executor] : framework->executors) {
            for (const auto &task : executor->queued)
                tasks.insert(frameworkId + " " + task.task_id().value());
            for (const auto &[taskId, task] : executor->launched)
                tasks.insert(frameworkId + " " + taskId);
        }
    }
    return tasks;
}

std::set<std::string> runningBy(const AgentRecord &agent)
{
    std::set<std::string> tasks;
    for (const master::Task *task : agent.tasks) {
        if (!task->terminal())
            tasks.insert(std::string(task->frameworkId()) + " " + std::string(task->id()));
    }
    return tasks;
}

std::string firstMissing(const std::set<std::string> &of, const std::set<std::string> &in)
{
    for (const std::string &one : of) {
        if (!in.contains(one))
            return one;
    }
    return {};
}

} // namespace

void checkMaster(World &world, SimulatedMaster &master)
{
    const master::Cluster &cluster = master.core().cluster();
    checkOffers(world.transcript, cluster);
    std::size_t tasks = 0;
    for (const auto &[id, agent] : cluster.agents()) {
        checkUse(world, *agent);
        tasks += agent->tasks.size();
    }
    if (tasks != cluster.taskCount())
        world.transcript.violated("every active task is on an agent");
    for (const auto &[id, framework] : cluster.frameworks()) {
        for (const auto &[agentId, used] : framework->used) {
            const AgentRecord *agent = cluster.agent(agentId);
            const auto same =
                agent ? agent->used.find(id) : std::map<std::string, Resources>::const_iterator();
            if (!agent || same == agent->used.end() || !(same->second == used))
                world.transcript.violated("framework " + id + " and agent " + agentId
                                          + " agree on what it uses");
        }
    }
    checkAllocator(world.transcript, master.core());
}

void checkTouched(World &world, SimulatedMaster &master)
{
    for (const std::string &id : master.probe().takeTouched()) {
        if (const AgentRecord *agent = master.core().cluster().agent(id))
            checkUse(world, *agent);
    }
}

void checkAgent(World &world, SimulatedAgent &agent)
{
    if (!agent.isUp())
        return;
    Resources sum;
    for (const auto &[frameworkId, framework] : agent.core().state().frameworks) {
        if (framework->state == agent::Framework::State::Terminating
            || world.ledger.isShutDown(agent.core().state().id(), frameworkId))
            continue;
        for (const auto &[id, executor] : framework->executors) {
            for (const auto &task : executor->queued)
                sum += Resources(task.resources());
            for (const auto &[taskId, task] : executor->launched)
                sum += Resources(task.resources());
        }
    }
    if (!agent.core().config().resources.contains(sum.unallocated()))
        world.transcript.violated("what runs on an agent fits into it: " + agent.pid().text()
                                  + " has " + agent.core().config().resources.text()
                                  + " and runs tasks of " + sum.unallocated().text());
}

std::string disagreement(Cluster &cluster)
{
    return disagreement(cluster.world.ledger, *cluster.master, cluster.agents, cluster.schedulers);
}

std::string disagreement(const Ledger &ledger, SimulatedMaster &master,
                         const std::vector<std::unique_ptr<SimulatedAgent>> &agents,
                         const std::vector<std::unique_ptr<SimulatedScheduler>> &schedulers)
{
    const master::Cluster &known = master.core().cluster();
    for (const auto &agent : agents) {
        if (!agent->isUp())
            return "the agent at " + agent->address() + " is down";
        agent::Agent &core = agent->core();
        if (core.state().lifecycle != agent::AgentState::Lifecycle::Running)
            return "the agent at " + agent->address() + " is not registered";
        const AgentRecord *record = known.agentAt(agent->pid());
        if (!record || record->id != core.state().id() || !record->connected)
            return "the master does not know agent " + core.state().id() + " at "
                + agent->address();
        const std::set<std::string> here = runningOn(core);
        const std::set<std::string> there = runningBy(*record);
        if (const std::string task = firstMissing(here, there); !task.empty())
            return "the master does not know that " + task + " runs on " + record->id;
        if (const std::string task = firstMissing(there, here); !task.empty())
            return "the master believes that " + task + " runs on " + record->id;
    }
    if (known.agents().size() != agents.size())
        return "the master knows of agents that are gone";
    for (const auto &scheduler : schedulers) {
        if (!scheduler->subscribed())
            return "a scheduler is not subscribed";
    }
    std::set<std::string> agentIds, frameworkIds;
    for (const auto &[id, agent] : known.agents())
        agentIds.insert(id);
    for (const auto &[id, framework] : known.frameworks()) {
        if (framework->active())
            frameworkIds.insert(id);
    }
    const std::string missing = ledger.missing(agentIds, frameworkIds);
    return missing.empty() ? missing : "nobody heard of " + missing;
}

void checkNothingRuns(Cluster &cluster)
{
    Transcript &transcript = cluster.world.transcript;
    const master::Cluster &known = cluster.master->core().cluster();
    if (!known.frameworks().empty() || !known.offers().empty() || known.taskCount() != 0)
        transcript.violated("after teardown the master has no frameworks, offers and tasks");
    for (const auto &[id, agent] : known.agents()) {
        if (!agent->totalUsed().empty() || !agent->executors.empty())
            transcript.violated("after teardown nothing is used on " + id);
    }
    for (const auto &agent : cluster.agents) {
        if (!agent->core().state().frameworks.empty())
            transcript.violated("after teardown the agent at " + agent->address()
                                + " runs no framework: "
                                + agent->core().state().frameworks.begin()->first);
        if (agent->containers() != 0)
            transcript.violated("after teardown the agent at " + agent->address()
                                + " has no containers");
        if (agent->pendingTimers() > 2) // pings, and what is just being sent
            transcript.violated("after teardown the agent at " + agent->address()
                                + " waits for pings only, not for "
                                + std::to_string(agent->pendingTimers()) + " timers");
    }
}

void checkNothingIsLeft(Cluster &cluster)
{
    Transcript &transcript = cluster.world.transcript;
    SimulatedMaster &master = *cluster.master;
    if (!master.core().cluster().agents().empty() || !master.core().core().observers.empty()
        || master.attached() != 0)
        transcript.violated("no agent is left");
    if (!master.core().core().changingAgents.empty())
        transcript.violated("no agent's change waits for the registry");
    if (master.pendingTimers() > 3) // old records, the operator's heartbeat, the allocator's run
        transcript.violated("a master without a cluster waits for nothing, not for "
                            + std::to_string(master.pendingTimers()) + " timers");
}

} // namespace meseta::simulation
