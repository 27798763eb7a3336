#include <limits>

#include <QtTest/QtTest>

#include "allocator_bench.h"

using namespace meseta;
using namespace meseta::master;
using namespace std::chrono_literals;
using Decision = ::meseta::v1::OfferDecision;

class TestAllocatorFilters : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void refuseSeconds_data();
    void refuseSeconds();
    void aFilterEnds();
    void aShortFilterLastsTheAllocationInterval();
    void refusingForZeroSecondsDoesNotSpin();
    void aLargerOfferPassesTheFilter();
    void aFilterHoldsForOneFrameworkOnly();
    void aLongerFilterIsKept();
    void reviveEndsFilters();
    void reviveAndDeclineInACircleStaysBounded();
    void manyRefusalsAreSpreadOverTime();
    void disconnectingEndsFilters();
    void changedAttributesEndFilters();
    void suppressAndRevive();
    void updateReplacesSuppression();
};

void TestAllocatorFilters::refuseSeconds_data()
{
    QTest::addColumn<double>("seconds");
    QTest::addColumn<double>("expected");
    QTest::newRow("some") << 3.5 << 3.5;
    QTest::newRow("zero") << 0.0 << 0.0;
    QTest::newRow("negative") << -1.0 << 5.0;
    QTest::newRow("not a number") << std::numeric_limits<double>::quiet_NaN() << 5.0;
    QTest::newRow("infinite") << std::numeric_limits<double>::infinity() << 5.0;
    QTest::newRow("beyond counting") << 1e300 << 5.0;
    QTest::newRow("more than a year") << 366.0 * 86400 << 365.0 * 86400;
}

void TestAllocatorFilters::refuseSeconds()
{
    QFETCH(double, seconds);
    QFETCH(double, expected);
    mesos::v1::Filters filters;
    filters.set_refuse_seconds(seconds);
    QCOMPARE(std::chrono::duration<double>(*refuseDuration(filters)).count(), expected);
    QCOMPARE(refuseDuration(mesos::v1::Filters()), std::optional<Duration>(5s));
}

void TestAllocatorFilters::aFilterEnds()
{
    Bench bench;
    bench.agent("a", "cpus:4;mem:4096");
    bench.framework("F");
    bench.decline(bench.offers().at(0), 5s);
    QVERIFY(bench.offersAfter(4999ms).empty());
    const Decision decision = bench.why("F", "a");
    QCOMPARE(decision.gate(), Decision::FILTER);
    QVERIFY(says(decision, "refused cpus:4; mem:4096"));
    QVERIFY(says(decision, "0.001 s"));
    QCOMPARE(decision.filter_expires(), bench.clock.seconds() + 0.001);
    QCOMPARE(bench.allocator.figures().activeFiltersByRole.at("*"), std::size_t(1));
    QCOMPARE(bench.offersAfter(1ms).size(), std::size_t(1));
    QVERIFY(bench.allocator.figures().activeFiltersByRole.empty());
}

void TestAllocatorFilters::aShortFilterLastsTheAllocationInterval()
{
    Bench bench;
    bench.agent("a", "cpus:4;mem:4096");
    bench.framework("F");
    bench.decline(bench.offers().at(0), 100ms);
    QVERIFY(bench.offersAfter(999ms).empty());
    QCOMPARE(bench.offersAfter(1ms).size(), std::size_t(1));
}

// Without a pause a framework that refuses for 0 s and the master would play ping-pong as fast as
// they can.
void TestAllocatorFilters::refusingForZeroSecondsDoesNotSpin()
{
    Bench bench;
    bench.agent("a", "cpus:4;mem:4096");
    bench.framework("F");
    bench.clock.advance(300ms);
    const auto offers = bench.offers();
    bench.decline(offers.at(0), 0s);
    QVERIFY(bench.offers().empty());
    QVERIFY(says(bench.why("F", "a"), "without a filter"));
    QVERIFY(bench.allocator.figures().activeFiltersByRole.empty());
    bench.framework("G"); // others get it at once
    const auto others = bench.offers();
    QCOMPARE(others.size(), std::size_t(1));
    QCOMPARE(others[0].framework, std::string("G"));
    bench.decline(others[0], 1h);
    QVERIFY(bench.offersAfter(699ms).empty());
    QCOMPARE(bench.offersAfter(1ms).size(), std::size_t(1));
}

