#include <csignal>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>

#include "recovery_bench.h"
#include "tests/support/signals.h"

using namespace meseta;
using namespace meseta::agent;
using mesos::v1::TaskStatus;

/// kill -9 the agent and start it again: what it ran goes on, and the master hears of everything
/// once.
class TestAgentRestart : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void taskGoesOn();
    void taskThatEndedMeanwhileHasItsExitCode();
    void whatWasOverIsListedAgain();
    void sigtermLeavesTasksRunning();
    void withoutCheckpointingTasksEnd();
    void unacknowledgedUpdatesComeAgain();
    void customExecutorComesBack();
    void executorThatHangsIsGone();
    void tasksEndWhenNoAgentComesBack();
    void orphansAreEnded();
    void killGoesOn();
    void cleanupEndsTasks();
    void damagedRecordIsNamed();
    void changedResourcesAreTakenWhenTasksFit();
    void equalPolicyRefusesChanges();
    void afterARebootTheIdStays();
    void hundredCheckpointedTasksWithinASecondAndAHalf();
    void agentOf200ContainersIsBackWithinASecond();
};

namespace {

constexpr int patience = 60000; ///< milliseconds for what real processes do on a busy machine

const char *gone = "TASK_STARTING TASK_RUNNING TASK_FAILED";

} // namespace

void TestAgentRestart::taskGoesOn()
{
    RecoveryBench b;
    QVERIFY(b.startWith(b.waiter("t", 3)));
    b.kill();
    QVERIFY(!b.processes().isEmpty());
    QVERIFY(b.start());
    QVERIFY(b.isRegistered());
    QCOMPARE(b.master.newcomers.size(), std::size_t(1));
    QCOMPARE(b.master.returners.size(), std::size_t(1));
    QCOMPARE(b.master.reregistration.slave().id().value(), b.master.agentId);
    QCOMPARE(b.master.reregistration.tasks_size(), 1);
    QCOMPARE(b.master.reregistration.tasks(0).state(), mesos::v1::TASK_RUNNING);
    b.touch("go");
    QTRY_COMPARE_WITH_TIMEOUT(b.states("t"), QLatin1String(gone), patience);
    QVERIFY(QString::fromStdString(b.master.last("t").message())
                .contains(QLatin1String("exited with status 3")));
    QCOMPARE(b.read("starts"), QByteArray("t\n"));
    QTRY_COMPARE_WITH_TIMEOUT(b.leftovers(), QStringList(), patience);
    QTRY_COMPARE_WITH_TIMEOUT(b.processes(), QStringList(), patience);
}

void TestAgentRestart::taskThatEndedMeanwhileHasItsExitCode()
{
    RecoveryBench b;
    QVERIFY(b.startWith(b.waiter("t", 7)));
    b.kill();
    b.touch("go");
    QTRY_COMPARE_WITH_TIMEOUT(b.processes(), QStringList(), patience);
    QVERIFY(b.start());
    QTRY_COMPARE_WITH_TIMEOUT(b.states("t"), QLatin1String(gone), patience);
    QVERIFY(QString::fromStdString(b.master.last("t").message())
                .contains(QLatin1String("exited with status 7")));
    QTRY_COMPARE_WITH_TIMEOUT(b.leftovers(), QStringList(), patience);
}

