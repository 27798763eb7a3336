#include <cmath>
#include <limits>

#include <QtTest/QtTest>

#include "common/resources/ranges.h"
#include "common/resources/resources.h"
#include "common/resources/role.h"

using namespace meseta;
using mesos::v1::Resource;
using mesos::v1::Value;

namespace {

Resources parsed(const char *text)
{
    auto result = Resources::parse(text);
    return result ? *result : Resources();
}

std::string name(const Resources &resources)
{
    return resources.text();
}

Resource disk(double megabytes, const std::string &role)
{
    Resource resource;
    resource.set_name("disk");
    resource.set_type(Value::SCALAR);
    resource.mutable_scalar()->set_value(megabytes);
    Resource::ReservationInfo &reservation = *resource.add_reservations();
    reservation.set_type(Resource::ReservationInfo::DYNAMIC);
    reservation.set_role(role);
    return resource;
}

Resource volume(double megabytes, const std::string &id, const std::string &path = "data")
{
    Resource resource = disk(megabytes, "eng");
    resource.mutable_disk()->mutable_persistence()->set_id(id);
    resource.mutable_disk()->mutable_volume()->set_container_path(path);
    resource.mutable_disk()->mutable_volume()->set_mode(mesos::v1::Volume::RW);
    return resource;
}

Resource mount(double megabytes, const std::string &root)
{
    Resource resource = disk(megabytes, "eng");
    Resource::DiskInfo::Source &source = *resource.mutable_disk()->mutable_source();
    source.set_type(Resource::DiskInfo::Source::MOUNT);
    source.mutable_mount()->set_root(root);
    return resource;
}

Resource reservedTo(const std::string &role)
{
    return disk(10, role);
}

} // namespace

class TestResources : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void scalarsAreFixedPoint();
    void sumsAndDifferences_data();
    void sumsAndDifferences();
    void containsAsksForEveryKind();
    void whatIsNotThereIsNotTaken();
    void rangesAreExact();
    void rangesAtTheEndOfTheNumbers();
    void reservationsAreKeptApart();
    void aRoleMayUseItsAncestorsReservations();
    void mountDisksAreIndivisible();
    void persistentVolumesAreWholeAndIgnoreTheirPath();
    void sharedVolumesAreCounted();
    void revocableIsApart();
    void allocationIsPartOfTheKind();
    void labelsCompareInAnyOrder();
    void operationsMoveReservations();
    void summaryAddsOverReservations();
    void nonsenseIsLeftOut();
    void randomArithmeticIsConsistent();
};

void TestResources::scalarsAreFixedPoint()
{
    Resources sum;
    for (int i = 0; i < 10; ++i)
        sum += parsed("cpus:0.1");
    QCOMPARE(sum, parsed("cpus:1"));
    QCOMPARE(sum.scalar("cpus"), 1.0);
    QCOMPARE(toMilli(0.0005), 1);
    QCOMPARE(toMilli(0.00049), 0);
    QCOMPARE(toMilli(-0.0005), -1);
    QVERIFY(parsed("cpus:0.0004").empty());
    QCOMPARE(parsed("cpus:1.0004"), parsed("cpus:1"));
    QCOMPARE(toMilli(std::nan("")), 0);
    const Resources huge = parsed("mem:1e300");
    QVERIFY((huge + huge).contains(huge)); // the sum does not wrap around
    QVERIFY((huge + huge).quantities().at("mem") > 0);
}

void TestResources::sumsAndDifferences_data()
{
    QTest::addColumn<QByteArray>("a");
    QTest::addColumn<QByteArray>("b");
    QTest::addColumn<QByteArray>("sum");
    QTest::addColumn<QByteArray>("difference");
    QTest::newRow("scalars") << QByteArray("cpus:4;mem:1024") << QByteArray("cpus:1.5;mem:24")
                             << QByteArray("cpus:5.5; mem:1048")
                             << QByteArray("cpus:2.5; mem:1000");
    QTest::newRow("nothing is left of what is taken whole")
        << QByteArray("cpus:4;mem:5") << QByteArray("cpus:4") << QByteArray("cpus:8; mem:5")
        << QByteArray("mem:5");
    QTest::newRow("ports") << QByteArray("ports:[1-10]") << QByteArray("ports:[5-6,11-12]")
                           << QByteArray("ports:[1-12]") << QByteArray("ports:[1-4, 7-10]");
    QTest::newRow("sets") << QByteArray("zones:{a,b,c}") << QByteArray("zones:{b,d}")
                          << QByteArray("zones:{a, b, c, d}") << QByteArray("zones:{a, c}");
    QTest::newRow("roles do not mix")
        << QByteArray("mem(eng):100;mem:10") << QByteArray("mem(eng):40")
        << QByteArray("mem(eng):140; mem:10") << QByteArray("mem(eng):60; mem:10");
}

