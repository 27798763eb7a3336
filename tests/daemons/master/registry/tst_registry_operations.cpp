#include <QTest>

#include "daemons/master/registry/operations.h"

using namespace meseta;
using namespace meseta::master;
using namespace std::chrono_literals;
using mesos::internal::Registry;

namespace {

mesos::v1::AgentInfo agent(const std::string &id, const std::string &host = "host")
{
    mesos::v1::AgentInfo info;
    info.mutable_id()->set_value(id);
    info.set_hostname(host);
    return info;
}

/// A registry and everything that was written of it.
struct Kept
{
    RegistryRecords records;
    std::string written; ///< all batches

    Result<> apply(const RegistryOperation &operation)
    {
        RegistryChanges changes;
        RegistryEdit edit(records, changes);
        const Result<> result = operation.perform(edit);
        written += changes.bytes();
        return result;
    }

    /// The registry as the next master reads it must be the registry as it is.
    Registry proto() const
    {
        RegistryRecords reread;
        if (!RegistryChanges::apply(written, reread)
            || reread.toProto().SerializeAsString() != records.toProto().SerializeAsString())
            qFatal("what was written is not what there is");
        RegistryRecords fromSnapshot;
        if (!RegistryChanges::apply(RegistryChanges::snapshotOf(records), fromSnapshot)
            || fromSnapshot.table() != records.table())
            qFatal("the snapshot is not what there is");
        return records.toProto();
    }
};

mesos::v1::maintenance::Schedule schedule(const std::vector<std::string> &hosts)
{
    mesos::v1::maintenance::Schedule made;
    auto &window = *made.add_windows();
    for (const std::string &host : hosts)
        window.add_machine_ids()->set_hostname(host);
    window.mutable_unavailability()->mutable_start()->set_nanoseconds(1000);
    return made;
}

google::protobuf::RepeatedPtrField<mesos::v1::MachineID>
machines(const std::vector<std::string> &hosts)
{
    google::protobuf::RepeatedPtrField<mesos::v1::MachineID> made;
    for (const std::string &host : hosts)
        made.Add()->set_hostname(host);
    return made;
}

google::protobuf::RepeatedPtrField<mesos::v1::quota::QuotaConfig> quota(const std::string &role,
                                                                        double cpus)
{
    google::protobuf::RepeatedPtrField<mesos::v1::quota::QuotaConfig> made;
    auto &config = *made.Add();
    config.set_role(role);
    if (cpus > 0)
        (*config.mutable_guarantees())["cpus"].set_value(cpus);
    return made;
}

} // namespace

