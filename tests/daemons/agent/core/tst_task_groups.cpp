#include <csignal>

#include "agent_harness.h"
#include "daemons/agent/executors/nested_containers.h"

using namespace meseta;
using namespace meseta::agent;
using namespace mesos::internal;
using namespace std::chrono_literals;
using mesos::v1::TaskStatus;

/// Task groups under the default executor, and containers inside those of executors.
class TestTaskGroups : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void allStartAndFinish();
    void eachTaskHasItsOwnContainerAndSandbox();
    void environmentIsTheTasksOwn();
    void oneThatFailsTakesItsGroupWithIt();
    void oneThatFinishesDoesNot();
    void oneThatIsKilledTakesItsGroupWithIt();
    void killGraces_data();
    void killGraces();
    void aSecondKillChangesNothing();
    void groupsOfOneExecutorEndApart();
    void aContainerThatCannotStart();
    void howFarAnImageIs();
    void maxCompletionTime();
    void killWhileFetching();
    void ofAnExecutorThatHasNotSubscribed();
    void aCustomExecutorIsGivenTheGroup();
    void aDriverExecutorTakesNoGroups();
    void outdatedResourcesDropAll();
    void shutdownOfTheExecutor();
    void shutdownOfTheFrameworkEndsItSilently();
    void aLaterAgentTakesItsTasksUp();
    void aLaterAgentKnowsWhichTasksEndTogether();
    void aLaterAgentGoesOnKilling();
    void nestedContainersOfACustomExecutor();
    void nestedContainersAreForgottenOldestFirst();

private:
    static RunTaskGroupMessage group(const Harness &h, const std::vector<std::string> &ids,
                                     const std::string &executorId = "dx", bool fresh = true);
    static RunTaskGroupMessage customGroup(const Harness &h, const std::vector<std::string> &ids);
    static QString calls(Harness &h) { return QString::fromStdString(joined(h.plain.calls)); }
};

RunTaskGroupMessage TestTaskGroups::group(const Harness &h, const std::vector<std::string> &ids,
                                          const std::string &executorId, bool fresh)
{
    RunTaskGroupMessage message;
    *message.mutable_framework() = h.framework();
    mesos::v1::ExecutorInfo executor = h.executorTask("x", executorId).executor();
    executor.set_type(mesos::v1::ExecutorInfo::DEFAULT);
    executor.clear_command();
    *message.mutable_executor() = executor;
    for (const std::string &id : ids)
        *message.mutable_task_group()->add_tasks() = h.task(id);
    message.set_launch_executor(fresh);
    return message;
}

RunTaskGroupMessage TestTaskGroups::customGroup(const Harness &h,
                                                const std::vector<std::string> &ids)
{
    RunTaskGroupMessage message = group(h, ids, "ex");
    *message.mutable_executor() = h.executorTask("x", "ex").executor();
    return message;
}

void TestTaskGroups::allStartAndFinish()
{
    Harness h;
    h.registerAgent();
    h.fromMaster(group(h, {"a", "b"}));
    QCOMPARE(h.plain.runs.size(), std::size_t(2));
    QCOMPARE(h.drain(), std::string("a TASK_STARTING, b TASK_STARTING"));
    h.plain.start("a");
    h.plain.start("b");
    QCOMPARE(h.drain(), std::string("a TASK_RUNNING, b TASK_RUNNING"));
    h.plain.exitWith(0, "a");
    h.plain.exitWith(0, "b");
    QCOMPARE(h.drain(), std::string("a TASK_FINISHED, b TASK_FINISHED"));
    QVERIFY(h.agent->state().frameworks.empty());
    QCOMPARE(joined(h.sandboxes.retired), std::string("dx"));
    const auto &lines = h.outbox.lines;
    QCOMPARE(std::count(lines.begin(), lines.end(), "ExitedExecutorMessage"), std::ptrdiff_t(1));
}

