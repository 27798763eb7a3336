#include <QTest>

#include "mesos/internal/scheduler_driver.pb.h"
#include "tests/daemons/master/support/test_master.h"

using namespace meseta::master;
using namespace meseta::master::test;
using namespace Qt::StringLiterals;

/// Schedulers on libmesos: the same master, other messages.
class TestMasterDrivers : public QObject
{
    Q_OBJECT

    const meseta::messages::Pid m_pid{"scheduler-1", "10.0.0.2", 7000};

    template <typename Message>
    void post(TestMaster &t, const Message &message, const meseta::messages::Pid &from)
    {
        t.master.receive(from, "master", message.GetTypeName(), message.SerializePartialAsString());
    }

    void subscribe(TestMaster &t, const std::string &id = {}, bool force = false,
                   std::optional<meseta::messages::Pid> from = {})
    {
        mesos::scheduler::Call call;
        call.set_type(Call::SUBSCRIBE);
        *call.mutable_subscribe()->mutable_framework_info() =
            TestMaster::info({.id = id, .multiRole = false, .failoverTimeout = 60});
        if (!id.empty())
            call.mutable_framework_id()->set_value(id);
        call.mutable_subscribe()->set_force(force);
        post(t, call, from.value_or(m_pid));
    }

    mesos::scheduler::Call callOf(Call::Type type)
    {
        mesos::scheduler::Call call;
        call.set_type(type);
        call.mutable_framework_id()->set_value("M-0000");
        return call;
    }

private Q_SLOTS:
    void theLifeOfATask()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        subscribe(t);
        COMPARE_LINES(
            t.take(), u"scheduler-1@10.0.0.2:7000: FrameworkRegisteredMessage M-0000"_s,
            u"scheduler-1@10.0.0.2:7000: ResourceOffersMessage M-O0 of M-S0 cpus:4; mem:4096"_s);
        QCOMPARE(t.outbox.last<mesos::internal::ResourceOffersMessage>().pids(0),
                 "slave(1)@10.0.0.1:5051");

        mesos::scheduler::Call accept = callOf(Call::ACCEPT);
        accept.mutable_accept()->add_offer_ids()->set_value("M-O0");
        auto &operation = *accept.mutable_accept()->add_operations();
        operation.set_type(mesos::v1::Offer::Operation::LAUNCH);
        *operation.mutable_launch()->add_task_infos() = TestMaster::task("t1", agent);
        post(t, accept, m_pid);
        COMPARE_LINES(t.take(), u"slave(1)@10.0.0.1:5051: RunTaskMessage t1 launch_executor"_s);
        QCOMPARE(t.outbox.last<mesos::internal::RunTaskMessage>().pid(),
                 "scheduler-1@10.0.0.2:7000");

        const std::string uuid = t.update(agent, "M-0000", "t1", mesos::v1::TASK_RUNNING);
        COMPARE_LINES(
            t.take(),
            u"scheduler-1@10.0.0.2:7000: StatusUpdateMessage t1 TASK_RUNNING by EXECUTOR to acknowledge"_s);
        QCOMPARE(t.outbox.last<mesos::internal::StatusUpdateMessage>().pid(),
                 "slave(1)@10.0.0.1:5051");

        mesos::scheduler::Call acknowledge = callOf(Call::ACKNOWLEDGE);
        acknowledge.mutable_acknowledge()->mutable_agent_id()->set_value(agent);
        acknowledge.mutable_acknowledge()->mutable_task_id()->set_value("t1");
        acknowledge.mutable_acknowledge()->set_uuid(uuid);
        post(t, acknowledge, m_pid);
        COMPARE_LINES(t.take(), u"slave(1)@10.0.0.1:5051: StatusUpdateAcknowledgementMessage t1"_s);

        mesos::scheduler::Call reconcile = callOf(Call::RECONCILE);
        reconcile.mutable_reconcile();
        post(t, reconcile, m_pid);
        COMPARE_LINES(
            t.take(),
            u"scheduler-1@10.0.0.2:7000: StatusUpdateMessage t1 TASK_RUNNING REASON_RECONCILIATION by MASTER"_s);
        QVERIFY(!t.outbox.last<mesos::internal::StatusUpdateMessage>().has_pid());

