#include "agent_harness.h"

#include <csignal>

using namespace meseta;
using namespace meseta::agent;
using namespace mesos::internal;
using namespace std::chrono_literals;
using mesos::v1::TaskStatus;

class TestCommandTasks : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void runsAndFinishes();
    void failsWithItsExitStatus();
    void tellsWhatMesosTells();
    void executorIsNamedAsMesosNamesIt_data();
    void executorIsNamedAsMesosNamesIt();
    void killSendsKillingThenKilled();
    void killGraces_data();
    void killGraces();
    void repeatedKillMayOnlyShorten();
    void killWhileFetching();
    void killBeforeTheContainerStarted();
    void killOfUnknownTask();
    void maxCompletionTime();
    void fetchFailure();
    void containerLaunchFailure();
    void engineAway();
    void noContainerizer();
    void sandboxFailure();
    void outOfMemory();
    void pullProgressIsToldSparsely();
    void secondTaskOfTheSameId();
    void outdatedResources();
    void hundredTasks();
    void frameworkShutdownEndsItsTasksSilently();
    void drainKillsWithinItsGrace();
    void drainWithMarkGone();
    void executorIsForgottenAfterTheLastAcknowledgement();
    void historyIsBounded();
};

void TestCommandTasks::runsAndFinishes()
{
    Harness h;
    h.registerAgent();
    h.launch(h.task("t"));
    h.plain.start();
    h.plain.exitWith(0);
    QCOMPARE(h.drain(), std::string("t TASK_STARTING, t TASK_RUNNING, t TASK_FINISHED"));
    QVERIFY(h.agent->state().frameworks.empty());
    QCOMPARE(joined(h.sandboxes.retired), std::string("t"));
}

void TestCommandTasks::failsWithItsExitStatus()
{
    Harness h;
    h.registerAgent();
    h.launch(h.task("t"));
    h.plain.start();
    h.plain.exitWith(3 << 8);
    QCOMPARE(h.drain(), std::string("t TASK_STARTING, t TASK_RUNNING, t TASK_FAILED"));
    const TaskStatus &status = h.outbox.updates.back().status();
    QCOMPARE(status.message(), std::string("Command exited with status 3"));
    QCOMPARE(status.source(), TaskStatus::SOURCE_EXECUTOR);
    QVERIFY(!status.has_reason());
}

void TestCommandTasks::tellsWhatMesosTells()
{
    Harness h;
    h.registerAgent();
    h.launch(h.task("t"));
    h.plain.start();
    h.drain();
    const StatusUpdate &update = h.outbox.updates.back();
    QCOMPARE(update.slave_id().value(), h.agentId);
    QCOMPARE(update.executor_id().value(), std::string("t"));
    QCOMPARE(update.latest_state(), mesos::v1::TASK_RUNNING);
    QCOMPARE(update.uuid(), update.status().uuid());
    const TaskStatus &status = update.status();
    QCOMPARE(status.agent_id().value(), h.agentId);
    QCOMPARE(status.executor_id().value(), std::string("t"));
    QCOMPARE(status.container_status().container_id().value(), h.plain.runs[0].spec.containerId);
    QCOMPARE(status.container_status().executor_pid(), 4711u);
    QCOMPARE(status.container_status().network_infos(0).ip_addresses(0).ip_address(),
             std::string("127.0.0.1"));
    const ContainerSpec &spec = h.plain.runs[0].spec;
    QCOMPARE(spec.environment.at("MESOS_ALLOCATION_ROLE"), std::string("web"));
    QCOMPARE(spec.environment.at("MESOS_AGENT_ENDPOINT"), std::string("127.0.0.1:5051"));
    QCOMPARE(spec.environment.at("MESOS_CHECKPOINT"), std::string("0"));
    QVERIFY(!spec.environment.count("MESOS_RECOVERY_TIMEOUT"));
    QCOMPARE(spec.user, std::string("root"));
}

void TestCommandTasks::executorIsNamedAsMesosNamesIt_data()
{
    QTest::addColumn<QString>("command");
    QTest::addColumn<QString>("name");
    QTest::newRow("short") << "exit 3"
                           << "Command Executor (Task: t) (Command: sh -c 'exit 3')";
    QTest::newRow("fifteen") << "echo 1234567890"
                             << "Command Executor (Task: t) (Command: sh -c 'echo 1234567890')";
    QTest::newRow("long") << "echo hi; sleep 1"
                          << "Command Executor (Task: t) (Command: sh -c 'echo hi; sle...')";
}

