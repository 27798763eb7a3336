// Disk usage and listening ports: measured on real files and sockets.

#include <QTcpServer>
#include <QTest>

#include <unistd.h>

#include "daemons/agent/containerizer/native/isolators/disk/disk_isolator.h"
#include "daemons/agent/containerizer/native/isolators/disk/disk_usage.h"
#include "daemons/agent/containerizer/native/isolators/ports/listening_sockets.h"
#include "daemons/agent/containerizer/native/isolators/ports/ports_isolator.h"
#include "tests/daemons/agent/containerizer/native/isolators/isolator_fixture.h"

using namespace meseta;
using namespace meseta::agent;
using namespace std::chrono_literals;
using mesos::v1::TaskStatus;

namespace {

constexpr std::uint64_t megabyte = 1024 * 1024;

void fill(const QString &path, std::uint64_t bytes)
{
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray(static_cast<int>(bytes), 'x'));
    QVERIFY(file.flush());
    ::fsync(file.handle());
}

mesos::v1::Resource disk(double megabytes)
{
    mesos::v1::Resource resource;
    resource.set_name("disk");
    resource.set_type(mesos::v1::Value::SCALAR);
    resource.mutable_scalar()->set_value(megabytes);
    return resource;
}

mesos::v1::Resource ports(std::uint64_t first, std::uint64_t last)
{
    mesos::v1::Resource resource;
    resource.set_name("ports");
    resource.set_type(mesos::v1::Value::RANGES);
    auto *range = resource.mutable_ranges()->add_range();
    range->set_begin(first);
    range->set_end(last);
    return resource;
}

} // namespace

class TestDiskAndPorts : public QObject
{
    Q_OBJECT
    std::unique_ptr<IsolatorFixture> m_fixture;
    containerizer::LaunchSpec m_launch;

    QString file(const char *name) const
    {
        return m_fixture->folder.filePath(QString::fromLatin1(name));
    }
    DiskOptions diskOptions(bool enforce) const { return {m_fixture->path("data"), 20ms, enforce}; }

private Q_SLOTS:
    void init() { m_fixture = std::make_unique<IsolatorFixture>(); }

