#include "recovery_harness.h"

using namespace meseta;
using namespace meseta::agent;
using namespace mesos::internal;
using namespace std::chrono_literals;
using mesos::v1::TaskStatus;

/// The agent's core dies and comes back: what becomes of executors that are programs of their own.
class TestExecutorRecovery : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void httpExecutorComesBack();
    void idleExecutorComesBack();
    void httpExecutorDidNotGetItsTask();
    void executorThatHadNotRegisteredStillMay();
    void executorThatDoesNotComeBackIsGone();
    void driverExecutorIsAskedBack();
    void driverExecutorIsAskedAgain();
    void executorWhoseExitWasToldIsNotClaimed();
    void exitIsKeptBeforeItIsTold();
};

void TestExecutorRecovery::httpExecutorComesBack()
{
    RecoveryHarness b;
    b.launch(b.executorTask("t", "ex"));
    b.plain.start();
    b.subscribe("ex");
    QCOMPARE(b.outbox.files.ending("http.marker").size(), std::size_t(1));
    const TaskStatus running = b.status("t", mesos::v1::TASK_RUNNING);
    b.crash();
    b.restart();
    QCOMPARE(b.agent->state().lifecycle, AgentState::Lifecycle::Recovering);
    mesos::v1::executor::Call::Subscribe call;
    *call.add_unacknowledged_tasks() = b.executorTask("t", "ex");
    *call.add_unacknowledged_updates()->mutable_status() = running;
    const auto sink = b.subscribe("ex", call);
    QCOMPARE(sink->text(), std::string("SUBSCRIBED, ACKNOWLEDGED t"));
    // All are back: no reason to wait any longer.
    QCOMPARE(b.agent->state().lifecycle, AgentState::Lifecycle::Disconnected);
    b.reregister();
    QCOMPARE(b.outbox.reregistration.executor_infos_size(), 1);
    QCOMPARE(b.drain(), std::string("t TASK_RUNNING"));
    b.launch(b.executorTask("t2", "ex"), false);
    QCOMPARE(sink->text(), std::string("SUBSCRIBED, ACKNOWLEDGED t, LAUNCH t2"));
}

void TestExecutorRecovery::idleExecutorComesBack()
{
    RecoveryHarness b;
    b.launch(b.executorTask("t", "ex"));
    b.plain.start();
    b.subscribe("ex");
    b.agent->update(*b.agent->state().framework(b.frameworkId), *b.executor("ex"),
                    b.status("t", mesos::v1::TASK_FINISHED));
    QCOMPARE(b.drain(), std::string("t TASK_FINISHED"));
    b.clock.settle();
    b.crashAndRestart();
    QCOMPARE(b.agent->state().lifecycle, AgentState::Lifecycle::Recovering);
    const auto sink = b.subscribe("ex");
    b.reregister();
    QCOMPARE(b.outbox.reregistration.executor_infos_size(), 1);
    b.launch(b.executorTask("t2", "ex"), false);
    QCOMPARE(sink->text(), std::string("SUBSCRIBED, LAUNCH t2"));
}

void TestExecutorRecovery::httpExecutorDidNotGetItsTask()
{
    RecoveryHarness b;
    b.launch(b.executorTask("t", "ex"));
    b.plain.start();
    b.subscribe("ex");
    b.crashAndRestart();
    b.subscribe("ex"); // brings no task
    b.reregister();
    QCOMPARE(b.drain(), std::string("t TASK_DROPPED"));
    QCOMPARE(b.last().reason(), TaskStatus::REASON_AGENT_RESTARTED);
}

void TestExecutorRecovery::executorThatHadNotRegisteredStillMay()
{
    RecoveryHarness b;
    b.launch(b.executorTask("t", "ex"));
    b.plain.start();
    b.crashAndRestart();
    b.reregister();
    const auto sink = b.subscribe("ex");
    QCOMPARE(sink->text(), std::string("SUBSCRIBED, LAUNCH t"));
}

void TestExecutorRecovery::executorThatDoesNotComeBackIsGone()
{
    RecoveryHarness b;
    b.launch(b.executorTask("t", "ex"));
    b.plain.start();
    b.subscribe("ex");
    b.crashAndRestart();
    b.clock.advance(1900ms);
    QCOMPARE(b.agent->state().lifecycle, AgentState::Lifecycle::Recovering);
    b.clock.advance(200ms);
    b.reregister();
    QCOMPARE(b.drain(), std::string("t TASK_GONE"));
    QCOMPARE(b.last().reason(), TaskStatus::REASON_EXECUTOR_REREGISTRATION_TIMEOUT);
    QCOMPARE(joined(b.plain.calls), std::string("destroy"));
}

