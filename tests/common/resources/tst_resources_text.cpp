#include <QtTest/QtTest>

#include "common/resources/attributes.h"
#include "common/resources/resources.h"
#include "common/resources/role.h"

using namespace meseta;
using mesos::v1::Resource;
using mesos::v1::Value;

namespace {

Resource scalar(const std::string &name, double value)
{
    Resource resource;
    resource.set_name(name);
    resource.set_type(Value::SCALAR);
    resource.mutable_scalar()->set_value(value);
    return resource;
}

Resource::ReservationInfo reservation(const std::string &role, Resource::ReservationInfo::Type type)
{
    Resource::ReservationInfo info;
    info.set_type(type);
    info.set_role(role);
    return info;
}

constexpr auto dynamic = Resource::ReservationInfo::DYNAMIC;
constexpr auto fixed = Resource::ReservationInfo::STATIC;

} // namespace

class TestResourcesText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsTheTextForm();
    void readsTheJsonForm();
    void keepsZeroInTheList();
    void refusesBadText_data();
    void refusesBadText();
    void refusesBadResources_data();
    void refusesBadResources();
    void acceptsGoodReservations();
    void readsAllThreeReservationForms();
    void writesTheThreeForms();
    void roles_data();
    void roles();
    void readsAttributes();
    void refusesBadAttributes();
    void readsQuantities();
};

void TestResourcesText::readsTheTextForm()
{
    const auto all = Resources::parse(
        " cpus:4 ; mem:2048;ports:[31000-32000, 33000-33001];disk(role):100;set:{a,b};");
    QVERIFY(all);
    QCOMPARE(all->text(),
             std::string(
                 "cpus:4; mem:2048; ports:[31000-32000, 33000-33001]; disk(role):100; set:{a, b}"));
    const auto defaulted = Resources::parse("cpus:4;mem(*):8", "eng");
    QCOMPARE(defaulted->text(), std::string("cpus(eng):4; mem:8"));
    QVERIFY(Resources::parse("")->empty());
    QCOMPARE(Resources::parse("ports:[40001-44000]")->ranges("ports").size(), std::uint64_t(4000));
}

void TestResourcesText::readsTheJsonForm()
{
    const auto all = Resources::parse(R"([{"name":"cpus","type":"SCALAR","scalar":{"value":4}},
        {"name":"disk","type":"SCALAR","scalar":{"value":100},"role":"eng",
         "disk":{"source":{"type":"MOUNT","mount":{"root":"/mnt/a"}}}},
        {"name":"mem","type":"SCALAR","scalar":{"value":8},"reservations":[{"type":"STATIC","role":"ops"}]}])");
    QVERIFY2(all, all ? "" : all.error().message.c_str());
    QCOMPARE(all->text(), std::string("cpus:4; disk(eng):100; mem(ops):8"));
    QVERIFY(!Resources::parse(R"([{"name":"cpus"}])"));
    QVERIFY(!Resources::parse(R"([{"name":"cpus",)"));
}

void TestResourcesText::keepsZeroInTheList()
{
    QCOMPARE(Resources::parseList("gpus:0;cpus:1")->size(), 2);
    QCOMPARE(Resources::parse("gpus:0;cpus:1")->text(), std::string("cpus:1"));
}

void TestResourcesText::refusesBadText_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("named"); // what the message must name
    QTest::newRow("no value") << QByteArray("cpus") << QByteArray("'cpus'");
    QTest::newRow("unit") << QByteArray("mem:2GB") << QByteArray("'mem:2GB'");
    QTest::newRow("negative") << QByteArray("cpus:-1") << QByteArray("-1");
    QTest::newRow("open range") << QByteArray("ports:[1-2") << QByteArray("']'");
    QTest::newRow("backward range") << QByteArray("ports:[5-2]") << QByteArray("5-2");
    QTest::newRow("range of words") << QByteArray("ports:[a-b]") << QByteArray("'a-b'");
    QTest::newRow("open role") << QByteArray("mem(eng:5") << QByteArray("'mem(eng'");
    QTest::newRow("bad role") << QByteArray("mem(-eng):5") << QByteArray("-eng");
    QTest::newRow("no name") << QByteArray(":5") << QByteArray("empty name");
    QTest::newRow("two types") << QByteArray("x:5;x:[1-2]") << QByteArray("'x'");
    QTest::newRow("half a GPU") << QByteArray("gpus:0.5") << QByteArray("whole");
    QTest::newRow("infinite") << QByteArray("cpus:inf") << QByteArray("no number");
    QTest::newRow("volume") << QByteArray(
        R"([{"name":"disk","type":"SCALAR","scalar":{"value":1},"role":"r",
        "disk":{"persistence":{"id":"x"}}}])")
                            << QByteArray("persistent volume");
    QTest::newRow("dynamic") << QByteArray(R"([{"name":"cpus","type":"SCALAR","scalar":{"value":1},
        "reservations":[{"type":"DYNAMIC","role":"r"}]}])")
                             << QByteArray("dynamic");
    QTest::newRow("revocable") << QByteArray(
        R"([{"name":"cpus","type":"SCALAR","scalar":{"value":1},"revocable":{}}])")
                               << QByteArray("revocable");
}