void TestAllocatorFilters::aLargerOfferPassesTheFilter()
{
    Bench bench;
    bench.agent("a", "cpus:4;mem:4096");
    bench.framework("F");
    const auto all = bench.offers().at(0);
    bench.use(all, "cpus:1;mem:1024");
    bench.decline(bench.offers().at(0), 1h); // cpus:3;mem:3072
    QVERIFY(bench.offers().empty());
    bench.allocator.recover("F", "a", resources("cpus:1;mem:1024").allocated("*"), std::nullopt);
    const auto larger = bench.offers();
    QCOMPARE(larger.size(), std::size_t(1));
    QCOMPARE(larger[0].resources.unallocated(), resources("cpus:4;mem:4096"));
}

void TestAllocatorFilters::aFilterHoldsForOneFrameworkOnly()
{
    Bench bench;
    bench.agent("a", "cpus:4;mem:4096");
    bench.framework("F");
    bench.framework("G");
    const auto first = bench.offers().at(0);
    bench.decline(first, 1h);
    const auto second = bench.offers().at(0);
    QVERIFY(first.framework != second.framework);
    bench.decline(second, 1h);
    QVERIFY(bench.offers().empty());
}

void TestAllocatorFilters::aLongerFilterIsKept()
{
    Bench bench;
    bench.agent("a", "cpus:4;mem:4096");
    bench.framework("F");
    const auto offer = bench.offers().at(0);
    bench.allocator.recover("F", "a", resources("cpus:2;mem:2048").allocated("*"), 10s);
    bench.allocator.recover("F", "a", resources("cpus:2;mem:2048").allocated("*"), 2s);
    QCOMPARE(bench.offers().size(), std::size_t(1)); // together they are more than what was refused
    QVERIFY(bench.offersAfter(20s).empty());
    Q_UNUSED(offer)
}

void TestAllocatorFilters::reviveEndsFilters()
{
    Bench bench;
    bench.agent("a", "cpus:4;mem:4096");
    bench.framework("F", {"r1", "r2"});
    bench.decline(bench.offers().at(0), 1h);
    bench.decline(bench.offers().at(0), 1h);
    QVERIFY(bench.offers().empty());
    bench.allocator.revive("F", {"r2", "not subscribed"});
    const auto offers = bench.offers();
    QCOMPARE(offers.size(), std::size_t(1));
    QCOMPARE(offers[0].role, std::string("r2"));
    bench.decline(offers[0], 1h);
    bench.allocator.revive("F", {});
    QCOMPARE(bench.offers().size(), std::size_t(1));
}

void TestAllocatorFilters::reviveAndDeclineInACircleStaysBounded()
{
    Bench bench;
    bench.agent("a", "cpus:4;mem:4096");
    bench.framework("F");
    for (int i = 0; i < 10'000; ++i) {
        const auto offers = bench.offers();
        QCOMPARE(offers.size(), std::size_t(1));
        bench.decline(offers[0], 10h + std::chrono::seconds(i));
        bench.allocator.revive("F", {});
        bench.clock.advance(200ms);
    }
    QVERIFY(bench.clock.pendingTimers() < 5);
}

