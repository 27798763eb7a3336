#include <QTest>

#include "tests/daemons/master/support/test_master.h"

using namespace meseta::master;
using namespace meseta::master::test;
using namespace Qt::StringLiterals;

/// ACCEPT: what reaches the agent, and what the framework hears when something is wrong.
class TestMasterLaunch : public QObject
{
    Q_OBJECT

    static mesos::v1::TaskStatus lastStatus(TestMaster &t, StreamHandle stream)
    {
        return t.outbox.events[stream].back().update().status();
    }

private Q_SLOTS:
    void theAgentGetsAllItNeeds()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe({.roles = {"web"}});
        t.take();
        t.accept(one, {"M-O0"}, {TestMaster::task("t1", agent)});
        const auto message = t.outbox.last<mesos::internal::RunTaskMessage>();
        QVERIFY(!message.has_framework_id());
        QCOMPARE(message.framework().id().value(), "M-0000");
        QCOMPARE(message.framework().SerializeAsString(), t.on(one).info.SerializeAsString());
        QCOMPARE(message.pid(), "@0.0.0.0:0"); // an HTTP scheduler has no address
        QCOMPARE(message.resource_version_uuids_size(), 1);
        QCOMPARE(message.resource_version_uuids(0).uuid().value(), "0123456789abcdef");
        QVERIFY(message.launch_executor());
        QCOMPARE(message.task().task_id().value(), "t1");
        for (const auto &resource : message.task().resources())
            QCOMPARE(resource.allocation_info().role(), "web");

