// What the cgroups isolators write and read: on trees made of files for both versions.

#include <limits>

#include <QTest>

#include "daemons/agent/containerizer/native/isolators/cgroups/cgroup_isolator.h"
#include "daemons/agent/containerizer/native/isolators/cgroups/cpu_controller.h"
#include "daemons/agent/containerizer/native/isolators/cgroups/memory_controller.h"
#include "daemons/agent/containerizer/native/isolators/cgroups/simple_controllers.h"
#include "tests/daemons/agent/cgroups/fake_cgroups.h"
#include "tests/daemons/agent/containerizer/native/isolators/isolator_fixture.h"

using namespace meseta;
using namespace meseta::agent;
using mesos::v1::CgroupInfo;
using mesos::v1::ResourceStatistics;

namespace {

constexpr double megabyte = 1024 * 1024;
const double infinity = std::numeric_limits<double>::infinity();

/// A tree with one controller in use and the group of container "c".
struct Tree
{
    std::shared_ptr<CgroupSetup> setup = std::make_shared<CgroupSetup>();
    FakeCgroups *files = nullptr;
    std::string group;

    Tree(const std::string &controller, bool unified)
    {
        auto made = std::make_unique<FakeCgroups>();
        files = made.get();
        if (unified) {
            files->mountV2();
        } else {
            files->mountV1("freezer");
            files->mountV1(controller);
        }
        const auto layout = CgroupLayout::look(files->places());
        setup->files = std::move(made);
        setup->groups = std::move(*ContainerCgroups::open(*files, *layout, {}));
        if (!setup->groups->enable(controller) || !setup->groups->make("c"))
            qFatal("the tree cannot be used");
        group = setup->groups->directory("c", controller);
        files->writes.clear();
    }

    /// "memory.max", as it was written.
    std::string text(const std::string &file) const { return files->text(group + "/" + file); }

    CgroupIsolator isolator(std::unique_ptr<CgroupController> controller) const
    {
        std::vector<std::unique_ptr<CgroupController>> controllers;
        controllers.push_back(std::move(controller));
        return {"cgroups/test", setup, std::move(controllers)};
    }
};

mesos::v1::Resource cpus(double value, bool revocable)
{
    mesos::v1::Resource resource;
    resource.set_name("cpus");
    resource.set_type(mesos::v1::Value::SCALAR);
    resource.mutable_scalar()->set_value(value);
    if (revocable)
        resource.mutable_revocable();
    return resource;
}

} // namespace

class TestCgroupIsolators : public QObject
{
    Q_OBJECT
    IsolatorFixture m_fixture;

private Q_SLOTS:
    void cpuLimits_data()
    {
        QTest::addColumn<bool>("unified");
        QTest::addColumn<double>("request");
        QTest::addColumn<double>("limit"); // 0: none of its own
        QTest::addColumn<bool>("hard"); // --cgroups_enable_cfs
        QTest::addColumn<QString>("share");
        QTest::addColumn<QString>("quota");
        QTest::newRow("v1, request only") << false << 0.5 << 0.0 << false << "512"
                                          << "-1";
        QTest::newRow("v1, next to nothing") << false << 0.001 << 0.0 << false << "2"
                                             << "-1";
        QTest::newRow("v1, hard") << false << 0.5 << 0.0 << true << "512"
                                  << "50000";
        QTest::newRow("v1, least quota") << false << 0.001 << 0.0 << true << "2"
                                         << "1000";
        QTest::newRow("v1, own limit") << false << 1.0 << 2.5 << false << "1024"
                                       << "250000";
        QTest::newRow("v1, infinity") << false << 1.0 << infinity << true << "1024"
                                      << "-1";
        QTest::newRow("v2, request only") << true << 0.5 << 0.0 << false << "50"
                                          << "max 100000";
        QTest::newRow("v2, next to nothing") << true << 0.001 << 0.0 << false << "1"
                                             << "max 100000";
        QTest::newRow("v2, huge") << true << 200.0 << 0.0 << false << "10000"
                                  << "max 100000";
        QTest::newRow("v2, hard") << true << 0.5 << 0.0 << true << "50"
                                  << "50000 100000";
        QTest::newRow("v2, own limit") << true << 1.0 << 2.5 << false << "100"
                                       << "250000 100000";
        QTest::newRow("v2, infinity") << true << 1.0 << infinity << true << "100"
                                      << "max 100000";
    }
    void cpuLimits()
    {
        QFETCH(bool, unified);
        QFETCH(double, request);
        QFETCH(double, limit);
        QFETCH(bool, hard);
        const Tree tree("cpu", unified);
        auto isolator =
            tree.isolator(std::make_unique<CpuController>(CpuControllerOptions{hard, true}));
        auto container = m_fixture.container("c");
        container.spec.cpus = request;
        if (limit > 0)
            container.spec.cpusLimit = limit;
        containerizer::LaunchSpec launch;
        QVERIFY(prepare(isolator, container, launch));
        QTEST(QString::fromStdString(tree.text(unified ? "cpu.weight" : "cpu.shares")), "share");
        QTEST(QString::fromStdString(tree.text(unified ? "cpu.max" : "cpu.cfs_quota_us")), "quota");
    }

