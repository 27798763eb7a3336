#include <QtTest>

#include "common/base/simulated_clock.h"
#include "daemons/agent/checks/checker.h"

using namespace meseta;
using namespace meseta::agent;
using namespace std::chrono_literals;
using mesos::v1::CheckInfo;
using mesos::v1::CheckStatusInfo;
using mesos::v1::HealthCheck;

namespace {

/// Notes what it is asked, and answers when the test says so.
class FakeProber final : public Prober
{
public:
    std::vector<std::string> asked;
    std::deque<Done> waiting;
    std::optional<ProbeResult> answer; ///< given at the next turn of `clock`
    SimulatedClock *clock = nullptr;

    void command(const mesos::v1::CommandInfo &command, Duration, Done done) override
    {
        take("command " + command.value(), std::move(done));
    }
    void http(const HttpTarget &target, Duration, Done done) override
    {
        take("http " + target.scheme + " " + std::to_string(target.port) + " " + target.path
                 + (target.ipv6 ? " v6" : ""),
             std::move(done));
    }
    void tcp(std::uint16_t port, bool ipv6, Duration, Done done) override
    {
        take("tcp " + std::to_string(port) + (ipv6 ? " v6" : ""), std::move(done));
    }

private:
    void take(std::string what, Done done)
    {
        asked.push_back(std::move(what));
        if (answer)
            clock->after(0s, [done = std::move(done), result = *answer] { done(result); });
        else
            waiting.push_back(std::move(done));
    }
};

ProbeResult exited(int code)
{
    ProbeResult result;
    result.waitStatus = code << 8;
    return result;
}

ProbeResult httpCode(int code)
{
    ProbeResult result;
    result.httpCode = code;
    return result;
}

HealthCheck commandHealthCheck()
{
    HealthCheck check;
    check.set_type(HealthCheck::COMMAND);
    check.mutable_command()->set_value("probe");
    check.set_delay_seconds(0);
    check.set_interval_seconds(10);
    check.set_timeout_seconds(20);
    check.set_grace_period_seconds(0);
    check.set_consecutive_failures(3);
    return check;
}

} // namespace

class TestChecker : public QObject
{
    Q_OBJECT

    SimulatedClock m_clock;
    std::shared_ptr<FakeProber> m_prober;
    std::vector<std::string> m_told;

    HealthEvents events()
    {
        return {[this](bool healthy, const std::string &) {
                    m_told.push_back(healthy ? "healthy" : "unhealthy");
                },
                [this](const std::string &) { m_told.push_back("kill"); }};
    }

private Q_SLOTS:
    void init()
    {
        m_clock.~SimulatedClock();
        new (&m_clock) SimulatedClock;
        m_prober = std::make_shared<FakeProber>();
        m_prober->clock = &m_clock;
        m_told.clear();
    }

    void defaultsAreThoseOfTheDocumentation()
    {
        HealthCheck check;
        check.set_type(HealthCheck::COMMAND);
        check.mutable_command()->set_value("probe");
        m_prober->answer = exited(1);
        const HealthChecker checker(check, m_clock, m_prober, events());
        m_clock.advance(14s);
        QCOMPARE(m_prober->asked.size(), 0u);
        m_clock.advance(1s); // delay 15 s; the grace period of 10 s is over by then
        QCOMPARE(m_prober->asked, (std::vector<std::string>{"command probe"}));
        m_clock.advance(20s); // interval 10 s
        QCOMPARE(m_prober->asked.size(), 3u);
        QCOMPARE(m_told, (std::vector<std::string>{"unhealthy", "unhealthy", "unhealthy", "kill"}));
    }

    void theIntervalCountsFromTheResult()
    {
        const HealthChecker checker(commandHealthCheck(), m_clock, m_prober, events());
        m_clock.advance(5s);
        QCOMPARE(m_prober->waiting.size(), 1u);
        m_prober->waiting.front()(exited(0));
        m_clock.advance(9s);
        QCOMPARE(m_prober->asked.size(), 1u);
        m_clock.advance(1s);
        QCOMPARE(m_prober->asked.size(), 2u);
    }

    void healthIsToldWhenItIsNews()
    {
        HealthCheck check = commandHealthCheck();
        check.set_consecutive_failures(10);
        const HealthChecker checker(check, m_clock, m_prober, events());
        for (const int code : {0, 0, 1, 1, 0, 0}) {
            m_prober->answer = exited(code);
            m_clock.advance(10s);
        }
        m_clock.settle();
        // Each failure, and a success that is the first or follows a failure.
        QCOMPARE(m_told,
                 (std::vector<std::string>{"healthy", "unhealthy", "unhealthy", "healthy"}));
    }