void TestAgentRestart::whatWasOverIsListedAgain()
{
    RecoveryBench b;
    QVERIFY(b.start());
    QVERIFY(b.isRegistered());
    b.touch("go");
    b.master.launch(b.waiter("t", 3));
    QTRY_COMPARE_WITH_TIMEOUT(b.states("t"), QString::fromLatin1(gone), patience);
    QTRY_COMPARE_WITH_TIMEOUT(b.leftovers(), QStringList(), patience);
    b.kill();
    QVERIFY(b.start());
    QVERIFY(b.isRegistered());
    const auto get = [&b](const QString &target) {
        http::Request request;
        request.method = "GET";
        request.target = target.toUtf8();
        return QJsonDocument::fromJson(b.agent->call(request, b.master.agentPid().port).body);
    };
    const QJsonDocument state = get(QStringLiteral("/state"));
    QCOMPARE(state[u"frameworks"].toArray().size(), 0);
    const QJsonValue executor = state[u"completed_frameworks"][0][u"completed_executors"][0];
    QCOMPARE(executor[u"id"].toString(), QStringLiteral("t"));
    QCOMPARE(executor[u"completed_tasks"][0][u"state"].toString(), QStringLiteral("TASK_FAILED"));
    const QString sandbox = executor[u"directory"].toString();
    QVERIFY(QFileInfo(sandbox).isDir());
    QVERIFY(get(QStringLiteral("/files/browse?path=") + sandbox).array().size() >= 2);
}

void TestAgentRestart::sigtermLeavesTasksRunning()
{
    RecoveryBench b;
    QVERIFY(b.startWith(b.waiter("t", 0)));
    b.agent->process.terminate();
    QCOMPARE(b.waitForExit(), 0);
    QVERIFY(!b.processes().isEmpty());
    QVERIFY(b.start());
    QVERIFY(b.isRegistered());
    b.touch("go");
    QTRY_COMPARE_WITH_TIMEOUT(b.states("t"),
                              QStringLiteral("TASK_STARTING TASK_RUNNING TASK_FINISHED"), patience);
}

void TestAgentRestart::withoutCheckpointingTasksEnd()
{
    RecoveryBench b;
    b.master.checkpoint = false;
    QVERIFY(b.startWith(b.waiter("t", 0)));
    b.kill();
    QTRY_COMPARE_WITH_TIMEOUT(b.processes(), QStringList(), patience);
    QVERIFY(b.start());
    QTRY_COMPARE_WITH_TIMEOUT(b.master.last("t").state(), mesos::v1::TASK_DROPPED,
                              patience); // asked for by the master
    QCOMPARE(b.master.last("t").reason(), TaskStatus::REASON_RECONCILIATION);
}

void TestAgentRestart::unacknowledgedUpdatesComeAgain()
{
    RecoveryBench b;
    b.master.acknowledges = false;
    QVERIFY(b.start());
    QVERIFY(b.isRegistered());
    b.master.launch(b.waiter("t", 0));
    QTRY_COMPARE_WITH_TIMEOUT(b.states("t"), QStringLiteral("TASK_STARTING"), patience);
    b.touch("go");
    QTRY_COMPARE_WITH_TIMEOUT(b.processes(), QStringList(), patience);
    b.kill();
    b.master.updates.clear();
    b.master.acknowledges = true;
    QVERIFY(b.start());
    QTRY_COMPARE_WITH_TIMEOUT(b.states("t"),
                              QStringLiteral("TASK_STARTING TASK_RUNNING TASK_FINISHED"), patience);
}

void TestAgentRestart::customExecutorComesBack()
{
    RecoveryBench b;
    QVERIFY(b.start());
    QVERIFY(b.isRegistered());
    b.master.launch(b.executorTask("t", "ex"));
    QTRY_COMPARE_WITH_TIMEOUT(b.states("t"), QStringLiteral("TASK_RUNNING"), 30000);
    b.kill();
    QVERIFY(b.start());
    QVERIFY(b.isRegistered());
    QCOMPARE(b.master.reregistration.executor_infos_size(), 1);
    QCOMPARE(b.states("t"), QStringLiteral("TASK_RUNNING"));
    b.master.kill("t");
    QTRY_COMPARE_WITH_TIMEOUT(b.states("t"), QStringLiteral("TASK_RUNNING TASK_KILLED"), patience);
}