    void revocableCpusWeighLittle()
    {
        for (const bool unified : {false, true}) {
            const Tree tree("cpu", unified);
            auto isolator = tree.isolator(std::make_unique<CpuController>(CpuControllerOptions{}));
            auto container = m_fixture.container("c");
            container.spec.cpus = 4;
            container.spec.resources = {cpus(4, true)};
            containerizer::LaunchSpec launch;
            QVERIFY(prepare(isolator, container, launch));
            QCOMPARE(tree.text(unified ? "cpu.weight" : "cpu.shares"),
                     std::string(unified ? "4" : "40"));
        }
    }

    void cpuUsage()
    {
        const Tree second("cpu", true);
        FakeCgroups::put(second.group + "/cpu.stat",
                         "usage_usec 3000000\nuser_usec 2000000\nsystem_usec 1000000\n"
                         "nr_periods 10\nnr_throttled 4\nthrottled_usec 500000\n");
        auto isolator = second.isolator(std::make_unique<CpuController>(CpuControllerOptions{}));
        ResourceStatistics statistics;
        isolator.usage(m_fixture.container("c"), statistics);
        QCOMPARE(statistics.cpus_user_time_secs(), 2.0);
        QCOMPARE(statistics.cpus_system_time_secs(), 1.0);
        QCOMPARE(statistics.cpus_nr_periods(), 10u);
        QCOMPARE(statistics.cpus_nr_throttled(), 4u);
        QCOMPARE(statistics.cpus_throttled_time_secs(), 0.5);

        const Tree first("cpuacct", false);
        FakeCgroups::put(first.group + "/cpuacct.stat", "user 250\nsystem 50\n");
        FakeCgroups::put(first.group + "/cgroup.procs", "1\n2\n");
        FakeCgroups::put(first.group + "/tasks", "1\n2\n3\n");
        auto account = first.isolator(std::make_unique<CpuAccountController>(true));
        ResourceStatistics counted;
        account.usage(m_fixture.container("c"), counted);
        QCOMPARE(counted.cpus_user_time_secs(), 2.5); // ticks of 10 ms
        QCOMPARE(counted.processes(), 2u);
        QCOMPARE(counted.threads(), 3u);
    }