void TestTaskGroups::eachTaskHasItsOwnContainerAndSandbox()
{
    Harness h;
    h.registerAgent();
    h.fromMaster(group(h, {"a", "b"}));
    h.plain.start("b");
    h.drain();
    const Executor &executor = *h.executor("dx");
    const ContainerSpec &spec = h.plain.runs[1].spec;
    const mesos::v1::ContainerID id = containerIdOf(spec.containerId);
    QCOMPARE(id.parent().value(), executor.containerId);
    QCOMPARE(spec.sandbox, executor.directory + "/containers/" + id.value());
    QCOMPARE(spec.user, std::string("root"));
    QCOMPARE(spec.cpus, 1.0);

    const StatusUpdate &update = h.outbox.updates.back();
    QCOMPARE(update.executor_id().value(), std::string("dx"));
    const TaskStatus &status = update.status();
    QCOMPARE(status.state(), mesos::v1::TASK_RUNNING);
    QCOMPARE(status.source(), TaskStatus::SOURCE_EXECUTOR);
    QCOMPARE(status.executor_id().value(), std::string("dx"));
    QCOMPARE(containerKey(status.container_status().container_id()), spec.containerId);
    QCOMPARE(status.container_status().executor_pid(), 4711u);
    QCOMPARE(status.container_status().network_infos(0).ip_addresses(0).ip_address(),
             std::string("127.0.0.1"));
    QCOMPARE(executor.launched.at("b").executor_id().value(), std::string("dx"));
}

void TestTaskGroups::environmentIsTheTasksOwn()
{
    Harness h;
    h.registerAgent();
    RunTaskGroupMessage message = group(h, {"a"});
    auto *variable = message.mutable_task_group()
                         ->mutable_tasks(0)
                         ->mutable_command()
                         ->mutable_environment()
                         ->add_variables();
    variable->set_name("MINE");
    variable->set_value("1");
    h.fromMaster(message);
    const std::map<std::string, std::string> expected{
        {"MESOS_ALLOCATION_ROLE", "web"}, {"MESOS_CONTAINER_IP", "127.0.0.1"}, {"MINE", "1"}};
    QCOMPARE(h.plain.runs[0].spec.environment, expected);
}

void TestTaskGroups::oneThatFailsTakesItsGroupWithIt()
{
    Harness h;
    h.registerAgent();
    h.fromMaster(group(h, {"a", "b"}));
    h.plain.start("a");
    h.plain.start("b");
    h.drain();
    h.plain.exitWith(3 << 8, "a");
    QCOMPARE(h.drain(), std::string("a TASK_FAILED, b TASK_KILLING, b TASK_KILLED"));
    QCOMPARE(calls(h), QStringLiteral("kill 3secs"));
    const TaskStatus failed = h.outbox.updates[h.outbox.updates.size() - 3].status();
    QCOMPARE(failed.message(), std::string("Command exited with status 3"));
    QVERIFY(!failed.has_reason());
    QCOMPARE(h.outbox.updates.back().status().message(),
             std::string("Command was ended by the signal Terminated"));
    QVERIFY(h.agent->state().frameworks.empty());
}

void TestTaskGroups::oneThatFinishesDoesNot()
{
    Harness h;
    h.registerAgent();
    h.fromMaster(group(h, {"a", "b"}));
    h.plain.start("a");
    h.plain.start("b");
    h.drain();
    h.plain.exitWith(0, "a");
    QCOMPARE(h.drain(), std::string("a TASK_FINISHED"));
    QVERIFY(h.plain.calls.empty());
    QCOMPARE(h.executor("dx")->state, Executor::State::Running);
}

void TestTaskGroups::oneThatIsKilledTakesItsGroupWithIt()
{
    Harness h;
    h.registerAgent();
    h.fromMaster(group(h, {"a", "b"}));
    h.plain.start("a");
    h.plain.start("b");
    h.drain();
    h.kill("a");
    QCOMPARE(h.drain(),
             std::string("a TASK_KILLING, b TASK_KILLING, a TASK_KILLED, b TASK_KILLED"));
    QVERIFY(h.agent->state().frameworks.empty());
}

