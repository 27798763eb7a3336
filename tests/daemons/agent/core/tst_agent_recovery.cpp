#include <csignal>

#include "recovery_harness.h"

using namespace meseta;
using namespace meseta::agent;
using namespace mesos::internal;
using namespace std::chrono_literals;
using mesos::v1::TaskStatus;

/// The agent's core dies and comes back: what it kept, and what becomes of what it ran.
class TestAgentRecovery : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void nothingIsKeptWithoutCheckpointing();
    void taskIsKeptBeforeItIsLaunched();
    void updateIsKeptBeforeItIsForwarded();
    void taskThatCannotBeKeptFails();
    void runningTaskGoesOn();
    void keepsItsIdAndTellsTheMasterOfItsTasks();
    void endWhileAwayIsToldWithItsExitCode();
    void unacknowledgedUpdatesAreSentInOrderOnce();
    void acknowledgedUpdatesAreNotRepeated();
    void nextUpdateWaitsForTheAcknowledgementToBeKept();
    void whatIsAcknowledgedIsNotSentAgainMeanwhile();
    void launchThatWasCutOffIsMadeAgain();
    void killGoesOnWithWhatIsLeftOfItsGrace();
    void killDuringLaunchIsRemembered();
    void completionTimeCountsFromTheLaunch();
    void healthyTaskIsNotToldHealthyAgain();
    void onlyHistoryIsLeftWhenAllIsAcknowledged();
    void afterARebootTasksHaveEnded();
    void cleanupEndsEverything();
    void drainGoesOn();
    void stopsForAWhileWithoutEndingItsTasks();
    void leavingForGoodIsForgotten();
    void mastersAreIgnoredWhileRecovering();
    void anotherIdFromTheMasterEndsIt();
};

void TestAgentRecovery::nothingIsKeptWithoutCheckpointing()
{
    RecoveryHarness b;
    b.checkpoint = false;
    b.run(b.task("t"));
    QVERIFY(!b.plain.runs[0].spec.checkpoint);
    QCOMPARE(b.outbox.files.ending("task.info"), std::vector<std::string>());
    QCOMPARE(b.outbox.files.ending("framework.info"), std::vector<std::string>());
    QCOMPARE(b.outbox.files.ending("slave.info").size(), std::size_t(1));
}

void TestAgentRecovery::taskIsKeptBeforeItIsLaunched()
{
    RecoveryHarness b;
    b.outbox.keep(false);
    b.launch(b.task("t"));
    QVERIFY(b.plain.runs.empty());
    b.outbox.keep(true);
    b.clock.settle();
    QCOMPARE(b.plain.runs.size(), std::size_t(1));
    QVERIFY(b.plain.runs[0].spec.checkpoint);
    const std::string run =
        "meta/slaves/M-S0/frameworks/M-0000/executors/t/runs/" + b.plain.runs[0].spec.containerId;
    QVERIFY(b.outbox.files.files.count(run + "/tasks/t/task.info"));
    QCOMPARE(b.outbox.files.files["meta/slaves/M-S0/frameworks/M-0000/framework.pid"],
             std::string("@0.0.0.0:0"));
    QCOMPARE(b.outbox.files.files["meta/slaves/M-S0/frameworks/M-0000/executors/t/"
                                  "executor_generated_for_command_task"],
             std::string("1"));
    b.plain.start();
    QCOMPARE(b.outbox.files.files[run + "/pids/forked.pid"], std::string("4711"));
}

void TestAgentRecovery::updateIsKeptBeforeItIsForwarded()
{
    RecoveryHarness b;
    b.launch(b.task("t"));
    b.outbox.keep(false);
    b.plain.start();
    b.clock.settle();
    QCOMPARE(b.states("t"), std::string());
    b.outbox.keep(true);
    b.clock.settle();
    QCOMPARE(b.states("t"), std::string("TASK_STARTING"));
    QCOMPARE(b.drain(), std::string("t TASK_STARTING, t TASK_RUNNING"));
}

void TestAgentRecovery::taskThatCannotBeKeptFails()
{
    RecoveryHarness b;
    b.outbox.refusal = "no space left on the disk";
    b.launch(b.task("t"));
    QVERIFY(b.plain.runs.empty());
    QCOMPARE(b.states("t"), std::string("TASK_FAILED"));
    QCOMPARE(b.last().reason(), TaskStatus::REASON_CONTAINER_LAUNCH_FAILED);
    QVERIFY(b.last().message().find("no space left") != std::string::npos);
}