    void memoryLimits_data()
    {
        QTest::addColumn<double>("request");
        QTest::addColumn<double>("limit");
        QTest::addColumn<QString>("low");
        QTest::addColumn<QString>("most");
        QTest::newRow("request") << 64.0 << 0.0 << "67108864"
                                 << "67108864";
        QTest::newRow("least") << 4.0 << 0.0 << "33554432"
                               << "33554432";
        QTest::newRow("own limit") << 64.0 << 96.0 << "67108864"
                                   << "100663296";
        QTest::newRow("infinity") << 64.0 << infinity << "67108864"
                                  << "max";
    }
    void memoryLimits()
    {
        QFETCH(double, request);
        QFETCH(double, limit);
        const Tree tree("memory", true);
        auto isolator = tree.isolator(std::make_unique<MemoryController>(false));
        auto container = m_fixture.container("c");
        container.spec.memBytes = request * megabyte;
        if (limit > 0)
            container.spec.memLimitBytes = limit * megabyte;
        containerizer::LaunchSpec launch;
        QVERIFY(prepare(isolator, container, launch));
        QTEST(QString::fromStdString(tree.text("memory.low")), "low");
        QTEST(QString::fromStdString(tree.text("memory.max")), "most");
    }

    void aMemoryLimitIsRaisedButNeverLowered()
    {
        const Tree tree("memory", true);
        auto isolator = tree.isolator(std::make_unique<MemoryController>(false));
        const auto container = m_fixture.container("c");
        containerizer::LaunchSpec launch;
        QVERIFY(prepare(isolator, container, launch));
        ContainerResources resources;
        resources.memBytes = 40 * megabyte;
        QVERIFY(update(isolator, container, resources));
        QCOMPARE(tree.text("memory.low"), std::string("41943040"));
        QCOMPARE(tree.text("memory.max"), std::string("67108864"));
        resources.memBytes = 128 * megabyte;
        QVERIFY(update(isolator, container, resources));
        QCOMPARE(tree.text("memory.max"), std::string("134217728"));
    }

    void memoryThatRanOutIsToldOnce()
    {
        const Tree tree("memory", true);
        auto isolator = tree.isolator(std::make_unique<MemoryController>(false));
        const auto container = m_fixture.container("c");
        containerizer::LaunchSpec launch;
        QVERIFY(prepare(isolator, container, launch));
        std::vector<ContainerLimitation> told;
        isolator.watch(container, [&](const ContainerLimitation &l) { told.push_back(l); });
        QVERIFY(!isolator.brokenLimit(container));
        FakeCgroups::put(tree.group + "/memory.peak", "67108864\n");
        FakeCgroups::put(tree.group + "/memory.stat", "anon 66000000\nfile 4096\n");
        FakeCgroups::put(tree.group + "/memory.events", "oom 1\noom_kill 1\n");
        QTRY_COMPARE(told.size(), std::size_t(1));
        QCOMPARE(told[0].reason, mesos::v1::TaskStatus::REASON_CONTAINER_LIMITATION_MEMORY);
        const std::string begin =
            "The container ran out of memory: its limit is 64MB, 64MB were used at most. ";
        QCOMPARE(told[0].message.substr(0, begin.size()), begin);
        QVERIFY(told[0].message.ends_with("memory.stat:\nanon 66000000\nfile 4096\n"));
        QCOMPARE(told[0].resources.at(0).name(), std::string("mem"));
        QCOMPARE(told[0].resources.at(0).scalar().value(), 64.0);
        QVERIFY(!isolator.brokenLimit(container)); // told already
    }

    void memoryThatRanOutIsFoundWhenTheContainerEndedFirst()
    {
        const Tree tree("memory", true);
        auto isolator = tree.isolator(std::make_unique<MemoryController>(false));
        const auto container = m_fixture.container("c");
        containerizer::LaunchSpec launch;
        QVERIFY(prepare(isolator, container, launch));
        FakeCgroups::put(tree.group + "/memory.events", "oom 1\noom_kill 1\n");
        const auto cause = isolator.brokenLimit(container);
        QVERIFY(cause);
        QCOMPARE(cause->reason, mesos::v1::TaskStatus::REASON_CONTAINER_LIMITATION_MEMORY);
        QVERIFY(!isolator.brokenLimit(container));
    }

