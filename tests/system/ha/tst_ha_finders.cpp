#include <QProcess>
#include <QtTest>

#include "gui/session/leader_finder.h"
#include "tests/support/missing.h"
#include "tests/system/ha/ha_cluster.h"

using namespace meseta;
using namespace meseta::test;
using meseta::console::LeaderFinder;

/// Programs of people find the leader in a real ensemble, and the next one when it dies.
class TestHaFinders : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (!hasZookeeper())
            MESETA_MISSING(QStringLiteral("ZooKeeper (apt install zookeeper)"));
        const auto started = m_cluster.start(3, 1);
        QVERIFY2(started, started ? "" : started.error().message.c_str());
    }

    void consoleFollowsTheLeader()
    {
        LeaderFinder finder(m_cluster.url());
        const int first = m_cluster.awaitLeader();
        QVERIFY(first >= 0);
        QTRY_COMPARE_WITH_TIMEOUT(portOf(finder), m_cluster.master(first).port(), 30000);
        QTRY_COMPARE_WITH_TIMEOUT(finder.contenders(), 3, 30000);

        m_cluster.master(first).kill();
        QTRY_VERIFY_WITH_TIMEOUT(m_cluster.leader() >= 0 && m_cluster.leader() != first, 30000);
        const int second = m_cluster.awaitLeader();
        QVERIFY(second >= 0);
        QTRY_COMPARE_WITH_TIMEOUT(portOf(finder), m_cluster.master(second).port(), 30000);
        QTRY_COMPARE_WITH_TIMEOUT(finder.contenders(), 2, 30000);

        // A server of the ensemble dies: perhaps the one that was asked.
        m_cluster.ensemble().stopServer(0);
        QVERIFY(m_cluster.startMaster(first));
        QTRY_COMPARE_WITH_TIMEOUT(finder.contenders(), 3, 30000);
        const auto again = m_cluster.ensemble().startServer(0);
        QVERIFY2(again, again ? "" : again.error().message.c_str());
    }

    void executeFindsTheLeader()
    {
        QTRY_VERIFY_WITH_TIMEOUT(m_cluster.awaitLeader() >= 0, 30000);
        QCOMPARE(execute(), 0);
        const int leader = m_cluster.awaitLeader();
        QVERIFY(leader >= 0);
        m_cluster.master(leader).kill(); // asked while nobody leads, too
        QCOMPARE(execute(), 0);
    }

private:
    static quint16 portOf(const LeaderFinder &finder)
    {
        const auto leader = finder.leader();
        return leader ? leader->port : quint16(0);
    }

    int execute()
    {
        QProcess program;
        program.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        program.start(qEnvironmentVariable("MESETA_BIN_DIR") + QStringLiteral("/mesos-execute"),
                      {QStringLiteral("--master=%1").arg(m_cluster.url()),
                       QStringLiteral("--name=finder"), QStringLiteral("--command=true"),
                       QStringLiteral("--resources=cpus:0.1;mem:32")});
        return program.waitForFinished(120000) ? program.exitCode() : -1;
    }

    HaCluster m_cluster{3000};
};

QTEST_GUILESS_MAIN(TestHaFinders)
#include "tst_ha_finders.moc"