void TestExecutorRecovery::driverExecutorIsAskedBack()
{
    RecoveryHarness b;
    b.launch(b.executorTask("t", "ex"));
    b.plain.start();
    const messages::Pid peer{"executor(1)", "127.0.0.1", 9000};
    RegisterExecutorMessage hello;
    hello.mutable_framework_id()->set_value(b.frameworkId);
    hello.mutable_executor_id()->set_value("ex");
    b.from(peer, hello);
    QCOMPARE(joined(b.outbox.take()),
             std::string("link executor(1)@127.0.0.1:9000, ExecutorRegisteredMessage -> "
                         "executor(1), RunTaskMessage -> executor(1)"));
    b.crashAndRestart();
    QCOMPARE(joined(b.outbox.take()),
             std::string("link executor(1)@127.0.0.1:9000, ReconnectExecutorMessage -> "
                         "executor(1)"));
    ReregisterExecutorMessage again;
    again.mutable_framework_id()->set_value(b.frameworkId);
    again.mutable_executor_id()->set_value("ex");
    *again.add_tasks() = b.executorTask("t", "ex");
    StatusUpdate &update = *again.add_updates();
    update.mutable_framework_id()->set_value(b.frameworkId);
    *update.mutable_status() = b.status("t", mesos::v1::TASK_RUNNING);
    update.set_timestamp(1);
    update.set_uuid(update.status().uuid());
    b.from(peer, again);
    QVERIFY(joined(b.outbox.lines).find("ExecutorReregisteredMessage -> executor(1)")
            != std::string::npos);
    QVERIFY(joined(b.outbox.lines).find("StatusUpdateAcknowledgementMessage -> executor(1)")
            != std::string::npos);
    b.reregister();
    QCOMPARE(b.drain(), std::string("t TASK_RUNNING"));
}

void TestExecutorRecovery::driverExecutorIsAskedAgain()
{
    RecoveryHarness b;
    b.config.executorReregistrationRetryInterval = 500ms;
    b.launch(b.executorTask("t", "ex"));
    b.plain.start();
    RegisterExecutorMessage hello;
    hello.mutable_framework_id()->set_value(b.frameworkId);
    hello.mutable_executor_id()->set_value("ex");
    b.from({"executor(1)", "127.0.0.1", 9000}, hello);
    b.crashAndRestart();
    b.clock.advance(1200ms);
    const std::string sent = joined(b.outbox.take());
    std::size_t asked = 0;
    for (std::size_t at = sent.find("Reconnect"); at != std::string::npos;
         at = sent.find("Reconnect", at + 1))
        ++asked;
    QCOMPARE(asked, std::size_t(3));
}

void TestExecutorRecovery::executorWhoseExitWasToldIsNotClaimed()
{
    RecoveryHarness b;
    b.launch(b.executorTask("t", "ex"));
    b.plain.start();
    b.subscribe("ex");
    b.outbox.take();
    b.plain.exitWith(1 << 8);
    b.clock.settle();
    QVERIFY(joined(b.outbox.take()).find("ExitedExecutorMessage") != std::string::npos);
    // How its task ended is not acknowledged yet, so the next agent still knows of the executor.
    b.crashAndRestart();
    b.reregister();
    QCOMPARE(b.outbox.reregistration.tasks_size(), 1);
    QVERIFY2(b.outbox.reregistration.executor_infos_size() == 0,
             "the master has given away what the executor held");
    b.drain();
    b.clock.settle();
    QCOMPARE(b.outbox.files.ending("executor.sentinel").size(),
             std::size_t(1)); // all of it is over
}

void TestExecutorRecovery::exitIsKeptBeforeItIsTold()
{
    RecoveryHarness b;
    b.launch(b.executorTask("t", "ex"));
    b.plain.start();
    b.subscribe("ex");
    b.outbox.take();
    b.outbox.keep(false);
    b.plain.exitWith(1 << 8);
    b.clock.settle();
    QCOMPARE(joined(b.outbox.take()), std::string());
    b.outbox.keep(true);
    b.clock.settle();
    QVERIFY(joined(b.outbox.take()).starts_with("ExitedExecutorMessage"));
}

QTEST_GUILESS_MAIN(TestExecutorRecovery)
#include "tst_executor_recovery.moc"
