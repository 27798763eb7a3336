// The cgroups isolators of this machine, made from flags, around real processes.

#include <csignal>

#include <QTest>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemons/agent/cgroups/cgroup_files.h"
#include "daemons/agent/cgroups/cgroup_layout.h"
#include "tests/daemons/agent/containerizer/native/isolators/isolator_fixture.h"
#include "tests/support/missing.h"

using namespace meseta;
using namespace meseta::agent;

namespace {

constexpr std::size_t megabyte = 1024 * 1024;

/// Runs `work` inside the groups of `launch`; returns when it is in them.
template <typename Work> pid_t runIn(const containerizer::LaunchSpec &launch, Work work)
{
    int ready[2];
    if (::pipe2(ready, O_CLOEXEC) != 0)
        return -1;
    const pid_t pid = ::fork();
    if (pid != 0) {
        ::close(ready[1]);
        char byte = 0;
        [[maybe_unused]] const auto count = ::read(ready[0], &byte, 1);
        ::close(ready[0]);
        return pid;
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL); // a failed test leaves nothing
    for (const auto &entry : launch.cgroups) {
        const int fd = ::open((entry.directory + "/cgroup.procs").c_str(), O_WRONLY);
        if (fd < 0 || ::write(fd, "0", 1) != 1)
            ::_exit(99);
        ::close(fd);
    }
    ::close(ready[1]);
    ::_exit(work());
}

int waitFor(pid_t pid)
{
    int status = 0;
    ::waitpid(pid, &status, 0);
    return status;
}

} // namespace

class TestCgroupLimits : public QObject
{
    Q_OBJECT

    std::string m_root = "meseta-limits-" + std::to_string(::getpid());
    std::vector<std::unique_ptr<Isolator>> m_isolators;
    containerizer::LaunchSpec m_launch;

    /// --isolation as the agent would make it, prepared for a container.
    void start(IsolatorFixture &fixture, const IsolatedContainer &container)
    {
        auto made = makeIsolators(fixture.context);
        QVERIFY2(made, made ? "" : made.error().message.c_str());
        m_isolators = std::move(*made);
        m_launch = {};
        for (const auto &isolator : m_isolators) {
            const auto prepared = prepare(*isolator, container, m_launch);
            QVERIFY2(prepared, prepared ? "" : prepared.error().message.c_str());
        }
        QVERIFY(!m_launch.cgroups.empty());
    }
    IsolatorFixture fixture(const std::string &isolation) const
    {
        return IsolatorFixture({"--isolation=" + isolation, "--cgroups_root=" + m_root});
    }

private Q_SLOTS:
    void initTestCase()
    {
        const auto layout = CgroupLayout::look({});
        if (::geteuid() != 0 || !layout || layout->of("memory") == nullptr
            || layout->of("pids") == nullptr)
            MESETA_MISSING(QStringLiteral("needs root, and the memory and pids cgroups"));
    }
    void cleanup()
    {
        m_isolators.clear();
        const auto layout = CgroupLayout::look({});
        for (const auto &hierarchy : layout->hierarchies())
            QVERIFY(*CgroupFiles().remove(hierarchy.path + "/" + m_root)); // nothing below is left
    }

    void aMemoryBombIsEndedAndTold()
    {
        auto f = fixture("cgroups/mem");
        auto container = f.container("bomb");
        container.spec.memBytes = 32 * megabyte;
        start(f, container);
        std::optional<ContainerLimitation> told;
        for (const auto &isolator : m_isolators)
            isolator->watch(container, [&](const ContainerLimitation &l) { told = l; });
        const pid_t pid = runIn(m_launch, [] {
            return ::mmap(nullptr, 64 * megabyte, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0)
                    == MAP_FAILED
                ? 1
                : 0;
        });
        QTRY_VERIFY(told.has_value());
        QCOMPARE(WTERMSIG(waitFor(pid)), SIGKILL);
        QCOMPARE(told->reason, mesos::v1::TaskStatus::REASON_CONTAINER_LIMITATION_MEMORY);
        QVERIFY2(told->message.starts_with("The container ran out of memory: its limit is 32MB, "),
                 told->message.c_str());
        QVERIFY(told->resources.at(0).scalar().value() <= 32);
        QVERIFY(told->resources.at(0).scalar().value() > 16);
        for (auto it = m_isolators.rbegin(); it != m_isolators.rend(); ++it)
            QVERIFY(cleanUp(**it, container));
    }

