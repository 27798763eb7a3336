#include <QTest>

#include "daemons/master/core/operations.h"
#include "tests/daemons/master/core/kept_registry.h"

using namespace meseta;
using namespace meseta::master;
using namespace meseta::master::test;
using namespace Qt::StringLiterals;
using Operation = mesos::v1::Offer::Operation;

namespace {

mesos::v1::Resource reserved(const std::string &text, const std::string &role)
{
    mesos::v1::Resource resource = resources(text).Get(0);
    auto &reservation = *resource.add_reservations();
    reservation.set_type(mesos::v1::Resource::ReservationInfo::DYNAMIC);
    reservation.set_role(role);
    return resource;
}

mesos::v1::Resource volume(const std::string &disk, const std::string &role, const std::string &id)
{
    mesos::v1::Resource resource = reserved(disk, role);
    resource.mutable_disk()->mutable_persistence()->set_id(id);
    resource.mutable_disk()->mutable_volume()->set_mode(mesos::v1::Volume::RW);
    resource.mutable_disk()->mutable_volume()->set_container_path("data");
    return resource;
}

Operation reserve(const mesos::v1::Resource &resource)
{
    Operation operation;
    operation.set_type(Operation::RESERVE);
    *operation.mutable_reserve()->add_resources() = resource;
    return operation;
}

Operation create(const mesos::v1::Resource &resource)
{
    Operation operation;
    operation.set_type(Operation::CREATE);
    *operation.mutable_create()->add_volumes() = resource;
    return operation;
}

Operation grow(const mesos::v1::Resource &of, const mesos::v1::Resource &by)
{
    Operation operation;
    operation.set_type(Operation::GROW_VOLUME);
    *operation.mutable_grow_volume()->mutable_volume() = of;
    *operation.mutable_grow_volume()->mutable_addition() = by;
    return operation;
}

Call acceptOf(const std::string &offer, const std::vector<Operation> &operations)
{
    Call call;
    call.set_type(Call::ACCEPT);
    call.mutable_accept()->add_offer_ids()->set_value(offer);
    for (const Operation &operation : operations)
        *call.mutable_accept()->add_operations() = operation;
    call.mutable_accept()->mutable_filters()->set_refuse_seconds(1000);
    return call;
}

} // namespace

/// Operations on resources, of schedulers and of operators.
class TestMasterOperations : public QObject
{
    Q_OBJECT

    /// A master with one agent that can do everything, offered to one framework in role "web".
    struct Stage : TestMaster
    {
        Stage()
        {
            mesos::internal::RegisterSlaveMessage message;
            AgentSpec spec;
            spec.resources = "cpus:4;mem:4096;disk:1000";
            const auto again = reregistration(spec, "x");
            *message.mutable_slave() = again.slave();
            message.mutable_slave()->clear_id();
            message.set_version(again.version());
            *message.mutable_agent_capabilities() = again.agent_capabilities();
            *message.mutable_resource_version_uuid() = again.resource_version_uuid();
            using Capability = mesos::v1::AgentInfo::Capability;
            for (const auto type :
                 {Capability::RESIZE_VOLUME, Capability::AGENT_OPERATION_FEEDBACK})
                message.add_agent_capabilities()->set_type(type);
            fromAgent(message);
            SchedulerSpec scheduler;
            scheduler.roles = {"web"};
            stream = subscribe(scheduler);
            take();
        }

        const Agent &agent() { return *master.cluster().agent("M-S0"); }
        std::string lastOffer()
        {
            std::string id;
            for (const auto &event : outbox.events[stream]) {
                for (const auto &offer : event.offers().offers())
                    id = offer.id().value();
            }
            return id;
        }

        /// The agent tells how its newest operation ended; gives the status' uuid.
        std::string tell(mesos::v1::OperationState state)
        {
            const auto apply = outbox.last<mesos::internal::ApplyOperationMessage>();
            mesos::internal::UpdateOperationStatusMessage message;
            message.mutable_slave_id()->set_value("M-S0");
            *message.mutable_operation_uuid() = apply.operation_uuid();
            message.mutable_status()->set_state(state);
            message.mutable_status()->mutable_uuid()->set_value(random.uuidBytes());
            *message.mutable_latest_status() = message.status();
            fromAgent(message);
            return message.status().uuid().value();
        }