        const Task &task = *t.master.cluster().task("M-0000", "t1");
        QCOMPARE(task.state(), mesos::v1::TASK_STAGING);
        QCOMPARE(task.allocationRole(), "web");
        QCOMPARE(t.master.cluster().agent(agent)->totalUsed().scalar("cpus"), 1.0);
    }

    void theFirstTaskOfAnExecutorLaunchesIt()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.accept(one, {"M-O0"},
                 {TestMaster::taskWithExecutor("t1", agent, "worker"),
                  TestMaster::taskWithExecutor("t2", agent, "worker")});
        COMPARE_LINES(t.take(), u"slave(1)@10.0.0.1:5051: RunTaskMessage t1 launch_executor"_s,
                      u"slave(1)@10.0.0.1:5051: RunTaskMessage t2"_s);
        QCOMPARE(t.outbox.last<mesos::internal::RunTaskMessage>()
                     .task()
                     .executor()
                     .framework_id()
                     .value(),
                 "M-0000");
        // Two tasks of one cpu each, and the executor's half.
        QCOMPARE(t.master.cluster().agent(agent)->totalUsed().scalar("cpus"), 2.5);

        mesos::internal::ExitedExecutorMessage exited;
        exited.mutable_slave_id()->set_value(agent);
        exited.mutable_framework_id()->set_value("M-0000");
        exited.mutable_executor_id()->set_value("worker");
        exited.set_status(256);
        t.fromAgent(exited);
        QVERIFY(t.take().contains(u"stream 1: FAILURE M-S0 worker 256"_s));
        QCOMPARE(t.master.cluster().agent(agent)->totalUsed().scalar("cpus"), 2.0);
    }

    void unusedResourcesAreFilteredAndTheRestOffered()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.accept(one, {"M-O0"}, {TestMaster::task("t1", agent, "cpus:1;mem:1024")}, 20);
        t.take();
        t.clock.advance(14s);
        COMPARE_LINES(t.take());
        t.pong();
        t.clock.advance(7s);
        QVERIFY(t.take().contains(u"stream 1: OFFERS M-O1 of M-S0 cpus:3; mem:3072"_s));
    }

    void anAcceptWithoutTasksDeclines()
    {
        TestMaster t;
        t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.accept(one, {"M-O0"}, {}, 2);
        QVERIFY(t.master.cluster().offers().empty());
        t.clock.advance(3s);
        COMPARE_LINES(t.take(), u"stream 1: OFFERS M-O1 of M-S0 cpus:4; mem:4096"_s);
    }

    void oneBadTaskDoesNotSpoilTheOthers()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.accept(one, {"M-O0"},
                 {TestMaster::task("big", agent, "cpus:100"), TestMaster::task("t1", agent),
                  TestMaster::task("elsewhere", "M-S99")});
        COMPARE_LINES(t.take(), u"stream 1: UPDATE big TASK_ERROR REASON_TASK_INVALID by MASTER"_s,
                      u"slave(1)@10.0.0.1:5051: RunTaskMessage t1 launch_executor"_s,
                      u"stream 1: UPDATE elsewhere TASK_ERROR REASON_TASK_INVALID by MASTER"_s);
        QCOMPARE(t.master.cluster().taskCount(), 1u);
        QCOMPARE(t.master.figures().value("tasks_error"), 2u);
    }

    void aSecondTaskOfOneIdIsAnError()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.accept(one, {"M-O0"}, {TestMaster::task("t1", agent), TestMaster::task("t1", agent)});
        COMPARE_LINES(t.take(), u"slave(1)@10.0.0.1:5051: RunTaskMessage t1 launch_executor"_s,
                      u"stream 1: UPDATE t1 TASK_ERROR REASON_TASK_INVALID by MASTER"_s);
    }

    void invalidOffers_data()
    {
        QTest::addColumn<QStringList>("offers");
        QTest::addColumn<bool>("partitionAware");
        QTest::addColumn<QString>("state");
        QTest::addColumn<QString>("why");
        QTest::newRow("none") << QStringList{} << true << u"TASK_DROPPED"_s << u"empty"_s;
        QTest::newRow("unknown") << QStringList{u"M-O77"_s} << true << u"TASK_DROPPED"_s
                                 << u"M-O77"_s;
        QTest::newRow("unknown, not partition aware")
            << QStringList{u"M-O77"_s} << false << u"TASK_LOST"_s << u"M-O77"_s;
        QTest::newRow("twice") << QStringList{u"M-O0"_s, u"M-O0"_s} << true << u"TASK_DROPPED"_s
                               << u"twice"_s;
        QTest::newRow("two agents")
            << QStringList{u"M-O0"_s, u"M-O1"_s} << true << u"TASK_DROPPED"_s << u"one agent"_s;
    }
    void invalidOffers()
    {
        QFETCH(QStringList, offers);
        QFETCH(bool, partitionAware);
        QFETCH(QString, state);
        QFETCH(QString, why);
        TestMaster t;
        const std::string agent = t.addAgent();
        t.addAgent({.port = 5052});
        const StreamHandle one = t.subscribe({.partitionAware = partitionAware});
        t.take();
        std::vector<std::string> ids;
        for (const QString &offer : offers)
            ids.push_back(offer.toStdString());
        t.accept(one, ids, {TestMaster::task("t1", agent)});
        const mesos::v1::TaskStatus status = lastStatus(t, one);
        QCOMPARE(QString::fromStdString(mesos::v1::TaskState_Name(status.state())), state);
        QCOMPARE(status.reason(), mesos::v1::TaskStatus::REASON_INVALID_OFFERS);
        QCOMPARE(status.source(), mesos::v1::TaskStatus::SOURCE_MASTER);
        QVERIFY(!status.has_uuid());
        const QString message = QString::fromStdString(status.message());
        QVERIFY2(message.startsWith(u"The task was not launched, the offers cannot be used: "_s)
                     && message.contains(why),
                 qPrintable(message));
        for (const std::string &id : ids)
            QVERIFY(!t.master.cluster().offer(id)); // valid ones are discarded, too
    }

    void anOfferOfAnotherFrameworkStaysItsOwn()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        t.subscribe();
        t.take();
        const StreamHandle thief = t.subscribe({.name = "thief"});
        t.accept(thief, {"M-O0"}, {TestMaster::task("t1", agent)});
        QCOMPARE(lastStatus(t, thief).reason(), mesos::v1::TaskStatus::REASON_INVALID_OFFERS);
        QVERIFY(t.master.cluster().offer("M-O0"));
    }

    void operationsAreRefusedAloud()
    {
        TestMaster t;
        t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        Call accept;
        accept.set_type(Call::ACCEPT);
        accept.mutable_accept()->add_offer_ids()->set_value("M-O0");
        mesos::v1::Offer::Operation &operation = *accept.mutable_accept()->add_operations();
        operation.set_type(mesos::v1::Offer::Operation::RESERVE);
        operation.mutable_id()->set_value("op");
        operation.mutable_reserve();
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"Dropping RESERVE"_s));
        t.call(one, accept);
        COMPARE_LINES(t.take(), u"stream 1: UPDATE_OPERATION_STATUS op OPERATION_ERROR"_s);
        QVERIFY(!t.outbox.events[one].back().update_operation_status().status().has_uuid());
    }

    void aTaskGroupGoesInOneMessage()
    {
        TestMaster t;
        const std::string agent = t.addAgent({.resources = "cpus:4;mem:4096;disk:1024"});
        const StreamHandle one = t.subscribe();
        t.take();
        Call accept;
        accept.set_type(Call::ACCEPT);
        accept.mutable_accept()->add_offer_ids()->set_value("M-O0");
        mesos::v1::Offer::Operation &operation = *accept.mutable_accept()->add_operations();
        operation.set_type(mesos::v1::Offer::Operation::LAUNCH_GROUP);
        auto &group = *operation.mutable_launch_group();
        group.mutable_executor()->set_type(mesos::v1::ExecutorInfo::DEFAULT);
        group.mutable_executor()->mutable_executor_id()->set_value("pod");
        group.mutable_executor()->mutable_framework_id()->set_value("M-0000");
        *group.mutable_executor()->mutable_resources() = resources("cpus:0.1;mem:32;disk:10");
        *group.mutable_task_group()->add_tasks() = TestMaster::task("a", agent);
        *group.mutable_task_group()->add_tasks() = TestMaster::task("b", agent);
        t.call(one, accept);
        COMPARE_LINES(t.take(), u"slave(1)@10.0.0.1:5051: RunTaskGroupMessage 2 tasks"_s);
        QVERIFY(t.outbox.last<mesos::internal::RunTaskGroupMessage>().launch_executor());
        QCOMPARE(t.master.cluster().task("M-0000", "b")->executorId(), "pod");
    }

    void anOldAgentGetsTheOldForm()
    {
        TestMaster t;
        const std::string agent = t.addAgent({.capable = false});
        const StreamHandle one = t.subscribe({.multiRole = false});
        t.take();
        t.accept(one, {"M-O0"}, {TestMaster::task("t1", agent)});
        const auto message = t.outbox.last<mesos::internal::RunTaskMessage>();
        QCOMPARE(message.task().resources_size(), 2);
        for (const auto &resource : message.task().resources())
            QVERIFY(!resource.has_allocation_info());
        QCOMPARE(t.master.cluster().task("M-0000", "t1")->allocationRole(), "*");
    }
};

QTEST_GUILESS_MAIN(TestMasterLaunch)
#include "tst_master_launch.moc"
