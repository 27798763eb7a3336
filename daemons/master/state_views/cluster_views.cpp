#include "daemons/master/state_views/cluster_views.h"

#include "daemons/master/cluster/cluster.h"

namespace meseta::master {

using AgentProto = mesos::v1::master::Response::GetAgents::Agent;
using FrameworkProto = mesos::v1::master::Response::GetFrameworks::Framework;

mesos::v1::TimeInfo timeInfo(Duration sinceEpoch)
{
    mesos::v1::TimeInfo time;
    time.set_nanoseconds(sinceEpoch.count());
    return time;
}

AgentProto agentView(const Agent &agent)
{
    AgentProto view;
    *view.mutable_agent_info() = agent.info;
    view.set_active(agent.active);
    view.set_deactivated(agent.deactivated);
    view.set_version(agent.version);
    view.set_pid(agent.pid.text());
    *view.mutable_registered_time() = timeInfo(agent.registeredTime);
    if (agent.reregisteredTime != Duration::zero())
        *view.mutable_reregistered_time() = timeInfo(agent.reregisteredTime);
    *view.mutable_total_resources() = agent.total.endpointForm();
    *view.mutable_allocated_resources() = agent.totalUsed().endpointForm();
    *view.mutable_offered_resources() = agent.totalOffered().endpointForm();
    *view.mutable_capabilities() = agent.capabilityList;
    for (const auto &[id, provider] : agent.providers) {
        auto *entry = view.add_resource_providers();
        *entry->mutable_resource_provider_info() = provider.info;
        *entry->mutable_total_resources() = provider.total.endpointForm();
    }
    if (agent.drainInfo)
        *view.mutable_drain_info() = *agent.drainInfo;
    if (agent.estimatedDrainStart)
        *view.mutable_estimated_drain_start_time() = *agent.estimatedDrainStart;
    return view;
}

namespace {

void fillState(const Framework &framework, FrameworkProto &view)
{
    *view.mutable_framework_info() = framework.info;
    view.set_active(framework.active());
    view.set_connected(framework.connected());
    view.set_recovered(framework.recovered());
    *view.mutable_registered_time() = timeInfo(framework.registeredTime);
    // A framework that never came back tells the time of its registration here as well.
    const bool again = framework.reregisteredTime != Duration::zero();
    *view.mutable_reregistered_time() =
        timeInfo(again ? framework.reregisteredTime : framework.registeredTime);
}

} // namespace

FrameworkProto frameworkView(const Framework &framework)
{
    FrameworkProto view;
    fillState(framework, view);
    if (framework.unregisteredTime != Duration::zero())
        *view.mutable_unregistered_time() = timeInfo(framework.unregisteredTime);
    for (const Offer *offer : framework.offers)
        *view.add_offers() = toProto(*offer);
    *view.mutable_allocated_resources() = framework.totalUsed().endpointForm();
    *view.mutable_offered_resources() = framework.totalOffered().endpointForm();
    *view.mutable_offer_constraints() = framework.offerConstraints;
    return view;
}

FrameworkProto frameworkEventView(const Framework &framework)
{
    FrameworkProto view;
    fillState(framework, view);
    *view.mutable_unregistered_time() = timeInfo(framework.unregisteredTime);
    return view;
}

::meseta::v1::Offer offerView(const Offer &offer)
{
    ::meseta::v1::Offer view;
    *view.mutable_offer() = toProto(offer);
    view.mutable_offer()->clear_executor_ids(); // these change while the offer stands
    // An old-style framework's offer hides the role from its scheduler; an operator may know.
    view.mutable_offer()->mutable_allocation_info()->set_role(offer.role);
    view.set_offered_time(offer.offeredTime);
    return view;
}

namespace {

void visitFramework(const Framework &framework, TaskList list,
                    const std::function<void(const Task &)> &visit)
{
    if (list == TaskList::Active) {
        for (const auto &entry : framework.tasks)
            visit(*entry.second);
        return;
    }
    for (const auto &task :
         list == TaskList::Unreachable ? framework.unreachableTasks : framework.completedTasks)
        visit(*task);
}

} // namespace

void forEachTask(const Cluster &cluster, TaskList list,
                 const std::function<void(const Task &)> &visit)
{
    for (const auto &entry : cluster.frameworks())
        visitFramework(*entry.second, list, visit);
    for (const auto &framework : cluster.completedFrameworks())
        visitFramework(*framework, list, visit);
}

void forEachExecutor(const Cluster &cluster,
                     const std::function<void(const std::string &, const std::string &)> &visit)
{
    for (const auto &[id, framework] : cluster.frameworks()) {
        for (const auto &[agentId, executors] : framework->executors) {
            for (const auto &entry : executors)
                visit(entry.second.bytes, agentId);
        }
    }
}

} // namespace meseta::master