void TestTaskGroups::killGraces_data()
{
    QTest::addColumn<int>("ofTask");
    QTest::addColumn<int>("ofKill");
    QTest::addColumn<QString>("call");
    QTest::newRow("default") << -1 << -1 << QStringLiteral("kill 3secs");
    QTest::newRow("the task's") << 7 << -1 << QStringLiteral("kill 7secs");
    QTest::newRow("the kill's") << 7 << 2 << QStringLiteral("kill 2secs");
    QTest::newRow("none") << 7 << 0 << QStringLiteral("kill 0ns");
}

void TestTaskGroups::killGraces()
{
    QFETCH(int, ofTask);
    QFETCH(int, ofKill);
    Harness h;
    h.registerAgent();
    RunTaskGroupMessage message = group(h, {"a"});
    if (ofTask >= 0)
        message.mutable_task_group()
            ->mutable_tasks(0)
            ->mutable_kill_policy()
            ->mutable_grace_period()
            ->set_nanoseconds(Duration(std::chrono::seconds(ofTask)).count());
    h.fromMaster(message);
    h.plain.start("a");
    h.kill("a", ofKill < 0 ? std::nullopt : std::optional<Duration>(std::chrono::seconds(ofKill)));
    QTEST(calls(h), "call");
}

void TestTaskGroups::aSecondKillChangesNothing()
{
    Harness h;
    h.registerAgent();
    h.plain.obeysKill = false;
    h.fromMaster(group(h, {"a"}));
    h.plain.start("a");
    h.kill("a");
    h.kill("a", 0s);
    QCOMPARE(calls(h), QStringLiteral("kill 3secs"));
    QCOMPARE(h.drain(), std::string("a TASK_STARTING, a TASK_RUNNING, a TASK_KILLING"));
}

void TestTaskGroups::groupsOfOneExecutorEndApart()
{
    Harness h;
    h.registerAgent();
    h.fromMaster(group(h, {"a", "b"}));
    h.fromMaster(group(h, {"c", "d"}, "dx", false));
    for (const char *id : {"a", "b", "c", "d"})
        h.plain.start(id);
    h.drain();
    h.plain.exitWith(1 << 8, "c");
    QCOMPARE(h.drain(), std::string("c TASK_FAILED, d TASK_KILLING, d TASK_KILLED"));
    QCOMPARE(h.executor("dx")->launched.size(), std::size_t(2));
    h.plain.exitWith(0, "a");
    h.plain.exitWith(0, "b");
    h.drain();
    QVERIFY(!h.executor("dx"));
}

void TestTaskGroups::aContainerThatCannotStart()
{
    Harness h;
    h.registerAgent();
    h.fromMaster(group(h, {"a", "b"}));
    h.plain.start("b");
    ContainerTermination termination;
    termination.reason = TaskStatus::REASON_CONTAINER_LAUNCH_FAILED;
    termination.message = "no such program";
    h.plain.end(termination, "a");
    QCOMPARE(h.drain(),
             std::string("a TASK_STARTING, b TASK_STARTING, a TASK_FAILED, b TASK_RUNNING, "
                         "b TASK_KILLING, b TASK_KILLED"));
    const TaskStatus &failed = h.outbox.updates[2].status();
    QCOMPARE(failed.message(), std::string("no such program"));
    QVERIFY(!failed.has_reason());
}

