// Groups of containers: on trees made of files for each layout, and on this machine's own.

#include <csignal>

#include <QTest>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemons/agent/cgroups/container_cgroups.h"
#include "tests/daemons/agent/cgroups/fake_cgroups.h"
#include "tests/support/missing.h"

using namespace meseta;
using namespace meseta::agent;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> directories(const std::vector<containerizer::CgroupEntry> &entries)
{
    std::vector<std::string> result;
    for (const auto &entry : entries)
        result.push_back(entry.directory);
    return result;
}

/// Removes and waits for the answer.
Result<> removed(ContainerCgroups &groups, const std::string &id)
{
    std::optional<Result<>> answer;
    groups.remove(id, [&](Result<> result) { answer = std::move(result); });
    [&] { QTRY_VERIFY_WITH_TIMEOUT(answer.has_value(), 10'000); }();
    return answer.value_or(fail("no answer"));
}

/// A process that sleeps in groups of its own; with `forks`, one that starts others as quickly as
/// it can.
pid_t sleeperIn(const std::vector<containerizer::CgroupEntry> &entries, bool forks = false)
{
    const pid_t pid = ::fork();
    if (pid != 0)
        return pid;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL); // a failed test leaves nothing
    for (const auto &entry : entries) {
        const int fd = ::open((entry.directory + "/cgroup.procs").c_str(), O_WRONLY);
        if (fd < 0 || ::write(fd, "0", 1) != 1)
            ::_exit(9);
        ::close(fd);
    }
    for (int i = 0; forks && i < 50; ++i)
        if (::fork() == 0)
            ::pause();
    for (;;)
        ::pause();
}

} // namespace

class TestContainerCgroups : public QObject
{
    Q_OBJECT

    static std::unique_ptr<ContainerCgroups> open(FakeCgroups &tree,
                                                  const std::string &owner = "me")
    {
        const auto layout = CgroupLayout::look(tree.places());
        auto groups = ContainerCgroups::open(tree, *layout, {"mesos", owner, 50ms});
        return groups ? std::move(*groups) : nullptr;
    }

private Q_SLOTS:
    void versionOneMakesAGroupInEachTree()
    {
        FakeCgroups tree;
        tree.mountV1("freezer");
        tree.mountV1("memory");
        tree.mountV1("pids");
        const auto groups = open(tree);
        QVERIFY(groups);
        QVERIFY(groups->enable("memory"));
        QVERIFY(groups->make("abc"));
        const std::string freezer = tree.root() + "/freezer/mesos/abc";
        QCOMPARE(directories(groups->entries("abc")),
                 (std::vector{freezer, tree.root() + "/memory/mesos/abc"}));
        QVERIFY(groups->entries("abc")[0].freezer);
        QVERIFY(tree.exists(freezer));
        QVERIFY(!tree.exists(tree.root() + "/pids/mesos")); // nobody asked for it
        QCOMPARE(groups->directory("abc", "memory"), tree.root() + "/memory/mesos/abc");
        QVERIFY(removed(*groups, "abc"));
        QVERIFY(!groups->contains("abc"));
    }

    void versionTwoHandsControllersDownAndUsesALeaf()
    {
        FakeCgroups tree;
        tree.mountV2();
        const auto groups = open(tree);
        QVERIFY(groups);
        QVERIFY(groups->enable("memory"));
        QVERIFY(groups->enable("cpuacct")); // the cpu controller, there
        QCOMPARE(tree.text(tree.root() + "/cgroup.subtree_control"), std::string("memory cpu "));
        QCOMPARE(tree.text(tree.root() + "/mesos/cgroup.subtree_control"),
                 std::string("memory cpu "));
        QVERIFY(groups->enable("memory")); // again: nothing to do
        QCOMPARE(tree.writes.size(), std::size_t(4));
        QVERIFY(groups->make("abc"));
        const auto entries = groups->entries("abc");
        QCOMPARE(directories(entries), (std::vector{tree.root() + "/mesos/abc/leaf"}));
        QVERIFY(entries[0].unified);
        QCOMPARE(groups->directory("abc", "memory"), tree.root() + "/mesos/abc");
        QVERIFY(tree.exists(tree.root() + "/mesos/abc/memory.max"));
        QVERIFY(removed(*groups, "abc"));
        QVERIFY(!tree.exists(tree.root() + "/mesos/abc"));
    }

    void hybridKeepsTrackInTheUnifiedTree()
    {
        FakeCgroups tree;
        tree.mountV1("freezer");
        tree.mountV1("memory");
        tree.mountV2("/unified", "");
        const auto groups = open(tree);
        QVERIFY(groups->enable("memory"));
        QVERIFY(groups->make("abc"));
        QCOMPARE(directories(groups->entries("abc")),
                 (std::vector{tree.root() + "/unified/mesos/abc/leaf",
                              tree.root() + "/memory/mesos/abc"}));
        groups->kill("abc");
        QCOMPARE(tree.text(tree.root() + "/unified/mesos/abc/cgroup.kill"), std::string("1"));
    }