    void memoryUsage()
    {
        const Tree tree("memory", true);
        FakeCgroups::put(tree.group + "/memory.current", "1000\n");
        FakeCgroups::put(tree.group + "/memory.stat",
                         "anon 1\nfile 2\nkernel 3\nsock 4\nfile_mapped 5\nunevictable 6\n");
        auto isolator = tree.isolator(std::make_unique<MemoryController>(false));
        ResourceStatistics s;
        isolator.usage(m_fixture.container("c"), s);
        QCOMPARE(s.mem_total_bytes(), 1000u);
        QCOMPARE(s.mem_rss_bytes(), 1u);
        QCOMPARE(s.mem_anon_bytes(), 1u);
        QCOMPARE(s.mem_cache_bytes(), 2u);
        QCOMPARE(s.mem_file_bytes(), 2u);
        QCOMPARE(s.mem_kmem_usage_bytes(), 3u);
        QCOMPARE(s.mem_kmem_tcp_usage_bytes(), 4u);
        QCOMPARE(s.mem_mapped_file_bytes(), 5u);
        QCOMPARE(s.mem_unevictable_bytes(), 6u);
    }

    void aContainerThatAsksForMoreIsEndedLater()
    {
        QCOMPARE(oomScoreAdjustment(0, 1000), 1000);
        QCOMPARE(oomScoreAdjustment(250, 1000), 750);
        QCOMPARE(oomScoreAdjustment(5000, 1000), 0);
    }

    void processesAreBounded()
    {
        const Tree tree("pids", true);
        auto isolator = tree.isolator(std::make_unique<PidsController>(77));
        containerizer::LaunchSpec launch;
        QVERIFY(prepare(isolator, m_fixture.container("c"), launch));
        QCOMPARE(tree.text("pids.max"), std::string("77"));
        QVERIFY(PidsController::defaultMost() >= 512);
    }

    void blockDevicesAreCounted()
    {
        const Tree second("blkio", true);
        FakeCgroups::put(second.group + "/io.stat",
                         "8:0 rbytes=100 wbytes=20 rios=3 wios=2 dbytes=0 dios=0\n"
                         "8:16 rbytes=1 wbytes=0 rios=1 wios=0 dbytes=0 dios=0\n");
        ResourceStatistics s;
        second.isolator(std::make_unique<BlockController>()).usage(m_fixture.container("c"), s);
        const auto &throttling = s.blkio_statistics().throttling();
        QCOMPARE(throttling.size(), 3); // two devices and the sum
        QCOMPARE(throttling[0].device().minor_number(), 0u);
        QCOMPARE(throttling[0].io_service_bytes(0).op(), CgroupInfo::Blkio::READ);
        QCOMPARE(throttling[0].io_service_bytes(0).value(), 100u);
        QVERIFY(!throttling[2].has_device());
        QCOMPARE(throttling[2].io_service_bytes(0).value(), 121u);
        QCOMPARE(throttling[2].io_serviced(0).value(), 6u);

        const Tree first("blkio", false);
        FakeCgroups::put(first.group + "/blkio.throttle.io_service_bytes",
                         "8:0 Read 4096\n8:0 Total 4096\nTotal 4096\n");
        ResourceStatistics t;
        first.isolator(std::make_unique<BlockController>()).usage(m_fixture.container("c"), t);
        QCOMPARE(t.blkio_statistics().throttling_size(), 2);
        QCOMPARE(t.blkio_statistics().throttling(0).io_service_bytes(1).op(),
                 CgroupInfo::Blkio::TOTAL);
        QCOMPARE(t.blkio_statistics().throttling(1).io_service_bytes(0).value(), 4096u);
        QCOMPARE(t.blkio_statistics().cfq_size(), 1); // the sum, of nothing
    }