void TestTaskGroups::howFarAnImageIs()
{
    Harness h;
    h.registerAgent();
    h.fromMaster(group(h, {"a", "b"}));
    QCOMPARE(h.drain(), std::string("a TASK_STARTING, b TASK_STARTING"));
    h.plain.progress("Pulling redis: 1 MB of 10 MB", 1, 10);
    h.plain.progress("Pulling redis: 2 MB of 10 MB", 2, 10); // too soon
    QCOMPARE(h.drain(), std::string("b TASK_STARTING"));
    const TaskStatus status = h.outbox.updates.back().status();
    QCOMPARE(status.message(), std::string("Pulling redis: 1 MB of 10 MB"));
    QCOMPARE(status.labels().labels(0).key(), std::string("meseta.pull.done"));
    QCOMPARE(status.labels().labels(1).value(), std::string("10"));
    h.clock.advance(3s);
    h.plain.progress("Pulling redis: 9 MB of 10 MB", 9, 10);
    QCOMPARE(h.drain(), std::string("b TASK_STARTING"));
    h.clock.advance(3s);
    h.plain.start("b");
    h.plain.progress("Pulling redis: 10 MB of 10 MB", 10, 10); // it runs already
    QCOMPARE(h.drain(), std::string("b TASK_RUNNING"));
}

void TestTaskGroups::maxCompletionTime()
{
    Harness h;
    h.registerAgent();
    RunTaskGroupMessage message = group(h, {"a", "b"});
    message.mutable_task_group()->mutable_tasks(0)->mutable_max_completion_time()->set_nanoseconds(
        Duration(5s).count());
    h.fromMaster(message);
    h.plain.start("a");
    h.plain.start("b");
    h.drain();
    h.clock.advance(5s);
    QCOMPARE(h.drain(), std::string("a TASK_FAILED, b TASK_KILLING, b TASK_KILLED"));
    QCOMPARE(h.outbox.updates[4].status().reason(), TaskStatus::REASON_MAX_COMPLETION_TIME_REACHED);
    QCOMPARE(h.plain.calls.front(), std::string("kill 0ns"));
}

void TestTaskGroups::killWhileFetching()
{
    Harness h;
    h.registerAgent();
    RunTaskGroupMessage message = group(h, {"a", "b"});
    message.mutable_task_group()->mutable_tasks(0)->mutable_command()->add_uris()->set_value(
        "http://x/y");
    h.fromMaster(message);
    QCOMPARE(h.fetcher.requests.size(), std::size_t(1));
    QVERIFY(h.fetcher.requests[0].sandbox.find("/containers/") != std::string::npos);
    h.plain.start("b");
    h.kill("a");
    QCOMPARE(h.drain(),
             std::string("a TASK_STARTING, b TASK_STARTING, a TASK_KILLING, b TASK_RUNNING, "
                         "a TASK_KILLED, b TASK_KILLING, b TASK_KILLED"));
    QCOMPARE(h.fetcher.cancelled, 1);
    h.fetcher.answers[0]({}); // too late
    QCOMPARE(h.plain.runs.size(), std::size_t(1));
}

void TestTaskGroups::ofAnExecutorThatHasNotSubscribed()
{
    Harness h;
    h.registerAgent();
    h.fromMaster(customGroup(h, {"a", "b"}));
    h.kill("b");
    QCOMPARE(h.drain(), std::string("a TASK_KILLED, b TASK_KILLED"));
    for (const StatusUpdate &update : h.outbox.updates)
        QCOMPARE(update.status().reason(), TaskStatus::REASON_TASK_KILLED_DURING_LAUNCH);
}

void TestTaskGroups::aCustomExecutorIsGivenTheGroup()
{
    Harness h;
    h.registerAgent();
    h.fromMaster(customGroup(h, {"a", "b"}));
    const auto sink = h.subscribe("ex");
    QCOMPARE(sink->text(), std::string("SUBSCRIBED, LAUNCH_GROUP"));
    const auto &tasks = sink->events[1].launch_group().task_group().tasks();
    QCOMPARE(tasks.size(), 2);
    QCOMPARE(tasks[1].task_id().value(), std::string("b"));
    QCOMPARE(tasks[1].executor().executor_id().value(), std::string("ex"));
}

void TestTaskGroups::aDriverExecutorTakesNoGroups()
{
    Harness h;
    h.registerAgent();
    h.fromMaster(customGroup(h, {"a", "b"}));
    RegisterExecutorMessage message;
    message.mutable_framework_id()->set_value(h.frameworkId);
    message.mutable_executor_id()->set_value("ex");
    h.from({"executor(1)", "127.0.0.1", 4000}, message);
    QCOMPARE(h.drain(), std::string("a TASK_DROPPED, b TASK_DROPPED"));
}

