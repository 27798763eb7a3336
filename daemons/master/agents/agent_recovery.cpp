#include <cmath>

#include "common/base/duration_text.h"
#include "daemons/master/agents/agents.h"
#include "daemons/master/agents/maintenance.h"
#include "daemons/master/state_views/role_figures.h"

namespace meseta::master {

namespace {

using Record = mesos::internal::Registry;

/// Ids with their times, oldest first, as a record of the cluster keeps them.
template <typename Marked>
void recoverRecord(const RegistryRecords &records, const std::string &prefix, AgentRecord &out)
{
    std::vector<std::pair<Duration, std::string>> byTime;
    records.each<Marked>(prefix, [&byTime](const std::string &id, const Marked &marked) {
        byTime.emplace_back(Duration(marked.timestamp().nanoseconds()), id);
    });
    std::sort(byTime.begin(), byTime.end());
    for (const auto &[time, id] : byTime)
        out.add(id, time);
}

void recoverQuotas(Core &core)
{
    core.registry->records().each<mesos::v1::quota::QuotaConfig>(
        registry_keys::Quota, [&core](const std::string &role, const auto &config) {
            core.cluster.quotas[role] = config;
            core.allocator->setQuota(role, quotaQuantities(config.guarantees()),
                                     quotaQuantities(config.limits()));
        });
}

/// Those of --weights count only while the registry has none.
void recoverWeights(Core &core)
{
    std::map<std::string, double> kept;
    core.registry->records().each<Record::Weight>(
        registry_keys::Weight, [&kept](const std::string &role, const Record::Weight &weight) {
            kept[role] = weight.info().weight();
        });
    if (kept.empty() && !core.options.weights.empty()) {
        google::protobuf::RepeatedPtrField<mesos::v1::WeightInfo> weights;
        for (const auto &[role, weight] : core.options.weights) {
            mesos::v1::WeightInfo &info = *weights.Add();
            info.set_role(role);
            info.set_weight(weight);
        }
        return core.registry->apply(registry::updateWeights(weights), {});
    }
    for (const auto &[role, weight] : core.cluster.weights) {
        if (!kept.contains(role))
            core.allocator->setWeight(role, 1.0);
    }
    for (const auto &[role, weight] : kept)
        core.allocator->setWeight(role, weight);
    if (!kept.empty() && !core.options.weights.empty() && kept != core.options.weights)
        qWarning("--weights is ignored: the registry has weights already; change them with "
                 "UPDATE_WEIGHTS");
    core.cluster.weights = std::move(kept);
}

/// An agent of the registry that did not come back.
void giveUpRecovered(Core &core, const std::string &id)
{
    if (!core.cluster.recoveredAgents.contains(id) || !core.changingAgents.insert(id).second)
        return;
    const Duration time = core.clock.sinceEpoch();
    const auto done = [&core, id, time](const Result<> &marked) {
        core.changingAgents.erase(id);
        if (!marked || core.cluster.recoveredAgents.erase(id) == 0)
            return;
        qWarning("Agent %s is unreachable: it did not come back within %s after this master came "
                 "to lead",
                 id.c_str(), durationText(core.options.agentReregisterTimeout).c_str());
        core.figures.count("slave_unreachable_completed");
        core.figures.count("slave_removals");
        core.figures.count("slave_removals/reason_unhealthy");
        core.figures.count("recovery_slave_removals");
        core.cluster.unreachable.add(id, time);
        core.events.publish(RecoveredAgentLost{&id, AgentRemoved::Why::Unreachable});
        for (const auto &[frameworkId, framework] : core.cluster.frameworks())
            core.sink(*framework).agentLost(*framework, id);
    };
    core.registry->apply(registry::markUnreachable(id, time), done);
}

void giveUpMissing(Core &core)
{
    const auto &missing = core.cluster.recoveredAgents;
    const double share =
        static_cast<double>(missing.size()) / static_cast<double>(core.agentsInRegistry);
    if (share > core.options.recoveryRemovalLimit && core.giveUp) {
        return core.giveUp(
            std::to_string(missing.size()) + " of " + std::to_string(core.agentsInRegistry)
            + " agents of the registry did not come back within "
            + durationText(core.options.agentReregisterTimeout)
            + ", more than --recovery_agent_removal_limit allows to give up; see what keeps them "
              "away, or raise the limit");
    }
    for (const auto &[id, info] : missing) {
        core.figures.count("slave_unreachable_scheduled");
        core.after(Duration::zero(), [&core, agent = id] {
            whenRemovalAllowed(core, [&core, agent] { giveUpRecovered(core, agent); });
        });
    }
}

} // namespace

void recoverCluster(Core &core)
{
    const RegistryRecords &records = core.registry->records();
    records.each<Record::Slave>(
        registry_keys::Agent, [&core](const std::string &id, const Record::Slave &slave) {
            core.cluster.recoveredAgents.emplace(id, agentInfo(slave.info()));
        });
    core.agentsInRegistry = core.cluster.recoveredAgents.size();
    recoverRecord<Record::UnreachableSlave>(records, registry_keys::Unreachable,
                                            core.cluster.unreachable);
    recoverRecord<Record::GoneSlave>(records, registry_keys::Gone, core.cluster.gone);
    recoverQuotas(core);
    recoverWeights(core);
    recoverMaintenance(core);
}

void awaitRecoveredAgents(Core &core)
{
    if (core.agentsInRegistry == 0)
        return;
    const double wanted =
        static_cast<double>(core.agentsInRegistry) * core.options.allocatorRecoveryFactor;
    if (!core.cluster.quotas.empty())
        core.allocator->awaitAgents(static_cast<std::size_t>(std::floor(wanted)),
                                    core.options.allocatorRecoveryTimeout);
    core.patience.after(core.options.agentReregisterTimeout, [&core] {
        if (!core.cluster.recoveredAgents.empty())
            giveUpMissing(core);
    });
}

void pruneAgents(Core &core)
{
    Cluster &cluster = core.cluster;
    const Duration before = core.clock.sinceEpoch() - core.options.recordMaxAge;
    for (AgentRecord *record : {&cluster.unreachable, &cluster.gone, &cluster.removed})
        record->forgetBefore(before);
    const auto forgotten = [&core](const std::string &prefix, const AgentRecord &kept) {
        std::vector<std::string> ids;
        const RegistryRecords::Table &table = core.registry->records().table();
        for (auto at = table.lower_bound(prefix);
             at != table.end() && at->first.starts_with(prefix); ++at) {
            std::string id = at->first.substr(prefix.size());
            // One that is on its way there is in the registry first.
            if (!kept.find(id) && !core.changingAgents.contains(id))
                ids.push_back(std::move(id));
        }
        return ids;
    };
    const auto unreachable = forgotten(registry_keys::Unreachable, cluster.unreachable);
    const auto gone = forgotten(registry_keys::Gone, cluster.gone);
    if (!unreachable.empty() || !gone.empty())
        core.registry->apply(registry::prune(unreachable, gone), {});
}

} // namespace meseta::master
