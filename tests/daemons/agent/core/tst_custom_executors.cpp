#include "agent_harness.h"

#include <csignal>

using namespace meseta;
using namespace meseta::agent;
using namespace mesos::internal;
using namespace std::chrono_literals;
using mesos::v1::TaskStatus;

class TestCustomExecutors : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void subscribesAndGetsItsTasks();
    void environmentIsThatOfMesos();
    void updatesAreAcknowledgedAndForwarded();
    void secondTaskGoesToTheSameExecutor();
    void deathFailsItsTasks();
    void registrationTimeout();
    void killBeforeItSubscribed();
    void killAndMessageReachIt();
    void shutdownThenDestroy();
    void newestSubscriptionWins();
    void endingExecutorIsToldToGo();
    void launchExecutorDisagreements();
    void frameworkMessagesGoThroughTheMaster();
    void driverExecutor();
    void lateUpdateOfAnEndedTaskIsDropped();
    void repeatedUpdateDoesNotTurnTheStateBack();
};

void TestCustomExecutors::subscribesAndGetsItsTasks()
{
    Harness h;
    h.registerAgent();
    h.launch(h.executorTask("t", "ex"));
    QVERIFY(h.plain.runs[0].spec.isExecutor);
    const auto sink = h.subscribe("ex");
    QCOMPARE(sink->text(), std::string("SUBSCRIBED, LAUNCH t"));
    const auto &subscribed = sink->events[0].subscribed();
    QCOMPARE(subscribed.executor_info().executor_id().value(), std::string("ex"));
    QCOMPARE(subscribed.framework_info().id().value(), h.frameworkId);
    QCOMPARE(subscribed.agent_info().id().value(), h.agentId);
    QCOMPARE(subscribed.container_id().value(), h.plain.runs[0].spec.containerId);
}