void TestResources::sumsAndDifferences()
{
    QFETCH(QByteArray, a);
    QFETCH(QByteArray, b);
    QFETCH(QByteArray, sum);
    QFETCH(QByteArray, difference);
    const Resources left = parsed(a.constData());
    const Resources right = parsed(b.constData());
    QCOMPARE(QByteArray::fromStdString(name(left + right)), sum);
    QCOMPARE(QByteArray::fromStdString(name(left - right)), difference);
    QVERIFY((left + right).contains(left));
    QVERIFY((left + right).contains(right));
}

void TestResources::containsAsksForEveryKind()
{
    const Resources agent = parsed("cpus:4;mem:2048;ports:[31000-32000]");
    QVERIFY(agent.contains(parsed("cpus:4;mem:1;ports:[31000-31001,31999-32000]")));
    QVERIFY(agent.contains(Resources()));
    QVERIFY(!agent.contains(parsed("cpus:4.001")));
    QVERIFY(!agent.contains(parsed("gpus:1")));
    QVERIFY(!agent.contains(parsed("ports:[32000-32001]")));
    QVERIFY(!agent.contains(parsed("mem(eng):1")));
}

void TestResources::whatIsNotThereIsNotTaken()
{
    QCOMPARE(parsed("cpus:1") - parsed("cpus:2"), Resources());
    QCOMPARE(parsed("cpus:1") - parsed("mem:2"), parsed("cpus:1"));
    QCOMPARE(parsed("ports:[1-3]") - parsed("ports:[3-9]"), parsed("ports:[1-2]"));
    Resources same = parsed("cpus:1;mem:4");
    const Resources &alias = same;
    same += alias;
    QCOMPARE(same, parsed("cpus:2;mem:8"));
    same -= alias;
    QVERIFY(same.empty());
}

void TestResources::rangesAreExact()
{
    const Ranges merged({{5, 9}, {1, 2}, {3, 4}, {20, 20}});
    QCOMPARE(merged.text(), std::string("[1-9, 20-20]"));
    QCOMPARE(merged.size(), std::uint64_t(10));
    QVERIFY(merged.contains(Ranges({{2, 8}})));
    QVERIFY(!merged.contains(Ranges({{8, 10}})));
    QVERIFY(!merged.contains(Ranges({{9, 20}})));
    QCOMPARE(merged.minus(Ranges({{1, 1}, {4, 5}, {9, 30}})).text(), std::string("[2-3, 6-8]"));
    QCOMPARE(merged.minus(merged), Ranges());
    QCOMPARE(Ranges({{9, 3}}), Ranges());
}

void TestResources::rangesAtTheEndOfTheNumbers()
{
    constexpr std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
    const Ranges all({{0, 10}, {11, last}});
    QCOMPARE(all.intervals().size(), std::size_t(1));
    QCOMPARE(all.size(), last);
    QCOMPARE(all.minus(Ranges({{1, last}})), Ranges({{0, 0}}));
    QCOMPARE(all.minus(Ranges({{0, last - 1}})), Ranges({{last, last}}));
    QCOMPARE(Ranges({{last, last}}).united(Ranges({{0, 0}})).intervals().size(), std::size_t(2));
}

void TestResources::reservationsAreKeptApart()
{
    const Resources all = parsed("cpus:4;cpus(eng):2;mem(eng):64;mem(ops):32");
    QCOMPARE(all.unreserved(), parsed("cpus:4"));
    QCOMPARE(all.reserved(), parsed("cpus(eng):2;mem(eng):64;mem(ops):32"));
    QCOMPARE(all.reservedTo("eng"), parsed("cpus(eng):2;mem(eng):64"));
    QCOMPARE(all.reservations().size(), std::size_t(2));
    QCOMPARE(all.scalar("cpus"), 6.0);
    QCOMPARE(all.quantities(), (Quantities{{"cpus", 6000}, {"mem", 96000}}));
    QVERIFY(!all.contains(parsed("cpus:5")));
}