        StreamHandle stream = 0;
    };

private Q_SLOTS:
    void aReservationIsOfferedAgainAtOnce()
    {
        Stage t;
        t.call(t.stream, acceptOf("M-O0", {reserve(reserved("cpus:1", "web"))}));
        const QStringList lines = t.take();
        QCOMPARE(lines.first(), u"slave(1)@10.0.0.1:5051: ApplyOperationMessage"_s);
        QVERIFY(lines.last().contains(u"OFFERS M-O1"_s));
        QCOMPARE(t.agent().total.reservedTo("web").scalar("cpus"), 1.0);
        QCOMPARE(t.agent().checkpointed.scalar("cpus"), 1.0);
        QCOMPARE(t.agent().operations.size(), std::size_t(1));
        const auto apply = t.outbox.last<mesos::internal::ApplyOperationMessage>();
        QCOMPARE(apply.framework_id().value(), std::string("M-0000"));
        QCOMPARE(apply.resource_version_uuid().uuid().value(), std::string("0123456789abcdef"));

        t.tell(mesos::v1::OPERATION_FINISHED);
        COMPARE_LINES(t.take(), u"slave(1)@10.0.0.1:5051: AcknowledgeOperationStatusMessage"_s);
        QVERIFY(t.agent().operations.empty());
    }

    void laterOperationsSeeTheEarlier()
    {
        Stage t;
        mesos::v1::TaskInfo task = TestMaster::task("t1", "M-S0", "cpus:1;mem:64");
        *task.add_resources() = volume("disk:100", "web", "v1");
        Operation launch;
        launch.set_type(Operation::LAUNCH);
        *launch.mutable_launch()->add_task_infos() = task;
        t.call(t.stream,
               acceptOf("M-O0",
                        {reserve(reserved("disk:200", "web")),
                         create(volume("disk:100", "web", "v1")), launch}));
        const QStringList lines = t.take();
        QCOMPARE(lines.mid(0, 3),
                 (QStringList{u"slave(1)@10.0.0.1:5051: ApplyOperationMessage"_s,
                              u"slave(1)@10.0.0.1:5051: ApplyOperationMessage"_s,
                              u"slave(1)@10.0.0.1:5051: RunTaskMessage t1 launch_executor"_s}));
        QCOMPARE(t.agent().total.persistentVolumes().scalar("disk"), 100.0);
        QCOMPARE(t.agent().totalUsed().scalar("disk"), 100.0);
    }

