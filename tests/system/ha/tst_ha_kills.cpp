#include <QtTest>

#include "tests/support/missing.h"
#include "tests/system/ha/acting_probe.h"
#include "tests/system/ha/ha_cluster.h"
#include "tests/system/ha/ha_scheduler.h"

using namespace meseta;
using namespace meseta::test;

namespace {

constexpr int sessionTimeoutMs = 3000;
/// What agents and schedulers may take beside ZooKeeper's session timeout.
constexpr qint64 allowanceMs = 1500;
constexpr int lastingTasks = 6;

} // namespace

/// The leader is killed again and again under load. MESETA_HA_KILLS says how often.
class TestHaKills : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aKilledLeaderIsReplacedAndNothingIsLost()
    {
        if (!hasZookeeper())
            MESETA_MISSING(QStringLiteral("ZooKeeper (apt install zookeeper)"));
        const int kills = std::max(1, qEnvironmentVariableIntValue("MESETA_HA_KILLS"));
        HaCluster cluster(sessionTimeoutMs);
        const auto started = cluster.start();
        QVERIFY2(started, started ? "" : started.error().message.c_str());
        ActingProbe probe;
        watch(probe, cluster);
        HaScheduler scheduler(cluster.url(), cluster.file(QStringLiteral("starts")));
        scheduler.launchLasting(lastingTasks);
        scheduler.keepGoing(6);
        QTRY_COMPARE_WITH_TIMEOUT(scheduler.lastingRunning(), lastingTasks, 30000);

        QList<qint64> took;
        for (int i = 0; i < kills; ++i) {
            const int before = scheduler.finished();
            QTRY_VERIFY2_WITH_TIMEOUT(scheduler.finished() >= before + 5,
                                      cluster.logTails().constData(), 60000);
            const int leader = cluster.awaitLeader();
            QVERIFY2(leader >= 0, cluster.logTails().constData());
            const quint16 port = cluster.master(leader).port();
            scheduler.leaderIsAboutToDie();
            const qint64 killed = scheduler.now();
            cluster.master(leader).kill();
            QTRY_VERIFY2_WITH_TIMEOUT(scheduler.lastAcceptedBy() != port
                                          && scheduler.lastAccepted() > killed,
                                      cluster.logTails().constData(), 60000);
            took += scheduler.lastAccepted() - killed;
            const auto back = cluster.startMaster(leader);
            QVERIFY2(back, back ? "" : back.error().message.c_str());
            watch(probe, cluster);
            QTRY_COMPARE_WITH_TIMEOUT(cluster.registeredAgents(), cluster.agents(), 30000);
            QTRY_COMPARE_WITH_TIMEOUT(scheduler.lastingRunning(), lastingTasks, 30000);
            QVERIFY2(scheduler.violations().isEmpty(),
                     qPrintable(scheduler.violations().join(u'\n')));
        }

        scheduler.keepGoing(0);
        QTRY_COMPARE_WITH_TIMEOUT(scheduler.open(), 0, 60000);
        QVERIFY2(scheduler.violations().isEmpty(), qPrintable(scheduler.violations().join(u'\n')));
        QVERIFY2(probe.violations().isEmpty(), qPrintable(probe.violations().join(u'\n')));
        // A starved ensemble may have had others lead in between.
        QVERIFY2(probe.leaders().size() > kills, qPrintable(probe.leaders().join(u' ')));
        tell(took, scheduler);
        const qint64 judged = isLong() ? *std::max_element(took.cbegin(), took.cend())
                                       : *std::min_element(took.cbegin(), took.cend());
        QVERIFY2(judged <= sessionTimeoutMs + allowanceMs,
                 qPrintable(QStringLiteral("%1 ms from the kill to the next launch").arg(judged)));
    }

private:
    /// The long run judges the worst time; the short one shares its machine with other tests, and
    /// wants one of its kills in time.
    static bool isLong() { return qEnvironmentVariableIntValue("MESETA_HA_KILLS") >= 10; }

    static void watch(ActingProbe &probe, HaCluster &cluster)
    {
        QList<quint16> ports;
        for (int i = 0; i < cluster.masters(); ++i)
            ports += cluster.master(i).port();
        probe.watch(ports);
    }

    static void tell(QList<qint64> took, const HaScheduler &scheduler)
    {
        std::sort(took.begin(), took.end());
        qInfo("%lld kills, session timeout %d ms; from the kill to the next accepted launch: best "
              "%lld ms, median %lld ms, worst %lld ms; %d tasks launched, %d finished",
              static_cast<long long>(took.size()), sessionTimeoutMs,
              static_cast<long long>(took.first()),
              static_cast<long long>(took.at(took.size() / 2)), static_cast<long long>(took.last()),
              scheduler.launched(), scheduler.finished());
    }
};

QTEST_GUILESS_MAIN(TestHaKills)
#include "tst_ha_kills.moc"