void TestAgentRecovery::runningTaskGoesOn()
{
    RecoveryHarness b;
    b.run(b.task("t"));
    b.drain();
    b.crashAndRestart();
    QCOMPARE(b.plain.runs.size(), std::size_t(1)); // not started again
    b.reregister();
    QCOMPARE(b.drain(), std::string()); // nothing new to tell
    b.plain.exitWith(3 << 8);
    QCOMPARE(b.drain(), std::string("t TASK_FAILED"));
    QVERIFY(b.last().message().find("exited with status 3") != std::string::npos);
}

void TestAgentRecovery::keepsItsIdAndTellsTheMasterOfItsTasks()
{
    RecoveryHarness b;
    b.run(b.task("t"));
    b.drain();
    b.crashAndRestart();
    QVERIFY(joined(b.outbox.lines).find("ReregisterSlaveMessage") != std::string::npos);
    const auto &message = b.outbox.reregistration;
    QCOMPARE(message.slave().id().value(), b.agentId);
    QCOMPARE(message.frameworks_size(), 1);
    QCOMPARE(message.tasks_size(), 1);
    QCOMPARE(message.tasks(0).task_id().value(), std::string("t"));
    QCOMPARE(message.tasks(0).state(), mesos::v1::TASK_RUNNING);
    QCOMPARE(message.executor_infos_size(), 0);
    QVERIFY(b.agent->state().counters.recoverySeconds.has_value());
}

void TestAgentRecovery::endWhileAwayIsToldWithItsExitCode()
{
    RecoveryHarness b;
    b.run(b.task("t"));
    b.drain();
    b.crash();
    b.plain.exitWith(0);
    b.restart();
    QCOMPARE(b.drain(), std::string()); // no master yet
    b.reregister();
    QCOMPARE(b.drain(), std::string("t TASK_FINISHED"));
    QVERIFY(b.agent->state().frameworks.empty());
    QCOMPARE(b.plain.forgotten.size(), std::size_t(1));
}

void TestAgentRecovery::unacknowledgedUpdatesAreSentInOrderOnce()
{
    RecoveryHarness b;
    b.run(b.task("t"));
    b.plain.exitWith(0);
    b.clock.settle();
    QCOMPARE(b.states("t"), std::string("TASK_STARTING")); // one outstanding
    const std::string uuid = b.outbox.updates[0].uuid();
    b.crash();
    b.outbox.updates.clear();
    b.restart();
    b.reregister();
    QCOMPARE(b.drain(), std::string("t TASK_STARTING, t TASK_RUNNING, t TASK_FINISHED"));
    QCOMPARE(b.outbox.updates[0].uuid(), uuid);
    QVERIFY(b.agent->state().frameworks.empty());
}

void TestAgentRecovery::acknowledgedUpdatesAreNotRepeated()
{
    RecoveryHarness b;
    b.run(b.task("t"));
    b.drain();
    b.plain.exitWith(0);
    b.clock.settle();
    b.crash(); // TASK_FINISHED is out, not acknowledged
    b.outbox.updates.clear();
    b.acknowledged = 0;
    b.restart();
    b.reregister();
    QCOMPARE(b.drain(), std::string("t TASK_FINISHED"));
    b.crashAndRestart();
    b.reregister();
    QCOMPARE(b.drain(), std::string());
    QVERIFY(b.agent->state().frameworks.empty());
}

void TestAgentRecovery::nextUpdateWaitsForTheAcknowledgementToBeKept()
{
    RecoveryHarness b;
    b.run(b.task("t"));
    b.clock.settle();
    QCOMPARE(b.states("t"), std::string("TASK_STARTING"));
    b.outbox.keep(false);
    QCOMPARE(b.drain(), std::string("t TASK_STARTING")); // acknowledged, but that is not kept yet
    b.crash();
    b.outbox.updates.clear();
    b.acknowledged = 0;
    b.restart();
    b.reregister();
    QCOMPARE(b.drain(), std::string("t TASK_STARTING, t TASK_RUNNING")); // in order
}

void TestAgentRecovery::whatIsAcknowledgedIsNotSentAgainMeanwhile()
{
    RecoveryHarness b;
    b.run(b.task("t"));
    b.clock.settle();
    b.outbox.keep(false);
    b.drain();
    const std::size_t sent = b.outbox.updates.size();
    UpdateFrameworkMessage again; // its scheduler is back: what is outstanding is sent at once
    again.mutable_framework_id()->set_value(b.frameworkId);
    again.set_pid("@0.0.0.0:0");
    b.fromMaster(again);
    b.clock.advance(30s);
    QCOMPARE(b.outbox.updates.size(), sent);
    b.outbox.keep(true);
    QCOMPARE(b.drain(), std::string("t TASK_RUNNING"));
}

