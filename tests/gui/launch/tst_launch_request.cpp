#include <QTest>

#include "gui/launch/launch_fit.h"
#include "gui/launch/launch_task.h"

using namespace meseta::console;

namespace {

mesos::v1::Offer offer(double cpus, double memory)
{
    mesos::v1::Offer offer;
    offer.mutable_id()->set_value("O");
    offer.mutable_agent_id()->set_value("A");
    offer.mutable_allocation_info()->set_role("*");
    const auto add = [&](const char *name, double value) {
        auto *resource = offer.add_resources();
        resource->set_name(name);
        resource->set_type(mesos::v1::Value::SCALAR);
        resource->mutable_scalar()->set_value(value);
    };
    add("cpus", cpus);
    add("mem", memory);
    auto *ports = offer.add_resources();
    ports->set_name("ports");
    ports->set_type(mesos::v1::Value::RANGES);
    auto *range = ports->mutable_ranges()->add_range();
    range->set_begin(31000);
    range->set_end(31001);
    return offer;
}

LaunchRequest redis()
{
    LaunchRequest request;
    request.name = QStringLiteral("cache");
    request.image = QStringLiteral("library/redis:7");
    return request;
}

} // namespace

class LaunchRequestTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void namesTheFieldThatIsWrong_data();
    void namesTheFieldThatIsWrong();
    void fitsOnlyWhatIsOffered();
    void makesTheTask();
    void mapsOfferedPorts();
    void reservesWhatIsNotReservedYet();
    void theJsonSaysWhatIsReserved();
};

void LaunchRequestTest::namesTheFieldThatIsWrong_data()
{
    QTest::addColumn<QString>("image");
    QTest::addColumn<double>("cpus");
    QTest::addColumn<double>("memory");
    QTest::addColumn<QString>("field");
    QTest::newRow("good") << "redis" << 0.1 << 32.0 << "";
    QTest::newRow("registry with port")
        << "127.0.0.1:5000/library/redis:latest" << 1.0 << 32.0 << "";
    QTest::newRow("no image") << "" << 0.1 << 32.0 << "image";
    QTest::newRow("capitals first") << "Redis" << 0.1 << 32.0 << "image";
    QTest::newRow("spaces") << "re dis" << 0.1 << 32.0 << "image";
    QTest::newRow("no cpus") << "redis" << 0.0 << 32.0 << "cpus";
    QTest::newRow("little memory") << "redis" << 0.1 << 3.0 << "memory";
}

void LaunchRequestTest::namesTheFieldThatIsWrong()
{
    QFETCH(QString, image);
    QFETCH(double, cpus);
    QFETCH(double, memory);
    QFETCH(QString, field);
    LaunchRequest request;
    request.image = image;
    request.cpus = cpus;
    request.memory = memory;
    const auto problem = request.problem();
    QCOMPARE(problem ? problem->field : QString(), field);
}

void LaunchRequestTest::fitsOnlyWhatIsOffered()
{
    LaunchRequest request = redis();
    request.cpus = 2;
    request.memory = 512;
    QVERIFY(fits(request, offer(2, 512)));
    QVERIFY(!fits(request, offer(1.9, 512)));
    QVERIFY(!fits(request, offer(2, 511)));
    request.agentId = QStringLiteral("B");
    QVERIFY(!fits(request, offer(2, 512)));
    request.agentId = QStringLiteral("A");
    request.network = LaunchRequest::Network::Bridge;
    request.ports = {
        {6379, QStringLiteral("tcp")}, {80, QStringLiteral("tcp")}, {81, QStringLiteral("udp")}};
    QVERIFY(!fits(request, offer(2, 512))); // two ports are offered
}