    void failuresBeforeTheFirstSuccessAreForgivenInTheGracePeriod()
    {
        HealthCheck check = commandHealthCheck();
        check.set_grace_period_seconds(25);
        check.set_consecutive_failures(1);
        m_prober->answer = exited(1);
        const HealthChecker checker(check, m_clock, m_prober, events());
        m_clock.advance(25s); // tries at 0, 10 and 20 s
        QCOMPARE(m_prober->asked.size(), 3u);
        QVERIFY(m_told.empty());
        m_clock.advance(5s);
        QCOMPARE(m_told, (std::vector<std::string>{"unhealthy", "kill"}));
    }

    void theGracePeriodEndsWithTheFirstSuccess()
    {
        HealthCheck check = commandHealthCheck();
        check.set_grace_period_seconds(1000);
        const HealthChecker checker(check, m_clock, m_prober, events());
        m_prober->answer = exited(0);
        m_clock.advance(1s);
        m_prober->answer = exited(1);
        m_clock.advance(10s);
        QCOMPARE(m_told, (std::vector<std::string>{"healthy", "unhealthy"}));
    }

    void silenceIsAFailureAfterTheTimeout()
    {
        const HealthChecker checker(commandHealthCheck(), m_clock, m_prober, events());
        m_clock.advance(19s);
        QVERIFY(m_told.empty());
        m_clock.advance(1s);
        QCOMPARE(m_told, (std::vector<std::string>{"unhealthy"}));
        m_prober->waiting.front()(exited(0)); // too late to count
        QCOMPARE(m_told.size(), 1u);
        m_clock.advance(10s);
        QCOMPARE(m_prober->asked.size(), 2u);
    }

    void withoutTimeoutItWaits()
    {
        HealthCheck check = commandHealthCheck();
        check.set_timeout_seconds(0);
        const HealthChecker checker(check, m_clock, m_prober, events());
        m_clock.advance(24h);
        QVERIFY(m_told.empty());
        QCOMPARE(m_prober->asked.size(), 1u);
    }

    void zeroConsecutiveFailuresMeansTheFirstKills()
    {
        HealthCheck check = commandHealthCheck();
        check.set_consecutive_failures(0);
        m_prober->answer = exited(1);
        const HealthChecker checker(check, m_clock, m_prober, events());
        m_clock.advance(50s);
        QCOMPARE(m_told, (std::vector<std::string>{"unhealthy", "kill"}));
    }

    void killingIsToldOnce()
    {
        m_prober->answer = exited(1);
        const HealthChecker checker(commandHealthCheck(), m_clock, m_prober, events());
        m_clock.advance(1h);
        QCOMPARE(std::count(m_told.begin(), m_told.end(), "kill"), 1);
    }

    void httpIsHealthyFrom200To399_data()
    {
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("told");
        for (const auto &[code, told] : std::map<int, const char *>{{199, "unhealthy"},
                                                                    {200, "healthy"},
                                                                    {204, "healthy"},
                                                                    {302, "healthy"},
                                                                    {399, "healthy"},
                                                                    {400, "unhealthy"},
                                                                    {404, "unhealthy"},
                                                                    {503, "unhealthy"}})
            QTest::addRow("%d", code) << code << QString::fromLatin1(told);
    }

    void httpIsHealthyFrom200To399()
    {
        QFETCH(int, code);
        QFETCH(QString, told);
        HealthCheck check = commandHealthCheck();
        check.set_type(HealthCheck::HTTP);
        check.mutable_http()->set_scheme("https");
        check.mutable_http()->set_port(8443);
        check.mutable_http()->set_path("/health");
        m_prober->answer = httpCode(code);
        const HealthChecker checker(check, m_clock, m_prober, events());
        m_clock.advance(1s);
        QCOMPARE(m_prober->asked.front(), std::string("http https 8443 /health"));
        QCOMPARE(QString::fromStdString(m_told.front()), told);
    }

    void tcpAsksForAConnection()
    {
        HealthCheck check = commandHealthCheck();
        check.set_type(HealthCheck::TCP);
        check.mutable_tcp()->set_port(6379);
        check.mutable_tcp()->set_protocol(mesos::v1::NetworkInfo::IPv6);
        ProbeResult connected;
        connected.tcpConnected = true;
        m_prober->answer = connected;
        const HealthChecker checker(check, m_clock, m_prober, events());
        m_clock.advance(1s);
        QCOMPARE(m_prober->asked.front(), std::string("tcp 6379 v6"));
        QCOMPARE(m_told, (std::vector<std::string>{"healthy"}));
    }

