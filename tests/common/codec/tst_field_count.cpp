#include <QtTest>

#include "common/codec/field_count.h"
#include "mesos/v1/resource.pb.h"
#include "mesos/v1/task.pb.h"

using namespace meseta::codec;

/// What a message costs when it is parsed, seen before it is.
class TestFieldCount : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void countsWhatIsWithin();
    void countsWhatNobodyKnows();
    void refusesWhatIsDamaged();
    void refusesWhatIsTooDeep();
    void parsesWhatIsLargeAndPlain();
};

void TestFieldCount::countsWhatIsWithin()
{
    mesos::v1::Resource resource;
    resource.set_name("cpus"); // 1
    resource.set_type(mesos::v1::Value::SCALAR); // 2
    resource.mutable_scalar()->set_value(2); // 3, and 4 in it
    resource.add_reservations()->set_role("web"); // 5, and 6 in it
    const std::string bytes = resource.SerializeAsString();
    const auto &type = *mesos::v1::Resource::descriptor();
    QVERIFY(hasAtMostFields(type, bytes, 6));
    QVERIFY(!hasAtMostFields(type, bytes, 5));
    QVERIFY(hasAtMostFields(type, {}, 0));
}

/// Two bytes each, and sixteen in memory.
void TestFieldCount::countsWhatNobodyKnows()
{
    const std::string many(2'000'000, 'x'); // field 15, a number of one byte
    const auto &type = *mesos::v1::TaskStatus::descriptor();
    QVERIFY(hasAtMostFields(type, many, 1'000'000));
    QVERIFY(!hasAtMostFields(type, many, 999'999));
    mesos::v1::TaskStatus status;
    QVERIFY(!parseBounded(status, many));
    QVERIFY(parseBounded(status, std::string_view(many).substr(0, 1000)));
}

void TestFieldCount::refusesWhatIsDamaged()
{
    const auto &type = *mesos::v1::Resource::descriptor();
    const char cut[] = {0x0a, 0x05, 'c', 'p'}; // a name of five letters
    QVERIFY(!hasAtMostFields(type, {cut, sizeof cut}, 100));
    const char group[] = {0x0b, 0x0c};
    QVERIFY(!hasAtMostFields(type, {group, sizeof group}, 100));
    const char zero[] = {0x00};
    QVERIFY(!hasAtMostFields(type, {zero, sizeof zero}, 100));
}

void TestFieldCount::refusesWhatIsTooDeep()
{
    mesos::v1::ContainerID id;
    mesos::v1::ContainerID *innermost = &id;
    for (int depth = 0; depth < 50; ++depth) {
        innermost->set_value("c");
        innermost = innermost->mutable_parent();
    }
    innermost->set_value("c");
    const auto &type = *mesos::v1::ContainerID::descriptor();
    QVERIFY(hasAtMostFields(type, id.SerializeAsString(), 1000));
    for (int depth = 0; depth < 100; ++depth) {
        innermost = innermost->mutable_parent();
        innermost->set_value("c");
    }
    QVERIFY(!hasAtMostFields(type, id.SerializeAsString(), 1000));
}

void TestFieldCount::parsesWhatIsLargeAndPlain()
{
    mesos::v1::TaskStatus status;
    status.set_message(std::string(5'000'000, 'm'));
    mesos::v1::TaskStatus read;
    QVERIFY(parseBounded(read, status.SerializePartialAsString()));
    QCOMPARE(read.message().size(), std::size_t(5'000'000));
}

QTEST_APPLESS_MAIN(TestFieldCount)
#include "tst_field_count.moc"