void TestCustomExecutors::environmentIsThatOfMesos()
{
    Harness h;
    h.registerAgent();
    auto task = h.executorTask("t", "ex");
    auto *variable =
        task.mutable_executor()->mutable_command()->mutable_environment()->add_variables();
    variable->set_name("USER_VAR");
    variable->set_value("1");
    task.mutable_executor()->mutable_shutdown_grace_period()->set_nanoseconds(3'000'000'000);
    RunTaskMessage message = h.runTask(task);
    message.mutable_framework()->set_checkpoint(true);
    h.fromMaster(message);
    const std::map<std::string, std::string> expected{
        {"LIBPROCESS_IP", "127.0.0.1"},
        {"LIBPROCESS_PORT", "0"},
        {"MESOS_AGENT_ENDPOINT", "127.0.0.1:5051"},
        {"MESOS_CHECKPOINT", "1"},
        {"MESOS_DIRECTORY", "/var/lib/mesos/ex/runs/latest"},
        {"MESOS_EXECUTOR_ID", "ex"},
        {"MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD", "3secs"},
        {"MESOS_FRAMEWORK_ID", h.frameworkId},
        {"MESOS_HTTP_COMMAND_EXECUTOR", "0"},
        {"MESOS_RECOVERY_TIMEOUT", "15mins"},
        {"MESOS_SLAVE_ID", h.agentId},
        {"MESOS_SLAVE_PID", "slave(1)@127.0.0.1:5051"},
        {"MESOS_SUBSCRIPTION_BACKOFF_MAX", "2secs"},
        {"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
        {"USER_VAR", "1"},
    };
    QCOMPARE(h.plain.runs[0].spec.environment, expected);
}

void TestCustomExecutors::updatesAreAcknowledgedAndForwarded()
{
    Harness h;
    h.registerAgent();
    h.launch(h.executorTask("t", "ex"));
    const auto sink = h.subscribe("ex");
    Framework &framework = *h.agent->state().framework(h.frameworkId);
    h.agent->update(framework, *h.executor("ex"), h.status("t", mesos::v1::TASK_RUNNING));
    h.agent->update(framework, *h.executor("ex"), h.status("t", mesos::v1::TASK_FINISHED));
    QCOMPARE(sink->text(), std::string("SUBSCRIBED, LAUNCH t, ACKNOWLEDGED t, ACKNOWLEDGED t"));
    QCOMPARE(h.outbox.updates.size(), std::size_t(1));
    QCOMPARE(h.outbox.updates[0].latest_state(), mesos::v1::TASK_RUNNING);
    QCOMPARE(h.drain(), std::string("t TASK_RUNNING, t TASK_FINISHED"));
    QVERIFY(!h.outbox.updates[0].status().has_executor_id()); // only what the executor said
    QCOMPARE(h.executor("ex")->state, Executor::State::Running); // it lives on without tasks
}

void TestCustomExecutors::secondTaskGoesToTheSameExecutor()
{
    Harness h;
    h.registerAgent();
    h.launch(h.executorTask("t1", "ex"));
    h.launch(h.executorTask("t2", "ex"), false);
    const auto sink = h.subscribe("ex");
    h.launch(h.executorTask("t3", "ex"), false);
    QCOMPARE(sink->text(), std::string("SUBSCRIBED, LAUNCH t1, LAUNCH t2, LAUNCH t3"));
    QCOMPARE(h.plain.runs.size(), std::size_t(1));
}

void TestCustomExecutors::deathFailsItsTasks()
{
    Harness h;
    h.registerAgent();
    h.launch(h.executorTask("t", "ex"));
    const auto sink = h.subscribe("ex");
    h.outbox.take();
    h.plain.exitWith(5 << 8);
    QCOMPARE(joined(h.outbox.take()), std::string("ExitedExecutorMessage, t TASK_FAILED"));
    QCOMPARE(h.outbox.updates[0].status().reason(), TaskStatus::REASON_EXECUTOR_TERMINATED);
    QCOMPARE(h.outbox.updates[0].status().source(), TaskStatus::SOURCE_AGENT);
    QVERIFY(sink->closed);
    h.drain();
    QVERIFY(h.agent->state().frameworks.empty());
}

void TestCustomExecutors::registrationTimeout()
{
    Harness h;
    h.registerAgent();
    h.launch(h.executorTask("t", "ex"));
    h.clock.advance(59s);
    QVERIFY(h.plain.calls.empty());
    h.clock.advance(1s);
    QCOMPARE(joined(h.plain.calls), std::string("destroy"));
    QCOMPARE(h.drain(), std::string("t TASK_FAILED"));
    QCOMPARE(h.outbox.updates[0].status().reason(),
             TaskStatus::REASON_EXECUTOR_REGISTRATION_TIMEOUT);
}

void TestCustomExecutors::killBeforeItSubscribed()
{
    Harness h;
    h.registerAgent();
    h.launch(h.executorTask("t", "ex"));
    h.kill("t");
    QCOMPARE(h.drain(), std::string("t TASK_KILLED"));
    QCOMPARE(joined(h.plain.calls), std::string("destroy")); // it was started for this task only
    QVERIFY(h.agent->state().frameworks.empty());
}

void TestCustomExecutors::killAndMessageReachIt()
{
    Harness h;
    h.registerAgent();
    h.launch(h.executorTask("t", "ex"));
    const auto sink = h.subscribe("ex");
    FrameworkToExecutorMessage message;
    message.mutable_slave_id()->set_value(h.agentId);
    message.mutable_framework_id()->set_value(h.frameworkId);
    message.mutable_executor_id()->set_value("ex");
    message.set_data("hello");
    h.fromMaster(message);
    h.kill("t", 2s);
    QCOMPARE(sink->text(), std::string("SUBSCRIBED, LAUNCH t, MESSAGE, KILL t"));
    QCOMPARE(sink->events[2].message().data(), std::string("hello"));
    QCOMPARE(sink->events[3].kill().kill_policy().grace_period().nanoseconds(), 2'000'000'000);
}

void TestCustomExecutors::shutdownThenDestroy()
{
    Harness h;
    h.registerAgent();
    h.launch(h.executorTask("t", "ex"));
    const auto sink = h.subscribe("ex");
    ShutdownExecutorMessage message;
    message.mutable_framework_id()->set_value(h.frameworkId);
    message.mutable_executor_id()->set_value("ex");
    h.fromMaster(message);
    QCOMPARE(sink->text(), std::string("SUBSCRIBED, LAUNCH t, SHUTDOWN"));
    h.clock.advance(4900ms);
    QVERIFY(h.plain.calls.empty());
    h.clock.advance(100ms);
    QCOMPARE(joined(h.plain.calls), std::string("destroy"));
    QCOMPARE(h.drain(), std::string("t TASK_FAILED"));
    QCOMPARE(h.outbox.updates[0].status().reason(), TaskStatus::REASON_EXECUTOR_TERMINATED);
}

void TestCustomExecutors::newestSubscriptionWins()
{
    Harness h;
    h.registerAgent();
    h.launch(h.executorTask("t", "ex"));
    const auto first = h.subscribe("ex");
    mesos::v1::executor::Call::Subscribe call;
    *call.add_unacknowledged_tasks() = h.executorTask("t", "ex");
    *call.add_unacknowledged_updates()->mutable_status() = h.status("t", mesos::v1::TASK_RUNNING);
    const auto second = h.subscribe("ex", call);
    QVERIFY(first->closed);
    QCOMPARE(second->text(), std::string("SUBSCRIBED, ACKNOWLEDGED t"));
    QCOMPARE(h.drain(), std::string("t TASK_RUNNING"));
}

void TestCustomExecutors::endingExecutorIsToldToGo()
{
    Harness h;
    h.registerAgent();
    h.launch(h.executorTask("t", "ex"));
    h.plain.obeysDestroy = false;
    h.kill("t");
    const auto sink = h.subscribe("ex");
    QCOMPARE(sink->text(), std::string("SHUTDOWN, closed"));
}

void TestCustomExecutors::launchExecutorDisagreements()
{
    Harness h;
    h.registerAgent();
    h.launch(h.executorTask("t", "ex"), false); // the master thinks it runs
    QCOMPARE(h.drain(), std::string("t TASK_DROPPED"));
    QCOMPARE(h.outbox.updates[0].status().reason(), TaskStatus::REASON_EXECUTOR_TERMINATED);
    h.launch(h.executorTask("u", "ex"));
    const auto sink = h.subscribe("ex");
    h.outbox.take();
    h.launch(h.executorTask("v", "ex"), true); // the master thinks it does not
    QCOMPARE(joined(h.outbox.take()), std::string("v TASK_DROPPED, ExitedExecutorMessage"));
    QCOMPARE(sink->text(), std::string("SUBSCRIBED, LAUNCH u, SHUTDOWN"));
}

void TestCustomExecutors::frameworkMessagesGoThroughTheMaster()
{
    Harness h;
    h.registerAgent();
    h.launch(h.executorTask("t", "ex"));
    h.subscribe("ex");
    h.outbox.take();
    h.agent->message(*h.agent->state().framework(h.frameworkId), *h.executor("ex"), "data");
    QCOMPARE(joined(h.outbox.take()), std::string("ExecutorToFrameworkMessage"));
}

void TestCustomExecutors::driverExecutor()
{
    Harness h;
    h.registerAgent();
    h.launch(h.executorTask("t", "ex"));
    h.outbox.take();
    const messages::Pid peer{"executor(1)", "127.0.0.1", 40000};
    RegisterExecutorMessage message;
    message.mutable_framework_id()->set_value(h.frameworkId);
    message.mutable_executor_id()->set_value("ex");
    h.from(peer, message);
    QCOMPARE(joined(h.outbox.take()),
             std::string("link executor(1)@127.0.0.1:40000, "
                         "ExecutorRegisteredMessage -> executor(1), "
                         "RunTaskMessage -> executor(1)"));
    StatusUpdateMessage update;
    *update.mutable_update()->mutable_status() = h.status("t", mesos::v1::TASK_RUNNING);
    update.mutable_update()->mutable_framework_id()->set_value(h.frameworkId);
    update.mutable_update()->mutable_executor_id()->set_value("ex");
    update.mutable_update()->set_timestamp(1);
    update.mutable_update()->set_uuid(h.random.uuidBytes());
    h.from(peer, update);
    QCOMPARE(joined(h.outbox.take()),
             std::string("t TASK_RUNNING, StatusUpdateAcknowledgementMessage -> executor(1)"));
    message.mutable_executor_id()->set_value("unknown");
    h.from(peer, message);
    QCOMPARE(joined(h.outbox.take()), std::string("ShutdownExecutorMessage -> executor(1)"));
}

void TestCustomExecutors::lateUpdateOfAnEndedTaskIsDropped()
{
    Harness h;
    h.registerAgent();
    h.launch(h.executorTask("t", "ex"));
    const auto sink = h.subscribe("ex");
    Framework &framework = *h.agent->state().framework(h.frameworkId);
    h.agent->update(framework, *h.executor("ex"), h.status("t", mesos::v1::TASK_FINISHED));
    h.agent->update(framework, *h.executor("ex"), h.status("t", mesos::v1::TASK_RUNNING));
    QCOMPARE(h.drain(), std::string("t TASK_FINISHED"));
    QCOMPARE(h.agent->state().counters.invalidStatusUpdates, std::uint64_t(1));
}

void TestCustomExecutors::repeatedUpdateDoesNotTurnTheStateBack()
{
    Harness h;
    h.registerAgent();
    h.launch(h.executorTask("t", "ex"));
    const auto sink = h.subscribe("ex");
    Framework &framework = *h.agent->state().framework(h.frameworkId);
    const TaskStatus starting = h.status("t", mesos::v1::TASK_STARTING);
    h.agent->update(framework, *h.executor("ex"), starting);
    h.agent->update(framework, *h.executor("ex"), h.status("t", mesos::v1::TASK_RUNNING));
    h.agent->update(framework, *h.executor("ex"), starting); // its acknowledgement was lost
    QCOMPARE(sink->text(),
             std::string("SUBSCRIBED, LAUNCH t, ACKNOWLEDGED t, ACKNOWLEDGED t, ACKNOWLEDGED t"));
    QCOMPARE(h.executor("ex")->launched.at("t").state(), mesos::v1::TASK_RUNNING);
    QCOMPARE(h.drain(), std::string("t TASK_STARTING, t TASK_RUNNING"));
}

QTEST_GUILESS_MAIN(TestCustomExecutors)
#include "tst_custom_executors.moc"
