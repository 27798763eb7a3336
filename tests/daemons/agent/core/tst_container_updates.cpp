// What the containers of executors may use follows the tasks they have; and a default executor has
// a container of its own where its tasks share something of it.

#include <cmath>
#include <csignal>

#include "agent_harness.h"

using namespace meseta;
using namespace meseta::agent;
using namespace mesos::internal;
using mesos::v1::TaskStatus;

class TestContainerUpdates : public QObject
{
    Q_OBJECT

    static void setLimit(mesos::v1::TaskInfo &task, const char *name, double value)
    {
        (*task.mutable_limits())[name].set_value(value);
    }
    /// "cpus 1.1 mem 96 limits - 160" of the newest update.
    static std::string newest(const Harness &h)
    {
        if (h.plain.updates.empty())
            return "none";
        const ContainerResources &r = h.plain.updates.back().resources;
        const auto text = [](double value) {
            return QByteArray::number(value, 'g', 6).toStdString();
        };
        return "cpus " + text(r.cpus) + " mem " + text(r.memBytes / 1048576) + " limits "
            + (r.cpusLimit ? text(*r.cpusLimit) : "-") + " "
            + (r.memLimitBytes ? text(*r.memLimitBytes / 1048576) : "-");
    }
    static void report(Harness &h, const std::string &taskId, mesos::v1::TaskState state)
    {
        h.agent->update(*h.agent->state().framework(h.frameworkId), *h.executor("ex"),
                        h.status(taskId, state));
    }
    static RunTaskGroupMessage group(const Harness &h, const std::vector<std::string> &ids,
                                     bool fresh = true)
    {
        RunTaskGroupMessage message;
        *message.mutable_framework() = h.framework();
        auto *executor = message.mutable_executor();
        *executor = h.executorTask("x", "dx").executor();
        executor->set_type(mesos::v1::ExecutorInfo::DEFAULT);
        executor->clear_command();
        for (const std::string &id : ids)
            *message.mutable_task_group()->add_tasks() = h.task(id);
        message.set_launch_executor(fresh);
        return message;
    }
    static std::string holder(Harness &h) { return h.executor("dx")->containerId; }

private Q_SLOTS:
    // An executor asks for cpus 0.1, mem 32; each task for cpus 1, mem 64.

    void aNewTaskMakesRoomBeforeItIsDelivered()
    {
        Harness h;
        h.registerAgent();
        h.launch(h.executorTask("t1", "ex"));
        const auto sink = h.subscribe("ex");
        h.launch(h.executorTask("t2", "ex"), false);
        QCOMPARE(newest(h), std::string("cpus 2.1 mem 160 limits - -"));
        QCOMPARE(h.plain.updates.back().containerId, h.executor("ex")->containerId);
        QCOMPARE(sink->text(), std::string("SUBSCRIBED, LAUNCH t1, LAUNCH t2"));
    }

    void theEndOfATaskTakesItsShareBack()
    {
        Harness h;
        h.registerAgent();
        h.launch(h.executorTask("t1", "ex"));
        const auto sink = h.subscribe("ex");
        h.launch(h.executorTask("t2", "ex"), false);
        report(h, "t1", mesos::v1::TASK_RUNNING);
        const std::size_t before = h.plain.updates.size();
        report(h, "t1", mesos::v1::TASK_FINISHED);
        QCOMPARE(h.plain.updates.size(), before + 1);
        QCOMPARE(newest(h), std::string("cpus 1.1 mem 96 limits - -"));
        report(h, "t2", mesos::v1::TASK_KILLED);
        QCOMPARE(newest(h), std::string("cpus 0.1 mem 32 limits - -"));
    }

    void limitsAreSummedUp_data()
    {
        QTest::addColumn<bool>("cfs");
        QTest::addColumn<double>("cpus");
        QTest::addColumn<double>("mem");
        QTest::addColumn<std::string>("expected");
        // t1 has the limits, t2 none: its request counts; so does that of the executor.
        QTest::newRow("mem") << true << 0.0 << 128.0
                             << std::string("cpus 2.1 mem 160 limits - 224");
        QTest::newRow("mem, unlimited")
            << true << 0.0 << HUGE_VAL << std::string("cpus 2.1 mem 160 limits - inf");
        QTest::newRow("cpus, quotas")
            << true << 3.0 << 0.0 << std::string("cpus 2.1 mem 160 limits 4.1 -");
        QTest::newRow("cpus, no quotas")
            << false << 3.0 << 0.0 << std::string("cpus 2.1 mem 160 limits - -");
    }
    void limitsAreSummedUp()
    {
        QFETCH(bool, cfs);
        QFETCH(double, cpus);
        QFETCH(double, mem);
        QFETCH(std::string, expected);
        Harness h;
        h.config.cgroupsEnableCfs = cfs;
        h.agent.reset();
        h.agent = std::make_unique<Agent>(h.clock, h.random, h.outbox, h.config, h.services);
        h.registerAgent();
        auto task = h.executorTask("t1", "ex");
        if (cpus > 0)
            setLimit(task, "cpus", cpus);
        if (mem > 0)
            setLimit(task, "mem", mem);
        h.launch(task);
        const ContainerSpec &spec = h.plain.runs[0].spec;
        QCOMPARE(spec.memLimitBytes.has_value(), mem > 0);
        const auto sink = h.subscribe("ex");
        h.launch(h.executorTask("t2", "ex"), false);
        QCOMPARE(newest(h), expected);
    }

