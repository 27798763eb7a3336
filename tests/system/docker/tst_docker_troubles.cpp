#include <QTest>

#include "tests/system/support/docker_cluster.h"
#include "tests/system/support/execute.h"

using namespace meseta;
using namespace meseta::test;

namespace {

QStringList imageLine(const QString &image, const QString &name)
{
    return {QStringLiteral("--name=") + name, QStringLiteral("--docker_image=") + image,
            QStringLiteral("--containerizer=docker"), QStringLiteral("--shell=false")};
}

} // namespace

/// What goes wrong around Docker tasks ends in a clear status, and the cluster goes on.
class DockerTroublesTest : public QObject
{
    Q_OBJECT

    DockerCluster m_cluster;

    /// How often the agent has said this.
    qsizetype said(const char *words) { return m_cluster.agent().logTail(10'000'000).count(words); }
    /// A task that ends well: the cluster goes on.
    void runsATask(const QString &name);

private Q_SLOTS:
    void initTestCase();
    void imageThatDoesNotExist();
    void registryThatIsDown();
    void engineThatDies();
    void engineThatIsNotThere();
    void agentThatDies();
};

void DockerTroublesTest::initTestCase()
{
    if (const auto missing = DockerCluster::missing(); !missing.isEmpty())
        MESETA_MISSING(missing);
    auto started = m_cluster.start();
    if (started)
        started = m_cluster.publishScript(QStringLiteral("library/sleeper"), "echo up; sleep 600");
    if (started)
        started = m_cluster.publishScript(QStringLiteral("library/brief"), "echo done");
    QVERIFY2(started, started ? "" : started.error().message.c_str());
}

void DockerTroublesTest::runsATask(const QString &name)
{
    Execute execute(m_cluster.masterPort());
    execute.start(imageLine(QStringLiteral("library/brief"), name));
    QVERIFY2(execute.exitCode() == 0, execute.output() + m_cluster.logTails());
}

void DockerTroublesTest::imageThatDoesNotExist()
{
    Execute execute(m_cluster.masterPort());
    execute.start(imageLine(m_cluster.registry().host() + QStringLiteral("/library/nosuch"),
                            QStringLiteral("nosuch")));
    QCOMPARE(execute.exitCode(), 1);
    QVERIFY2(execute.output().contains("TASK_FAILED"), execute.output());
    QVERIFY2(execute.output().contains("REASON_CONTAINER_LAUNCH_FAILED"), execute.output());
    QVERIFY2(execute.output().contains("library/nosuch"), execute.output());
    runsATask(QStringLiteral("after-nosuch"));
}

void DockerTroublesTest::registryThatIsDown()
{
    const QString host = m_cluster.registry().host();
    m_cluster.registry().stop();
    Execute execute(m_cluster.masterPort());
    execute.start(imageLine(host + QStringLiteral("/library/other"), QStringLiteral("down")));
    QCOMPARE(execute.exitCode(), 1);
    QVERIFY2(execute.output().contains("TASK_FAILED"), execute.output());
    QVERIFY2(execute.output().contains("REASON_CONTAINER_LAUNCH_FAILED"), execute.output());
    QVERIFY2(execute.output().contains(host.toUtf8()), execute.output());
    const auto back = m_cluster.registry().start();
    QVERIFY2(back, back ? "" : back.error().message.c_str());
    runsATask(QStringLiteral("after-registry"));
}

void DockerTroublesTest::engineThatDies()
{
    Execute execute(m_cluster.masterPort());
    execute.start(imageLine(QStringLiteral("library/sleeper"), QStringLiteral("sleeper")));
    QVERIFY2(execute.says("TASK_RUNNING"), execute.output() + m_cluster.logTails());
    const auto before = said("is gone");
    m_cluster.engine().crash();
    QTRY_VERIFY_WITH_TIMEOUT(said("is gone") > before, 60000);
    QVERIFY(m_cluster.agent().isRunning());
    const auto back = m_cluster.engine().start();
    QVERIFY2(back, back ? "" : back.error().message.c_str());
    // The engine's crash took the container's supervision with it; either it is found again, or its
    // end is told.
    execute.interrupt();
    QCOMPARE(execute.exitCode(), 1);
    QVERIFY2(execute.output().contains("TASK_KILLED") || execute.output().contains("TASK_FAILED"),
             execute.output());
    QTRY_COMPARE_WITH_TIMEOUT(m_cluster.containers(true), QStringList(), 30000);
    runsATask(QStringLiteral("after-crash"));
}

void DockerTroublesTest::engineThatIsNotThere()
{
    const auto gone = said("is gone");
    m_cluster.engine().stop();
    QTRY_VERIFY_WITH_TIMEOUT(said("is gone") > gone, 60000);
    Execute execute(m_cluster.masterPort());
    execute.start(imageLine(QStringLiteral("library/brief"), QStringLiteral("no-engine")));
    QCOMPARE(execute.exitCode(120000), 1);
    QVERIFY2(execute.output().contains("TASK_FAILED"), execute.output());
    QVERIFY2(execute.output().contains("--docker_socket"), execute.output()); // the remedy
    const auto there = said("is there");
    const auto back = m_cluster.engine().start();
    QVERIFY2(back, back ? "" : back.error().message.c_str());
    QTRY_VERIFY_WITH_TIMEOUT(said("is there") > there, 60000);
    runsATask(QStringLiteral("after-engine"));
}

void DockerTroublesTest::agentThatDies()
{
    Execute execute(m_cluster.masterPort());
    execute.start(imageLine(QStringLiteral("library/sleeper"), QStringLiteral("orphan")));
    QVERIFY2(execute.says("TASK_RUNNING"), execute.output() + m_cluster.logTails());
    m_cluster.agent().kill();
    QTRY_COMPARE_WITH_TIMEOUT(m_cluster.containers(true).size(), 1, 30000);
    const auto back = m_cluster.startAgent();
    QVERIFY2(back, back ? "" : back.error().message.c_str());
    QTRY_COMPARE_WITH_TIMEOUT(m_cluster.containers(true), QStringList(), 30000);
    QCOMPARE(execute.exitCode(), 1);
    QVERIFY2(execute.output().contains("TASK_LOST") || execute.output().contains("TASK_GONE")
                 || execute.output().contains("TASK_DROPPED")
                 || execute.output().contains("TASK_UNREACHABLE"),
             execute.output());
    runsATask(QStringLiteral("after-agent"));
}

QTEST_GUILESS_MAIN(DockerTroublesTest)
#include "tst_docker_troubles.moc"