void TestResources::aRoleMayUseItsAncestorsReservations()
{
    const Resources all = Resources(reservedTo("eng")) + Resources(reservedTo("eng/web"))
        + Resources(reservedTo("ops"));
    QCOMPARE(all.allocatableTo("eng"), Resources(reservedTo("eng")));
    QCOMPARE(all.allocatableTo("eng/web"),
             Resources(reservedTo("eng")) + Resources(reservedTo("eng/web")));
    QCOMPARE(all.allocatableTo("engine"), Resources());
    QVERIFY(isBelow("eng/web", "eng"));
    QVERIFY(!isBelow("engine", "eng"));
    QVERIFY(!isBelow("eng", "eng"));
}

void TestResources::mountDisksAreIndivisible()
{
    const Resources disks = Resources(mount(100, "/a")) + Resources(mount(100, "/b"));
    QCOMPARE(disks.entries().size(), std::size_t(2));
    QVERIFY(disks.contains(Resources(mount(100, "/a"))));
    QVERIFY(!disks.contains(Resources(mount(50, "/a"))));
    QCOMPARE(disks - Resources(mount(50, "/a")), disks);
    QCOMPARE(disks - Resources(mount(100, "/a")), Resources(mount(100, "/b")));
    const Resources twice = Resources(mount(100, "/a")) + Resources(mount(100, "/a"));
    QCOMPARE(twice.entries().size(), std::size_t(2));
    QVERIFY(!Resources(mount(100, "/a")).contains(twice));

    Resource path = disk(100, "eng");
    path.mutable_disk()->mutable_source()->set_type(Resource::DiskInfo::Source::PATH);
    path.mutable_disk()->mutable_source()->mutable_path()->set_root("/a");
    QCOMPARE((Resources(path) + Resources(path)).scalar("disk"), 200.0);
    QCOMPARE((Resources(path) + Resources(path)).entries().size(), std::size_t(1));
}

void TestResources::persistentVolumesAreWholeAndIgnoreTheirPath()
{
    const Resources volumes = Resources(volume(64, "id1")) + Resources(volume(64, "id2"));
    QCOMPARE(volumes.entries().size(), std::size_t(2));
    QVERIFY(volumes.contains(Resources(volume(64, "id1", "elsewhere"))));
    QVERIFY(!volumes.contains(Resources(volume(32, "id1"))));
    QCOMPARE((volumes - Resources(volume(64, "id1", "elsewhere"))), Resources(volume(64, "id2")));
    QCOMPARE(volumes.proto().size(), 2);
    QCOMPARE(volumes.proto().Get(0).disk().volume().container_path(), std::string("data"));
    QCOMPARE(volumes.withoutVolumes(), Resources(disk(128, "eng")));
    QCOMPARE(volumes.needingCheckpoint(), volumes);
}

void TestResources::sharedVolumesAreCounted()
{
    Resource resource = volume(64, "id1");
    resource.mutable_shared();
    const Resources one(resource);
    const Resources two = one + one;
    QCOMPARE(two.entries().size(), std::size_t(1));
    QCOMPARE(two.scalar("disk"), 64.0);
    QVERIFY(two != one);
    QVERIFY(two.contains(one));
    QVERIFY(!one.contains(two));
    QCOMPARE(two - one, one);
    QVERIFY((two - one - one).empty());
    QCOMPARE(two.withoutSharedCopies(), one);
    QCOMPARE(two.nonShared(), Resources());
}

void TestResources::revocableIsApart()
{
    Resource cpus;
    cpus.set_name("cpus");
    cpus.set_type(Value::SCALAR);
    cpus.mutable_scalar()->set_value(2);
    cpus.mutable_revocable();
    const Resources all = parsed("cpus:4") + Resources(cpus);
    QVERIFY(!all.contains(parsed("cpus:5")));
    QCOMPARE(all.revocable(), Resources(cpus));
    QCOMPARE(all.nonRevocable(), parsed("cpus:4"));
    QCOMPARE(all.scalar("cpus"), 6.0);
}