void TestResourcesText::refusesBadText()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, named);
    const auto result = Resources::parse(text.toStdString());
    QVERIFY(!result);
    QVERIFY2(QByteArray::fromStdString(result.error().message).contains(named),
             result.error().message.c_str());
}

void TestResourcesText::refusesBadResources_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("named");
    const auto row = [](const char *title, const Resource &resource, const char *named) {
        QTest::newRow(title) << QByteArray::fromStdString(resource.SerializePartialAsString())
                             << QByteArray(named);
    };
    row(
        "text",
        [] {
            Resource r;
            r.set_name("a");
            r.set_type(Value::TEXT);
            return r;
        }(),
        "TEXT");
    row("negative", scalar("cpus", -1), "not below 0");
    row("not a number", scalar("cpus", std::numeric_limits<double>::quiet_NaN()), "nan");
    row("infinite", scalar("cpus", std::numeric_limits<double>::infinity()), "inf");
    row(
        "scalar missing",
        [] {
            Resource r;
            r.set_name("a");
            r.set_type(Value::SCALAR);
            return r;
        }(),
        "'scalar'");
    row(
        "disk of cpus",
        [] {
            Resource r = scalar("cpus", 1);
            r.mutable_disk();
            return r;
        }(),
        "only 'disk'");
    row(
        "overlap",
        [] {
            Resource r;
            r.set_name("ports");
            r.set_type(Value::RANGES);
            for (std::uint64_t begin : {1U, 4U}) {
                r.mutable_ranges()->add_range()->set_begin(begin);
                r.mutable_ranges()->mutable_range()->rbegin()->set_end(begin + 3);
            }
            return r;
        }(),
        "overlap");
    row(
        "item twice",
        [] {
            Resource r;
            r.set_name("zones");
            r.set_type(Value::SET);
            r.mutable_set()->add_item("a");
            r.mutable_set()->add_item("a");
            return r;
        }(),
        "'a' is twice");
    row(
        "reservation of *",
        [] {
            Resource r = scalar("cpus", 1);
            *r.add_reservations() = reservation("*", dynamic);
            return r;
        }(),
        "'*'");
    row(
        "not a refinement",
        [] {
            Resource r = scalar("cpus", 1);
            *r.add_reservations() = reservation("eng", dynamic);
            *r.add_reservations() = reservation("ops/a", dynamic);
            return r;
        }(),
        "below 'eng'");
    row(
        "static on top",
        [] {
            Resource r = scalar("cpus", 1);
            *r.add_reservations() = reservation("eng", fixed);
            *r.add_reservations() = reservation("eng/a", fixed);
            return r;
        }(),
        "STATIC");
    row(
        "old form without role",
        [] {
            Resource r = scalar("cpus", 1);
            r.mutable_reservation()->set_principal("p");
            return r;
        }(),
        "no role");
    row(
        "shared memory",
        [] {
            Resource r = scalar("mem", 1);
            r.mutable_shared();
            return r;
        }(),
        "has to be a persistent volume");
}

void TestResourcesText::refusesBadResources()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, named);
    Resource resource;
    QVERIFY(resource.ParsePartialFromString(bytes.toStdString()));
    const auto result = Resources::validate(resource);
    QVERIFY(!result);
    QVERIFY2(QByteArray::fromStdString(result.error().message).contains(named),
             result.error().message.c_str());
}

void TestResourcesText::acceptsGoodReservations()
{
    Resource r = scalar("cpus", 1);
    *r.add_reservations() = reservation("eng", fixed);
    *r.add_reservations() = reservation("eng/a", dynamic);
    *r.add_reservations() = reservation("eng/a/b", dynamic);
    QVERIFY(Resources::validate(r));
    QVERIFY(Resources::validate(scalar("cpus", 0)));
}

