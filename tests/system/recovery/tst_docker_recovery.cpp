#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "recovery_bench.h"
#include "tests/support/docker_engine.h"
#include "tests/support/missing.h"
#include "tests/support/registry.h"

using namespace meseta;
using namespace meseta::agent;
using mesos::v1::TaskStatus;

/// Docker tasks whose agent is killed and started again, on a real engine.
class TestDockerRecovery : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void taskGoesOn();
    void endWhileAwayIsToldWithItsExitCode();
    void agentDiesAtEachStep_data();
    void agentDiesAtEachStep();
    void withoutCheckpointingItIsEnded();

private:
    mesos::v1::TaskInfo waiter(const RecoveryBench &b, int exitCode) const;
    void prepare(RecoveryBench &b) const;
    QStringList running();
    static bool ended(const RecoveryBench &b);
    bool story(RecoveryBench &b);

    test::TestDockerEngine m_engine;
    test::TestRegistry m_registry;
};

void TestDockerRecovery::initTestCase()
{
    for (const QString &missing :
         {test::TestDockerEngine::missing(), test::TestRegistry::missing()}) {
        if (!missing.isEmpty())
            MESETA_MISSING(missing);
    }
    const auto started = m_engine.start();
    QVERIFY2(started, started ? "" : started.error().message.c_str());
    const auto built = m_engine.buildRedis();
    QVERIFY2(built, built ? "" : built.error().message.c_str());
}

/// Notes that it started, waits for the file `go` in the bench's folder, and ends.
mesos::v1::TaskInfo TestDockerRecovery::waiter(const RecoveryBench &b, int exitCode) const
{
    mesos::v1::TaskInfo task =
        b.master.task("t",
                      "echo started >> /bench/starts; while [ ! -e /bench/go ]; do sleep 0.05; "
                      "done; exit "
                          + std::to_string(exitCode));
    task.mutable_container()->set_type(mesos::v1::ContainerInfo::DOCKER);
    task.mutable_container()->mutable_docker()->set_image("library/redis");
    auto *volume = task.mutable_container()->add_volumes();
    volume->set_mode(mesos::v1::Volume::RW);
    volume->set_host_path(b.path("bench").toStdString());
    volume->set_container_path("/bench");
    return task;
}

void TestDockerRecovery::prepare(RecoveryBench &b) const
{
    QVERIFY(QDir().mkpath(b.path("bench")));
    b.flags = {QStringLiteral("--containerizers=docker"),
               QStringLiteral("--docker_socket=") + m_engine.socket()};
}

QStringList TestDockerRecovery::running()
{
    QStringList names;
    const auto listed = m_engine.request("GET", "/containers/json");
    for (const auto &one : QJsonDocument::fromJson(listed ? listed->body : QByteArray()).array())
        names << one[u"Names"][0].toString();
    return names;
}

void TestDockerRecovery::taskGoesOn()
{
    RecoveryBench b;
    prepare(b);
    QVERIFY(b.startWith(waiter(b, 0)));
    b.kill();
    QCOMPARE(running().size(), 1);
    QVERIFY(b.start());
    QVERIFY(b.isRegistered());
    QCOMPARE(b.master.reregistration.tasks_size(), 1);
    QCOMPARE(b.states("t"), QStringLiteral("TASK_STARTING TASK_RUNNING"));
    b.master.kill("t");
    QTRY_VERIFY_WITH_TIMEOUT(b.states("t").endsWith(QLatin1String("TASK_KILLED")), 60000);
    QTRY_COMPARE_WITH_TIMEOUT(running(), QStringList(), 30000);
    QTRY_COMPARE_WITH_TIMEOUT(b.leftovers(), QStringList(), 30000);
}

void TestDockerRecovery::endWhileAwayIsToldWithItsExitCode()
{
    RecoveryBench b;
    prepare(b);
    QVERIFY(b.startWith(waiter(b, 6)));
    b.kill();
    b.touch("bench/go");
    QTRY_COMPARE_WITH_TIMEOUT(running(), QStringList(), 30000);
    QVERIFY(b.start());
    QTRY_COMPARE_WITH_TIMEOUT(b.states("t"),
                              QStringLiteral("TASK_STARTING TASK_RUNNING TASK_FAILED"), 30000);
    QVERIFY(QString::fromStdString(b.master.last("t").message())
                .contains(QLatin1String("exited with status 6")));
}

bool TestDockerRecovery::ended(const RecoveryBench &b)
{
    const auto state = b.master.last("t").state();
    return state != mesos::v1::TASK_STAGING && state != mesos::v1::TASK_STARTING
        && state != mesos::v1::TASK_RUNNING && state != mesos::v1::TASK_KILLING;
}

bool TestDockerRecovery::story(RecoveryBench &b)
{
    std::size_t newcomers = 0;
    return QTest::qWaitFor(
        [&] {
            if (b.agent->process.state() == QProcess::NotRunning && !b.start())
                return true;
            if (b.master.newcomers.size() > newcomers) {
                newcomers = b.master.newcomers.size();
                b.master.launch(waiter(b, 7));
            }
            if (b.master.last("t").state() == mesos::v1::TASK_RUNNING)
                b.touch("bench/go");
            return ended(b) && b.leftovers().isEmpty();
        },
        120000);
}

void TestDockerRecovery::agentDiesAtEachStep_data()
{
    QTest::addColumn<QString>("step");
    RecoveryBench b;
    prepare(b);
    QVERIFY(b.start({QStringLiteral("MESETA_CRASH_LOG=") + b.path("steps")}));
    QVERIFY(story(b));
    b.kill();
    for (const QByteArray &step : b.read("steps").split('\n')) {
        // The others are those of every task (tst_agent_crash_points).
        if (step.startsWith("after-task") || step.startsWith("after-forked")
            || step.startsWith("before-StatusUpdate") || step.startsWith("before-latest"))
            QTest::newRow(step.constData()) << QString::fromUtf8(step);
    }
}

void TestDockerRecovery::agentDiesAtEachStep()
{
    QFETCH(QString, step);
    RecoveryBench b;
    prepare(b);
    QVERIFY(b.start({QStringLiteral("MESETA_CRASH_AT=") + step}));
    QVERIFY2(story(b), b.account().constData());
    const auto last = b.master.last("t");
    if (last.state() == mesos::v1::TASK_DROPPED) {
        QCOMPARE(b.read("bench/starts"), QByteArray());
    } else {
        QVERIFY2(
            QString::fromStdString(last.message()).contains(QLatin1String("exited with status 7")),
            last.message().c_str());
        QCOMPARE(b.read("bench/starts"), QByteArray("started\n"));
    }
    QTRY_COMPARE_WITH_TIMEOUT(running(), QStringList(), 30000);
}

void TestDockerRecovery::withoutCheckpointingItIsEnded()
{
    RecoveryBench b;
    prepare(b);
    b.master.checkpoint = false;
    QVERIFY(b.startWith(waiter(b, 0)));
    b.kill();
    QVERIFY(b.start());
    QTRY_COMPARE_WITH_TIMEOUT(running(), QStringList(), 30000);
    QTRY_COMPARE_WITH_TIMEOUT(b.master.last("t").state(), mesos::v1::TASK_DROPPED, 30000);
}

QTEST_GUILESS_MAIN(TestDockerRecovery)
#include "tst_docker_recovery.moc"