// Fifty frameworks that want nothing: all are asked, but not as fast as they can refuse.
void TestAllocatorFilters::manyRefusalsAreSpreadOverTime()
{
    Bench bench;
    bench.agent("a", "cpus:4;mem:4096");
    for (int i = 0; i < 50; ++i)
        bench.framework("F" + std::to_string(i));
    std::set<std::string> asked;
    const auto refuseAll = [&] {
        int refused = 0;
        for (auto offers = bench.offers(); !offers.empty(); offers = bench.offers())
            for (const Offered &offered : offers) {
                asked.insert(offered.framework);
                bench.decline(offered, 1h);
                ++refused;
            }
        return refused;
    };
    QCOMPARE(refuseAll(), 8);
    QVERIFY(bench.offersAfter(999ms).empty());
    for (int second = 1; second <= 6; ++second) {
        bench.clock.advance(second == 1 ? 1ms : 1000ms);
        QCOMPARE(refuseAll(), second < 6 ? 8 : 2);
    }
    QCOMPARE(asked.size(), std::size_t(50));

    // Where offers are used in part, the rest goes round as fast as it is used.
    Bench useful;
    useful.agent("a", "cpus:4;mem:4096");
    for (int i = 0; i < 30; ++i)
        useful.framework("F" + std::to_string(i));
    int used = 0;
    for (auto offers = useful.offers(); !offers.empty(); offers = useful.offers())
        for (const Offered &offered : offers) {
            useful.allocator.recover(offered.framework, "a",
                                     offered.resources - resources("cpus:0.1").allocated("*"), 1h);
            ++used;
        }
    QCOMPARE(used, 30);

    // What a task frees is offered at once, however often the rest was refused.
    Bench busy;
    busy.agent("a", "cpus:4;mem:4096");
    busy.framework("WORKER");
    busy.use(busy.offers().at(0), "cpus:1;mem:64");
    busy.allocator.suppress("WORKER", {});
    for (int i = 0; i < 20; ++i)
        busy.framework("F" + std::to_string(i));
    for (auto offers = busy.offers(); !offers.empty(); offers = busy.offers())
        for (const Offered &offered : offers)
            busy.decline(offered, 1h);
    busy.allocator.recover("WORKER", "a", resources("cpus:1;mem:64").allocated("*"), std::nullopt);
    QCOMPARE(busy.offers().size(), std::size_t(1));
}

void TestAllocatorFilters::disconnectingEndsFilters()
{
    Bench bench;
    bench.agent("a", "cpus:4;mem:4096");
    bench.framework("F");
    bench.decline(bench.offers().at(0), 1h);
    bench.allocator.deactivateFramework("F");
    QVERIFY(bench.offers().empty());
    QCOMPARE(bench.why("F", "a").gate(), Decision::FRAMEWORK_INACTIVE);
    bench.allocator.activateFramework("F");
    QCOMPARE(bench.offers().size(), std::size_t(1));
}

void TestAllocatorFilters::changedAttributesEndFilters()
{
    Bench bench;
    AllocatorAgent agent = describedAgent("a", "cpus:4;mem:4096");
    bench.allocator.addAgent(agent);
    bench.framework("F");
    bench.decline(bench.offers().at(0), 1h);
    bench.allocator.updateAgent(agent.info, agent.capabilities, agent.total);
    QVERIFY(bench.offers().empty());
    *agent.info.add_attributes() = attribute("rack", "new");
    bench.allocator.updateAgent(agent.info, agent.capabilities, agent.total);
    QCOMPARE(bench.offers().size(), std::size_t(1));
}

void TestAllocatorFilters::suppressAndRevive()
{
    Bench bench;
    bench.agent("a", "cpus:4;mem:4096");
    bench.framework("F");
    const auto offer = bench.offers().at(0);
    bench.allocator.suppress("F", {});
    bench.decline(offer, 0s);
    QVERIFY(bench.offersAfter(1h).empty());
    QCOMPARE(bench.why("F", "a").gate(), Decision::ROLE_SUPPRESSED);
    bench.allocator.revive("F", {"*"});
    QCOMPARE(bench.offers().size(), std::size_t(1));
}

void TestAllocatorFilters::updateReplacesSuppression()
{
    Bench bench;
    bench.agent("a", "cpus:4;mem:4096");
    AllocatorFramework framework = Bench::describe("F");
    framework.suppressedRoles = {"*"};
    bench.allocator.addFramework(framework);
    QVERIFY(bench.offers().empty());
    framework.suppressedRoles.clear();
    bench.allocator.updateFramework(framework);
    const auto offers = bench.offers();
    QCOMPARE(offers.size(), std::size_t(1));
    bench.decline(offers[0], 1h);
    framework.roles = {"other"};
    bench.allocator.updateFramework(framework);
    const auto other = bench.offers();
    QCOMPARE(other.size(), std::size_t(1));
    QCOMPARE(other[0].role, std::string("other"));
}

QTEST_GUILESS_MAIN(TestAllocatorFilters)
#include "tst_allocator_filters.moc"