void TestAgentRestart::executorThatHangsIsGone()
{
    RecoveryBench b;
    b.flags = {QStringLiteral("--executor_reregistration_timeout=6secs")}; // to be asked meanwhile
    QVERIFY(b.start());
    QVERIFY(b.isRegistered());
    b.master.launch(b.executorTask("t", "ex"));
    QTRY_COMPARE_WITH_TIMEOUT(b.states("t"), QStringLiteral("TASK_RUNNING"), 30000);
    const int port = b.master.agentPid().port;
    b.kill();
    const QStringList executor = b.processes().filter(QStringLiteral("test_executor"));
    QCOMPARE(executor.size(), 1);
    QVERIFY(test::signalProcess(executor[0].section(QLatin1Char(' '), 0, 0).toInt(), SIGSTOP));
    QVERIFY(b.start());
    http::Request state;
    state.method = "GET";
    state.target = "/state";
    int status = 0; // -1 while nobody listens yet
    QTRY_VERIFY_WITH_TIMEOUT((status = b.agent->call(state, port).status) > 0, patience);
    QCOMPARE(status, 503);
    QCOMPARE(b.agent->call(jsonCall("/api/v1", R"({"type":"GET_AGENT"})"), port).status, 503);
    QTRY_COMPARE_WITH_TIMEOUT(b.states("t"), QStringLiteral("TASK_RUNNING TASK_GONE"), patience);
    QCOMPARE(b.master.last("t").reason(), TaskStatus::REASON_EXECUTOR_REREGISTRATION_TIMEOUT);
    QCOMPARE(b.agent->call(state, port).status, 200);
    QTRY_COMPARE_WITH_TIMEOUT(b.processes(), QStringList(), patience);
    QTRY_COMPARE_WITH_TIMEOUT(b.leftovers(), QStringList(), patience);
}

void TestAgentRestart::tasksEndWhenNoAgentComesBack()
{
    RecoveryBench b;
    b.flags = {QStringLiteral("--recovery_timeout=3secs")};
    QVERIFY(b.startWith(b.waiter("t", 0)));
    b.kill();
    QVERIFY(!b.processes().isEmpty());
    QTRY_COMPARE_WITH_TIMEOUT(b.processes(), QStringList(), patience);
    QVERIFY(b.start()); // too late, but it still hears how that was
    QTRY_COMPARE_WITH_TIMEOUT(b.states("t"), QLatin1String(gone), patience);
    QVERIFY2(QString::fromStdString(b.master.last("t").message())
                 .contains(QLatin1String("signal Killed")),
             b.master.last("t").message().c_str());
}

void TestAgentRestart::orphansAreEnded()
{
    RecoveryBench b;
    QVERIFY(b.startWith(b.waiter("t", 0)));
    b.kill();
    QVERIFY(QFile::remove(b.path("data/meta/slaves/latest"))); // it will be a new agent
    b.master.agentId = "M-S1";
    QVERIFY(b.start());
    QVERIFY(b.isRegistered());
    QCOMPARE(b.master.newcomers.size(), std::size_t(2));
    QTRY_COMPARE_WITH_TIMEOUT(b.processes(), QStringList(), patience);
    const QByteArray said = b.agent->errors();
    QVERIFY2(said.contains("of an earlier agent still runs, and no task is known of it"), said);
}

void TestAgentRestart::killGoesOn()
{
    RecoveryBench b;
    QVERIFY(b.start());
    QVERIFY(b.isRegistered());
    auto task = b.master.task("t",
                              "trap '' TERM; touch " + b.path("up").toStdString()
                                  + "; while :; do sleep 0.05; done");
    task.mutable_kill_policy()->mutable_grace_period()->set_nanoseconds(1'500'000'000);
    b.master.launch(task);
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(b.path("up")), patience);
    QTRY_COMPARE_WITH_TIMEOUT(b.states("t"), QStringLiteral("TASK_STARTING TASK_RUNNING"),
                              patience);
    b.master.kill("t");
    QTRY_VERIFY_WITH_TIMEOUT(
        b.states("t").startsWith(u"TASK_STARTING TASK_RUNNING TASK_KILLING"_qs), patience);
    b.kill();
    QVERIFY(b.start());
    QTRY_COMPARE_WITH_TIMEOUT(b.states("t"),
                              QStringLiteral("TASK_STARTING TASK_RUNNING TASK_KILLING TASK_KILLED"),
                              patience);
}