void TestTaskGroups::outdatedResourcesDropAll()
{
    Harness h;
    h.registerAgent();
    RunTaskGroupMessage message = group(h, {"a", "b"});
    message.add_resource_version_uuids()->mutable_uuid()->set_value("other");
    h.fromMaster(message);
    QCOMPARE(h.drain(), std::string("a TASK_DROPPED, b TASK_DROPPED"));
    QCOMPARE(h.outbox.updates[1].status().reason(), TaskStatus::REASON_INVALID_OFFERS);
    const auto &lines = h.outbox.lines;
    QCOMPARE(std::count(lines.begin(), lines.end(), "ExitedExecutorMessage"),
             std::ptrdiff_t(1)); // the master is to forget the executor it expected
}

void TestTaskGroups::shutdownOfTheExecutor()
{
    Harness h;
    h.registerAgent();
    RunTaskGroupMessage message = group(h, {"a", "b"});
    message.mutable_task_group()
        ->mutable_tasks(0)
        ->mutable_kill_policy()
        ->mutable_grace_period()
        ->set_nanoseconds(Duration(60s).count());
    h.fromMaster(message);
    h.plain.start("a");
    h.plain.start("b");
    h.drain();
    ShutdownExecutorMessage shutdown;
    shutdown.mutable_framework_id()->set_value(h.frameworkId);
    shutdown.mutable_executor_id()->set_value("dx");
    h.fromMaster(shutdown);
    QCOMPARE(calls(h), QStringLiteral("kill 3secs, kill 3secs")); // no policy counts any more
    QCOMPARE(h.drain(),
             std::string("a TASK_KILLING, b TASK_KILLING, a TASK_KILLED, b TASK_KILLED"));
    QVERIFY(h.agent->state().frameworks.empty());
}

void TestTaskGroups::shutdownOfTheFrameworkEndsItSilently()
{
    Harness h;
    h.registerAgent();
    h.plain.obeysKill = false;
    h.fromMaster(group(h, {"a", "b"}));
    h.plain.start("a");
    h.plain.start("b");
    h.drain();
    ShutdownFrameworkMessage shutdown;
    shutdown.mutable_framework_id()->set_value(h.frameworkId);
    h.fromMaster(shutdown);
    h.clock.advance(5s); // the executor's grace: what is left of it is destroyed
    QCOMPARE(h.drain(), std::string());
    QCOMPARE(std::count(h.plain.calls.begin(), h.plain.calls.end(), "destroy"), std::ptrdiff_t(2));
    QVERIFY(h.agent->state().frameworks.empty());
    QVERIFY(std::count(h.outbox.lines.begin(), h.outbox.lines.end(), "ExitedExecutorMessage"));
}

void TestTaskGroups::aLaterAgentTakesItsTasksUp()
{
    Harness h;
    h.checkpoint = true;
    h.registerAgent();
    h.fromMaster(group(h, {"a", "b"}));
    h.plain.start("a");
    h.plain.start("b");
    h.drain();
    const std::string key = h.plain.run("a").spec.containerId;
    QVERIFY(h.plain.run("a").spec.checkpoint);
    h.crash();
    h.restart();
    h.reregister();
    QCOMPARE(h.executor("dx")->state, Executor::State::Running);
    QCOMPARE(h.executor("dx")->launched.size(), std::size_t(2));
    QVERIFY(h.agent->nested().running(key));
    QCOMPARE(h.drain(), std::string()); // nothing new of them
    h.plain.exitWith(0, "a");
    h.plain.exitWith(0, "b");
    QCOMPARE(h.drain(), std::string("a TASK_FINISHED, b TASK_FINISHED"));
    QVERIFY(h.agent->state().frameworks.empty());
}

