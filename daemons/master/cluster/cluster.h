#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "common/base/result.h"
#include "daemons/master/cluster/agent.h"
#include "daemons/master/cluster/framework.h"
#include "daemons/master/cluster/offer.h"
#include "mesos/v1/maintenance/maintenance.pb.h"
#include "mesos/v1/quota/quota.pb.h"

namespace meseta::master {

/// Identifiers with a time, oldest forgotten first: agents that are unreachable, gone or removed.
class AgentRecord
{
public:
    explicit AgentRecord(std::size_t limit) : m_limit(limit) { }
    void add(const std::string &id, Duration time);
    bool remove(const std::string &id);
    std::optional<Duration> find(const std::string &id) const;
    void forgetBefore(Duration time);
    std::size_t size() const { return m_times.size(); }
    const std::map<std::string, Duration> &times() const { return m_times; }

private:
    std::size_t m_limit;
    std::deque<std::string> m_order;
    std::map<std::string, Duration> m_times;
};

/// Everything the master knows, with its indexes kept in step. Changing it tells nobody: the
/// operations in core/ do that.
class Cluster
{
public:
    struct Limits
    {
        std::size_t completedFrameworks = 50;
        std::size_t completedTasksPerFramework = 1000;
        std::size_t unreachableTasksPerFramework = 1000;
        std::size_t recordedAgents = 100 * 1024; ///< each of unreachable, gone, removed
    };

    explicit Cluster(Limits limits);

    // --- Looking: null when there is none.
    Framework *framework(const std::string &id) const;
    Agent *agent(const std::string &id) const;
    Agent *agentAt(const messages::Pid &pid) const;
    Offer *offer(const std::string &id) const;
    Task *task(const std::string &frameworkId, std::string_view taskId) const;
    const Framework *completedFramework(const std::string &id) const;

    const std::map<std::string, std::unique_ptr<Framework>> &frameworks() const
    {
        return m_frameworks;
    }
    const std::map<std::string, std::unique_ptr<Agent>> &agents() const { return m_agents; }
    const std::map<std::string, std::unique_ptr<Offer>> &offers() const { return m_offers; }
    const std::deque<std::unique_ptr<Framework>> &completedFrameworks() const
    {
        return m_completed;
    } ///< oldest first
    const Limits &limits() const { return m_limits; }
    std::size_t taskCount() const { return m_taskCount; } ///< of all frameworks, not completed

    // --- Changing.
    Framework &addFramework(const mesos::v1::FrameworkInfo &info);
    /// Its tasks, offers and executors must be gone from the agents before.
    void completeFramework(Framework &framework);

    Agent &addAgent(std::unique_ptr<Agent> agent);
    void removeAgent(Agent &agent); ///< its tasks, offers and executors must be gone before
    void moveAgent(Agent &agent, const messages::Pid &pid);

    Task &addTask(Framework &framework, Agent &agent, std::unique_ptr<Task> task);
    /// Its resources are no longer counted as used.
    void releaseResources(Task &task);
    /// Out of the active tasks; the caller keeps it in a history or lets it go.
    std::unique_ptr<Task> takeTask(Task &task);

    void addExecutor(Framework &framework, Agent &agent, const mesos::v1::ExecutorInfo &info);
    /// The resources it held; nothing when there is no such executor.
    std::optional<Resources> removeExecutor(Framework &framework, Agent &agent,
                                            const std::string &executorId);

    /// Resources that an operation holds until its agent has carried it out; nobody's when there is
    /// no framework.
    void holdFor(const std::string &frameworkId, Agent &agent, const Resources &resources);
    void letGo(const std::string &frameworkId, Agent &agent, const Resources &resources);

    Offer &addOffer(std::unique_ptr<Offer> offer);
    std::unique_ptr<Offer> takeOffer(Offer &offer);

    // --- Agents that are not registered.
    std::map<std::string, mesos::v1::AgentInfo>
        recoveredAgents; ///< in the registry, not yet back after a failover
    std::map<std::string, TaskHistory>
        pastTasks; ///< ended under an earlier master, of frameworks that have not come back
    AgentRecord unreachable;
    AgentRecord gone;
    AgentRecord removed;

    // --- Maintenance.
    mesos::v1::maintenance::Schedule schedule;
    std::map<std::string, mesos::v1::MachineInfo> machines; ///< by registry::machineKey; not UP
    std::map<std::string, InverseOffer> inverseOffers; ///< outstanding ones, by id

    // --- Configuration of roles.
    std::optional<std::set<std::string>> roleWhitelist; ///< --roles
    std::map<std::string, double> weights; ///< those that were set
    std::map<std::string, mesos::v1::quota::QuotaConfig> quotas;

    bool isWhitelistedRole(const std::string &role) const;

private:
    Limits m_limits;
    std::map<std::string, std::unique_ptr<Framework>> m_frameworks;
    std::deque<std::unique_ptr<Framework>> m_completed;
    std::map<std::string, std::unique_ptr<Agent>> m_agents;
    std::map<messages::Pid, Agent *> m_agentsByPid;
    std::map<std::string, std::unique_ptr<Offer>> m_offers;
    std::size_t m_taskCount = 0;
};

} // namespace meseta::master
