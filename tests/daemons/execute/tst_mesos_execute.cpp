#include <QtTest>

#include <csignal>

#include <QProcess>

#include "fake_master.h"
#include "tests/support/signals.h"

using mesos::v1::scheduler::Call;

/// The program itself against a master that the test plays.
class TestMesosExecute : public QObject
{
    Q_OBJECT

    std::unique_ptr<QProcess> start(const QStringList &arguments)
    {
        auto process = std::make_unique<QProcess>();
        const QString folder =
            qEnvironmentVariable("MESETA_BIN_DIR", QCoreApplication::applicationDirPath());
        process->start(folder + QStringLiteral("/mesos-execute"), arguments);
        return process;
    }

    static QStringList dockerLine(const FakeMaster &master)
    {
        return {QStringLiteral("--master=") + master.address(), QStringLiteral("--name=test"),
                QStringLiteral("--docker_image=library/redis"),
                QStringLiteral("--containerizer=docker"), QStringLiteral("--shell=false")};
    }

    /// Offers at once, and runs whatever is launched until the test ends it.
    static void runTasks(FakeMaster &master)
    {
        master.onCall = [&master](const Call &call) {
            if (call.type() == Call::SUBSCRIBE)
                master.offer("cpus:4;mem:2048;ports:[31000-32000]");
            if (call.type() == Call::ACCEPT) {
                master.update(mesos::v1::TASK_STARTING);
                master.update(mesos::v1::TASK_RUNNING);
            }
            if (call.type() == Call::KILL)
                master.update(mesos::v1::TASK_KILLED, "Ended as asked");
        };
    }

private Q_SLOTS:
    void theDocumentedLineRunsATaskToItsEnd()
    {
        FakeMaster master;
        runTasks(master);
        const auto process = start(dockerLine(master));
        QTRY_VERIFY(master.calls.size() >= 4);
        master.update(mesos::v1::TASK_FINISHED, "done");
        QTRY_COMPARE(process->state(), QProcess::NotRunning);
        QCOMPARE(process->exitCode(), 0);
        QCOMPARE(process->readAllStandardOutput(),
                 QByteArray("Subscribed with ID M1-0000\n"
                            "Submitted task 'test' to agent 'M1-S0'\n"
                            "Received status update TASK_STARTING for task 'test'\n"
                            "  source: SOURCE_EXECUTOR\n"
                            "Received status update TASK_RUNNING for task 'test'\n"
                            "  source: SOURCE_EXECUTOR\n"
                            "Received status update TASK_FINISHED for task 'test'\n"
                            "  message: 'done'\n"
                            "  source: SOURCE_EXECUTOR\n"));
        QCOMPARE(process->readAllStandardError(), QByteArray());
        const std::vector<std::string> calls = master.callNames();
        QCOMPARE(std::count(calls.begin(), calls.end(), "ACKNOWLEDGE"), 3);
        const auto &task = master.calls[1].accept().operations(0).launch().task_infos(0);
        QCOMPARE(task.container().docker().image(), std::string("library/redis"));
        QVERIFY(!task.command().shell());
    }

    void aFailedTaskFailsTheProgram()
    {
        FakeMaster master;
        runTasks(master);
        const auto process =
            start(dockerLine(master) + QStringList{QStringLiteral("--content_type=json")});
        QTRY_VERIFY(master.calls.size() >= 4);
        master.update(mesos::v1::TASK_FAILED, "no such image");
        QTRY_COMPARE(process->state(), QProcess::NotRunning);
        QCOMPARE(process->exitCode(), 1);
    }

    void ctrlCKillsTheTask()
    {
        FakeMaster master;
        runTasks(master);
        const auto process = start(dockerLine(master));
        QTRY_VERIFY(master.calls.size() >= 4);
        QVERIFY(meseta::test::signalProcess(process->processId(), SIGINT));
        QTRY_COMPARE(process->state(), QProcess::NotRunning);
        QCOMPARE(process->exitStatus(), QProcess::NormalExit);
        QCOMPARE(process->exitCode(), 1);
        const QByteArray out = process->readAllStandardOutput();
        QVERIFY2(out.contains("Asked to kill task 'test'") && out.contains("TASK_KILLED"),
                 out.constData());
        QVERIFY(process->readAllStandardError().contains("Ctrl-C again"));
    }

    void aSecondCtrlCLeavesAtOnce()
    {
        FakeMaster master;
        runTasks(master);
        const auto process = start(dockerLine(master));
        QTRY_VERIFY(master.calls.size() >= 4);
        master.onCall = {}; // the kill leads to nothing
        QVERIFY(meseta::test::signalProcess(process->processId(), SIGINT));
        QTRY_VERIFY(std::ranges::any_of(
            master.calls, [](const Call &call) { return call.type() == Call::KILL; }));
        QCOMPARE(process->state(), QProcess::Running);
        QVERIFY(meseta::test::signalProcess(process->processId(), SIGINT));
        QTRY_COMPARE(process->state(), QProcess::NotRunning);
        QCOMPARE(process->exitCode(), 1);
    }

    void killAfterEndsTheTask()
    {
        FakeMaster master;
        runTasks(master);
        const auto process =
            start(dockerLine(master) + QStringList{QStringLiteral("--kill_after=100ms")});
        QTRY_COMPARE(process->state(), QProcess::NotRunning);
        QCOMPARE(process->exitCode(), 1);
        QVERIFY(process->readAllStandardOutput().contains("TASK_KILLED"));
    }

    void aRefusedSubscriptionIsExplained()
    {
        FakeMaster master;
        master.answerInstead = [](const auto &) {
            return std::optional(meseta::http::Response::text(403, "role not allowed"));
        };
        const auto process = start(dockerLine(master));
        QTRY_COMPARE(process->state(), QProcess::NotRunning);
        QCOMPARE(process->exitCode(), 1);
        const QByteArray said = process->readAllStandardError();
        QVERIFY2(said.contains("role not allowed") && said.contains("--role"), said.constData());
    }

    void badFlagsAreExplained()
    {
        const auto process =
            start({QStringLiteral("--master=127.0.0.1:5050"), QStringLiteral("--nmae=test")});
        QTRY_COMPARE(process->state(), QProcess::NotRunning);
        QCOMPARE(process->exitCode(), 1);
        const QByteArray said = process->readAllStandardError();
        QVERIFY2(said.contains("did you mean --name?"), said.constData());
    }

    void helpGoesToStdout()
    {
        const auto process = start({QStringLiteral("--help")});
        QTRY_COMPARE(process->state(), QProcess::NotRunning);
        QCOMPARE(process->exitCode(), 0);
        const QByteArray help = process->readAllStandardOutput();
        QVERIFY(help.startsWith("Usage: mesos-execute") && help.contains("--docker_image"));
    }
};

QTEST_GUILESS_MAIN(TestMesosExecute)
#include "tst_mesos_execute.moc"