void TestTaskGroups::aLaterAgentKnowsWhichTasksEndTogether()
{
    Harness h;
    h.checkpoint = true;
    h.registerAgent();
    h.fromMaster(group(h, {"a", "b"}));
    h.fromMaster(group(h, {"c", "d"}, "dx", false));
    for (const char *id : {"a", "b", "c", "d"})
        h.plain.start(id);
    h.drain();
    h.crash();
    h.restart();
    h.reregister();
    h.plain.exitWith(1 << 8, "a");
    QCOMPARE(h.drain(), std::string("a TASK_FAILED, b TASK_KILLING, b TASK_KILLED"));
    QCOMPARE(h.executor("dx")->launched.size(), std::size_t(2));
}

void TestTaskGroups::aLaterAgentGoesOnKilling()
{
    Harness h;
    h.checkpoint = true;
    h.registerAgent();
    h.plain.obeysKill = false;
    h.fromMaster(group(h, {"a"}));
    h.plain.start("a");
    h.kill("a", 10s);
    h.drain();
    h.clock.advance(4s);
    h.crash();
    h.restart();
    h.reregister();
    QCOMPARE(calls(h), QStringLiteral("kill 10secs, kill 6secs"));
    h.plain.exitWith(SIGKILL, "a");
    QCOMPARE(h.drain(), std::string("a TASK_KILLED"));
}

void TestTaskGroups::nestedContainersOfACustomExecutor()
{
    Harness h;
    h.registerAgent();
    h.launch(h.executorTask("t", "ex"));
    h.subscribe("ex");
    NestedContainers &nested = h.agent->nested();
    const std::string root = h.executor("ex")->containerId;
    const std::string key = root + ".mine";
    int started = 0;
    const auto launch = [&] {
        return nested.launch(key, {}, "/sandbox",
                             {[&started](const mesos::v1::ContainerStatus &) { ++started; }, {}});
    };
    QVERIFY(launch());
    QVERIFY(!launch()); // of that name there is one
    QCOMPARE(h.plain.runs.back().spec.sandbox, std::string("/sandbox/containers/mine"));
    h.plain.start();
    QCOMPARE(started, 1);
    QVERIFY(!nested.remove(key)); // it runs
    std::vector<int> ends;
    const auto wait = [&] {
        return nested.wait(key, [&ends](const ContainerTermination &termination) {
            ends.push_back(termination.waitStatus.value_or(-1));
        });
    };
    QVERIFY(wait());
    QVERIFY(ends.empty());
    QVERIFY(nested.signal(key, SIGKILL));
    h.clock.settle();
    QVERIFY(wait()); // how it ended is known until it is removed
    QCOMPARE(ends, (std::vector<int>{SIGKILL, SIGKILL}));
    QVERIFY(!nested.signal(key, SIGKILL));
    QVERIFY(nested.remove(key));
    QVERIFY(!wait());

    QVERIFY(launch());
    h.plain.start();
    QVERIFY(wait());
    h.plain.calls.clear();
    h.plain.runs.front().events.ended(exited(0)); // the executor itself
    h.clock.settle();
    QCOMPARE(calls(h), QStringLiteral("destroy"));
    QCOMPARE(ends.size(), std::size_t(3));
    QVERIFY(!nested.running(key));
    QVERIFY(!wait());
}

void TestTaskGroups::nestedContainersAreForgottenOldestFirst()
{
    Harness h;
    h.registerAgent();
    NestedContainers &nested = h.agent->nested();
    const auto key = [](std::size_t number) { return "root." + std::to_string(number); };
    for (std::size_t i = 0; i <= NestedContainers::maxEndedPerRoot; ++i) {
        QVERIFY(nested.launch(key(i), {}, "/s", {}));
        h.plain.runs.back().events.ended(exited(0));
    }
    QVERIFY(!nested.wait(key(0), [](const ContainerTermination &) {}));
    QVERIFY(nested.wait(key(1), [](const ContainerTermination &) {}));
    QCOMPARE(nested.runningIn("root"), std::vector<std::string>());
}

QTEST_GUILESS_MAIN(TestTaskGroups)
#include "tst_task_groups.moc"
