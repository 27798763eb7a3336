#include <csignal>

#include <QtTest>

#include "tests/support/missing.h"
#include "tests/support/signals.h"
#include "tests/system/ha/acting_probe.h"
#include "tests/system/ha/ha_cluster.h"
#include "tests/system/ha/ha_scheduler.h"

using namespace meseta;
using namespace meseta::test;

namespace {

constexpr int sessionTimeoutMs = 3000;
constexpr int lastingTasks = 3;

} // namespace

/// What can happen to masters and to ZooKeeper, one thing after the other to the same cluster.
/// After each it heals by itself; never do two masters act; the tasks that run are not touched.
class TestHaTroubles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (!hasZookeeper())
            MESETA_MISSING(QStringLiteral("ZooKeeper (apt install zookeeper)"));
        const auto started = m_cluster.start(3, 2);
        QVERIFY2(started, started ? "" : started.error().message.c_str());
        m_scheduler = std::make_unique<HaScheduler>(m_cluster.url(),
                                                    m_cluster.file(QStringLiteral("starts")));
        m_scheduler->launchLasting(lastingTasks);
        QTRY_COMPARE_WITH_TIMEOUT(m_scheduler->lastingRunning(), lastingTasks, 30000);
        QList<quint16> ports;
        for (int i = 0; i < m_cluster.masters(); ++i)
            ports += m_cluster.master(i).port();
        m_probe.watch(ports);
    }

    void cleanup()
    {
        if (!m_scheduler)
            return;
        QTRY_VERIFY2_WITH_TIMEOUT(m_cluster.awaitLeader() >= 0, m_cluster.logTails().constData(),
                                  30000);
        QTRY_COMPARE_WITH_TIMEOUT(m_cluster.registeredAgents(), m_cluster.agents(), 30000);
        QTRY_VERIFY_WITH_TIMEOUT(m_scheduler->isSubscribed(), 30000);
        QTRY_COMPARE_WITH_TIMEOUT(m_scheduler->lastingRunning(), lastingTasks, 30000);
        const int before = m_scheduler->finished();
        m_scheduler->keepGoing(3); // it takes launches again
        QTRY_VERIFY_WITH_TIMEOUT(m_scheduler->finished() > before, 30000);
        m_scheduler->keepGoing(0);
        QTRY_COMPARE_WITH_TIMEOUT(m_scheduler->open(), 0, 30000);
        const QStringList broken = m_scheduler->violations() + m_probe.violations();
        QVERIFY2(broken.isEmpty(), qPrintable(broken.join(u'\n')));
    }

    void followersRedirect()
    {
        const int leader = m_cluster.awaitLeader();
        QVERIFY(leader >= 0);
        const int follower = (leader + 1) % m_cluster.masters();
        const QByteArray to = "//127.0.0.1:" + QByteArray::number(m_cluster.master(leader).port());
        const quint16 port = m_cluster.master(follower).port();
        const auto location = [&](const QByteArray &path) {
            const Answer answer = get(port, path);
            return answer.status() == 307 ? answer.header("Location") : answer.statusLine;
        };
        // As the recorded masters answer.
        QCOMPARE(location("/redirect"), to);
        QCOMPARE(location("/state"), to + "/master/state");
        QCOMPARE(location("/master/state?x=1"), to + "/master/state?x=1");
        QCOMPARE(get(port, "/health").status(), 200);
        QCOMPARE(get(port, "/version").status(), 200);
        QCOMPARE(get(port, "/flags").status(), 200);
        QCOMPARE(get(port, "/metrics/snapshot").status(), 200);
        QCOMPARE(get(port, "/redirect/foo").status(), 404);
        QCOMPARE(postJson(port, "/api/v1", json("{'type':'GET_HEALTH'}")).header("Location"),
                 to + "/master/api/v1");
        QCOMPARE(
            postJson(port, "/api/v1/scheduler", json("{'type':'SUBSCRIBE'}")).header("Location"),
            to + "/master/api/v1/scheduler");
        QCOMPARE(get(m_cluster.master(leader).port(), "/redirect").header("Location"), to);
    }

    void sigtermHandsOverAtOnce()
    {
        const int leader = m_cluster.awaitLeader();
        QElapsedTimer timer;
        timer.start();
        m_cluster.master(leader).stop();
        QTRY_VERIFY_WITH_TIMEOUT(m_cluster.leader() >= 0 && m_cluster.leader() != leader, 30000);
        QVERIFY(m_cluster.awaitLeader() >= 0);
        QVERIFY2(timer.elapsed() < sessionTimeoutMs, "the session was left to expire");
        restart(leader);
    }

    void aFrozenLeaderWakesAsAFollower()
    {
        const int leader = m_cluster.awaitLeader();
        const qint64 pid = m_cluster.master(leader).pid();
        signal(leader, SIGSTOP);
        QTRY_VERIFY_WITH_TIMEOUT(m_cluster.leader() >= 0 && m_cluster.leader() != leader, 30000);
        QVERIFY(m_cluster.awaitLeader() >= 0);
        signal(leader, SIGCONT);
        // Asked at once, it has nothing to say as a leader.
        const Answer answer =
            postJson(m_cluster.master(leader).port(), "/api/v1", json("{'type':'GET_MASTER'}"));
        QVERIFY2(answer.status() == 307 || answer.status() == 503, answer.statusLine.constData());
        QTRY_COMPARE_WITH_TIMEOUT(get(m_cluster.master(leader).port(), "/state").status(), 307,
                                  30000);
        QVERIFY(m_cluster.master(leader).isRunning()); // in place
        QCOMPARE(m_cluster.master(leader).pid(), pid);
    }

    void aShortFreezeChangesNothing()
    {
        const int leader = m_cluster.awaitLeader();
        signal(leader, SIGSTOP);
        QTest::qWait(sessionTimeoutMs / 4); // a duration is what is tested
        signal(leader, SIGCONT);
        QTest::qWait(sessionTimeoutMs);
        QCOMPARE(m_cluster.awaitLeader(), leader);
    }

    void aLeaderWhoseNodeIsRemovedStandsAgain()
    {
        const int leader = m_cluster.awaitLeader();
        const qint64 pid = m_cluster.master(leader).pid();
        removeLeadersNode();
        QTRY_VERIFY_WITH_TIMEOUT(m_cluster.leader() >= 0 && m_cluster.leader() != leader, 30000);
        QTRY_COMPARE_WITH_TIMEOUT(get(m_cluster.master(leader).port(), "/state").status(), 307,
                                  30000);
        QCOMPARE(m_cluster.master(leader).pid(), pid);
    }

    void oneServerLessIsNoTrouble()
    {
        for (int i = 0; i < m_cluster.ensemble().count(); ++i) {
            m_cluster.ensemble().stopServer(i);
            QTest::qWait(500);
            const auto back = m_cluster.ensemble().startServer(i);
            QVERIFY2(back, back ? "" : back.error().message.c_str());
        }
    }

    void withoutAQuorumNobodyActs()
    {
        m_cluster.ensemble().stopServer(0);
        m_cluster.ensemble().stopServer(1);
        QTRY_VERIFY_WITH_TIMEOUT(nobodyAnswersAsLeader(), 30000);
        const auto back = m_cluster.ensemble().startServer(0);
        QVERIFY2(back, back ? "" : back.error().message.c_str());
        QVERIFY2(m_cluster.awaitLeader() >= 0, m_cluster.logTails().constData());
        const auto whole = m_cluster.ensemble().startServer(1);
        QVERIFY2(whole, whole ? "" : whole.error().message.c_str());
    }

    void aFrozenEnsembleIsNoLicenceToAct()
    {
        for (int i = 0; i < m_cluster.ensemble().count(); ++i)
            m_cluster.ensemble().signalServer(i, SIGSTOP);
        QTRY_VERIFY_WITH_TIMEOUT(nobodyAnswersAsLeader(), 30000);
        for (int i = 0; i < m_cluster.ensemble().count(); ++i)
            m_cluster.ensemble().signalServer(i, SIGCONT);
    }

    void theWholeEnsembleRestarts()
    {
        for (int i = 0; i < m_cluster.ensemble().count(); ++i)
            m_cluster.ensemble().stopServer(i);
        QTRY_VERIFY_WITH_TIMEOUT(nobodyAnswersAsLeader(), 30000);
        const auto started = m_cluster.ensemble().start();
        QVERIFY2(started, started ? "" : started.error().message.c_str());
    }

    void aSchedulerFailsOverWithTheMaster()
    {
        const int leader = m_cluster.awaitLeader();
        m_scheduler->keepGoing(3);
        const int before = m_scheduler->finished();
        QTRY_VERIFY_WITH_TIMEOUT(m_scheduler->finished() > before, 30000);
        m_cluster.master(leader).kill();
        m_scheduler->failOver();
        QTRY_VERIFY_WITH_TIMEOUT(m_scheduler->isSubscribed(), 30000);
        m_scheduler->failOver(); // and once more from elsewhere
        QTRY_VERIFY_WITH_TIMEOUT(m_scheduler->isSubscribed(), 30000);
        restart(leader);
    }