    void aTreeIsCountedAsDuDoes()
    {
        const std::atomic<bool> go{false};
        fill(file("sandbox/a"), 2 * megabyte);
        fill(file("sandbox/deep/er/b"), 1 * megabyte);
        fill(file("sandbox/left/out"), 4 * megabyte);
        QCOMPARE(
            ::link(m_fixture->path("sandbox/a").c_str(), m_fixture->path("sandbox/same").c_str()),
            0);
        QVERIFY(QFile::link(QStringLiteral("/usr"), file("sandbox/link")));
        const auto all = diskUsage(m_fixture->path("sandbox"), {}, go);
        const auto part =
            diskUsage(m_fixture->path("sandbox"), {m_fixture->path("sandbox/left")}, go);
        QVERIFY(all && part);
        QVERIFY2(*all >= 7 * megabyte && *all < 7 * megabyte + 100'000,
                 std::to_string(*all).c_str());
        QVERIFY(*part >= 3 * megabyte && *part < 3 * megabyte + 100'000);
        QVERIFY(!diskUsage("/does/not/exist", {}, go));
    }

    void aContainerThatTakesTooMuchIsTold()
    {
        DiskIsolator isolator(diskOptions(true));
        auto c = m_fixture->container("c");
        c.spec.resources = {disk(1), disk(1)}; // reserved and not: one quota
        QVERIFY(prepare(isolator, c, m_launch));
        std::vector<ContainerLimitation> told;
        isolator.watch(c, [&](const ContainerLimitation &l) { told.push_back(l); });
        fill(file("sandbox/some"), megabyte);
        mesos::v1::ResourceStatistics statistics;
        const auto measured = [&] {
            statistics.Clear();
            isolator.usage(c, statistics);
            return statistics.disk_used_bytes() >= megabyte;
        };
        QTRY_VERIFY(measured());
        QCOMPARE(statistics.disk_limit_bytes(), 2 * megabyte);
        QCOMPARE(statistics.disk_statistics_size(), 1);
        QVERIFY(told.empty());
        fill(file("sandbox/more"), 2 * megabyte);
        QTRY_COMPARE(told.size(), std::size_t(1));
        QCOMPARE(told[0].reason, TaskStatus::REASON_CONTAINER_LIMITATION_DISK);
        QVERIFY2(told[0].message.starts_with("The container has ")
                     && told[0].message.find("more than its quota of 2MB") != std::string::npos,
                 told[0].message.c_str());
        QCOMPARE(told[0].resources.size(), std::size_t(2));
    }

    void withoutEnforcingItIsOnlyMeasured()
    {
        DiskIsolator isolator(diskOptions(false));
        auto c = m_fixture->container("c");
        c.spec.resources = {disk(1)};
        QVERIFY(prepare(isolator, c, m_launch));
        bool told = false;
        isolator.watch(c, [&](const ContainerLimitation &) { told = true; });
        fill(file("sandbox/much"), 3 * megabyte);
        mesos::v1::ResourceStatistics statistics;
        const auto measured = [&] {
            statistics.Clear();
            isolator.usage(c, statistics);
            return statistics.disk_used_bytes() >= 3 * megabyte;
        };
        QTRY_VERIFY(measured());
        QVERIFY(!told);
        QVERIFY(cleanUp(isolator, c));
        statistics.Clear();
        isolator.usage(c, statistics);
        QVERIFY(!statistics.has_disk_used_bytes());
    }

    void aPersistentVolumeHasAQuotaOfItsOwn()
    {
        DiskIsolator isolator(diskOptions(true));
        auto c = m_fixture->container("c");
        auto volume = disk(1);
        volume.add_reservations()->set_role("r1");
        volume.mutable_disk()->mutable_persistence()->set_id("v1");
        volume.mutable_disk()->mutable_volume()->set_container_path("data");
        volume.mutable_disk()->mutable_volume()->set_mode(mesos::v1::Volume::RW);
        c.spec.resources = {disk(8), volume};
        QVERIFY(prepare(isolator, c, m_launch));
        std::optional<ContainerLimitation> told;
        isolator.watch(c, [&](const ContainerLimitation &l) { told = l; });
        fill(file("data/volumes/roles/r1/v1/big"), 2 * megabyte);
        QTRY_VERIFY(told.has_value());
        QVERIFY(told->message.find("volumes/roles/r1/v1") != std::string::npos);
        QCOMPARE(told->resources.at(0).disk().persistence().id(), std::string("v1"));
    }

    void listeningSocketsAreFound()
    {
        QTcpServer four, six;
        QVERIFY(four.listen(QHostAddress::LocalHost));
        const bool hasSix = six.listen(QHostAddress::LocalHostIPv6);
        const auto sockets = listeningSockets();
        QVERIFY(sockets);
        const auto own = listeningPorts(*sockets, {::getpid()});
        QVERIFY(own.contains(four.serverPort()));
        QVERIFY(!hasSix || own.contains(six.serverPort()));
        QVERIFY(listeningPorts(*sockets, {999999999}).empty());
        QCOMPARE(portsText({80, 8080, 8081}), std::string("[80-80, 8080-8081]"));
    }

    void listeningOnOtherPortsIsTold()
    {
        QTcpServer mine, others;
        QVERIFY(mine.listen(QHostAddress::LocalHost) && others.listen(QHostAddress::LocalHost));
        PortsIsolator isolator({20ms, true, {}});
        auto c = m_fixture->container("c");
        c.spec.resources = {ports(mine.serverPort(), mine.serverPort())};
        QVERIFY(prepare(isolator, c, m_launch));
        c.pid = ::getpid();
        std::optional<ContainerLimitation> told;
        isolator.watch(c, [&](const ContainerLimitation &l) { told = l; });
        QTRY_VERIFY(told.has_value());
        QCOMPARE(told->reason, TaskStatus::REASON_CONTAINER_LIMITATION);
        const std::string port = std::to_string(others.serverPort());
        QVERIFY2(told->message.starts_with("Container c listens on ports that it does not have: ["
                                           + port + "-" + port + "]"),
                 told->message.c_str());
        QCOMPARE(told->resources.at(0).ranges().range(0).begin(), others.serverPort());
    }

    void portsOutsideTheRangesDoNotMatter()
    {
        QTcpServer others;
        QVERIFY(others.listen(QHostAddress::LocalHost));
        const auto last = static_cast<std::uint16_t>(others.serverPort() - 1);
        PortsIsolator isolator({20ms, true, {{{1, last}}}});
        auto c = m_fixture->container("c");
        QVERIFY(prepare(isolator, c, m_launch));
        c.pid = ::getpid();
        bool told = false;
        isolator.watch(c, [&](const ContainerLimitation &) { told = true; });
        QTcpServer within; // proof that it has looked
        quint16 port = 0;
        for (quint16 p = 21000; p < 22000 && port == 0; ++p)
            if (p <= last && within.listen(QHostAddress::LocalHost, p))
                port = p;
        QVERIFY(port != 0);
        QTRY_VERIFY(told);
    }

    void containersWithNetworksOfTheirOwnAreLeftAlone()
    {
        PortsIsolator isolator({10ms, true, {}});
        auto c = m_fixture->container("c");
        c.spec.container.emplace().add_network_infos()->set_name("net");
        QVERIFY(prepare(isolator, c, m_launch));
        c.pid = ::getpid();
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        bool told = false, other = false;
        isolator.watch(c, [&](const ContainerLimitation &) { told = true; });
        auto d = m_fixture->container("d"); // on the host's network, the same process
        QVERIFY(prepare(isolator, d, m_launch));
        d.pid = ::getpid();
        isolator.watch(d, [&](const ContainerLimitation &) { other = true; });
        QTRY_VERIFY(other);
        QVERIFY(!told);
    }
};

QTEST_GUILESS_MAIN(TestDiskAndPorts)
#include "tst_disk_and_ports.moc"