    void nestedContainersLieBelowTheirParents()
    {
        FakeCgroups tree;
        tree.mountV2();
        const auto groups = open(tree);
        QVERIFY(groups->enable("memory"));
        QVERIFY(groups->make("outer"));
        QVERIFY(groups->make("outer.inner"));
        QVERIFY(tree.exists(groups->directory("outer.inner", "memory") + "/memory.max"));
        QVERIFY(tree.exists(tree.root() + "/mesos/outer/mesos/inner/leaf"));
        QCOMPARE(groups->ours(), (std::vector<std::string>{"outer", "outer.inner"}));
        QVERIFY(removed(*groups, "outer")); // takes the nested one along
        QVERIFY(!tree.exists(tree.root() + "/mesos/outer"));
    }

    void aNewCpusetHasWhatTheOneAboveHas()
    {
        FakeCgroups tree;
        tree.mountV1("freezer");
        const auto cpuset = tree.mountV1("cpuset");
        FakeCgroups::put(cpuset + "/cpuset.cpus", "0-1\n");
        FakeCgroups::put(cpuset + "/cpuset.mems", "0\n");
        const auto groups = open(tree);
        QVERIFY(groups->enable("cpuset"));
        QVERIFY(groups->make("abc"));
        QCOMPARE(tree.text(cpuset + "/mesos/abc/cpuset.cpus"), std::string("0-1\n"));
        QCOMPARE(tree.text(cpuset + "/mesos/abc/cpuset.mems"), std::string("0\n"));
    }

    void anotherAgentsContainersAreNotOurs()
    {
        FakeCgroups tree;
        tree.mountV2();
        const auto mine = open(tree, "/var/lib/one"), other = open(tree, "/var/lib/two");
        QVERIFY(mine->make("a") && other->make("b"));
        QCOMPARE(mine->ours(), (std::vector<std::string>{"a"}));
        QCOMPARE(other->ours(), (std::vector<std::string>{"b"}));
    }

    void whatIsMissingIsNamed()
    {
        FakeCgroups tree;
        QVERIFY(!open(tree)); // nothing mounted
        tree.mountV1("freezer");
        const auto enabled = open(tree)->enable("memory");
        QVERIFY(!enabled);
        QVERIFY(enabled.error().message.find("'memory' is not mounted here (cgroup v1)")
                != std::string::npos);
    }

    void aRemovalThatCannotEndSaysSo()
    {
        FakeCgroups tree;
        tree.mountV1("pids"); // no freezer
        const auto groups = open(tree);
        QVERIFY(groups->make("abc"));
        FakeCgroups::put(tree.root() + "/pids/mesos/abc/cgroup.procs", "999999999\n"); // nobody
        const auto result = removed(*groups, "abc");
        QVERIFY(!result);
        QCOMPARE(result.error().message,
                 std::string("the cgroups of container abc could not be removed within 50ms: 1 "
                             "processes in them do not end"));
    }

    // The machine's own cgroups.

    void processesOfARealGroupAreEndedAndTheGroupIsRemoved_data()
    {
        QTest::addColumn<bool>("unified");
        QTest::newRow("as mounted") << true;
        QTest::newRow("version 1 alone") << false;
    }
    void processesOfARealGroupAreEndedAndTheGroupIsRemoved()
    {
        QFETCH(bool, unified);
        if (::geteuid() != 0)
            MESETA_MISSING(QStringLiteral("needs root"));
        CgroupPlaces places;
        QTemporaryDir folder;
        if (!unified) { // the mounts without the version 2 tree
            QFile table(QStringLiteral("/proc/self/mountinfo"));
            QVERIFY(table.open(QIODevice::ReadOnly));
            QByteArray text;
            for (const QByteArray &line : table.readAll().split('\n'))
                if (!line.contains("cgroup2"))
                    text += line + '\n';
            places.mountInfo = folder.filePath(QStringLiteral("mountinfo")).toStdString();
            FakeCgroups::put(places.mountInfo, text.toStdString());
        }
        const auto layout = CgroupLayout::look(places);
        QVERIFY(layout);
        if (layout->kind() == CgroupLayout::Kind::None)
            MESETA_MISSING(QStringLiteral("needs cgroups"));
        CgroupFiles files;
        const std::string root = "meseta-test-" + std::to_string(::getpid());
        auto opened = ContainerCgroups::open(files, *layout, {root, "test", 10s});
        QVERIFY(opened);
        ContainerCgroups &groups = **opened;
        QVERIFY(groups.make("busy"));
        const pid_t pid = sleeperIn(groups.entries("busy"), true);
        QTRY_COMPARE(groups.processes("busy").size(), std::size_t(51));
        QVERIFY(groups.processes("busy").contains(pid));
        QCOMPARE(groups.ours(), (std::vector<std::string>{"busy"}));
        QVERIFY(removed(groups, "busy"));
        QVERIFY(!groups.contains("busy"));
        int status = 0;
        QCOMPARE(::waitpid(pid, &status, 0), pid);
        QCOMPARE(WTERMSIG(status), SIGKILL);
        for (const auto &hierarchy : layout->hierarchies())
            QVERIFY(*files.remove(hierarchy.path + "/" + root));
    }
};

QTEST_GUILESS_MAIN(TestContainerCgroups)
#include "tst_container_cgroups.moc"
