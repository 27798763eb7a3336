#pragma once

#include <functional>
#include <string>
#include <vector>

#include <google/protobuf/repeated_ptr_field.h>

#include "common/base/clock.h"
#include "daemons/master/registry/records.h"
#include "mesos/v1/cluster.pb.h"
#include "mesos/v1/maintenance/maintenance.pb.h"
#include "mesos/v1/quota/quota.pb.h"

namespace meseta::master {

/// The records while an operation changes them: each change is made and noted.
class RegistryEdit
{
public:
    RegistryEdit(RegistryRecords &records, RegistryChanges &changes)
        : m_records(records), m_changes(changes)
    { }

    const RegistryRecords &records() const { return m_records; }
    void put(const std::string &key, const google::protobuf::MessageLite &message);
    void remove(const std::string &key);

private:
    RegistryRecords &m_records;
    RegistryChanges &m_changes;
};

/// One change of the registry. It finds everything as the changes before it left it; when it is
/// refused it has changed nothing. Source: Mesos registry operations.
struct RegistryOperation
{
    const char *name; ///< for the log: "AdmitSlave"
    std::function<Result<>(RegistryEdit &)> perform;
};

/// Operations by the names Mesos has for them in its log.
namespace registry {

/// Who leads from now on.
RegistryOperation setMaster(const mesos::v1::MasterInfo &info);

// --- Agents.
RegistryOperation admitAgent(const mesos::v1::AgentInfo &info); ///< refused when it is there
RegistryOperation updateAgent(const mesos::v1::AgentInfo &info); ///< refused when it is not there
/// To the end of the unreachable ones; what was said of draining goes with it.
RegistryOperation markUnreachable(const std::string &agentId, Duration sinceEpoch);
/// Back among the admitted; one that is not known at all is admitted as well.
RegistryOperation markReachable(const mesos::v1::AgentInfo &info);
RegistryOperation markGone(const std::string &agentId, Duration sinceEpoch);
RegistryOperation removeAgent(const std::string &agentId);
/// Forgets agents that are unreachable or gone; those that are neither any more stay.
RegistryOperation prune(const std::vector<std::string> &unreachable,
                        const std::vector<std::string> &gone);

// --- Draining. An agent that is neither admitted nor unreachable: refused.
RegistryOperation drainAgent(const std::string &agentId, const mesos::v1::DrainConfig &config);
RegistryOperation markDrained(const std::string &agentId);
RegistryOperation deactivateAgent(const std::string &agentId);
RegistryOperation reactivateAgent(const std::string &agentId); ///< also ends draining

// --- Roles.
/// A configuration with neither guarantees nor limits takes the role's away.
RegistryOperation
updateQuota(const google::protobuf::RepeatedPtrField<mesos::v1::quota::QuotaConfig> &configs);
RegistryOperation
updateWeights(const google::protobuf::RepeatedPtrField<mesos::v1::WeightInfo> &weights);

// --- Maintenance.
/// Replaces the schedule: its machines drain unless they are down, all others are as if there were
/// no maintenance.
RegistryOperation updateSchedule(const mesos::v1::maintenance::Schedule &schedule);
RegistryOperation
startMaintenance(const google::protobuf::RepeatedPtrField<mesos::v1::MachineID> &machines);
/// Also takes the machines out of the schedule.
RegistryOperation
stopMaintenance(const google::protobuf::RepeatedPtrField<mesos::v1::MachineID> &machines);

std::string machineKey(const mesos::v1::MachineID &id);
bool isEmptyQuota(const mesos::v1::quota::QuotaConfig &config);

/// What a master must be able to do to read this registry: those of `minimum_capabilities` that
/// `info` lacks.
std::vector<std::string> missingCapabilities(const RegistryRecords &records,
                                             const mesos::v1::MasterInfo &info);

} // namespace registry
} // namespace meseta::master