void TestAgentRecovery::launchThatWasCutOffIsMadeAgain()
{
    RecoveryHarness b;
    auto task = b.task("t");
    task.mutable_command()->add_uris()->set_value("/some/file");
    b.launch(task);
    QCOMPARE(b.fetcher.requests.size(), std::size_t(1));
    QVERIFY(b.plain.runs.empty()); // it dies fetching
    b.crashAndRestart();
    b.reregister();
    QCOMPARE(b.fetcher.requests.size(), std::size_t(2));
    QCOMPARE(b.fetcher.requests[1].uris.size(), std::size_t(1));
    b.fetcher.answers[1]({});
    QCOMPARE(b.plain.runs.size(), std::size_t(1));
    b.plain.start();
    b.plain.exitWith(0);
    QCOMPARE(b.drain(), std::string("t TASK_STARTING, t TASK_RUNNING, t TASK_FINISHED"));
}

void TestAgentRecovery::killGoesOnWithWhatIsLeftOfItsGrace()
{
    RecoveryHarness b;
    b.plain.obeysKill = false;
    b.run(b.task("t"));
    b.kill("t", 10s);
    b.drain();
    QCOMPARE(joined(b.plain.calls), std::string("kill 10secs"));
    b.crash();
    b.clock.advance(4s);
    b.plain.calls.clear();
    b.restart();
    QCOMPARE(joined(b.plain.calls), std::string("kill 6secs"));
    b.reregister();
    b.plain.exitWith(SIGKILL);
    QCOMPARE(b.drain(), std::string("t TASK_KILLED"));
}

void TestAgentRecovery::killDuringLaunchIsRemembered()
{
    RecoveryHarness b;
    b.plain.obeysDestroy = false;
    b.launch(b.task("t"));
    b.kill("t");
    QCOMPARE(joined(b.plain.calls), std::string("destroy"));
    b.crashAndRestart();
    b.reregister();
    b.plain.exitWith(SIGKILL);
    QCOMPARE(b.drain(), std::string("t TASK_KILLED"));
    QCOMPARE(b.last().reason(), TaskStatus::REASON_TASK_KILLED_DURING_LAUNCH);
}

void TestAgentRecovery::completionTimeCountsFromTheLaunch()
{
    RecoveryHarness b;
    auto task = b.task("t");
    task.mutable_max_completion_time()->set_nanoseconds(Duration(60s).count());
    b.run(task);
    b.drain();
    b.crash();
    b.clock.advance(50s);
    b.restart();
    b.reregister();
    b.clock.advance(9s);
    QCOMPARE(b.drain(), std::string());
    b.clock.advance(2s);
    QCOMPARE(b.drain(), std::string("t TASK_FAILED"));
    QCOMPARE(b.last().reason(), TaskStatus::REASON_MAX_COMPLETION_TIME_REACHED);
}

void TestAgentRecovery::healthyTaskIsNotToldHealthyAgain()
{
    RecoveryHarness b;
    int probes = 0;
    b.services.probers = [&](const std::string &, Containerizer &) {
        return makeProber([&](const mesos::v1::CommandInfo &, Duration,
                              const std::function<void(Result<int>)> &done) {
            ++probes;
            b.clock.after(Duration::zero(), [done] { done(0); });
        });
    };
    b.crashAndRestart();
    b.reregister();
    auto task = b.task("t");
    auto *check = task.mutable_health_check();
    check->set_type(mesos::v1::HealthCheck::COMMAND);
    check->mutable_command()->set_value("true");
    check->set_delay_seconds(5);
    b.run(task);
    b.clock.advance(6s);
    QCOMPARE(b.drain(), std::string("t TASK_STARTING, t TASK_RUNNING, t TASK_RUNNING"));
    QVERIFY(b.last().healthy());
    QCOMPARE(probes, 1);
    b.crashAndRestart();
    b.reregister();
    b.clock.advance(1s); // no delay a second time
    QCOMPARE(probes, 2);
    QCOMPARE(b.drain(), std::string());
}