        post(t, callOf(Call::TEARDOWN), m_pid);
        COMPARE_LINES(t.take(), u"slave(1)@10.0.0.1:5051: ShutdownFrameworkMessage"_s);
    }

    /// Mesos' frameworks/<principal>/messages_*: of all drivers of the principal, from their
    /// subscription on.
    void messagesOfAPrincipalAreCounted()
    {
        TestMaster t;
        const auto count = [&t](const char *name) {
            return t.master.figures().value("principals/ops/messages_" + std::string(name));
        };
        const meseta::messages::Pid other{"scheduler-2", "10.0.0.3", 7000};
        for (const meseta::messages::Pid &from : {m_pid, other}) {
            mesos::scheduler::Call call;
            call.set_type(Call::SUBSCRIBE);
            *call.mutable_subscribe()->mutable_framework_info() =
                TestMaster::info({.multiRole = false, .principal = "ops"});
            post(t, call, from);
        }
        QCOMPARE(count("received"), std::uint64_t(0)); // whose they were was not known yet
        post(t, callOf(Call::SUPPRESS), m_pid);
        post(t, callOf(Call::REVIVE), m_pid);
        QCOMPARE(count("received"), std::uint64_t(2));
        QCOMPARE(count("processed"), std::uint64_t(2));
        post(t, callOf(Call::TEARDOWN), m_pid);
        QCOMPARE(count("received"), std::uint64_t(3));
        QCOMPARE(count("processed"), std::uint64_t(3));
        mesos::scheduler::Call last = callOf(Call::TEARDOWN);
        last.mutable_framework_id()->set_value("M-0001");
        post(t, last, other);
        QCOMPARE(count("received"), std::uint64_t(0)); // gone with the last of them
        QCOMPARE(count("processed"), std::uint64_t(0));
    }

    void aDriverThatMissedTheAnswerGetsItAgain()
    {
        TestMaster t;
        subscribe(t);
        t.take();
        subscribe(t);
        COMPARE_LINES(t.take(), u"scheduler-1@10.0.0.2:7000: FrameworkRegisteredMessage M-0000"_s);
        QCOMPARE(t.master.cluster().frameworks().size(), 1u);
    }

    void theSameDriverReregisters()
    {
        TestMaster t;
        t.addAgent();
        subscribe(t);
        t.take();
        subscribe(t, "M-0000");
        const QStringList lines = t.take();
        QCOMPARE(lines[0], u"scheduler-1@10.0.0.2:7000: RescindResourceOfferMessage"_s);
        QCOMPARE(lines[1], u"scheduler-1@10.0.0.2:7000: FrameworkReregisteredMessage M-0000"_s);
    }

    void anotherDriverMustForceItsWay()
    {
        TestMaster t;
        subscribe(t);
        t.take();
        const meseta::messages::Pid other{"scheduler-2", "10.0.0.3", 7000};
        subscribe(t, "M-0000", false, other);
        COMPARE_LINES(t.take(),
                      u"scheduler-2@10.0.0.3:7000: FrameworkErrorMessage Framework failed over"_s);
        subscribe(t, "M-0000", true, other);
        COMPARE_LINES(t.take(),
                      u"scheduler-1@10.0.0.2:7000: FrameworkErrorMessage Framework failed over"_s,
                      u"scheduler-2@10.0.0.3:7000: FrameworkRegisteredMessage M-0000"_s);
    }

    void onlyTheDriverItselfMayCall()
    {
        TestMaster t;
        subscribe(t);
        t.take();
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"not the framework's driver"_s));
        post(t, callOf(Call::TEARDOWN), {"scheduler-9", "10.0.0.9", 1});
        QVERIFY(t.master.cluster().framework("M-0000"));
    }

    void aBrokenLinkDisconnects()
    {
        TestMaster t;
        subscribe(t);
        t.take();
        t.master.exited(m_pid);
        COMPARE_LINES(t.take(),
                      u"scheduler-1@10.0.0.2:7000: FrameworkErrorMessage Framework disconnected"_s);
        QCOMPARE(t.master.cluster().framework("M-0000")->state, Framework::State::Disconnected);
        t.clock.advance(61s);
        QVERIFY(t.master.cluster().completedFramework("M-0000"));
    }

    void anAbortedDriverGetsNoOffers()
    {
        TestMaster t;
        subscribe(t);
        t.take();
        mesos::internal::DeactivateFrameworkMessage message;
        message.mutable_framework_id()->set_value("M-0000");
        post(t, message, m_pid);
        t.addAgent();
        COMPARE_LINES(t.take());
        QCOMPARE(t.master.cluster().framework("M-0000")->state, Framework::State::Inactive);
    }

    void veryOldDriversAreUnderstood()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        mesos::internal::RegisterFrameworkMessage subscribeOld;
        *subscribeOld.mutable_framework() = TestMaster::info({.multiRole = false});
        post(t, subscribeOld, m_pid);
        t.take();
        mesos::internal::LaunchTasksMessage launch;
        launch.mutable_framework_id()->set_value("M-0000");
        *launch.add_tasks() = TestMaster::task("t1", agent);
        launch.mutable_filters()->set_refuse_seconds(1000);
        launch.add_offer_ids()->set_value("M-O0");
        post(t, launch, m_pid);
        mesos::internal::KillTaskMessage kill;
        kill.mutable_framework_id()->set_value("M-0000");
        kill.mutable_task_id()->set_value("t1");
        post(t, kill, m_pid);
        COMPARE_LINES(t.take(), u"slave(1)@10.0.0.1:5051: RunTaskMessage t1 launch_executor"_s,
                      u"slave(1)@10.0.0.1:5051: KillTaskMessage t1"_s);
    }
};

QTEST_GUILESS_MAIN(TestMasterDrivers)
#include "tst_master_drivers.moc"