void TestResources::allocationIsPartOfTheKind()
{
    const Resources free = parsed("cpus:4;ports:[1-4]");
    const Resources held = free.allocated("eng");
    QVERIFY(!free.contains(held));
    QCOMPARE(held.proto().Get(0).allocation_info().role(), std::string("eng"));
    QCOMPARE(held.unallocated(), free);
    const Resources both = held + parsed("cpus:1").allocated("ops");
    QCOMPARE(both.byAllocationRole().at("ops"), parsed("cpus:1").allocated("ops"));
    QCOMPARE(both.unallocated(), parsed("cpus:5;ports:[1-4]"));
}

void TestResources::labelsCompareInAnyOrder()
{
    Resource a = disk(10, "eng");
    Resource b = disk(10, "eng");
    for (const char *key : {"x", "y"})
        a.mutable_reservations(0)->mutable_labels()->add_labels()->set_key(key);
    for (const char *key : {"y", "x"})
        b.mutable_reservations(0)->mutable_labels()->add_labels()->set_key(key);
    QCOMPARE(Resources(a), Resources(b));
    QCOMPARE((Resources(a) + Resources(b)).scalar("disk"), 20.0);
    QVERIFY(!(Resources(a) == Resources(disk(10, "eng"))));
}

void TestResources::operationsMoveReservations()
{
    Resource::ReservationInfo eng;
    eng.set_type(Resource::ReservationInfo::DYNAMIC);
    eng.set_role("eng");
    Resource::ReservationInfo web = eng;
    web.set_role("eng/web");
    const Resources free = parsed("cpus:4;mem:64");
    const Resources refined = free.pushReservation(eng).pushReservation(web);
    QCOMPARE(refined.reservedTo("eng/web"), refined);
    QCOMPARE(refined.popReservation(), free.pushReservation(eng));
    QCOMPARE(refined.popReservation().popReservation(), free);
    QCOMPARE(refined.toUnreserved(), free);
    QCOMPARE(refined.proto().Get(0).reservations_size(), 2);
}

void TestResources::summaryAddsOverReservations()
{
    const Resources all = parsed("cpus:4;cpus(eng):2;ports:[1-2];ports(eng):[5-9];zones:{b,a}");
    std::map<std::string, std::string> shown;
    for (const Resources::Summed &sum : all.summed())
        shown[sum.name] = sum.text.empty() ? std::to_string(int(sum.scalar)) : sum.text;
    QCOMPARE(shown.at("cpus"), std::string("6"));
    QCOMPARE(shown.at("ports"), std::string("[1-2, 5-9]"));
    QCOMPARE(shown.at("zones"), std::string("{a, b}"));
}

void TestResources::nonsenseIsLeftOut()
{
    Resource resource;
    resource.set_name("cpus");
    resource.set_type(Value::SCALAR);
    resource.mutable_scalar()->set_value(-4);
    QVERIFY(Resources(resource).empty());
    resource.mutable_scalar()->set_value(std::nan(""));
    QVERIFY(Resources(resource).empty());
    resource.set_type(Value::TEXT);
    QVERIFY(Resources(resource).empty());
    QVERIFY(Resources(Resource()).empty());
}

void TestResources::randomArithmeticIsConsistent()
{
    std::uint64_t seed = 42;
    const auto next = [&seed](std::uint64_t bound) {
        seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
        return (seed >> 33) % bound;
    };
    const auto random = [&next] {
        std::vector<Ranges::Interval> ports;
        for (std::uint64_t i = next(5); i > 0; --i)
            if (const std::uint64_t begin = next(60); true)
                ports.push_back({begin, begin + next(9)});
        const std::string text = "cpus:" + std::to_string(next(5000) / 1000.0)
            + ";mem(eng):" + std::to_string(next(900));
        const std::string ranges = Ranges(ports).text();
        return *Resources::parse(text + ";ports:" + ranges);
    };
    for (int i = 0; i < 2000; ++i) {
        const Resources a = random();
        const Resources b = random();
        QCOMPARE(a + b, b + a);
        QVERIFY((a + b).contains(a) && (a + b).contains(b));
        QVERIFY(a.contains(a - b));
        QVERIFY(((a - b) + b).contains(a));
        if (a.contains(b))
            QCOMPARE((a - b) + b, a);
        QCOMPARE(Resources(a.proto()), a);
    }
}

QTEST_GUILESS_MAIN(TestResources)
#include "tst_resources.moc"