void TestAgentRestart::cleanupEndsTasks()
{
    RecoveryBench b;
    QVERIFY(b.startWith(b.waiter("t", 0)));
    b.kill();
    b.flags = {QStringLiteral("--recover=cleanup")};
    QVERIFY(b.start());
    QCOMPARE(b.waitForExit(), 0);
    QCOMPARE(b.master.returners.size(), std::size_t(0));
    QTRY_COMPARE_WITH_TIMEOUT(b.processes(), QStringList(), patience);
    QVERIFY(!QFile::exists(b.path("data/meta/slaves/latest")));
}

void TestAgentRestart::damagedRecordIsNamed()
{
    RecoveryBench b;
    QVERIFY(b.startWith(b.waiter("t", 0)));
    b.kill();
    const QString record = b.metaPath(QStringLiteral("task.info"));
    QVERIFY(!record.isEmpty());
    QFile file(record);
    QVERIFY(file.open(QIODevice::ReadWrite));
    QVERIFY(file.seek(20) && file.putChar('!'));
    file.close();
    QVERIFY(b.start());
    QVERIFY(b.waitForExit() > 0);
    const QByteArray words = b.agent->errors();
    QVERIFY2(words.contains(record.toUtf8()) && words.contains("--no-strict"), words);
    QVERIFY(!b.processes().isEmpty()); // nothing was ended for it
    b.flags = {QStringLiteral("--no-strict")};
    QVERIFY(b.start());
    QVERIFY(b.isRegistered());
    QTRY_COMPARE_WITH_TIMEOUT(b.master.last("t").state(), mesos::v1::TASK_DROPPED, patience);
    QTRY_COMPARE_WITH_TIMEOUT(b.processes(), QStringList(), patience);
}

void TestAgentRestart::changedResourcesAreTakenWhenTasksFit()
{
    RecoveryBench b;
    QVERIFY(b.startWith(b.waiter("t", 0)));
    b.kill();
    b.flags = {QStringLiteral("--resources=cpus:4;mem:16;disk:1024")}; // the task uses 32 MB
    QVERIFY(b.start());
    QVERIFY(b.waitForExit() > 0);
    const QByteArray words = b.agent->errors();
    QVERIFY2(words.contains("task 't'"), words);
    b.flags = {QStringLiteral("--resources=cpus:2;mem:64;disk:10"),
               QStringLiteral("--attributes=rack:b")};
    QVERIFY(b.start());
    QVERIFY(b.isRegistered());
    QCOMPARE(b.master.reregistration.slave().attributes_size(), 1);
    b.touch("go");
    QTRY_COMPARE_WITH_TIMEOUT(b.states("t"),
                              QStringLiteral("TASK_STARTING TASK_RUNNING TASK_FINISHED"), patience);
}

void TestAgentRestart::equalPolicyRefusesChanges()
{
    RecoveryBench b;
    QVERIFY(b.startWith(b.waiter("t", 0)));
    b.kill();
    b.flags = {QStringLiteral("--reconfiguration_policy=equal"),
               QStringLiteral("--attributes=rack:b")};
    QVERIFY(b.start());
    QVERIFY(b.waitForExit() > 0);
    QVERIFY(b.agent->errors().contains("rack:b"));
    b.flags[0] = QStringLiteral("--reconfiguration_policy=additive");
    QVERIFY(b.start());
    QVERIFY(b.isRegistered());
}

void TestAgentRestart::afterARebootTheIdStays()
{
    RecoveryBench b;
    QVERIFY(b.startWith(b.waiter("t", 0)));
    b.kill();
    QFile boot(b.path("data/meta/boot_id"));
    QVERIFY(boot.open(QIODevice::WriteOnly)
            && boot.write("11111111-2222-3333-4444-555555555555") > 0);
    boot.close();
    QVERIFY(b.start());
    QVERIFY(b.isRegistered());
    QCOMPARE(b.master.returners.size(), std::size_t(1));
    QTRY_COMPARE_WITH_TIMEOUT(b.states("t"), QLatin1String(gone), patience);
    QCOMPARE(b.master.last("t").reason(), TaskStatus::REASON_EXECUTOR_TERMINATED);
    QTRY_COMPARE_WITH_TIMEOUT(b.processes(), QStringList(),
                              patience); // whatever did run here is not ours any more
}

