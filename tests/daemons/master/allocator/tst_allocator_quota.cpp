#include <QtTest/QtTest>

#include "allocator_bench.h"

using namespace meseta;
using namespace meseta::master;
using namespace std::chrono_literals;
using Decision = ::meseta::v1::OfferDecision;

class TestAllocatorQuota : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aLimitCutsTheOffer();
    void aLimitHoldsForTheSubtree();
    void reservationsCountAgainstTheLimit();
    void liftingTheLimitOffersAtOnce();
    void guaranteesComeFirst();
    void headroomIsKeptForGuarantees();
    void roomMadeElsewhereIsUsedAtOnce();
    void indivisibleIsAllOrNothing();
    void nothingIsOfferedUntilAgentsAreBack();
    void reserveAndUnreserve();
    void operatorsChangeWhatIsFree();
};

namespace {

Resources offeredTo(const std::vector<Offered> &offers, const std::string &framework)
{
    Resources sum;
    for (const Offered &offered : offers)
        if (offered.framework == framework)
            sum += offered.resources.unallocated();
    return sum;
}

mesos::v1::Resource::ReservationInfo dynamicFor(const std::string &role)
{
    mesos::v1::Resource::ReservationInfo info;
    info.set_type(mesos::v1::Resource::ReservationInfo::DYNAMIC);
    info.set_role(role);
    return info;
}

} // namespace

void TestAllocatorQuota::aLimitCutsTheOffer()
{
    Bench bench;
    bench.allocator.setQuota("r", {}, {{"cpus", 3000}});
    bench.framework("F", {"r"});
    bench.agent("a", "cpus:2;mem:64;ports:[1-9]");
    bench.agent("b", "cpus:2;mem:64");
    const auto offers = bench.offers();
    QCOMPARE(offeredTo(offers, "F"), resources("cpus:3;mem:128;ports:[1-9]"));
    QCOMPARE(bench.allocator.consumed("r").at("cpus"), std::int64_t(3000));
    bench.framework("G", {"s"});
    QCOMPARE(offeredTo(bench.offers(), "G"), resources("cpus:1"));
    bench.agent("c", "cpus:1");
    bench.offers();
    bench.allocator.deactivateFramework("G");
    bench.allocator.removeFramework("G");
    QVERIFY(bench.offers().empty());
    const Decision decision = bench.why("F", "c", "r");
    QCOMPARE(decision.gate(), Decision::QUOTA);
    QVERIFY2(decision.detail().find("'r' is limited to cpus:3 and has 3") != std::string::npos,
             decision.detail().c_str());
}

void TestAllocatorQuota::aLimitHoldsForTheSubtree()
{
    Bench bench;
    bench.allocator.setQuota("r", {}, {{"cpus", 3000}});
    bench.framework("F", {"r/x"});
    bench.framework("G", {"r/y"});
    for (const char *id : {"a", "b", "c", "d"})
        bench.agent(id, "cpus:1;mem:64");
    const auto offers = bench.offers();
    QCOMPARE(offeredTo(offers, "F").scalar("cpus") + offeredTo(offers, "G").scalar("cpus"), 3.0);
}

void TestAllocatorQuota::reservationsCountAgainstTheLimit()
{
    Bench bench;
    bench.allocator.setQuota("r", {}, {{"cpus", 3000}});
    bench.agent("a", "cpus(r/x):2;cpus:8;mem:64");
    QCOMPARE(bench.allocator.consumed("r").at("cpus"), std::int64_t(2000));
    bench.framework("F", {"r"});
    QCOMPARE(offeredTo(bench.offers(), "F"), resources("cpus:1;mem:64"));
}

void TestAllocatorQuota::liftingTheLimitOffersAtOnce()
{
    Bench bench;
    bench.allocator.setQuota("r", {}, {{"cpus", 0}});
    bench.framework("F", {"r"});
    bench.agent("a", "cpus:4");
    QVERIFY(bench.offers().empty());
    bench.allocator.setQuota("r", {}, {});
    QCOMPARE(offeredTo(bench.offers(), "F"), resources("cpus:4"));
}

void TestAllocatorQuota::guaranteesComeFirst()
{
    Bench bench;
    bench.allocator.setQuota("gold", {{"cpus", 4000}}, {});
    bench.framework("A", {"base"});
    bench.framework("G", {"gold"});
    for (int i = 0; i < 6; ++i)
        bench.agent("a" + std::to_string(i), "cpus:1;mem:64");
    const auto offers = bench.offers();
    QVERIFY(offeredTo(offers, "G").scalar("cpus") >= 4.0);
    QVERIFY(offeredTo(offers, "A").scalar("cpus") >= 1.0);
    QCOMPARE(offeredTo(offers, "G").scalar("cpus") + offeredTo(offers, "A").scalar("cpus"), 6.0);
}

void TestAllocatorQuota::headroomIsKeptForGuarantees()
{
    Bench bench;
    bench.allocator.setQuota("gold", {{"cpus", 4000}}, {}); // nobody is subscribed to it yet
    bench.framework("A", {"base"});
    for (int i = 0; i < 6; ++i)
        bench.agent("a" + std::to_string(i), "cpus:1;mem:64");
    QCOMPARE(offeredTo(bench.offers(), "A").scalar("cpus"), 2.0);
    int held = 0;
    for (const Decision &decision : bench.allocator.decisions("A", {}, {}, 100))
        if (decision.gate() == Decision::QUOTA) {
            ++held;
            QVERIFY2(decision.detail().find("cpus:4 of the free 4 are held back")
                         != std::string::npos,
                     decision.detail().c_str());
        }
    QCOMPARE(held, 4); // of these agents only the memory was offered
    bench.framework("G", {"gold"});
    QCOMPARE(offeredTo(bench.offers(), "G").scalar("cpus"), 4.0);
}