/// What each operation does to the registry.
class TestRegistryOperations : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void agentsAreAdmittedOnce()
    {
        Kept kept;
        QVERIFY(kept.apply(registry::admitAgent(agent("S0"))));
        QVERIFY(!kept.apply(registry::admitAgent(agent("S0"))));
        QVERIFY(kept.apply(registry::updateAgent(agent("S0", "renamed"))));
        QVERIFY(!kept.apply(registry::updateAgent(agent("S1"))));
        const Registry all = kept.proto();
        QCOMPARE(all.slaves().slaves_size(), 1);
        QCOMPARE(all.slaves().slaves(0).info().hostname(), std::string("renamed"));
        QVERIFY(all.slaves().slaves(0).info().checkpoint());
    }

    void nothingNewIsNotWritten()
    {
        Kept kept;
        QVERIFY(kept.apply(registry::admitAgent(agent("S0"))));
        const std::size_t written = kept.written.size();
        QVERIFY(kept.apply(registry::updateAgent(agent("S0"))));
        QVERIFY(kept.apply(registry::markReachable(agent("S0"))));
        QCOMPARE(kept.written.size(), written);
    }

    void unreachableAgentsComeBackWithTheirMarks()
    {
        Kept kept;
        for (const char *id : {"S0", "S1", "S2"})
            QVERIFY(kept.apply(registry::admitAgent(agent(id))));
        mesos::v1::DrainConfig config;
        config.set_mark_gone(true);
        QVERIFY(kept.apply(registry::drainAgent("S0", config)));
        QVERIFY(kept.apply(registry::markUnreachable("S2", 1s)));
        QVERIFY(kept.apply(registry::markUnreachable("S0", 2s)));
        Registry all = kept.proto();
        QCOMPARE(all.slaves().slaves_size(), 1);
        QCOMPARE(all.unreachable().slaves_size(), 2);
        QCOMPARE(all.unreachable().slaves(0).id().value(), std::string("S2"));
        QCOMPARE(all.unreachable().slaves(1).id().value(), std::string("S0"));
        QVERIFY(all.unreachable().slaves(1).drain_info().config().mark_gone());
        QVERIFY(!kept.apply(registry::markUnreachable("S0", 3s)));

        QVERIFY(kept.apply(registry::markReachable(agent("S0"))));
        QVERIFY(kept.apply(registry::markReachable(agent("S9"))));
        all = kept.proto();
        QCOMPARE(all.slaves().slaves_size(), 3);
        QVERIFY(all.slaves().slaves(0).deactivated());
        QCOMPARE(all.slaves().slaves(0).drain_info().state(), mesos::v1::DRAINING);
        QCOMPARE(all.unreachable().slaves_size(), 1);
    }

    void goneIsGoneUntilItIsPruned()
    {
        Kept kept;
        QVERIFY(kept.apply(registry::admitAgent(agent("S0"))));
        QVERIFY(kept.apply(registry::admitAgent(agent("S1"))));
        QVERIFY(kept.apply(registry::markUnreachable("S1", 1s)));
        QVERIFY(kept.apply(registry::markGone("S0", 2s)));
        QVERIFY(kept.apply(registry::markGone("S1", 3s)));
        QVERIFY(!kept.apply(registry::markGone("S0", 4s)));
        QVERIFY(!kept.apply(registry::markGone("S7", 4s)));
        QCOMPARE(kept.proto().gone().slaves_size(), 2);
        QVERIFY(kept.apply(registry::prune({"S1"}, {"S0"})));
        QCOMPARE(kept.proto().gone().slaves_size(), 1);
        QCOMPARE(kept.proto().gone().slaves(0).id().value(), std::string("S1"));
        QVERIFY(!kept.apply(registry::removeAgent("S1")));
    }

    void drainingNeedsAMasterThatCanDrain()
    {
        Kept kept;
        QVERIFY(kept.apply(registry::admitAgent(agent("S0"))));
        QVERIFY(!kept.apply(registry::markDrained("S0")));
        QVERIFY(kept.apply(registry::drainAgent("S0", {})));
        QVERIFY(kept.apply(registry::markDrained("S0")));
        Registry all = kept.proto();
        QCOMPARE(all.slaves().slaves(0).drain_info().state(), mesos::v1::DRAINED);
        QCOMPARE(all.minimum_capabilities(0).capability(), std::string("AGENT_DRAINING"));
        mesos::v1::MasterInfo old;
        QCOMPARE(registry::missingCapabilities(kept.records, old),
                 std::vector<std::string>{"AGENT_DRAINING"});
        old.add_capabilities()->set_type(mesos::v1::MasterInfo::Capability::AGENT_DRAINING);
        QVERIFY(registry::missingCapabilities(kept.records, old).empty());

        QVERIFY(kept.apply(registry::reactivateAgent("S0")));
        all = kept.proto();
        QVERIFY(!all.slaves().slaves(0).has_drain_info());
        QVERIFY(!all.slaves().slaves(0).deactivated());
        QCOMPARE(all.minimum_capabilities_size(), 0);
        QVERIFY(kept.apply(registry::deactivateAgent("S0")));
        QVERIFY(kept.proto().slaves().slaves(0).deactivated());
        QVERIFY(!kept.apply(registry::deactivateAgent("S5")));
        QVERIFY(kept.apply(registry::removeAgent("S0")));
        QCOMPARE(kept.proto().minimum_capabilities_size(), 0);
    }

    void quotasAndWeights()
    {
        Kept kept;
        QVERIFY(kept.apply(registry::updateQuota(quota("web", 4))));
        QVERIFY(kept.apply(registry::updateQuota(quota("ads", 2))));
        QCOMPARE(kept.proto().quota_configs_size(), 2);
        QCOMPARE(kept.proto().minimum_capabilities(0).capability(), std::string("QUOTA_V2"));
        QVERIFY(kept.apply(registry::updateQuota(quota("web", 0))));
        QVERIFY(kept.apply(registry::updateQuota(quota("ads", 0))));
        QCOMPARE(kept.proto().quota_configs_size(), 0);
        QCOMPARE(kept.proto().minimum_capabilities_size(), 0);

        google::protobuf::RepeatedPtrField<mesos::v1::WeightInfo> weights;
        weights.Add()->set_role("web");
        weights.Mutable(0)->set_weight(2.5);
        QVERIFY(kept.apply(registry::updateWeights(weights)));
        QCOMPARE(kept.proto().weights(0).info().weight(), 2.5);
    }

    void maintenance()
    {
        Kept kept;
        using mesos::v1::MachineInfo;
        QVERIFY(!kept.apply(registry::startMaintenance(machines({"a"}))));
        QVERIFY(kept.apply(registry::updateSchedule(schedule({"a", "b"}))));
        QVERIFY(kept.apply(registry::startMaintenance(machines({"a"}))));
        Registry all = kept.proto();
        QCOMPARE(all.machines().machines_size(), 2);
        QCOMPARE(all.machines().machines(0).info().mode(), MachineInfo::DOWN);
        QCOMPARE(all.machines().machines(1).info().mode(), MachineInfo::DRAINING);
        QCOMPARE(all.machines().machines(1).info().unavailability().start().nanoseconds(), 1000);

        QVERIFY(kept.apply(registry::updateSchedule(schedule({"a", "c"}))));
        all = kept.proto();
        QCOMPARE(all.machines().machines_size(), 2);
        QCOMPARE(all.machines().machines(0).info().mode(), MachineInfo::DOWN);
        QVERIFY(kept.apply(registry::stopMaintenance(machines({"a"}))));
        all = kept.proto();
        QCOMPARE(all.machines().machines_size(), 1);
        QCOMPARE(all.schedules(0).windows(0).machine_ids_size(), 1);
        QVERIFY(kept.apply(registry::updateSchedule({})));
        QCOMPARE(kept.proto().schedules_size(), 0);
        QCOMPARE(kept.proto().machines().machines_size(), 0);
    }

    void foreignBytesAreRefused()
    {
        RegistryRecords records;
        RegistryChanges changes;
        changes.put("agent/S0", "x");
        for (std::size_t size = 1; size < changes.bytes().size(); ++size)
            QVERIFY(!RegistryChanges::apply(changes.bytes().substr(0, size), records));
    }
};

QTEST_APPLESS_MAIN(TestRegistryOperations)
#include "tst_registry_operations.moc"