    void aForkBombIsBounded()
    {
        auto f = fixture("cgroups/pids,cgroups/mem");
        auto container = f.container("bomb");
        container.spec.memBytes = 64 * megabyte;
        start(f, container);
        // A tight bound, so that the test itself is no bomb.
        const auto layout = CgroupLayout::look({});
        const std::string limit = layout->of("pids")->path + "/" + m_root + "/bomb/pids.max";
        QVERIFY(CgroupFiles().write(limit, "40"));
        const pid_t pid = runIn(m_launch, [] {
            for (int i = 0; i < 200; ++i) {
                const pid_t child = ::fork();
                if (child < 0)
                    return errno;
                if (child == 0)
                    for (;;)
                        ::pause();
            }
            return 0;
        });
        QCOMPARE(WEXITSTATUS(waitFor(pid)), EAGAIN);
        for (auto it = m_isolators.rbegin(); it != m_isolators.rend(); ++it)
            QVERIFY(cleanUp(**it, container)); // with 39 processes in it
    }

    void everyControllerThereIsCanBeUsedAtOnce()
    {
        auto f = fixture("cgroups/all");
        auto container = f.container("all");
        container.spec.cpusLimit = 0.02;
        start(f, container);
        const pid_t pid = runIn(m_launch, [] {
            // Memory of its own: that of its parent stays with the parent's group.
            ::mmap(nullptr, megabyte, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
            for (volatile int sum = 0;;)
                sum = sum + 1;
            return 0;
        });
        mesos::v1::ResourceStatistics statistics;
        const auto sample = [&] {
            for (const auto &isolator : m_isolators)
                isolator->usage(container, statistics);
            return statistics.cpus_nr_throttled() > 0 && statistics.cpus_user_time_secs() > 0
                && statistics.mem_total_bytes() > 0;
        };
        QTRY_VERIFY2_WITH_TIMEOUT(sample(), statistics.ShortDebugString().c_str(), 20'000);
        QVERIFY(statistics.has_blkio_statistics());
        QVERIFY(statistics.threads() >= 1);
        ContainerResources more;
        more.cpus = 2;
        more.memBytes = 128 * megabyte;
        for (const auto &isolator : m_isolators)
            QVERIFY(update(*isolator, container, more));
        for (auto it = m_isolators.rbegin(); it != m_isolators.rend(); ++it)
            QVERIFY(cleanUp(**it, container));
        QCOMPARE(WTERMSIG(waitFor(pid)), SIGKILL);
    }

    void onlyAllowedDevicesCanBeUsed()
    {
        auto f = IsolatorFixture(
            {"--isolation=cgroups/devices", "--cgroups_root=" + m_root,
             R"(--allowed_devices={"allowed_devices":[{"device":{"path":"/dev/kmsg"},"access":{"read":true}}]})"});
        const auto container = f.container("devices");
        start(f, container);
        const auto code = [&](const char *path, int flags) {
            return WEXITSTATUS(
                waitFor(runIn(m_launch, [&] { return ::open(path, flags) >= 0 ? 0 : errno; })));
        };
        QCOMPARE(code("/dev/null", O_RDWR), 0);
        QCOMPARE(code("/dev/kmsg", O_RDONLY), 0);
        QCOMPARE(code("/dev/kmsg", O_WRONLY), EPERM);
        for (auto it = m_isolators.rbegin(); it != m_isolators.rend(); ++it)
            QVERIFY(cleanUp(**it, container));
    }

    void aNextAgentEndsWhatItDoesNotKnow()
    {
        auto f = fixture("cgroups/mem");
        const auto container = f.container("orphan");
        start(f, container);
        const pid_t pid = runIn(m_launch, [] {
            for (;;)
                ::pause();
            return 0;
        });
        auto next = makeIsolators(f.context);
        QVERIFY(next);
        for (const auto &isolator : *next)
            QVERIFY(recover(*isolator, {}));
        QCOMPARE(WTERMSIG(waitFor(pid)), SIGKILL);
    }

    void whatCannotBeHadIsRefusedWithAReason()
    {
        auto f = IsolatorFixture({"--isolation=cgroups/mem", "--cgroups_hierarchy=/nowhere"});
        const auto made = makeIsolators(f.context);
        QVERIFY(!made);
        QVERIFY2(made.error().message.find("cgroups/mem") != std::string::npos,
                 made.error().message.c_str());
        QVERIFY(made.error().message.find("no cgroups are mounted at /nowhere")
                != std::string::npos);
        f.context.linuxLauncher = false;
        QVERIFY(makeIsolators(f.context).error().message.find("--launcher=linux")
                != std::string::npos);
        auto outside = IsolatorFixture({"--isolation=cgroups/mem", "--cgroups_root=../x"});
        QVERIFY(makeIsolators(outside.context).error().message.find("--cgroups_root=../x")
                != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestCgroupLimits)
#include "tst_cgroup_limits.moc"