void TestCommandTasks::executorIsNamedAsMesosNamesIt()
{
    QFETCH(QString, command);
    QFETCH(QString, name);
    Harness h;
    h.registerAgent();
    auto task = h.task("t");
    task.mutable_command()->set_value(command.toStdString());
    h.launch(task);
    QCOMPARE(QString::fromStdString(h.executor("t")->info.name()), name);
    QCOMPARE(h.executor("t")->info.source(), std::string("t"));
    QCOMPARE(h.executor("t")->info.command().value(),
             std::string("/usr/libexec/mesos/mesos-executor"));
}

void TestCommandTasks::killSendsKillingThenKilled()
{
    Harness h;
    h.registerAgent();
    h.launch(h.task("t"));
    h.plain.start();
    h.kill("t");
    QCOMPARE(h.drain(),
             std::string("t TASK_STARTING, t TASK_RUNNING, t TASK_KILLING, t TASK_KILLED"));
    QCOMPARE(h.outbox.updates.back().status().message(),
             std::string("Command was ended by the signal Terminated"));
}

void TestCommandTasks::killGraces_data()
{
    QTest::addColumn<int>("taskGrace");
    QTest::addColumn<int>("callGrace");
    QTest::addColumn<bool>("docker");
    QTest::addColumn<QString>("expected");
    QTest::newRow("default") << -1 << -1 << false << "kill 3secs";
    QTest::newRow("docker default") << -1 << -1 << true << "kill 5secs";
    QTest::newRow("of the task") << 7 << -1 << false << "kill 7secs";
    QTest::newRow("of the call") << 7 << 1 << false << "kill 1secs";
    QTest::newRow("zero") << -1 << 0 << false << "kill 0ns";
}

