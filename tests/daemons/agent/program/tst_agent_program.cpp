#include "fake_master.h"
#include "tests/support/signals.h"

#include <csignal>
#include <sys/stat.h>

#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QTcpServer>

using namespace meseta;
using namespace meseta::agent;

/// The real program against a pretended master: real processes, files and sockets.
class TestAgentProgram : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void runsACommandFromEndToEnd();
    void killsATask();
    void failsAMissingCommand();
    void fetchesBeforeItRuns();
    void unhealthyTaskIsKilled();
    void checkStatusIsTold();
    void hundredTasksWithinASecondAndAHalf();
    void comesBackToARestartedMaster();
    void resendsAfterReconnecting();
    void unregistersOnSigusr1();
    void endsItsTasksOnSigterm();
    void refusesAWorkDirInUse();
    void refusesAPortInUse();
    void refusesAnUnusableWorkDir();
    void isSmallWhenIdle();
};

namespace {

QString runDirectory(const AgentProcess &agent, const QString &task)
{
    return agent.workDir
        + QStringLiteral("/data/slaves/M-S0/frameworks/M-0000/executors/%1/runs/latest").arg(task);
}

QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(cannot open)");
}

} // namespace

void TestAgentProgram::runsACommandFromEndToEnd()
{
    QTemporaryDir dir;
    FakeMaster master;
    AgentProcess agent(dir.path());
    QVERIFY(agent.start(master.port()));
    QTRY_VERIFY_WITH_TIMEOUT(master.registrations >= 1, 10000);
    QCOMPARE(master.registration.slave().hostname(), std::string("agent.example"));
    QVERIFY(master.registration.slave().checkpoint());
    QCOMPARE(master.registration.slave().port(), static_cast<int>(master.agentPid().port));
    QCOMPARE(master.agentPid().id, std::string("slave(1)"));
    QTRY_COMPARE(master.received.back(), std::string("UpdateSlaveMessage"));
    master.ping();
    QTRY_COMPARE(master.pongs, 1);

    master.launch(master.task("hello", "echo out; echo err >&2; test $MESOS_SANDBOX = $PWD"));
    QTRY_COMPARE_WITH_TIMEOUT(master.states("hello"),
                              QStringLiteral("TASK_STARTING TASK_RUNNING TASK_FINISHED"), 10000);
    const QString run = runDirectory(agent, QStringLiteral("hello"));
    QTRY_COMPARE(contents(run + QStringLiteral("/stdout")), QByteArray("out\n"));
    QTRY_COMPARE(contents(run + QStringLiteral("/stderr")), QByteArray("err\n"));
    struct stat info
    { };
    QCOMPARE(::stat(qPrintable(run), &info), 0);
    QCOMPARE(info.st_mode & 07777u, 0750u);
    QVERIFY(QFileInfo(agent.workDir + QStringLiteral("/data/meta/slaves/latest/slave.info")).size()
            > 4);
    QVERIFY(QFileInfo(agent.workDir + QStringLiteral("/data/slaves/latest")).isSymLink());
}

void TestAgentProgram::killsATask()
{
    QTemporaryDir dir;
    FakeMaster master;
    AgentProcess agent(dir.path());
    QVERIFY(agent.start(master.port()));
    QTRY_VERIFY_WITH_TIMEOUT(master.registrations >= 1, 10000);
    master.launch(master.task("sleeper", "sleep 1000"));
    QTRY_COMPARE(master.states("sleeper"), QStringLiteral("TASK_STARTING TASK_RUNNING"));
    master.kill("sleeper");
    QTRY_COMPARE(master.states("sleeper"),
                 QStringLiteral("TASK_STARTING TASK_RUNNING TASK_KILLING TASK_KILLED"));
}