    void containersShareTheGroupsOfTheOneTheyAreNestedIn()
    {
        const Tree tree("memory", true);
        CgroupGroupsIsolator groups(tree.setup);
        auto outer = m_fixture.container("outer");
        auto inner = m_fixture.container("outer.inner");
        inner.parent = &outer;
        containerizer::LaunchSpec launch;
        QVERIFY(prepare(groups, outer, launch));
        QVERIFY(prepare(groups, inner, launch));
        QCOMPARE(launch.cgroups.size(), std::size_t(2));
        QCOMPARE(launch.cgroups[0].directory, launch.cgroups[1].directory);

        inner.spec.container.emplace().mutable_linux_info()->set_share_cgroups(false);
        containerizer::LaunchSpec own;
        QVERIFY(prepare(groups, inner, own));
        QVERIFY(own.cgroups[0].directory.ends_with("/mesos/outer/mesos/inner/leaf"));
        QVERIFY(cleanUp(groups, inner));
        QVERIFY(!tree.setup->groups->contains("outer.inner"));
        QVERIFY(tree.setup->groups->contains("outer"));
        QVERIFY(cleanUp(groups, outer));
        QVERIFY(!tree.setup->groups->contains("outer"));
        QVERIFY(cleanUp(groups, outer)); // nothing left to do
    }

    void whatAnEarlierAgentLeftIsRemoved()
    {
        const Tree tree("memory", true);
        CgroupGroupsIsolator groups(tree.setup);
        ContainerCgroups &all = *tree.setup->groups;
        QVERIFY(all.make("runs") && all.make("runs.nested") && all.make("orphan")
                && all.make("orphan.nested") && all.make("half"));
        QVERIFY(tree.files->setOwner(all.directory("half", "memory"), "")); // made, not yet marked
        const auto running = m_fixture.container("runs");
        auto nested = m_fixture.container("runs.nested");
        nested.parent = &running;
        QVERIFY(recover(groups, {&running, &nested}, {"half"}));
        QCOMPARE(all.ours(), (std::vector<std::string>{"runs"}));
        QVERIFY(!all.contains("half"));
        QVERIFY(!all.contains("orphan"));
    }

    void afterARestartMemoryIsWatchedAgain()
    {
        const Tree tree("memory", true);
        const auto container = m_fixture.container("c");
        auto isolator = tree.isolator(std::make_unique<MemoryController>(false));
        QVERIFY(recover(isolator, {&container}));
        int told = 0;
        isolator.watch(container, [&](const ContainerLimitation &) { ++told; });
        FakeCgroups::put(tree.group + "/memory.events", "oom_kill 1\n");
        QTRY_COMPARE(told, 1);
        ContainerResources less;
        less.memBytes = 1 * megabyte;
        FakeCgroups::put(tree.group + "/memory.max", "67108864");
        QVERIFY(update(isolator, container, less)); // the limit was set before
        QCOMPARE(tree.text("memory.max"), std::string("67108864"));
    }

    void swapGrowsBeforeMemoryAndShrinksAfterIt()
    {
        const auto names = [](const std::vector<std::string> &writes) {
            std::vector<std::string> result;
            for (const std::string &line : writes)
                if (line.find("limit_in_bytes") != std::string::npos
                    && line.find("soft") == std::string::npos)
                    result.push_back(line.substr(line.rfind("/") + 1));
            return result;
        };
        Tree tree("memory", false);
        MemoryController controller(true);
        auto container = m_fixture.container("c");
        const ContainerGroup group{container, *tree.files, tree.group, false};
        ContainerResources resources;
        resources.memBytes = 64 * megabyte;
        QVERIFY(controller.update(group, resources));
        QCOMPARE(names(tree.files->writes),
                 (std::vector<std::string>{"memory.limit_in_bytes = 67108864",
                                           "memory.memsw.limit_in_bytes = 67108864"}));
        tree.files->writes.clear();
        resources.memBytes = 128 * megabyte;
        QVERIFY(controller.update(group, resources));
        QCOMPARE(names(tree.files->writes),
                 (std::vector<std::string>{"memory.memsw.limit_in_bytes = 134217728",
                                           "memory.limit_in_bytes = 134217728"}));
    }
};

QTEST_GUILESS_MAIN(TestCgroupIsolators)
#include "tst_cgroup_isolators.moc"