void TestResourcesText::readsAllThreeReservationForms()
{
    Resource post = scalar("cpus", 1);
    *post.add_reservations() = reservation("eng", dynamic);
    post.mutable_reservations(0)->set_principal("ops");
    Resource pre = scalar("cpus", 1);
    pre.set_role("eng");
    pre.mutable_reservation()->set_principal("ops");
    Resource both = post;
    both.set_role("eng");
    *both.mutable_reservation() = pre.reservation();
    QCOMPARE(Resources(pre), Resources(post));
    QCOMPARE(Resources(both), Resources(post));
    Resource star = scalar("cpus", 1);
    star.set_role("*");
    QCOMPARE(Resources(star), Resources(scalar("cpus", 1)));
}

void TestResourcesText::writesTheThreeForms()
{
    Resource refined = scalar("mem", 5);
    *refined.add_reservations() = reservation("eng", fixed);
    *refined.add_reservations() = reservation("eng/a", dynamic);
    Resource held = scalar("disk", 5);
    *held.add_reservations() = reservation("eng", dynamic);
    held.mutable_reservations(0)->set_principal("ops");
    const Resources all = Resources(scalar("cpus", 1)) + Resources(held) + Resources(refined);

    const Resources::Proto post = all.proto();
    QVERIFY(!post.Get(0).has_role());
    QCOMPARE(post.Get(1).reservations(0).principal(), std::string("ops"));
    QVERIFY(!post.Get(1).has_role());

    const Resources::Proto pre = (Resources(scalar("cpus", 1)) + Resources(held)).preRefinement();
    QCOMPARE(pre.Get(0).role(), std::string("*"));
    QCOMPARE(pre.Get(1).role(), std::string("eng"));
    QCOMPARE(pre.Get(1).reservation().principal(), std::string("ops"));
    QVERIFY(!pre.Get(1).reservation().has_role());
    QCOMPARE(pre.Get(1).reservations_size(), 0);

    const Resources::Proto endpoint = all.endpointForm();
    QCOMPARE(endpoint.Get(0).role(), std::string("*"));
    QCOMPARE(endpoint.Get(1).role(), std::string("eng"));
    QCOMPARE(endpoint.Get(1).reservations_size(), 1);
    QVERIFY(!endpoint.Get(2).has_role());
    QCOMPARE(endpoint.Get(2).reservations_size(), 2);
}

void TestResourcesText::roles_data()
{
    QTest::addColumn<QByteArray>("role");
    QTest::addColumn<bool>("valid");
    for (const char *good : {"*", "eng", "eng/web", "a-b/c.d", "...", "a*"})
        QTest::newRow(good) << QByteArray(good) << true;
    for (const char *bad : {"", "/", "eng/", "/eng", "a//b", ".", "..", "a/../b", "-eng", "a/-b",
                            "*/a", "a/*", "a b", "a\tb", "a\bb"})
        QTest::newRow((QByteArray("bad:") + bad).constData()) << QByteArray(bad) << false;
}

void TestResourcesText::roles()
{
    QFETCH(QByteArray, role);
    QFETCH(bool, valid);
    QCOMPARE(validateRole(role.toStdString()).has_value(), valid);
}

void TestResourcesText::readsAttributes()
{
    const auto attributes = parseAttributes("rack:abc;zone:1;ports:[1-2];a:b:c");
    QVERIFY(attributes);
    QCOMPARE(attributes->size(), 4);
    QCOMPARE(attributes->Get(0).text().value(), std::string("abc"));
    QCOMPARE(attributes->Get(1).scalar().value(), 1.0);
    QCOMPARE(attributes->Get(2).type(), Value::RANGES);
    QCOMPARE(attributes->Get(3).text().value(), std::string("b:c"));
    QCOMPARE(attributeText(attributes->Get(2)), std::string("[1-2]"));
    QVERIFY(parseAttributes("")->empty());
}

void TestResourcesText::refusesBadAttributes()
{
    const auto set = parseAttributes("zone:{a,b}");
    QVERIFY(!set);
    QVERIFY(QByteArray::fromStdString(set.error().message).contains("zone:{a,b}"));
    QVERIFY(!parseAttributes("rack"));
    QVERIFY(!parseAttributes(":x"));
    QVERIFY(!parseAttributes("rack:"));
}

void TestResourcesText::readsQuantities()
{
    QCOMPARE(*parseQuantities("cpus:0.01;mem:32"), (Quantities{{"cpus", 10}, {"mem", 32000}}));
    QVERIFY(!parseQuantities("ports:[1-2]"));
    QCOMPARE(quantitiesText({{"cpus", 1500}, {"mem", 128000}}), std::string("cpus:1.5; mem:128"));
    QCOMPARE(quantitiesText({}), std::string("nothing"));
}

QTEST_GUILESS_MAIN(TestResourcesText)
#include "tst_resources_text.moc"