void TestAgentProgram::failsAMissingCommand()
{
    QTemporaryDir dir;
    FakeMaster master;
    AgentProcess agent(dir.path());
    QVERIFY(agent.start(master.port()));
    QTRY_VERIFY_WITH_TIMEOUT(master.registrations >= 1, 10000);
    mesos::v1::TaskInfo task = master.task("missing", "/no/such/program");
    task.mutable_command()->set_shell(false);
    master.launch(task);
    mesos::v1::TaskInfo docker = master.task("docker", "true");
    docker.mutable_container()->set_type(mesos::v1::ContainerInfo::DOCKER);
    docker.mutable_container()->mutable_docker()->set_image("redis");
    master.launch(docker); // this agent has no docker containerizer
    QTRY_VERIFY(master.states("missing").endsWith(QStringLiteral("TASK_FAILED")));
    QTRY_COMPARE(master.states("docker"), QStringLiteral("TASK_FAILED"));
    QCOMPARE(master.last("docker").reason(), mesos::v1::TaskStatus::REASON_CONTAINER_LAUNCH_FAILED);
}

void TestAgentProgram::fetchesBeforeItRuns()
{
    QTemporaryDir dir;
    FakeMaster master;
    AgentProcess agent(dir.path());
    QVERIFY(agent.start(master.port()));
    QTRY_VERIFY_WITH_TIMEOUT(master.registrations >= 1, 10000);
    QFile script(dir.filePath(QStringLiteral("script.sh")));
    QVERIFY(script.open(QIODevice::WriteOnly));
    script.write("#!/bin/sh\necho fetched\n");
    script.close();
    mesos::v1::TaskInfo task = master.task("fetched", "./script.sh");
    auto *uri = task.mutable_command()->add_uris();
    uri->set_value(script.fileName().toStdString());
    uri->set_executable(true);
    master.launch(task);
    mesos::v1::TaskInfo missing = master.task("missing", "true");
    missing.mutable_command()->add_uris()->set_value("/no/such/file");
    master.launch(missing);
    QTRY_COMPARE_WITH_TIMEOUT(master.states("fetched"),
                              QStringLiteral("TASK_STARTING TASK_RUNNING TASK_FINISHED"), 10000);
    QTRY_COMPARE(
        contents(runDirectory(agent, QStringLiteral("fetched")) + QStringLiteral("/stdout")),
        QByteArray("fetched\n"));
    QTRY_COMPARE(master.states("missing"), QStringLiteral("TASK_FAILED"));
    QCOMPARE(master.last("missing").reason(),
             mesos::v1::TaskStatus::REASON_CONTAINER_LAUNCH_FAILED);
    QVERIFY(QString::fromStdString(master.last("missing").message())
                .contains(QLatin1String("/no/such/file")));
}

void TestAgentProgram::unhealthyTaskIsKilled()
{
    QTemporaryDir dir;
    FakeMaster master;
    AgentProcess agent(dir.path());
    QVERIFY(agent.start(master.port()));
    QTRY_VERIFY_WITH_TIMEOUT(master.registrations >= 1, 10000);
    mesos::v1::TaskInfo task = master.task("ill", "sleep 1000");
    auto *check = task.mutable_health_check();
    check->set_type(mesos::v1::HealthCheck::COMMAND);
    check->mutable_command()->set_value("exit 1");
    check->set_delay_seconds(0);
    check->set_grace_period_seconds(0);
    check->set_interval_seconds(0.1);
    check->set_consecutive_failures(2);
    master.launch(task);
    QTRY_COMPARE_WITH_TIMEOUT(
        master.states("ill"),
        QStringLiteral(
            "TASK_STARTING TASK_RUNNING TASK_RUNNING TASK_RUNNING TASK_KILLING TASK_KILLED"),
        10000);
    QCOMPARE(master.updates[2].status().reason(),
             mesos::v1::TaskStatus::REASON_TASK_HEALTH_CHECK_STATUS_UPDATED);
    QVERIFY(master.updates[2].status().has_healthy() && !master.updates[2].status().healthy());
    QVERIFY(master.last("ill").has_healthy() && !master.last("ill").healthy());
}