void TestAgentRecovery::onlyHistoryIsLeftWhenAllIsAcknowledged()
{
    RecoveryHarness b;
    b.run(b.task("t"));
    b.plain.exitWith(0);
    b.drain();
    b.clock.settle();
    QCOMPARE(b.outbox.files.ending("executor.sentinel").size(), std::size_t(1));
    b.crashAndRestart();
    QVERIFY(b.agent->state().frameworks.empty());
    QCOMPARE(b.plain.forgotten.size(), std::size_t(1));
}

void TestAgentRecovery::afterARebootTasksHaveEnded()
{
    RecoveryHarness b;
    b.run(b.task("t"));
    b.drain();
    b.crash();
    b.plain.runs.clear();
    b.restart(true);
    b.reregister();
    QCOMPARE(b.outbox.reregistration.slave().id().value(), b.agentId);
    QCOMPARE(b.drain(), std::string("t TASK_FAILED"));
    QCOMPARE(b.last().reason(), TaskStatus::REASON_EXECUTOR_TERMINATED);
    QVERIFY(b.plain.runs.empty());
    QCOMPARE(b.outbox.files.files["meta/boot_id"], std::string("this one"));
}

void TestAgentRecovery::cleanupEndsEverything()
{
    RecoveryHarness b;
    b.run(b.task("t"));
    b.drain();
    b.crash();
    b.config.cleanUpOnly = true;
    b.restart();
    b.clock.advance(3s);
    const std::string lines = joined(b.outbox.lines);
    QVERIFY(lines.find("finish 0") != std::string::npos);
    QVERIFY(lines.find("Reregister") == std::string::npos);
    QCOMPARE(joined(b.plain.calls), std::string("kill 3secs"));
    QCOMPARE(b.outbox.files.latestAgent(), std::string());
}

void TestAgentRecovery::drainGoesOn()
{
    RecoveryHarness b;
    b.plain.obeysKill = false;
    b.run(b.task("t"));
    DrainSlaveMessage drain;
    drain.mutable_config()->set_mark_gone(false);
    b.fromMaster(drain);
    b.drain();
    QCOMPARE(b.outbox.files.ending("drain.config").size(), std::size_t(1));
    b.crashAndRestart();
    QVERIFY(b.agent->state().drain.has_value());
    b.reregister();
    b.plain.exitWith(SIGTERM);
    QCOMPARE(b.drain(), std::string("t TASK_KILLED"));
    QCOMPARE(b.last().reason(), TaskStatus::REASON_AGENT_DRAINING);
    b.clock.settle();
    QCOMPARE(b.outbox.files.ending("drain.config").size(), std::size_t(0));
}

void TestAgentRecovery::stopsForAWhileWithoutEndingItsTasks()
{
    RecoveryHarness b;
    b.run(b.task("t"));
    b.drain();
    b.outbox.take();
    b.agent->shutdown(Agent::Departure::ForAWhile, "test");
    b.clock.settle();
    QCOMPARE(joined(b.outbox.take()), std::string("finish 0"));
    QVERIFY(b.plain.calls.empty());
    b.crashAndRestart();
    b.reregister();
    QVERIFY(b.executor("t"));
}

void TestAgentRecovery::leavingForGoodIsForgotten()
{
    RecoveryHarness b;
    b.run(b.task("t"));
    b.drain();
    b.outbox.take();
    b.agent->shutdown(Agent::Departure::ForGood, "test");
    b.clock.settle();
    QCOMPARE(joined(b.outbox.take()), std::string("UnregisterSlaveMessage, finish 0"));
    QCOMPARE(joined(b.plain.calls), std::string("kill 3secs"));
    QCOMPARE(b.outbox.files.latestAgent(), std::string());
}

void TestAgentRecovery::mastersAreIgnoredWhileRecovering()
{
    RecoveryHarness b;
    b.launch(b.executorTask("t", "ex"));
    b.plain.start();
    b.subscribe("ex");
    b.crashAndRestart();
    b.launch(b.task("other"));
    QCOMPARE(b.plain.runs.size(), std::size_t(1));
    QCOMPARE(b.agent->state().lifecycle, AgentState::Lifecycle::Recovering);
}

void TestAgentRecovery::anotherIdFromTheMasterEndsIt()
{
    RecoveryHarness b;
    b.crashAndRestart();
    SlaveReregisteredMessage message;
    message.mutable_slave_id()->set_value("M-S9");
    b.fromMaster(message);
    QVERIFY(joined(b.outbox.lines).find("finish 1") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestAgentRecovery)
#include "tst_agent_recovery.moc"
