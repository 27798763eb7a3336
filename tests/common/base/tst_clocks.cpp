#include <time.h>

#include <QtTest>

#include "common/base/patient_timers.h"
#include "common/base/qt_clock.h"
#include "common/base/simulated_clock.h"

using namespace meseta;
using namespace std::chrono_literals;

namespace {

/// The clock of a process that does not run now and then: what came due is done on waking.
class SleepyClock final : public Clock
{
public:
    explicit SleepyClock(SimulatedClock &clock) : m_clock(clock) { }
    void sleep() { m_asleep = true; }
    void wake()
    {
        m_asleep = false;
        for (const auto &run : std::exchange(m_due, {}))
            run();
    }
    Duration sinceEpoch() const override { return m_clock.sinceEpoch(); }
    Duration monotonic() const override { return m_clock.monotonic(); }
    TimerId after(Duration delay, std::function<void()> callback) override
    {
        return m_clock.after(delay, [this, run = std::move(callback)] {
            if (m_asleep)
                m_due.push_back(run);
            else
                run();
        });
    }
    void cancel(TimerId id) override { m_clock.cancel(id); }

private:
    SimulatedClock &m_clock;
    bool m_asleep = false;
    std::vector<std::function<void()>> m_due;
};

} // namespace

class TestClocks : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void timeOfTheDaemonsGoesOnWhileTheMachineIsSuspended()
    {
        QtClock clock;
        timespec now{};
        QCOMPARE(::clock_gettime(CLOCK_BOOTTIME, &now), 0);
        const Duration boot = std::chrono::seconds(now.tv_sec) + Duration(now.tv_nsec);
        QVERIFY(clock.monotonic() >= boot);
        QVERIFY(clock.monotonic() - boot < 10s);
    }

    void simulatedTimersRunInOrderAtTheirInstant()
    {
        SimulatedClock clock;
        std::vector<std::pair<int, Duration>> ran;
        const auto note = [&](int which) {
            return [&, which] { ran.emplace_back(which, clock.monotonic()); };
        };
        clock.after(3s, note(3));
        clock.after(1s, note(1));
        clock.after(1s, note(2)); // same instant: in the order they were set
        clock.advance(2s);
        QCOMPARE(ran.size(), 2u);
        clock.advance(2s);
        QCOMPARE(ran, (std::vector<std::pair<int, Duration>>{{1, 1s}, {2, 1s}, {3, 3s}}));
        QCOMPARE(clock.monotonic(), Duration(4s));
    }

    void patientTimersDoNotCountSleep()
    {
        SimulatedClock time;
        SleepyClock clock(time);
        PatientTimers timers(clock);
        bool gaveUp = false;
        timers.after(60s, [&gaveUp] { gaveUp = true; });
        time.advance(30s);
        clock.sleep();
        time.advance(10min);
        clock.wake();
        QVERIFY(!gaveUp);
        time.advance(25s);
        QVERIFY(!gaveUp);
        time.advance(10s);
        QVERIFY(gaveUp);
    }

    void patientTimersGoOffInTimeWithoutSleep()
    {
        SimulatedClock clock;
        PatientTimers timers(clock);
        std::vector<Duration> ran;
        timers.after(60s, [&] { ran.push_back(clock.monotonic()); });
        const Clock::TimerId forgotten = timers.after(50s, [&] { ran.push_back({}); });
        timers.cancel(forgotten);
        clock.advance(5min);
        QCOMPARE(ran, std::vector<Duration>{60s});
        QCOMPARE(clock.pendingTimers(), 0u); // nobody is waited for
    }

    void simulatedTimersMaySetFurtherOnes()
    {
        SimulatedClock clock;
        int ticks = 0;
        std::function<void()> tick = [&] {
            ++ticks;
            clock.after(1s, tick);
        };
        clock.after(1s, tick);
        clock.advance(10s);
        QCOMPARE(ticks, 10);
        QCOMPARE(clock.pendingTimers(), 1u);
    }

    void simulatedTimersCanBeCancelled()
    {
        SimulatedClock clock;
        bool ran = false;
        const Clock::TimerId later = clock.after(2s, [&] { ran = true; });
        clock.after(1s, [&] { clock.cancel(later); });
        clock.cancel(0);
        clock.cancel(12345);
        clock.advance(5s);
        QVERIFY(!ran);
    }

    void nothingRunsFromInsideAfter()
    {
        SimulatedClock clock;
        bool ran = false;
        clock.after(-5s, [&] { ran = true; });
        QVERIFY(!ran);
        clock.settle();
        QVERIFY(ran);
        QVERIFY(!clock.advanceToNext());
    }

    void wallClockMovesWithIt()
    {
        SimulatedClock clock(100s);
        clock.advance(1500ms);
        QCOMPARE(clock.seconds(), 101.5);
    }

    void qtTimersRunOnTheEventLoop()
    {
        QtClock clock;
        std::vector<int> ran;
        clock.after(20ms, [&] { ran.push_back(2); });
        clock.after(1ms, [&] { ran.push_back(1); });
        clock.after(0s, [&] { ran.push_back(0); });
        const Clock::TimerId cancelled = clock.after(10ms, [&] { ran.push_back(99); });
        clock.cancel(cancelled);
        QVERIFY(ran.empty());
        QTRY_COMPARE(ran, (std::vector<int>{0, 1, 2}));
    }

    void qtTimersAreNeverEarly()
    {
        QtClock clock;
        const Duration start = clock.monotonic();
        std::optional<Duration> waited;
        clock.after(30ms, [&] { waited = clock.monotonic() - start; });
        QTRY_VERIFY(waited.has_value());
        QVERIFY(*waited >= 30ms);
    }

    void qtTimersOfZeroDelayLetTheLoopTurn()
    {
        QtClock clock;
        int turns = 0;
        bool other = false;
        std::function<void()> again = [&] {
            if (++turns < 5)
                clock.after(0s, again);
        };
        clock.after(0s, again);
        QTimer::singleShot(0, this, [&] { other = true; });
        QTRY_COMPARE(turns, 5);
        QTRY_VERIFY(other);
    }

    void thousandsOfQtTimersAreFine()
    {
        QtClock clock;
        int ran = 0;
        for (int timer = 0; timer < 20000; ++timer)
            clock.after(std::chrono::microseconds(timer), [&] { ++ran; });
        QTRY_COMPARE(ran, 20000);
    }
};

QTEST_GUILESS_MAIN(TestClocks)
#include "tst_clocks.moc"