private:
    void signal(int index, int number)
    {
        QVERIFY(signalProcess(m_cluster.master(index).pid(), number));
    }

    void restart(int index)
    {
        const auto started = m_cluster.startMaster(index);
        QVERIFY2(started, started ? "" : started.error().message.c_str());
        QList<quint16> ports;
        for (int i = 0; i < m_cluster.masters(); ++i)
            ports += m_cluster.master(i).port();
        m_probe.watch(ports);
    }

    bool nobodyAnswersAsLeader()
    {
        for (int i = 0; i < m_cluster.masters(); ++i) {
            if (get(m_cluster.master(i).port(), "/master/state-summary").status() == 200)
                return false;
        }
        return true;
    }

    void removeLeadersNode()
    {
        zookeeper::Session session(*zookeeper::Url::parse(m_cluster.url().toStdString()), {},
                                   m_clock);
        session.open();
        QTRY_VERIFY_WITH_TIMEOUT(session.isConnected(), 30000);
        std::optional<std::vector<std::string>> names;
        session.children("/mesos",
                         [&](auto answer) { names = answer.value_or(std::vector<std::string>()); },
                         {});
        QTRY_VERIFY_WITH_TIMEOUT(names, 30000);
        std::string first;
        for (const std::string &name : *names) {
            if (name.starts_with("json.info_") && (first.empty() || name < first))
                first = name;
        }
        bool removed = false;
        session.remove("/mesos/" + first, zookeeper::anyVersion,
                       [&](auto answer) { removed = answer.has_value(); });
        QTRY_VERIFY_WITH_TIMEOUT(removed, 30000);
    }

    QtClock m_clock;
    HaCluster m_cluster{sessionTimeoutMs};
    std::unique_ptr<HaScheduler> m_scheduler;
    ActingProbe m_probe;
};

QTEST_GUILESS_MAIN(TestHaTroubles)
#include "tst_ha_troubles.moc"