    void discardedTriesCountNeitherWay()
    {
        ProbeResult discarded;
        discarded.discarded = true;
        m_prober->answer = discarded;
        const HealthChecker checker(commandHealthCheck(), m_clock, m_prober, events());
        m_clock.advance(1min);
        QVERIFY(m_told.empty());
        QVERIFY(m_prober->asked.size() > 3);
    }

    void pausedNothingIsTriedAndResumedItIsAtOnce()
    {
        HealthChecker checker(commandHealthCheck(), m_clock, m_prober, events());
        m_clock.advance(1s);
        checker.pause();
        m_prober->waiting.front()(exited(1)); // begun before, does not count
        m_clock.advance(1h);
        QCOMPARE(m_prober->asked.size(), 1u);
        QVERIFY(m_told.empty());
        m_prober->answer = exited(0);
        checker.resume();
        checker.resume();
        m_clock.settle();
        QCOMPARE(m_prober->asked.size(), 2u);
        QCOMPARE(m_told, (std::vector<std::string>{"healthy"}));
    }

    void aDeletedCheckerIsSilent()
    {
        auto checker =
            std::make_unique<HealthChecker>(commandHealthCheck(), m_clock, m_prober, events());
        m_clock.advance(1s);
        checker.reset();
        m_prober->waiting.front()(exited(1));
        m_clock.advance(1h);
        QVERIFY(m_told.empty());
        QCOMPARE(m_clock.pendingTimers(), 0u);
    }

    void itMayBeDeletedByWhatItTells()
    {
        std::unique_ptr<HealthChecker> checker;
        HealthEvents deleting = events();
        deleting.kill = [&](const std::string &) { checker.reset(); };
        HealthCheck check = commandHealthCheck();
        check.set_consecutive_failures(1);
        m_prober->answer = exited(1);
        checker = std::make_unique<HealthChecker>(check, m_clock, m_prober, deleting);
        m_clock.advance(1h);
        QVERIFY(!checker);
        QCOMPARE(m_prober->asked.size(), 1u);
    }

    void checksTellChangesOfTheirStatus()
    {
        CheckInfo check;
        check.set_type(CheckInfo::COMMAND);
        check.mutable_command()->mutable_command()->set_value("probe");
        check.set_delay_seconds(0);
        check.set_interval_seconds(1);
        std::vector<std::string> told;
        const Checker checker(check, m_clock, m_prober, {[&](const CheckStatusInfo &status) {
                                  told.push_back(status.command().has_exit_code()
                                                     ? std::to_string(status.command().exit_code())
                                                     : "no result");
                              }});
        ProbeResult failed;
        failed.failure = "cannot run";
        for (const ProbeResult &result :
             {failed, exited(0), exited(0), exited(3), failed, failed, exited(3)}) {
            m_prober->answer = result;
            m_clock.advance(1s);
        }
        m_clock.settle();
        // The first, without a result, is what the task began with.
        QCOMPARE(told, (std::vector<std::string>{"0", "3", "no result", "3"}));
    }

    void httpAndTcpChecksTellWhatTheySaw()
    {
        CheckInfo http;
        http.set_type(CheckInfo::HTTP);
        http.mutable_http()->set_port(80);
        http.mutable_http()->set_path("/p");
        http.set_delay_seconds(0);
        std::vector<CheckStatusInfo> told;
        const CheckEvents noting{[&](const CheckStatusInfo &status) { told.push_back(status); }};
        m_prober->answer = httpCode(503);
        const Checker first(http, m_clock, m_prober, noting);
        m_clock.advance(1s);
        QCOMPARE(told.back().http().status_code(), 503u);

        CheckInfo tcp;
        tcp.set_type(CheckInfo::TCP);
        tcp.mutable_tcp()->set_port(80);
        tcp.set_delay_seconds(0);
        ProbeResult refused;
        refused.tcpConnected = false;
        m_prober->answer = refused;
        const Checker second(tcp, m_clock, m_prober, noting);
        m_clock.advance(1s);
        QVERIFY(told.back().tcp().has_succeeded() && !told.back().tcp().succeeded());
    }

    void theInitialStatusIsOfItsTypeAndEmpty()
    {
        CheckInfo check;
        check.set_type(CheckInfo::TCP);
        const CheckStatusInfo status = initialCheckStatus(check);
        QCOMPARE(status.type(), CheckInfo::TCP);
        QVERIFY(status.has_tcp() && !status.tcp().has_succeeded());
    }
};

QTEST_APPLESS_MAIN(TestChecker)
#include "tst_checker.moc"
