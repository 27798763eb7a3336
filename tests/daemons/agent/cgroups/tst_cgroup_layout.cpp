// How cgroups are mounted, found out from mountinfo; and the texts of their files.

#include <QTest>

#include "daemons/agent/cgroups/cgroup_text.h"
#include "tests/daemons/agent/cgroups/fake_cgroups.h"

using namespace meseta::agent;
using Kind = CgroupLayout::Kind;

class TestCgroupLayout : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void versionOneHasATreeForEachController()
    {
        FakeCgroups tree;
        const auto memory = tree.mountV1("memory");
        const auto both = tree.mountV1("cpu,cpuacct");
        const auto layout = CgroupLayout::look(tree.places());
        QVERIFY(layout);
        QCOMPARE(layout->kind(), Kind::V1);
        QCOMPARE(layout->of("memory")->path, memory);
        QCOMPARE(layout->of("cpu")->path, both);
        QCOMPARE(layout->of("cpuacct")->path, both);
        QVERIFY(!layout->of("pids"));
        QVERIFY(!layout->of("devices"));
        QVERIFY(!layout->unified());
    }

    void versionTwoHasOneTreeAndOtherNames()
    {
        FakeCgroups tree;
        const auto root = tree.mountV2();
        const auto layout = CgroupLayout::look(tree.places());
        QVERIFY(layout);
        QCOMPARE(layout->kind(), Kind::V2);
        for (const char *controller : {"memory", "cpu", "cpuacct", "blkio", "devices", "freezer"})
            QCOMPARE(layout->of(controller)->path, root);
        QVERIFY(!layout->of("net_cls"));
        QCOMPARE(layout->text(), std::string("cgroup v2"));
    }

    void hybridHasTheRestInTheUnifiedTree()
    {
        FakeCgroups tree;
        const auto memory = tree.mountV1("memory");
        const auto unified = tree.mountV2("/unified", "hugetlb");
        const auto layout = CgroupLayout::look(tree.places());
        QVERIFY(layout);
        QCOMPARE(layout->kind(), Kind::Hybrid);
        QCOMPARE(layout->of("memory")->path, memory);
        QCOMPARE(layout->of("hugetlb")->path, unified);
        QVERIFY(!layout->of("devices")); // not where version 1 is in charge
    }

    void mountsElsewhereAndThoseOfOthersDoNotCount()
    {
        FakeCgroups tree;
        auto places = tree.places();
        FakeCgroups::put(places.mountInfo,
                         "1 1 0:1 / /other/memory rw - cgroup cgroup rw,memory\n"
                         "2 1 0:2 / "
                             + tree.root()
                             + "/systemd rw - cgroup cgroup rw,name=systemd\n"
                               "nonsense\n");
        const auto layout = CgroupLayout::look(places);
        QVERIFY(layout);
        QCOMPARE(layout->kind(), Kind::None);
    }

    void aPathWithASpaceIsUnderstood()
    {
        FakeCgroups tree;
        auto places = tree.places();
        places.hierarchy = "/my groups/";
        FakeCgroups::put(places.mountInfo,
                         "1 1 0:1 / /my\\040groups/pids rw - cgroup cgroup rw,pids\n");
        QCOMPARE(CgroupLayout::look(places)->of("pids")->path, std::string("/my groups/pids"));
    }

    void aMissingTableIsAnError()
    {
        const auto layout = CgroupLayout::look({"/sys/fs/cgroup", "/does/not/exist"});
        QVERIFY(!layout);
        QVERIFY(layout.error().message.find("/does/not/exist") != std::string::npos);
    }

    void readsKeysAndNumbers()
    {
        const auto stat = flatKeyed("user 12\nsystem 7\nodd\nbad x\n");
        QCOMPARE(stat.size(), std::size_t(2));
        QCOMPARE(stat.at("system"), 7u);
        QCOMPARE(*numberOf("4096\n"), 4096u);
        QVERIFY(!numberOf("max\n"));
        QVERIFY(!numberOf("-1\n"));
        QCOMPARE(pidsOf("12\n7\nx\n0\n"), (std::vector<pid_t>{12, 7}));
    }

    void readsBlockCounters()
    {
        const std::pair disk(8u, 16u);
        QCOMPARE(deviceCounters("8:16 Read 4096\n8:16 Total 5000\nTotal 5000\n"),
                 (std::vector<DeviceCounter>{
                     {disk, "Read", 4096}, {disk, "Total", 5000}, {{}, "Total", 5000}}));
        QCOMPARE(deviceCounters("8:16 77\n"), (std::vector<DeviceCounter>{{disk, "", 77}}));
        QCOMPARE(nestedKeyed("8:16 rbytes=4096 wios=2 x\nbad rbytes=1\n"),
                 (std::vector<DeviceCounter>{{disk, "rbytes", 4096}, {disk, "wios", 2}}));
    }
};

QTEST_GUILESS_MAIN(TestCgroupLayout)
#include "tst_cgroup_layout.moc"
