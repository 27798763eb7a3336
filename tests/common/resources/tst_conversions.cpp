#include <QtTest/QtTest>

#include "common/resources/conversions.h"
#include "mesos/v1/task.pb.h"

using namespace meseta;
using mesos::v1::Resource;
using Operation = mesos::v1::Offer::Operation;

namespace {

Resources parsed(const char *text)
{
    return Resources::parse(text).value();
}

Resource::ReservationInfo reservationFor(const std::string &role)
{
    Resource::ReservationInfo info;
    info.set_type(Resource::ReservationInfo::DYNAMIC);
    info.set_role(role);
    return info;
}

Resource volume(double megabytes)
{
    Resource result = parsed("disk(eng):1").proto().Get(0);
    result.mutable_scalar()->set_value(megabytes);
    result.mutable_disk()->mutable_persistence()->set_id("v");
    result.mutable_disk()->mutable_volume()->set_container_path("data");
    result.mutable_disk()->mutable_volume()->set_mode(mesos::v1::Volume::RW);
    return result;
}

Result<Resources> apply(const Resources &from, const Operation &operation)
{
    const auto conversions = conversionsOf(operation);
    if (!conversions)
        return fail(conversions.error());
    return converted(from, *conversions);
}

} // namespace

class TestConversions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reserveAndUnreserve()
    {
        const Resources agent = parsed("cpus:4;mem:64");
        const Resources reserved = parsed("cpus:1;mem:32").pushReservation(reservationFor("eng"));
        Operation reserve;
        reserve.set_type(Operation::RESERVE);
        *reserve.mutable_reserve()->mutable_resources() = reserved.proto();
        const auto after = apply(agent, reserve);
        QCOMPARE(*after, parsed("cpus:3;mem:32") + reserved);
        Operation unreserve;
        unreserve.set_type(Operation::UNRESERVE);
        *unreserve.mutable_unreserve()->mutable_resources() = reserved.proto();
        QCOMPARE(*apply(*after, unreserve), agent);
        const auto twice = apply(agent, unreserve);
        QVERIFY(!twice);
        QVERIFY(twice.error().message.find("cpus:4; mem:64") != std::string::npos);
    }

    void aRefinementReservesWhatIsReserved()
    {
        const Resources held = parsed("cpus:2").pushReservation(reservationFor("eng"));
        const Resources refined = held.pushReservation(reservationFor("eng/web"));
        Operation reserve;
        reserve.set_type(Operation::RESERVE);
        *reserve.mutable_reserve()->mutable_resources() = refined.proto();
        QCOMPARE(*apply(held, reserve), refined);
        QVERIFY(!apply(parsed("cpus:2"), reserve));
    }

    void aReservationMovesToAnotherRole()
    {
        const Resources mine = parsed("cpus:2").pushReservation(reservationFor("eng"));
        const Resources theirs = parsed("cpus:2").pushReservation(reservationFor("ops"));
        Operation reserve;
        reserve.set_type(Operation::RESERVE);
        *reserve.mutable_reserve()->mutable_source() = mine.proto();
        *reserve.mutable_reserve()->mutable_resources() = theirs.proto();
        QCOMPARE(*apply(mine, reserve), theirs);
    }

    void volumesComeAndGo()
    {
        const Resources disk = parsed("disk(eng):100");
        Operation create;
        create.set_type(Operation::CREATE);
        *create.mutable_create()->add_volumes() = volume(40);
        const auto after = apply(disk, create);
        QCOMPARE(*after, parsed("disk(eng):60") + Resources(volume(40)));
        Operation destroy;
        destroy.set_type(Operation::DESTROY);
        *destroy.mutable_destroy()->add_volumes() = volume(40);
        QCOMPARE(*apply(*after, destroy), disk);
    }

    void volumesGrowAndShrink()
    {
        const Resources before = parsed("disk(eng):60") + Resources(volume(40));
        Operation grow;
        grow.set_type(Operation::GROW_VOLUME);
        *grow.mutable_grow_volume()->mutable_volume() = volume(40);
        *grow.mutable_grow_volume()->mutable_addition() = parsed("disk(eng):10").proto().Get(0);
        const auto after = apply(before, grow);
        QCOMPARE(*after, parsed("disk(eng):50") + Resources(volume(50)));
        Operation shrink;
        shrink.set_type(Operation::SHRINK_VOLUME);
        *shrink.mutable_shrink_volume()->mutable_volume() = volume(50);
        shrink.mutable_shrink_volume()->mutable_subtract()->set_value(10);
        QCOMPARE(*apply(*after, shrink), before);
    }

    void aSharedVolumeIsMadeFromPlainDisk()
    {
        Resource shared = volume(40);
        shared.mutable_shared();
        Operation create;
        create.set_type(Operation::CREATE);
        *create.mutable_create()->add_volumes() = shared;
        QCOMPARE(*apply(parsed("disk(eng):40"), create), Resources(shared));
    }

    void allocationStays()
    {
        const Resources reserved =
            parsed("cpus:1").pushReservation(reservationFor("eng")).allocated("eng");
        Operation reserve;
        reserve.set_type(Operation::RESERVE);
        *reserve.mutable_reserve()->mutable_resources() = reserved.proto();
        QCOMPARE(*apply(parsed("cpus:1").allocated("eng"), reserve), reserved);
        QVERIFY(!apply(parsed("cpus:1"), reserve));
    }

    void othersAreRefused()
    {
        Operation launch;
        launch.set_type(Operation::LAUNCH);
        QVERIFY(!conversionsOf(launch));
        QVERIFY(!conversionsOf(Operation()));
    }
};

QTEST_GUILESS_MAIN(TestConversions)
#include "tst_conversions.moc"