void TestAgentProgram::checkStatusIsTold()
{
    QTemporaryDir dir;
    FakeMaster master;
    AgentProcess agent(dir.path());
    QVERIFY(agent.start(master.port()));
    QTRY_VERIFY_WITH_TIMEOUT(master.registrations >= 1, 10000);
    mesos::v1::TaskInfo task = master.task("checked", "sleep 1000");
    auto *check = task.mutable_check();
    check->set_type(mesos::v1::CheckInfo::COMMAND);
    check->mutable_command()->mutable_command()->set_value("exit 7");
    check->set_delay_seconds(0);
    check->set_interval_seconds(0.1);
    master.launch(task);
    QTRY_COMPARE_WITH_TIMEOUT(master.states("checked"),
                              QStringLiteral("TASK_STARTING TASK_RUNNING TASK_RUNNING"), 10000);
    QVERIFY(
        master.updates[0].status().check_status().has_command()); // empty before the first result
    QVERIFY(!master.updates[0].status().check_status().command().has_exit_code());
    QCOMPARE(master.updates[2].status().check_status().command().exit_code(), 7);
    QCOMPARE(master.updates[2].status().reason(),
             mesos::v1::TaskStatus::REASON_TASK_CHECK_STATUS_UPDATED);
    master.kill("checked");
    QTRY_VERIFY(master.states("checked").endsWith(QStringLiteral("TASK_KILLING TASK_KILLED")));
    QVERIFY(!master.last("checked").check_status().command().has_exit_code());
}

void TestAgentProgram::hundredTasksWithinASecondAndAHalf()
{
    QTemporaryDir dir;
    FakeMaster master;
    AgentProcess agent(dir.path());
    QVERIFY(agent.start(master.port()));
    QTRY_VERIFY_WITH_TIMEOUT(master.registrations >= 1, 10000);
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < 100; ++i)
        master.launch(master.task("t" + std::to_string(i), "true"));
    QTRY_COMPARE_WITH_TIMEOUT(master.count(mesos::v1::TASK_FINISHED), 100, 20000);
    qInfo("100 tasks of `true` launched, finished and acknowledged in %lld ms", timer.elapsed());
    QCOMPARE(master.count(mesos::v1::TASK_STARTING), 100);
    QCOMPARE(master.count(mesos::v1::TASK_RUNNING), 100);
    QVERIFY2(timer.elapsed() < 10000,
             "an order of magnitude too slow"); // the aim is 1.5 s on an idle machine
}

void TestAgentProgram::comesBackToARestartedMaster()
{
    QTemporaryDir dir;
    auto master = std::make_unique<FakeMaster>();
    const quint16 port = master->port();
    AgentProcess agent(dir.path());
    QVERIFY(agent.start(port));
    QTRY_VERIFY_WITH_TIMEOUT(master->registrations >= 1, 10000);
    master->launch(master->task("sleeper", "sleep 1000"));
    QTRY_COMPARE(master->states("sleeper"), QStringLiteral("TASK_STARTING TASK_RUNNING"));
    master.reset();
    {
        QTcpServer somethingElse; // it has noticed, and asks again and again
        QVERIFY(somethingElse.listen(QHostAddress::LocalHost, port));
        QTRY_VERIFY_WITH_TIMEOUT(somethingElse.hasPendingConnections(), 10000);
    }
    master = std::make_unique<FakeMaster>(port);
    QTRY_VERIFY_WITH_TIMEOUT(master->reregistrations >= 1, 10000); // Mesos: after 75 s of silence
    QCOMPARE(master->reregistration.tasks_size(), 1);
    QCOMPARE(master->reregistration.tasks(0).state(), mesos::v1::TASK_RUNNING);
    QCOMPARE(master->reregistration.frameworks_size(), 1);
}

void TestAgentProgram::resendsAfterReconnecting()
{
    QTemporaryDir dir;
    FakeMaster master;
    master.acknowledges = false;
    AgentProcess agent(dir.path());
    QVERIFY(agent.start(master.port()));
    QTRY_VERIFY_WITH_TIMEOUT(master.registrations >= 1, 10000);
    master.launch(master.task("t", "true"));
    QTRY_COMPARE(master.states("t"), QStringLiteral("TASK_STARTING"));
    master.acknowledges = true;
    master.ping(false); // the master says it lost the agent
    QTRY_COMPARE(master.states("t"),
                 QStringLiteral("TASK_STARTING TASK_STARTING TASK_RUNNING TASK_FINISHED"));
    QCOMPARE(master.updates[1].uuid(), master.updates[0].uuid());
}