void LaunchRequestTest::makesTheTask()
{
    LaunchRequest request = redis();
    request.command = QStringLiteral("redis-server --port \"63 80\"");
    request.environment = {{QStringLiteral("A"), QStringLiteral("b=c")}};
    const auto task = makeTask(request, offer(1, 128), QStringLiteral("cache-1"));
    QVERIFY(task);
    QCOMPARE(task->name(), std::string("cache"));
    QCOMPARE(task->agent_id().value(), std::string("A"));
    QVERIFY(task->IsInitialized());
    QVERIFY(!task->command().shell());
    QCOMPARE(task->command().arguments_size(), 3);
    QCOMPARE(task->command().arguments(2), std::string("63 80"));
    QCOMPARE(task->command().environment().variables(0).value(), std::string("b=c"));
    QCOMPARE(task->container().docker().image(), std::string("library/redis:7"));
    QCOMPARE(task->resources(0).allocation_info().role(), std::string("*"));
}

void LaunchRequestTest::mapsOfferedPorts()
{
    LaunchRequest request = redis();
    request.network = LaunchRequest::Network::Bridge;
    request.ports = {{6379, QStringLiteral("tcp")}};
    const auto task = makeTask(request, offer(1, 128), QStringLiteral("cache-1"));
    QVERIFY(task);
    QCOMPARE(task->container().docker().port_mappings(0).host_port(), 31000u);
    QCOMPARE(task->container().docker().port_mappings(0).container_port(), 6379u);
    QCOMPARE(task->resources(2).ranges().range(0).begin(), std::uint64_t(31000));
}

/// Half a CPU is reserved for the role already; the other half of one is reserved with the launch.
void LaunchRequestTest::reservesWhatIsNotReservedYet()
{
    mesos::v1::Offer offered = offer(2, 512);
    offered.mutable_allocation_info()->set_role("web");
    auto *kept = offered.add_resources();
    *kept = offered.resources(0);
    kept->mutable_scalar()->set_value(0.5);
    kept->add_reservations()->set_type(mesos::v1::Resource::ReservationInfo::DYNAMIC);
    kept->mutable_reservations(0)->set_role("web");
    LaunchRequest request = redis();
    request.cpus = 1;
    request.role = QStringLiteral("web");
    QVERIFY(fits(request, offered));
    Reserve reserve;
    QVERIFY(makeTask(request, offered, QStringLiteral("t"), &reserve));
    QCOMPARE(reserve.resources_size(), 0); // not asked for

    request.reserve = true;
    QVERIFY(fits(request, offered));
    const auto task = makeTask(request, offered, QStringLiteral("t"), &reserve);
    QVERIFY(task);
    double cpus = 0;
    for (const auto &resource : task->resources()) {
        QCOMPARE(resource.reservations_size(), 1);
        QCOMPARE(resource.reservations(0).role(), std::string("web"));
        QCOMPARE(resource.allocation_info().role(), std::string("web"));
        cpus += resource.name() == "cpus" ? resource.scalar().value() : 0;
    }
    QCOMPARE(cpus, 1.0);
    QCOMPARE(reserve.resources_size(), 2);
    QCOMPARE(reserve.resources(0).name(), std::string("cpus"));
    QCOMPARE(reserve.resources(0).scalar().value(), 0.5);
    QCOMPARE(reserve.resources(1).name(), std::string("mem"));
    QCOMPARE(reserve.resources(1).scalar().value(), request.memory);
}

void LaunchRequestTest::theJsonSaysWhatIsReserved()
{
    LaunchRequest request = redis();
    request.reserve = true;
    QCOMPARE(request.problem()->field, QStringLiteral("role"));
    request.role = QStringLiteral("*");
    QCOMPARE(request.problem()->field, QStringLiteral("role"));
    request.role = QStringLiteral("web");
    QVERIFY(!request.problem());
    const QString json = templateJson(request);
    const auto back = requestOfJson(json, {});
    QVERIFY(back);
    QVERIFY(back->reserve);
    QCOMPARE(back->role, QStringLiteral("web"));
    QCOMPARE(templateJson(*back), json);
    request.reserve = false;
    const auto plain = requestOfJson(templateJson(request), *back);
    QVERIFY(plain && !plain->reserve);
    QCOMPARE(plain->role, QStringLiteral("web")); // still to launch under
}

QTEST_GUILESS_MAIN(LaunchRequestTest)
#include "tst_launch_request.moc"