    void aContainerThatCannotBeChangedIsEnded()
    {
        Harness h;
        h.registerAgent();
        h.launch(h.executorTask("t1", "ex"));
        const auto sink = h.subscribe("ex");
        report(h, "t1", mesos::v1::TASK_RUNNING);
        h.drain();
        h.plain.updateProblem = "memory.limit_in_bytes: Device or resource busy";
        h.launch(h.executorTask("t2", "ex"), false);
        h.clock.settle();
        QCOMPARE(QString::fromStdString(h.drain()), QStringLiteral("t2 TASK_GONE, t1 TASK_GONE"));
        const TaskStatus &status = h.outbox.updates.back().status();
        QCOMPARE(status.reason(), TaskStatus::REASON_CONTAINER_UPDATE_FAILED);
        QVERIFY(status.message().find("Device or resource busy") != std::string::npos);
        QVERIFY(sink->text().find("LAUNCH t2") == std::string::npos);
    }

    void aCommandsContainerStaysAsItIs()
    {
        Harness h;
        h.registerAgent();
        h.launch(h.task("t"));
        h.plain.start();
        h.drain();
        h.plain.exitWith(0);
        QCOMPARE(QString::fromStdString(h.drain()), QStringLiteral("t TASK_FINISHED"));
        QCOMPARE(newest(h), std::string("none"));
    }

    void tasksOfAGroupStartInsideTheExecutorsContainer()
    {
        Harness h;
        h.plain.shares = true;
        h.registerAgent();
        h.fromMaster(group(h, {"a", "b"}));
        QCOMPARE(h.plain.runs.size(), std::size_t(1));
        QVERIFY(h.plain.runs[0].spec.holdsOthers);
        QCOMPARE(h.plain.runs[0].spec.containerId, holder(h));
        QCOMPARE(h.plain.runs[0].spec.cpus, 2.1);
        h.plain.start();
        QCOMPARE(h.plain.runs.size(), std::size_t(3));
        QCOMPARE(h.plain.runs[1].spec.containerId.substr(0, holder(h).size() + 1), holder(h) + ".");
        h.plain.start("a");
        h.plain.start("b");
        h.drain();
        h.fromMaster(group(h, {"c"}, false));
        QCOMPARE(newest(h), std::string("cpus 3.1 mem 224 limits - -"));
        QCOMPARE(h.plain.updates.back().containerId, holder(h));
        h.plain.start("c");
        h.drain();
        h.plain.exitWith(0, "c");
        QCOMPARE(newest(h), std::string("cpus 2.1 mem 160 limits - -"));
    }

    void theExecutorsContainerGoesWithItsLastTask()
    {
        Harness h;
        h.plain.shares = true;
        h.registerAgent();
        h.fromMaster(group(h, {"a"}));
        h.plain.start();
        h.plain.start("a");
        h.drain();
        h.plain.calls.clear();
        h.plain.exitWith(0, "a");
        QCOMPARE(QString::fromStdString(h.drain()), QStringLiteral("a TASK_FINISHED"));
        h.clock.settle();
        QVERIFY(h.plain.runs[0].ended);
        QCOMPARE(joined(h.plain.calls), std::string("destroy"));
        QVERIFY(h.agent->state().frameworks.empty());
        // It went of itself, whatever became of its container.
        const auto &lines = h.outbox.lines;
        QCOMPARE(std::count(lines.begin(), lines.end(), "ExitedExecutorMessage"),
                 std::ptrdiff_t(1));
    }

    void aLimitThatTheTasksBreakTogetherEndsThemAll()
    {
        Harness h;
        h.plain.shares = true;
        h.registerAgent();
        h.fromMaster(group(h, {"a", "b"}));
        h.plain.start();
        h.plain.start("a");
        h.plain.start("b");
        h.drain();
        ContainerTermination termination = exited(SIGKILL);
        termination.reason = TaskStatus::REASON_CONTAINER_LIMITATION_MEMORY;
        termination.message = "Memory limit exceeded";
        h.plain.endRun(h.plain.runs[0], termination);
        QCOMPARE(QString::fromStdString(h.drain()), QStringLiteral("a TASK_FAILED, b TASK_FAILED"));
        QCOMPARE(h.outbox.updates.back().status().reason(),
                 TaskStatus::REASON_CONTAINER_LIMITATION_MEMORY);
    }

    void aLaterAgentTakesTheContainerUpFirst()
    {
        Harness h;
        h.plain.shares = true;
        h.checkpoint = true;
        h.registerAgent();
        h.fromMaster(group(h, {"a"}));
        h.plain.start();
        h.plain.start("a");
        h.drain();
        h.crash();
        h.restart();
        h.reregister();
        QVERIFY(h.executor("dx")->containerLaunched);
        QCOMPARE(QString::fromStdString(h.drain()), QString());
        h.plain.exitWith(0, "a");
        QCOMPARE(QString::fromStdString(h.drain()), QStringLiteral("a TASK_FINISHED"));
        h.clock.settle();
        QVERIFY(h.plain.runs[0].ended);
        QVERIFY(h.agent->state().frameworks.empty());
    }
};

QTEST_GUILESS_MAIN(TestContainerUpdates)
#include "tst_container_updates.moc"