void TestAgentProgram::unregistersOnSigusr1()
{
    QTemporaryDir dir;
    FakeMaster master;
    AgentProcess agent(dir.path());
    QVERIFY(agent.start(master.port()));
    QTRY_VERIFY_WITH_TIMEOUT(master.registrations >= 1, 10000);
    QVERIFY(test::signalProcess(agent.process.processId(), SIGUSR1));
    QTRY_VERIFY(master.unregistered);
    QTRY_COMPARE(agent.process.state(), QProcess::NotRunning);
    QCOMPARE(agent.process.exitCode(), 0);
}

void TestAgentProgram::endsItsTasksOnSigterm()
{
    QTemporaryDir dir;
    FakeMaster master;
    AgentProcess agent(dir.path());
    QVERIFY(agent.start(master.port()));
    QTRY_VERIFY_WITH_TIMEOUT(master.registrations >= 1, 10000);
    master.launch(master.task("sleeper", "echo $$; exec sleep 1000"));
    QTRY_COMPARE(master.states("sleeper"), QStringLiteral("TASK_STARTING TASK_RUNNING"));
    const QString output =
        runDirectory(agent, QStringLiteral("sleeper")) + QStringLiteral("/stdout");
    QTRY_VERIFY(contents(output).endsWith('\n'));
    const pid_t task = contents(output).trimmed().toInt();
    QVERIFY(task > 0);
    QCOMPARE(::kill(task, 0), 0);
    agent.process.terminate();
    QTRY_COMPARE(agent.process.state(), QProcess::NotRunning);
    QCOMPARE(agent.process.exitCode(), 0);
    QVERIFY(!master.unregistered);
    QTRY_COMPARE(::kill(task, 0), -1);
}

void TestAgentProgram::refusesAWorkDirInUse()
{
    QTemporaryDir dir;
    FakeMaster master;
    AgentProcess first(dir.path());
    QVERIFY(first.start(master.port()));
    QTRY_VERIFY_WITH_TIMEOUT(master.registrations >= 1, 10000);
    AgentProcess second(dir.path());
    QVERIFY(second.start(master.port()));
    QVERIFY(second.waitFinished());
    QCOMPARE(second.process.exitCode(), EXIT_FAILURE);
    const QByteArray message = second.errors();
    QVERIFY2(message.contains("--work_dir")
                 && message.contains(QByteArray::number(first.process.processId())),
             message);
}

void TestAgentProgram::refusesAPortInUse()
{
    QTemporaryDir dir;
    FakeMaster master;
    AgentProcess agent(dir.path());
    QVERIFY(agent.start(master.port(), {QStringLiteral("--port=%1").arg(master.port())}));
    QVERIFY(agent.waitFinished());
    QCOMPARE(agent.process.exitCode(), EXIT_FAILURE);
    const QByteArray message = agent.errors();
    QVERIFY2(message.contains("--port"), message);
}

void TestAgentProgram::refusesAnUnusableWorkDir()
{
    FakeMaster master;
    QTemporaryDir dir;
    QFile file(dir.filePath(QStringLiteral("data"))); // a file where the directory should be
    QVERIFY(file.open(QIODevice::WriteOnly));
    AgentProcess agent(dir.path());
    QVERIFY(agent.start(master.port()));
    QVERIFY(agent.waitFinished());
    QCOMPARE(agent.process.exitCode(), EXIT_FAILURE);
    const QByteArray message = agent.errors();
    QVERIFY2(message.contains("--work_dir"), message);
}

void TestAgentProgram::isSmallWhenIdle()
{
    QTemporaryDir dir;
    FakeMaster master;
    AgentProcess agent(dir.path());
    QVERIFY(agent.start(master.port()));
    QTRY_VERIFY_WITH_TIMEOUT(master.registrations >= 1, 10000);
    const QByteArray status =
        contents(QStringLiteral("/proc/%1/status").arg(agent.process.processId()));
    const qsizetype at = status.indexOf("VmRSS:");
    const int kilobytes = status.mid(at + 6, 20).trimmed().split(' ').front().toInt();
    qInfo("idle resident memory: %d KB", kilobytes);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    const int limit = 1024 * 1024; // the sanitizer's own memory
#else
    const int limit = 40 * 1024; // the aim is 25 MB in a release build
#endif
    QVERIFY2(kilobytes > 0 && kilobytes < limit, "too large");
}

QTEST_GUILESS_MAIN(TestAgentProgram)
#include "tst_agent_program.moc"