    void whatCannotBeIsToldByItsId()
    {
        Stage t;
        Operation operation = reserve(reserved("cpus:100", "web"));
        operation.mutable_id()->set_value("op1");
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"Dropping RESERVE"_s));
        t.call(t.stream, acceptOf("M-O0", {operation}));
        QVERIFY(t.take().contains(u"stream 1: UPDATE_OPERATION_STATUS op1 OPERATION_ERROR"_s));
        Stage other;
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"not dynamically reserved"_s));
        other.call(other.stream, acceptOf("M-O0", {reserve(resources("cpus:1").Get(0))}));
    }

    void feedbackIsAcknowledgedByTheFramework()
    {
        Stage t;
        Operation operation = reserve(reserved("cpus:1", "web"));
        operation.mutable_id()->set_value("op1");
        t.call(t.stream, acceptOf("M-O0", {operation}));
        t.take();
        const std::string uuid = t.tell(mesos::v1::OPERATION_FINISHED);
        COMPARE_LINES(t.take(), u"stream 1: UPDATE_OPERATION_STATUS op1 OPERATION_FINISHED"_s);
        QCOMPARE(t.agent().operations.size(), std::size_t(1));

        Call question;
        question.set_type(Call::RECONCILE_OPERATIONS);
        question.mutable_reconcile_operations();
        t.call(t.stream, question);
        COMPARE_LINES(t.take(), u"stream 1: UPDATE_OPERATION_STATUS op1 OPERATION_FINISHED"_s);

        Call acknowledge;
        acknowledge.set_type(Call::ACKNOWLEDGE_OPERATION_STATUS);
        auto &call = *acknowledge.mutable_acknowledge_operation_status();
        call.mutable_agent_id()->set_value("M-S0");
        call.mutable_operation_id()->set_value("op1");
        call.set_uuid(uuid);
        t.call(t.stream, acknowledge);
        COMPARE_LINES(t.take(), u"slave(1)@10.0.0.1:5051: AcknowledgeOperationStatusMessage"_s);
        QVERIFY(t.agent().operations.empty());
    }

    void volumesGrowWhenTheAgentSaysSo()
    {
        Stage t;
        const mesos::v1::Resource small = volume("disk:100", "web", "v1");
        t.call(t.stream, acceptOf("M-O0", {reserve(reserved("disk:200", "web")), create(small)}));
        t.take();
        t.tell(mesos::v1::OPERATION_FINISHED);
        t.take();
        t.call(t.stream, acceptOf(t.lastOffer(), {grow(small, reserved("disk:50", "web"))}));
        t.take();
        QCOMPARE(t.agent().totalUsed().scalar("disk"), 150.0); // in nobody's hands
        QCOMPARE(t.agent().total.persistentVolumes().scalar("disk"), 100.0);
        t.tell(mesos::v1::OPERATION_FINISHED);
        QVERIFY(t.agent().totalUsed().empty());
        QCOMPARE(t.agent().total.persistentVolumes().scalar("disk"), 150.0);
        QVERIFY(!t.take().filter(u"OFFERS"_s).isEmpty());
    }

    void operatorsTakeBackOffersAsNeeded()
    {
        Stage t;
        Core &core = t.master.core();
        Agent &agent = *core.cluster.agent("M-S0");
        QVERIFY(performForOperator(core, agent, reserve(reserved("cpus:1", "ops"))));
        const QStringList lines = t.take();
        QCOMPARE(lines.at(0), u"stream 1: RESCIND M-O0"_s);
        QCOMPARE(lines.at(1), u"slave(1)@10.0.0.1:5051: ApplyOperationMessage"_s);
        QVERIFY(!t.outbox.last<mesos::internal::ApplyOperationMessage>().has_framework_id());
        QCOMPARE(agent.total.reservedTo("ops").scalar("cpus"), 1.0);

        QCOMPARE(
            performForOperator(core, agent, reserve(reserved("cpus:100", "ops"))).error().status,
            409);
        QCOMPARE(
            performForOperator(core, agent, reserve(resources("cpus:1").Get(0))).error().status,
            400);
        QVERIFY(performForOperator(core, agent, reserve(reserved("disk:100", "ops"))));
        QVERIFY(performForOperator(core, agent, create(volume("disk:64", "ops", "v1"))));
        QCOMPARE(
            performForOperator(core, agent, create(volume("disk:1", "ops", "v1"))).error().status,
            400); // that id is taken
        QCOMPARE(agent.total.persistentVolumes().scalar("disk"), 64.0);
    }

    void whatTasksUseIsNotTaken()
    {
        Stage t;
        t.run(t.stream, "M-O0", TestMaster::task("t1", "M-S0", "cpus:4;mem:64"));
        Core &core = t.master.core();
        const auto done = performForOperator(core, *core.cluster.agent("M-S0"),
                                             reserve(reserved("cpus:1", "ops")));
        QCOMPARE(done.error().status, 409);
    }

    void lostAgentsTakeTheirOperationsWithThem()
    {
        Stage t;
        Operation operation = reserve(reserved("cpus:1", "web"));
        operation.mutable_id()->set_value("op1");
        t.call(t.stream, acceptOf("M-O0", {operation}));
        t.take();
        t.clock.advance(91s);
        QVERIFY(
            t.take().contains(u"stream 1: UPDATE_OPERATION_STATUS op1 OPERATION_UNREACHABLE"_s));
    }

    void aNewMasterTakesOverOperations()
    {
        Stage t;
        mesos::internal::UpdateSlaveMessage message;
        message.mutable_slave_id()->set_value("M-S0");
        message.set_update_oversubscribed_resources(false);
        auto &known = *message.mutable_operations()->add_operations();
        *known.mutable_info() = reserve(reserved("cpus:1", "web"));
        known.mutable_uuid()->set_value(t.random.uuidBytes());
        known.mutable_latest_status()->set_state(mesos::v1::OPERATION_FINISHED);
        t.fromAgent(message);
        QCOMPARE(t.agent().operations.size(), std::size_t(1));
        message.clear_operations();
        message.mutable_operations();
        t.fromAgent(message);
        COMPARE_LINES(t.take(), u"slave(1)@10.0.0.1:5051: ReconcileOperationsMessage"_s);
    }
};

QTEST_APPLESS_MAIN(TestMasterOperations)
#include "tst_master_operations.moc"