void TestAllocatorQuota::roomMadeElsewhereIsUsedAtOnce()
{
    Bench bench;
    bench.allocator.setQuota("r", {}, {{"cpus", 1000}});
    bench.framework("F", {"r"});
    bench.agent("a", "cpus:1");
    QCOMPARE(bench.offers().size(), std::size_t(1));
    bench.agent("b", "cpus:1");
    QVERIFY(bench.offers().empty());
    bench.allocator.deactivateAgent("a");
    bench.allocator.recover("F", "a", resources("cpus:1").allocated("r"), 1h);
    const auto offers = bench.offers(); // nothing happened on agent b itself
    QCOMPARE(offers.size(), std::size_t(1));
    QCOMPARE(offers[0].agent, std::string("b"));
}

void TestAllocatorQuota::indivisibleIsAllOrNothing()
{
    mesos::v1::Resource mount = resources("disk:100").proto().Get(0);
    mount.mutable_disk()->mutable_source()->set_type(mesos::v1::Resource::DiskInfo::Source::MOUNT);
    mount.mutable_disk()->mutable_source()->mutable_mount()->set_root("/mnt");
    Bench bench;
    bench.allocator.setQuota("r", {}, {{"disk", 60000}});
    bench.framework("F", {"r"});
    bench.addAgent("a", resources("cpus:1;mem:64") + Resources(mount));
    QCOMPARE(offeredTo(bench.offers(), "F"), resources("cpus:1;mem:64"));
}

void TestAllocatorQuota::nothingIsOfferedUntilAgentsAreBack()
{
    Bench bench;
    bench.allocator.setQuota("r", {{"cpus", 1000}}, {});
    bench.allocator.awaitAgents(2, 10min);
    bench.framework("F", {"r"});
    bench.agent("a", "cpus:1;mem:64");
    QVERIFY(bench.offersAfter(9min).empty());
    QCOMPARE(bench.why("F", "a", "r").gate(), Decision::RECOVERY_PAUSE);
    bench.agent("b", "cpus:1;mem:64");
    QCOMPARE(bench.offers().size(), std::size_t(2));

    Bench late;
    late.allocator.setQuota("r", {{"cpus", 1000}}, {});
    late.allocator.awaitAgents(2, 10min);
    late.framework("F", {"r"});
    late.agent("a", "cpus:1;mem:64");
    QCOMPARE(late.offersAfter(10min).size(), std::size_t(1));

    Bench free; // without quotas there is nothing to wait for
    free.allocator.awaitAgents(2, 10min);
    free.framework("F");
    free.agent("a", "cpus:1;mem:64");
    QCOMPARE(free.offers().size(), std::size_t(1));
}

void TestAllocatorQuota::reserveAndUnreserve()
{
    Bench bench;
    bench.agent("a", "cpus:4;mem:64");
    bench.framework("F", {"eng"});
    const auto offer = bench.offers().at(0);
    const Resources two = resources("cpus:2");
    const Resources reserved = two.pushReservation(dynamicFor("eng"));
    bench.allocator.transform("F", "a", two.allocated("eng"), reserved.allocated("eng"));
    bench.allocator.recover(
        "F", "a", offer.resources - two.allocated("eng") + reserved.allocated("eng"), std::nullopt);
    QCOMPARE(offeredTo(bench.offers(), "F"), resources("cpus:2;mem:64") + reserved);
    bench.allocator.removeFramework("F");
    bench.framework("O", {"ops"});
    QCOMPARE(offeredTo(bench.offers(), "O"), resources("cpus:2;mem:64"));
    QCOMPARE(bench.allocator.consumed("eng"), (Quantities{{"cpus", 2000}}));
    QVERIFY(bench.allocator.transformAvailable("a", reserved, two));
    QCOMPARE(offeredTo(bench.offers(), "O"), two);
    QVERIFY(bench.allocator.consumed("eng").empty());
}

void TestAllocatorQuota::operatorsChangeWhatIsFree()
{
    Bench bench;
    bench.agent("a", "cpus:4;mem:64");
    const Resources two = resources("cpus:2");
    const Resources reserved = two.pushReservation(dynamicFor("eng"));
    QVERIFY(bench.allocator.transformAvailable("a", two, reserved));
    QVERIFY(!bench.allocator.transformAvailable("a", resources("cpus:3"), resources("cpus:3")));
    QVERIFY(!bench.allocator.transformAvailable("b", two, reserved));
    bench.framework("O", {"ops"});
    QCOMPARE(offeredTo(bench.offers(), "O"), resources("cpus:2;mem:64"));
    const auto refused =
        bench.allocator.transformAvailable("a", resources("cpus:1"), resources("cpus:1"));
    QVERIFY(!refused);
    QVERIFY(refused.error().message.find("cpus:1") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestAllocatorQuota)
#include "tst_allocator_quota.moc"
