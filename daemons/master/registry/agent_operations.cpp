#include "daemons/master/registry/operations.h"

namespace meseta::master {

using mesos::internal::Registry;
namespace keys = registry_keys;

void RegistryEdit::put(const std::string &key, const google::protobuf::MessageLite &message)
{
    std::string bytes = message.SerializePartialAsString();
    const std::string *before = m_records.find(key);
    if (before && *before == bytes)
        return;
    m_changes.put(key, bytes);
    m_records.put(key, std::move(bytes));
}

void RegistryEdit::remove(const std::string &key)
{
    if (!m_records.contains(key))
        return;
    m_changes.remove(key);
    m_records.remove(key);
}

namespace registry {

namespace {

constexpr auto Draining = "AGENT_DRAINING";

mesos::SlaveInfo slaveInfo(const mesos::v1::AgentInfo &info)
{
    mesos::SlaveInfo slave;
    slave.ParsePartialFromString(info.SerializePartialAsString()); // the same but for `checkpoint`
    slave.set_checkpoint(true);
    return slave;
}

tl::unexpected<Error> unknown(const std::string &agentId)
{
    return fail("agent " + agentId + " is not in the registry");
}

/// Says something about draining of an agent, wherever it is recorded.
template <typename Change>
Result<> changeMarks(RegistryEdit &edit, const std::string &id, Change change)
{
    if (auto admitted = edit.records().get<Registry::Slave>(keys::Agent + id)) {
        change(*admitted);
        edit.put(keys::Agent + id, *admitted);
        return {};
    }
    if (auto lost = edit.records().get<Registry::UnreachableSlave>(keys::Unreachable + id)) {
        change(*lost);
        edit.put(keys::Unreachable + id, *lost);
        return {};
    }
    return unknown(id);
}

/// A master that cannot drain must not lead while an agent is draining or deactivated.
void settleCapability(RegistryEdit &edit)
{
    bool needed = false;
    const auto look = [&needed](const std::string &, const auto &agent) {
        needed = needed || agent.has_drain_info() || agent.deactivated();
    };
    edit.records().each<Registry::Slave>(keys::Agent, look);
    edit.records().each<Registry::UnreachableSlave>(keys::Unreachable, look);
    Registry::MinimumCapability capability;
    capability.set_capability(Draining);
    if (needed)
        edit.put(keys::Capability + Draining, capability);
    else
        edit.remove(keys::Capability + Draining);
}

/// Whether anything was ever said of draining, so that it may have to be unsaid.
void settleIfDraining(RegistryEdit &edit)
{
    if (edit.records().contains(keys::Capability + Draining))
        settleCapability(edit);
}

template <typename From, typename To> void carryMarks(const From &from, To &to)
{
    if (from.has_drain_info())
        *to.mutable_drain_info() = from.drain_info();
    if (from.deactivated())
        to.set_deactivated(true);
}

} // namespace

RegistryOperation setMaster(const mesos::v1::MasterInfo &info)
{
    return {"UpdateMaster", [info](RegistryEdit &edit) -> Result<> {
                Registry::Master master;
                *master.mutable_info() = info;
                edit.put(keys::Master, master);
                return {};
            }};
}

RegistryOperation admitAgent(const mesos::v1::AgentInfo &info)
{
    return {"AdmitSlave", [info](RegistryEdit &edit) -> Result<> {
                const std::string &id = info.id().value();
                if (edit.records().contains(keys::Agent + id))
                    return fail("agent " + id + " is admitted already");
                Registry::Slave slave;
                *slave.mutable_info() = slaveInfo(info);
                edit.put(keys::Agent + id, slave);
                return {};
            }};
}

RegistryOperation updateAgent(const mesos::v1::AgentInfo &info)
{
    return {"UpdateSlave", [info](RegistryEdit &edit) -> Result<> {
                const std::string key = keys::Agent + info.id().value();
                auto slave = edit.records().get<Registry::Slave>(key);
                if (!slave)
                    return unknown(info.id().value());
                *slave->mutable_info() = slaveInfo(info);
                edit.put(key, *slave);
                return {};
            }};
}

RegistryOperation markUnreachable(const std::string &agentId, Duration sinceEpoch)
{
    return {"MarkSlaveUnreachable", [agentId, sinceEpoch](RegistryEdit &edit) -> Result<> {
                const auto slave = edit.records().get<Registry::Slave>(keys::Agent + agentId);
                if (!slave)
                    return unknown(agentId);
                Registry::UnreachableSlave lost;
                lost.mutable_id()->set_value(agentId);
                lost.mutable_timestamp()->set_nanoseconds(sinceEpoch.count());
                carryMarks(*slave, lost);
                edit.remove(keys::Agent + agentId);
                edit.put(keys::Unreachable + agentId, lost);
                return {};
            }};
}

RegistryOperation markReachable(const mesos::v1::AgentInfo &info)
{
    return {"MarkSlaveReachable", [info](RegistryEdit &edit) -> Result<> {
                const std::string &id = info.id().value();
                if (edit.records().contains(keys::Agent + id))
                    return {};
                Registry::Slave slave;
                *slave.mutable_info() = slaveInfo(info);
                const std::string lost = keys::Unreachable + id;
                if (const auto was = edit.records().get<Registry::UnreachableSlave>(lost))
                    carryMarks(*was, slave);
                edit.remove(lost);
                edit.put(keys::Agent + id, slave);
                return {};
            }};
}

RegistryOperation markGone(const std::string &agentId, Duration sinceEpoch)
{
    return {"MarkSlaveGone", [agentId, sinceEpoch](RegistryEdit &edit) -> Result<> {
                if (edit.records().contains(keys::Gone + agentId))
                    return fail("agent " + agentId + " is marked gone already");
                if (!edit.records().contains(keys::Agent + agentId)
                    && !edit.records().contains(keys::Unreachable + agentId))
                    return unknown(agentId);
                Registry::GoneSlave gone;
                gone.mutable_id()->set_value(agentId);
                gone.mutable_timestamp()->set_nanoseconds(sinceEpoch.count());
                edit.remove(keys::Agent + agentId);
                edit.remove(keys::Unreachable + agentId);
                edit.put(keys::Gone + agentId, gone);
                settleIfDraining(edit);
                return {};
            }};
}

RegistryOperation removeAgent(const std::string &agentId)
{
    return {"RemoveSlave", [agentId](RegistryEdit &edit) -> Result<> {
                if (!edit.records().contains(keys::Agent + agentId))
                    return unknown(agentId);
                edit.remove(keys::Agent + agentId);
                settleIfDraining(edit);
                return {};
            }};
}

RegistryOperation prune(const std::vector<std::string> &unreachable,
                        const std::vector<std::string> &gone)
{
    return {"Prune", [unreachable, gone](RegistryEdit &edit) -> Result<> {
                for (const std::string &id : unreachable)
                    edit.remove(keys::Unreachable + id);
                for (const std::string &id : gone)
                    edit.remove(keys::Gone + id);
                settleIfDraining(edit);
                return {};
            }};
}

RegistryOperation drainAgent(const std::string &agentId, const mesos::v1::DrainConfig &config)
{
    return {"DrainAgent", [agentId, config](RegistryEdit &edit) -> Result<> {
                const Result<> changed = changeMarks(edit, agentId, [&config](auto &agent) {
                    agent.mutable_drain_info()->set_state(mesos::v1::DRAINING);
                    *agent.mutable_drain_info()->mutable_config() = config;
                    agent.set_deactivated(true);
                });
                if (changed)
                    settleCapability(edit);
                return changed;
            }};
}

RegistryOperation markDrained(const std::string &agentId)
{
    return {"MarkAgentDrained", [agentId](RegistryEdit &edit) -> Result<> {
                bool draining = true;
                const Result<> changed = changeMarks(edit, agentId, [&draining](auto &agent) {
                    draining = agent.has_drain_info();
                    if (draining)
                        agent.mutable_drain_info()->set_state(mesos::v1::DRAINED);
                });
                return changed && !draining ? fail("agent " + agentId + " is not draining")
                                            : changed;
            }};
}

RegistryOperation deactivateAgent(const std::string &agentId)
{
    return {"DeactivateAgent", [agentId](RegistryEdit &edit) -> Result<> {
                const Result<> changed =
                    changeMarks(edit, agentId, [](auto &agent) { agent.set_deactivated(true); });
                if (changed)
                    settleCapability(edit);
                return changed;
            }};
}

RegistryOperation reactivateAgent(const std::string &agentId)
{
    return {"ReactivateAgent", [agentId](RegistryEdit &edit) -> Result<> {
                const Result<> changed = changeMarks(edit, agentId, [](auto &agent) {
                    agent.clear_drain_info();
                    agent.clear_deactivated();
                });
                if (changed)
                    settleCapability(edit);
                return changed;
            }};
}

} // namespace registry
} // namespace meseta::master
