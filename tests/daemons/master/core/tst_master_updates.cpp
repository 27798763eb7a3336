#include <QTest>

#include "tests/daemons/master/support/test_master.h"

using namespace meseta::master;
using namespace meseta::master::test;
using namespace Qt::StringLiterals;

/// Status updates, acknowledgements, reconciliation and kills of running tasks.
class TestMasterUpdates : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anUpdateGoesToTheFrameworkAndItsAcknowledgementBack()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.accept(one, {"M-O0"}, {TestMaster::task("t1", agent)}, 1000);
        t.take();
        const std::string uuid = t.update(agent, "M-0000", "t1", mesos::v1::TASK_RUNNING);
        COMPARE_LINES(t.take(), u"stream 1: UPDATE t1 TASK_RUNNING by EXECUTOR to acknowledge"_s);
        const mesos::v1::TaskStatus &status = t.outbox.events[one].back().update().status();
        QCOMPARE(status.uuid(), uuid);
        QCOMPARE(status.agent_id().value(), agent);
        QCOMPARE(status.executor_id().value(), "t1");

        t.acknowledge(one, agent, "t1", uuid);
        COMPARE_LINES(t.take(), u"slave(1)@10.0.0.1:5051: StatusUpdateAcknowledgementMessage t1"_s);
        QCOMPARE(t.outbox.last<mesos::internal::StatusUpdateAcknowledgementMessage>().uuid(), uuid);
        QVERIFY(t.master.cluster().task("M-0000", "t1"));
    }

    void theAcknowledgedEndRemovesTheTask()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.run(one, "M-O0", TestMaster::task("t1", agent));
        const std::string uuid = t.update(agent, "M-0000", "t1", mesos::v1::TASK_FINISHED);
        QVERIFY(t.master.cluster().task("M-0000", "t1"));
        QCOMPARE(t.master.cluster().agent(agent)->totalUsed().scalar("cpus"),
                 0.0); // free although not acknowledged
        t.acknowledge(one, agent, "t1", t.random.uuidBytes());
        QVERIFY(t.master.cluster().task("M-0000", "t1")); // some other update was meant
        t.acknowledge(one, agent, "t1", uuid);
        QVERIFY(!t.master.cluster().task("M-0000", "t1"));
        QCOMPARE(t.on(one).completedTasks.size(), 1u);
        QCOMPARE(t.on(one).completedTasks.find("t1")->state(), mesos::v1::TASK_FINISHED);
        QCOMPARE(t.master.figures().value("tasks_finished"), 1u);
    }

    void theLatestStateCountsBeforeTheFrameworkHearsIt()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.accept(one, {"M-O0"}, {TestMaster::task("t1", agent)}, 1000);
        const std::string uuid =
            t.update(agent, "M-0000", "t1", mesos::v1::TASK_RUNNING, mesos::v1::TASK_FAILED);
        QVERIFY(
            t.take().contains(u"stream 1: UPDATE t1 TASK_RUNNING by EXECUTOR to acknowledge"_s));
        const Task &task = *t.master.cluster().task("M-0000", "t1");
        QCOMPARE(task.state(), mesos::v1::TASK_FAILED);
        QCOMPARE(*task.statusUpdateState(), mesos::v1::TASK_RUNNING);
        t.acknowledge(one, agent, "t1", uuid); // the end itself is still to come
        QVERIFY(t.master.cluster().task("M-0000", "t1"));
    }

    void anEndedTaskDoesNotLiveAgain()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.run(one, "M-O0", TestMaster::task("t1", agent));
        t.update(agent, "M-0000", "t1", mesos::v1::TASK_FAILED);
        t.update(agent, "M-0000", "t1", mesos::v1::TASK_RUNNING);
        QCOMPARE(t.master.cluster().task("M-0000", "t1")->state(), mesos::v1::TASK_FAILED);
        QCOMPARE(t.master.figures().value("tasks_failed"), 1u);
    }

    void anUpdateOfAStrangerIsIgnored()
    {
        TestMaster t;
        t.addAgent();
        t.subscribe();
        t.take();
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"agent M-S7 is not registered"_s));
        t.update("M-S7", "M-0000", "t1", mesos::v1::TASK_RUNNING);
        COMPARE_LINES(t.take());
        QCOMPARE(t.master.figures().value("invalid_status_updates"), 1u);
    }

    void anAcknowledgementOfNothingSentIsDropped()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.accept(one, {"M-O0"}, {TestMaster::task("t1", agent)}, 1000);
        t.take();
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"Dropping an acknowledgement"_s));
        t.acknowledge(one, agent, "t1", t.random.uuidBytes());
        COMPARE_LINES(t.take());
    }

    void reconciliationOfAll()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.run(one, "M-O0", TestMaster::task("t1", agent));
        Call reconcile;
        reconcile.set_type(Call::RECONCILE);
        reconcile.mutable_reconcile();
        t.call(one, reconcile);
        COMPARE_LINES(t.take(),
                      u"stream 1: UPDATE t1 TASK_RUNNING REASON_RECONCILIATION by MASTER"_s);
        const mesos::v1::TaskStatus &status = t.outbox.events[one].back().update().status();
        QCOMPARE(status.message(), "Answer to a reconciliation: the task's latest state");
        QVERIFY(!status.has_uuid());
        QVERIFY(!status.has_executor_id()); // a command task has no executor of its own
        QCOMPARE(status.agent_id().value(), agent);
    }

    void reconciliationOfOne_data()
    {
        QTest::addColumn<bool>("partitionAware");
        QTest::addColumn<QString>("agent");
        QTest::addColumn<QString>("state");
        QTest::addColumn<QString>("message");
        QTest::newRow("on a registered agent")
            << true << u"M-S0"_s << u"TASK_GONE"_s << u"the agent does not know the task"_s;
        QTest::newRow("on a registered agent, old")
            << false << u"M-S0"_s << u"TASK_LOST"_s << u"the agent does not know the task"_s;
        QTest::newRow("on an unreachable agent")
            << true << u"M-S1"_s << u"TASK_UNREACHABLE"_s << u"the task's agent is unreachable"_s;
        QTest::newRow("on an unreachable agent, old")
            << false << u"M-S1"_s << u"TASK_LOST"_s << u"the task's agent is unreachable"_s;
        QTest::newRow("on a gone agent") << true << u"M-S2"_s << u"TASK_GONE_BY_OPERATOR"_s
                                         << u"the task's agent is gone for ever"_s;
        QTest::newRow("on a gone agent, old")
            << false << u"M-S2"_s << u"TASK_LOST"_s << u"the task's agent is gone for ever"_s;
        QTest::newRow("on an unknown agent")
            << true << u"M-S9"_s << u"TASK_UNKNOWN"_s << u"nobody knows the task"_s;
        QTest::newRow("anywhere") << true << QString() << u"TASK_UNKNOWN"_s
                                  << u"nobody knows the task"_s;
        QTest::newRow("anywhere, old")
            << false << QString() << u"TASK_LOST"_s << u"nobody knows the task"_s;
    }
    void reconciliationOfOne()
    {
        QFETCH(bool, partitionAware);
        QFETCH(QString, agent);
        QFETCH(QString, state);
        QFETCH(QString, message);
        TestMaster t;
        t.addAgent();
        t.addAgent({.port = 5052});
        t.addAgent({.port = 5053});
        for (int beat = 0; beat < 6; ++beat) { // the second answers no pings
            t.clock.advance(15s);
            t.pong();
            t.pong({.port = 5053});
        }
        QVERIFY(t.master.markAgentGone("M-S2"));
        const StreamHandle one = t.subscribe({.partitionAware = partitionAware});
        t.take();
        Call reconcile;
        reconcile.set_type(Call::RECONCILE);
        auto &question = *reconcile.mutable_reconcile()->add_tasks();
        question.mutable_task_id()->set_value("t1");
        if (!agent.isEmpty())
            question.mutable_agent_id()->set_value(agent.toStdString());
        t.call(one, reconcile);
        const mesos::v1::TaskStatus &status = t.outbox.events[one].back().update().status();
        QCOMPARE(QString::fromStdString(mesos::v1::TaskState_Name(status.state())), state);
        QCOMPARE(QString::fromStdString(status.message()),
                 u"Answer to a reconciliation: "_s + message);
        QCOMPARE(status.reason(), mesos::v1::TaskStatus::REASON_RECONCILIATION);
        QCOMPARE(status.has_unreachable_time(), agent == u"M-S1"_s);
        QCOMPARE(status.has_agent_id(), !agent.isEmpty());
    }

    void aKillGoesToTheAgent()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.run(one, "M-O0", TestMaster::task("t1", agent));
        Call kill;
        kill.set_type(Call::KILL);
        kill.mutable_kill()->mutable_task_id()->set_value("t1");
        kill.mutable_kill()->mutable_kill_policy()->mutable_grace_period()->set_nanoseconds(5);
        t.call(one, kill);
        COMPARE_LINES(t.take(), u"slave(1)@10.0.0.1:5051: KillTaskMessage t1"_s);
        QCOMPARE(t.outbox.last<mesos::internal::KillTaskMessage>()
                     .kill_policy()
                     .grace_period()
                     .nanoseconds(),
                 5);

        kill.mutable_kill()->mutable_agent_id()->set_value("M-S4");
        QTest::ignoreMessage(QtWarningMsg,
                             QRegularExpression(u"runs on agent M-S0, not on M-S4"_s));
        t.call(one, kill);
        COMPARE_LINES(t.take());
    }

    void aKillOfAnUnknownTaskIsAnsweredLikeAQuestion()
    {
        TestMaster t;
        t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.kill(one, "never seen");
        COMPARE_LINES(
            t.take(),
            u"stream 1: UPDATE never seen TASK_UNKNOWN REASON_RECONCILIATION by MASTER"_s);
    }

    void aKillWaitsForALostAgent()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.run(one, "M-O0", TestMaster::task("t1", agent));
        t.master.exited(TestMaster::pidOf({}));
        t.take();
        t.kill(one, "t1");
        COMPARE_LINES(t.take());

        auto back = t.reregistration({}, agent);
        *back.add_tasks() = t.master.cluster().task("M-0000", "t1")->toProto();
        *back.add_frameworks() = t.on(one).info;
        t.fromAgent(back);
        QVERIFY(t.take().contains(u"slave(1)@10.0.0.1:5051: KillTaskMessage t1"_s));
    }

    void shutdownAndMessageReachTheAgent()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        Call shutdown;
        shutdown.set_type(Call::SHUTDOWN);
        shutdown.mutable_shutdown()->mutable_agent_id()->set_value(agent);
        shutdown.mutable_shutdown()->mutable_executor_id()->set_value("worker");
        t.call(one, shutdown);
        Call message;
        message.set_type(Call::MESSAGE);
        message.mutable_message()->mutable_agent_id()->set_value(agent);
        message.mutable_message()->mutable_executor_id()->set_value("worker");
        message.mutable_message()->set_data("hello");
        t.call(one, message);
        COMPARE_LINES(t.take(), u"slave(1)@10.0.0.1:5051: ShutdownExecutorMessage"_s,
                      u"slave(1)@10.0.0.1:5051: FrameworkToExecutorMessage"_s);

        mesos::internal::ExecutorToFrameworkMessage answer;
        answer.mutable_slave_id()->set_value(agent);
        answer.mutable_framework_id()->set_value("M-0000");
        answer.mutable_executor_id()->set_value("worker");
        answer.set_data("hello yourself");
        t.fromAgent(answer);
        COMPARE_LINES(t.take(), u"stream 1: MESSAGE hello yourself"_s);
    }

    void operationsNobodyKnows()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        Call reconcile;
        reconcile.set_type(Call::RECONCILE_OPERATIONS);
        auto &question = *reconcile.mutable_reconcile_operations()->add_operations();
        question.mutable_operation_id()->set_value("op");
        question.mutable_agent_id()->set_value(agent);
        t.call(one, reconcile);
        COMPARE_LINES(t.take(), u"stream 1: UPDATE_OPERATION_STATUS op OPERATION_UNKNOWN"_s);
    }
};

QTEST_GUILESS_MAIN(TestMasterUpdates)
#include "tst_master_updates.moc"