void TestAgentRestart::hundredCheckpointedTasksWithinASecondAndAHalf()
{
    RecoveryBench b;
    QVERIFY(b.start());
    QVERIFY(b.isRegistered());
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < 100; ++i)
        QCOMPARE(QProcess::execute(QStringLiteral("true"), {}), 0);
    const qint64 bare = timer.elapsed(); // what the machine takes for them by itself
    const qint64 limit = std::max<qint64>(1500, 6 * bare);
    qint64 took = 0;
    for (int round = 0; round < 3; ++round) { // others may use the machine in one of them
        timer.start();
        for (int i = 100 * round; i < 100 * (round + 1); ++i)
            b.master.launch(b.master.task("t" + std::to_string(i), "true"));
        QTRY_COMPARE_WITH_TIMEOUT(b.master.count(mesos::v1::TASK_FINISHED), 100 * (round + 1),
                                  patience);
        took = timer.elapsed();
        qInfo("100 checkpointed tasks of `true` launched, finished and acknowledged in %lld ms; "
              "without an agent %lld ms",
              static_cast<long long>(took), static_cast<long long>(bare));
        if (took <= limit)
            break;
    }
    QVERIFY2(took <= limit, qPrintable(QString::number(took)));
    QTRY_COMPARE_WITH_TIMEOUT(b.leftovers(), QStringList(), patience);
}

void TestAgentRestart::agentOf200ContainersIsBackWithinASecond()
{
    RecoveryBench b;
    QElapsedTimer timer;
    timer.start();
    QVERIFY(b.start());
    QVERIFY(b.isRegistered());
    const qint64 empty = timer.elapsed();
    // Each sleeps until the pipe has a writer.
    const QByteArray pipe = b.path("pipe").toUtf8();
    QCOMPARE(::mkfifo(pipe.constData(), 0666), 0);
    const std::string command = "echo started >> " + b.path("starts").toStdString()
        + "; read line < " + pipe.toStdString() + "; exit 0";
    for (int i = 0; i < 200; ++i)
        b.master.launch(b.master.task("t" + std::to_string(i), command));
    QTRY_COMPARE_WITH_TIMEOUT(b.master.count(mesos::v1::TASK_RUNNING), 200, patience);
    // A second; more where an agent without containers takes long already.
    const qint64 limit = std::max<qint64>(1000, 4 * empty);
    qint64 took = 0;
    for (int round = 0; round < 3; ++round) { // others may use the machine in one of them
        b.kill();
        timer.start();
        QVERIFY(b.start());
        QVERIFY(b.isRegistered());
        took = timer.elapsed();
        QCOMPARE(b.master.returners.size(), std::size_t(round) + 1);
        QCOMPARE(b.master.reregistration.tasks_size(), 200);
        qInfo("an agent of 200 containers was back after %lld ms, without any it was there after "
              "%lld ms",
              static_cast<long long>(took), static_cast<long long>(empty));
        if (took <= limit)
            break;
    }
    QVERIFY2(took <= limit, qPrintable(QString::number(took)));
    ::close(::open(pipe.constData(), O_WRONLY));
    QTRY_COMPARE_WITH_TIMEOUT(b.master.count(mesos::v1::TASK_FINISHED), 200, patience);
    QCOMPARE(b.read("starts").count('\n'), 200);
    QTRY_COMPARE_WITH_TIMEOUT(b.leftovers(), QStringList(), patience);
}

QTEST_GUILESS_MAIN(TestAgentRestart)
#include "tst_agent_restart.moc"
