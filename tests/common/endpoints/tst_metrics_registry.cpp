#include <QTest>

#include "common/base/simulated_clock.h"
#include "common/endpoints/logging_level.h"
#include "common/endpoints/metrics_registry.h"
#include "common/endpoints/rate_limiter.h"

using namespace meseta;
using namespace std::chrono_literals;

class MetricsRegistryTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void countersKeepTheirPlace()
    {
        MetricsRegistry metrics(m_clock);
        Counter &counter = metrics.counter("master/messages_kill_task");
        for (int i = 0; i < 100; ++i)
            metrics.counter("other/" + std::to_string(i));
        ++counter;
        counter.add(4);
        QCOMPARE(metrics.snapshot().at("master/messages_kill_task"), 5.0);
    }

    void countersOfAFrameworkGoWithIt()
    {
        MetricsRegistry metrics(m_clock);
        ++metrics.counter("frameworks/a/calls");
        ++metrics.counter("frameworks/b/calls");
        metrics.removeCounters("frameworks/a/");
        QCOMPARE(metrics.snapshot().count("frameworks/a/calls"), std::size_t(0));
        QCOMPARE(metrics.snapshot().count("frameworks/b/calls"), std::size_t(1));
    }

    void gaugesAreAskedEachTime()
    {
        MetricsRegistry metrics(m_clock);
        double value = 1;
        metrics.gauge("slave/registered", [&value] { return value; });
        metrics.source([](MetricsRegistry::Snapshot &out) { out["roles/x"] = 7; });
        QCOMPARE(metrics.snapshot().at("slave/registered"), 1.0);
        value = 0;
        QCOMPARE(metrics.snapshot().at("slave/registered"), 0.0);
        QCOMPARE(metrics.snapshot().at("roles/x"), 7.0);
    }

    void timerTellsFiguresFromItsSecondValueOn()
    {
        MetricsRegistry metrics(m_clock);
        metrics.timer("store_ms");
        QVERIFY(metrics.snapshot().empty());
        metrics.record("store_ms", 10ms);
        QCOMPARE(metrics.snapshot(), (MetricsRegistry::Snapshot{{"store_ms", 10.0}}));
        metrics.record("store_ms", 20ms);
        const MetricsRegistry::Snapshot snapshot = metrics.snapshot();
        QCOMPARE(snapshot.size(), std::size_t(10));
        QCOMPARE(snapshot.at("store_ms"), 20.0);
        QCOMPARE(snapshot.at("store_ms/count"), 2.0);
        QCOMPARE(snapshot.at("store_ms/min"), 10.0);
        QCOMPARE(snapshot.at("store_ms/max"), 20.0);
        QCOMPARE(snapshot.at("store_ms/p50"), 15.0);
        QCOMPARE(snapshot.at("store_ms/p90"), 19.0);
    }

    void timerForgetsAfterAnHourAndKeepsAThousand()
    {
        MetricsRegistry metrics(m_clock);
        for (int i = 0; i < 1500; ++i)
            metrics.record("t_ms", 1ms);
        QCOMPARE(metrics.snapshot().at("t_ms/count"), 1000.0);
        m_clock.advance(2h);
        metrics.record("t_ms", 2ms);
        QCOMPARE(metrics.snapshot().count("t_ms/count"), std::size_t(0));
    }

    void systemFiguresAreThere()
    {
        MetricsRegistry metrics(m_clock);
        addSystemMetrics(metrics);
        const MetricsRegistry::Snapshot snapshot = metrics.snapshot();
        QVERIFY(snapshot.at("system/cpus_total") >= 1);
        QVERIFY(snapshot.at("system/mem_total_bytes") > snapshot.at("system/mem_free_bytes"));
        for (const char *name : {"system/load_1min", "system/load_5min", "system/load_15min"})
            QVERIFY2(snapshot.count(name), name);
    }

    void loggingLevelGoesBack()
    {
        std::vector<unsigned> applied;
        LoggingLevel level(m_clock, 1, [&applied](unsigned l) { applied.push_back(l); });
        level.set(3, 10s);
        QCOMPARE(level.current(), 3u);
        m_clock.advance(5s);
        level.set(2, 10s);
        m_clock.advance(6s);
        QCOMPARE(level.current(), 2u);
        m_clock.advance(4s);
        QCOMPARE(level.current(), 1u);
        QCOMPARE(applied, (std::vector<unsigned>{3, 2, 1}));
    }

    void rateLimiterSpreadsWork()
    {
        RateLimiter limiter(m_clock, *RateLimiter::gapOf("2/1secs"));
        int done = 0;
        for (int i = 0; i < 4; ++i)
            QVERIFY(limiter.submit([&done] { ++done; }));
        QCOMPARE(done, 1);
        m_clock.advance(500ms);
        QCOMPARE(done, 2);
        m_clock.advance(1s);
        QCOMPARE(done, 4);
        m_clock.advance(10s);
        QVERIFY(limiter.submit([&done] { ++done; }));
        QCOMPARE(done, 5);
    }

    void rateLimiterIsBounded()
    {
        RateLimiter limiter(m_clock, 1h);
        limiter.submit([] {});
        for (std::size_t i = 0; i < RateLimiter::maxWaiting; ++i)
            QVERIFY(limiter.submit([] {}));
        QVERIFY(!limiter.submit([] {}));
    }

    void rateIsReadAsMesosWritesIt()
    {
        QCOMPARE(*RateLimiter::gapOf(""), Duration::zero());
        QCOMPARE(*RateLimiter::gapOf("4/1secs"), Duration(250ms));
        for (const char *bad : {"2", "0/1secs", "x/1secs", "2/", "-1/1secs"})
            QVERIFY2(!RateLimiter::gapOf(bad), bad);
    }

private:
    SimulatedClock m_clock;
};

QTEST_GUILESS_MAIN(MetricsRegistryTest)
#include "tst_metrics_registry.moc"