void TestCommandTasks::killGraces()
{
    QFETCH(int, taskGrace);
    QFETCH(int, callGrace);
    QFETCH(bool, docker);
    QFETCH(QString, expected);
    Harness h;
    h.registerAgent();
    auto task = h.task("t");
    if (taskGrace >= 0)
        task.mutable_kill_policy()->mutable_grace_period()->set_nanoseconds(taskGrace
                                                                            * 1'000'000'000LL);
    if (docker)
        task.mutable_container()->set_type(mesos::v1::ContainerInfo::DOCKER);
    h.launch(task);
    auto &containerizer = docker ? h.docker : h.plain;
    containerizer.start();
    h.kill("t",
           callGrace >= 0 ? std::optional<Duration>(std::chrono::seconds(callGrace))
                          : std::nullopt);
    QCOMPARE(QString::fromStdString(joined(containerizer.calls)), expected);
}

void TestCommandTasks::repeatedKillMayOnlyShorten()
{
    Harness h;
    h.registerAgent();
    h.plain.obeysKill = false;
    h.launch(h.task("t"));
    h.plain.start();
    h.kill("t", 10s);
    h.kill("t", 20s);
    h.kill("t", 1s);
    QCOMPARE(joined(h.plain.calls), std::string("kill 10secs, kill 1secs"));
    h.plain.exitWith(SIGKILL);
    QCOMPARE(h.drain(),
             std::string("t TASK_STARTING, t TASK_RUNNING, t TASK_KILLING, t TASK_KILLED"));
}

void TestCommandTasks::killWhileFetching()
{
    Harness h;
    h.registerAgent();
    auto task = h.task("t");
    task.mutable_command()->add_uris()->set_value("http://example/a");
    h.launch(task);
    h.kill("t");
    QCOMPARE(h.drain(), std::string("t TASK_KILLED"));
    QCOMPARE(h.outbox.updates[0].status().reason(), TaskStatus::REASON_TASK_KILLED_DURING_LAUNCH);
    QCOMPARE(h.fetcher.cancelled, 1);
    h.fetcher.answers[0]({}); // too late
    QVERIFY(h.plain.runs.empty());
    QVERIFY(h.agent->state().frameworks.empty());
}

void TestCommandTasks::killBeforeTheContainerStarted()
{
    Harness h;
    h.registerAgent();
    auto task = h.task("t");
    task.mutable_container()->set_type(mesos::v1::ContainerInfo::DOCKER);
    h.launch(task);
    h.docker.progress("Pulling redis", 1, 10);
    h.kill("t");
    QCOMPARE(joined(h.docker.calls), std::string("destroy"));
    QCOMPARE(h.drain(), std::string("t TASK_STARTING, t TASK_KILLED"));
    QCOMPARE(h.outbox.updates.back().status().reason(),
             TaskStatus::REASON_TASK_KILLED_DURING_LAUNCH);
    QCOMPARE(h.outbox.updates.back().status().source(), TaskStatus::SOURCE_AGENT);
    QVERIFY(h.agent->state().frameworks.empty());
}

void TestCommandTasks::killOfUnknownTask()
{
    Harness h;
    h.registerAgent();
    h.kill("nobody"); // its framework is not here: nothing
    QCOMPARE(h.drain(), std::string());
    h.launch(h.task("t"));
    h.kill("nobody");
    QCOMPARE(h.drain(), std::string("nobody TASK_DROPPED"));
    QCOMPARE(h.outbox.updates[0].status().reason(), TaskStatus::REASON_EXECUTOR_TERMINATED);
}

void TestCommandTasks::maxCompletionTime()
{
    Harness h;
    h.registerAgent();
    auto task = h.task("t");
    task.mutable_max_completion_time()->set_nanoseconds(1'000'000'000);
    h.launch(task);
    h.plain.start();
    h.clock.advance(1s);
    QCOMPARE(h.drain(), std::string("t TASK_STARTING, t TASK_RUNNING, t TASK_FAILED"));
    QCOMPARE(h.outbox.updates.back().status().reason(),
             TaskStatus::REASON_MAX_COMPLETION_TIME_REACHED);
    QCOMPARE(joined(h.plain.calls), std::string("kill 0ns"));
}

void TestCommandTasks::fetchFailure()
{
    Harness h;
    h.registerAgent();
    auto task = h.task("t");
    task.mutable_command()->add_uris()->set_value("/no/such/file");
    h.launch(task);
    h.fetcher.answers[0](fail("/no/such/file does not exist"));
    QCOMPARE(h.drain(), std::string("t TASK_FAILED"));
    const TaskStatus &status = h.outbox.updates[0].status();
    QCOMPARE(status.source(), TaskStatus::SOURCE_AGENT);
    QCOMPARE(status.reason(), TaskStatus::REASON_CONTAINER_LAUNCH_FAILED);
    QVERIFY(QString::fromStdString(status.message()).contains(QLatin1String("/no/such/file")));
    QCOMPARE(status.executor_id().value(), std::string("t"));
    QVERIFY(!status.has_container_status());
}

void TestCommandTasks::containerLaunchFailure()
{
    Harness h;
    h.registerAgent();
    h.launch(h.task("t"));
    ContainerTermination termination;
    termination.reason = TaskStatus::REASON_CONTAINER_LAUNCH_FAILED;
    termination.message = "image 'nope' does not exist";
    h.plain.end(termination);
    QCOMPARE(h.drain(), std::string("t TASK_FAILED"));
    QCOMPARE(h.outbox.updates[0].status().source(), TaskStatus::SOURCE_AGENT);
    QCOMPARE(h.outbox.updates[0].status().message(), std::string("image 'nope' does not exist"));
    QVERIFY(h.agent->state().frameworks.empty());
}

void TestCommandTasks::engineAway()
{
    Harness h;
    h.registerAgent();
    h.docker.unreachable = "nothing answers at /run/docker.sock";
    auto task = h.task("t");
    task.mutable_container()->set_type(mesos::v1::ContainerInfo::DOCKER);
    h.launch(task);
    QCOMPARE(h.drain(), std::string("t TASK_FAILED"));
    QCOMPARE(h.outbox.updates[0].status().reason(), TaskStatus::REASON_CONTAINER_LAUNCH_FAILED);
    QVERIFY(QString::fromStdString(h.outbox.updates[0].status().message())
                .contains(QLatin1String("/run/docker.sock")));
    h.launch(h.task("u")); // the other containerizer goes on
    QCOMPARE(h.plain.runs.size(), std::size_t(1));
}

void TestCommandTasks::noContainerizer()
{
    Harness h;
    LaunchServices services;
    services.containerizers = {&h.plain};
    services.sandboxes = &h.sandboxes;
    services.fetcher = &h.fetcher;
    h.agent = std::make_unique<Agent>(h.clock, h.random, h.outbox, h.config, services);
    h.registerAgent();
    auto task = h.task("t");
    task.mutable_container()->set_type(mesos::v1::ContainerInfo::DOCKER);
    h.launch(task);
    QCOMPARE(h.drain(), std::string("t TASK_FAILED"));
    QVERIFY(QString::fromStdString(h.outbox.updates[0].status().message())
                .contains(QLatin1String("--containerizers")));
}

void TestCommandTasks::sandboxFailure()
{
    Harness h;
    h.registerAgent();
    h.sandboxes.problem = "cannot make the sandbox: No space left on device";
    h.launch(h.task("t"));
    QCOMPARE(h.drain(), std::string("t TASK_FAILED"));
    QVERIFY(QString::fromStdString(h.outbox.updates[0].status().message())
                .contains(QLatin1String("No space left")));
}

void TestCommandTasks::outOfMemory()
{
    Harness h;
    h.registerAgent();
    h.launch(h.task("t"));
    h.plain.start();
    ContainerTermination termination = exited(SIGKILL);
    termination.reason = TaskStatus::REASON_CONTAINER_LIMITATION_MEMORY;
    termination.limitation.emplace();
    termination.message = "used more than its 64 MB";
    h.plain.end(termination);
    QCOMPARE(h.drain(), std::string("t TASK_STARTING, t TASK_RUNNING, t TASK_FAILED"));
    const TaskStatus &status = h.outbox.updates.back().status();
    QCOMPARE(status.reason(), TaskStatus::REASON_CONTAINER_LIMITATION_MEMORY);
    QCOMPARE(status.source(), TaskStatus::SOURCE_AGENT);
    QVERIFY(status.has_limitation());
}

void TestCommandTasks::pullProgressIsToldSparsely()
{
    Harness h;
    h.registerAgent();
    auto task = h.task("t");
    task.mutable_container()->set_type(mesos::v1::ContainerInfo::DOCKER);
    h.launch(task);
    h.docker.progress("Pulling redis: 1 MB of 10 MB", 1, 10);
    h.docker.progress("Pulling redis: 2 MB of 10 MB", 2, 10); // too soon
    h.clock.advance(3s);
    h.docker.progress("Pulling redis: 3 MB of 10 MB", 3, 10); // the first is not acknowledged yet
    QCOMPARE(h.drain(), std::string("t TASK_STARTING"));
    h.docker.progress("Pulling redis: 4 MB of 10 MB", 4, 10);
    h.clock.advance(3s);
    QCOMPARE(h.drain(), std::string("t TASK_STARTING"));
    h.docker.progress("Pulling redis: 4 MB of 10 MB", 4, 10); // nothing new
    h.docker.start();
    QCOMPARE(h.drain(), std::string("t TASK_RUNNING"));
    const TaskStatus &status = h.outbox.updates[0].status();
    QCOMPARE(status.message(), std::string("Pulling redis: 1 MB of 10 MB"));
    QCOMPARE(status.labels().labels(0).key(), std::string("meseta.pull.done"));
    QCOMPARE(status.labels().labels(1).value(), std::string("10"));
}

void TestCommandTasks::secondTaskOfTheSameId()
{
    Harness h;
    h.registerAgent();
    h.launch(h.task("t"));
    h.plain.start();
    h.drain();
    h.launch(h.task("t"));
    QCOMPARE(h.outbox.updates.back().status().state(), mesos::v1::TASK_DROPPED);
    QCOMPARE(h.outbox.updates.back().status().reason(), TaskStatus::REASON_TASK_INVALID);
    QCOMPARE(h.executor("t")->launched.at("t").state(),
             mesos::v1::TASK_RUNNING); // the first lives on
}

void TestCommandTasks::outdatedResources()
{
    Harness h;
    h.registerAgent();
    RunTaskMessage message = h.runTask(h.task("t"));
    message.mutable_resource_version_uuids(0)->mutable_uuid()->set_value("another");
    h.fromMaster(message);
    QCOMPARE(h.drain(), std::string("t TASK_DROPPED"));
    QCOMPARE(h.outbox.updates[0].status().reason(), TaskStatus::REASON_INVALID_OFFERS);
    QVERIFY(h.agent->state().frameworks.empty());
}

void TestCommandTasks::hundredTasks()
{
    Harness h;
    h.registerAgent();
    for (int i = 0; i < 100; ++i)
        h.launch(h.task("t" + std::to_string(i)));
    for (int i = 0; i < 100; ++i)
        h.plain.start("t" + std::to_string(i));
    for (int i = 0; i < 100; ++i)
        h.plain.exitWith(0, "t" + std::to_string(i));
    h.drain();
    QCOMPARE(h.outbox.updates.size(), std::size_t(300));
    QCOMPARE(h.agent->state().counters.tasksFinished, std::uint64_t(100));
    QVERIFY(h.agent->state().frameworks.empty());
    QCOMPARE(h.clock.pendingTimers(), std::size_t(1)); // the ping timer
}

void TestCommandTasks::frameworkShutdownEndsItsTasksSilently()
{
    Harness h;
    h.registerAgent();
    h.launch(h.task("t"));
    h.plain.start();
    h.drain();
    ShutdownFrameworkMessage message;
    message.mutable_framework_id()->set_value(h.frameworkId);
    h.fromMaster(message);
    QCOMPARE(h.drain(), std::string());
    QCOMPARE(joined(h.plain.calls), std::string("kill 3secs"));
    QVERIFY(h.agent->state().frameworks.empty());
    QCOMPARE(h.agent->state()
                 .completedFrameworks.back()
                 ->completedExecutors.back()
                 ->completed.back()
                 .state(),
             mesos::v1::TASK_KILLED);
}

void TestCommandTasks::drainKillsWithinItsGrace()
{
    Harness h;
    h.registerAgent();
    auto patient = h.task("patient");
    patient.mutable_kill_policy()->mutable_grace_period()->set_nanoseconds(60'000'000'000);
    h.launch(patient);
    h.plain.start();
    h.drain();
    DrainSlaveMessage message;
    message.mutable_config()->set_mark_gone(false);
    message.mutable_config()->mutable_max_grace_period()->set_nanoseconds(2'000'000'000);
    h.fromMaster(message);
    QCOMPARE(joined(h.plain.calls), std::string("kill 2secs"));
    h.launch(h.task("late"));
    QCOMPARE(h.outbox.updates.back().status().state(), mesos::v1::TASK_DROPPED);
    QCOMPARE(h.outbox.updates.back().status().reason(), TaskStatus::REASON_AGENT_DRAINING);
    QCOMPARE(h.drain(),
             std::string("patient TASK_KILLING, late TASK_DROPPED, patient TASK_KILLED"));
    QCOMPARE(h.outbox.updates.back().status().reason(), TaskStatus::REASON_AGENT_DRAINING);
    h.launch(h.task("afterwards")); // drained, and reactivated by the master
    QCOMPARE(h.drain(), std::string());
    QVERIFY(h.executor("afterwards"));
}

void TestCommandTasks::drainWithMarkGone()
{
    Harness h;
    h.registerAgent();
    h.launch(h.task("t"));
    h.plain.start();
    h.drain();
    DrainSlaveMessage message;
    message.mutable_config()->set_mark_gone(true);
    h.fromMaster(message);
    // As in Mesos already what would have been TASK_KILLING; what follows is not told any more.
    QCOMPARE(h.drain(), std::string("t TASK_GONE_BY_OPERATOR"));
    QCOMPARE(h.outbox.updates.back().status().reason(), TaskStatus::REASON_AGENT_DRAINING);
    QVERIFY(h.agent->state().frameworks.empty());
}

void TestCommandTasks::executorIsForgottenAfterTheLastAcknowledgement()
{
    Harness h;
    h.registerAgent();
    h.launch(h.task("t"));
    h.plain.start();
    h.plain.exitWith(0);
    QCOMPARE(h.executor("t")->state, Executor::State::Terminated);
    QCOMPARE(h.executor("t")->terminated.size(), std::size_t(1));
    h.drain();
    QVERIFY(!h.executor("t"));
}

void TestCommandTasks::historyIsBounded()
{
    Harness h;
    h.config.maxCompletedExecutorsPerFramework = 3;
    LaunchServices services;
    services.containerizers = {&h.plain};
    services.sandboxes = &h.sandboxes;
    services.fetcher = &h.fetcher;
    h.agent = std::make_unique<Agent>(h.clock, h.random, h.outbox, h.config, services);
    h.registerAgent();
    for (int i = 0; i < 10; ++i) {
        h.launch(h.task("t" + std::to_string(i)));
        h.plain.start();
        h.plain.exitWith(0);
        h.drain();
    }
    QCOMPARE(h.agent->state().completedFrameworks.size(), std::size_t(1));
    QCOMPARE(h.agent->state().completedFrameworks[0]->completedExecutors.size(), std::size_t(3));
    QCOMPARE(h.agent->state().completedFrameworks[0]->completedExecutors.back()->id(),
             std::string("t9"));
}

QTEST_GUILESS_MAIN(TestCommandTasks)
#include "tst_command_tasks.moc"
