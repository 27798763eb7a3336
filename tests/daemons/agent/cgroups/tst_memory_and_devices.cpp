// What the kernel tells of memory that ran out, and which devices it lets a group use.

#include <QTest>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemons/agent/cgroups/container_cgroups.h"
#include "daemons/agent/cgroups/device_program.h"
#include "daemons/agent/cgroups/oom_events.h"
#include "tests/daemons/agent/cgroups/fake_cgroups.h"
#include "tests/support/missing.h"

using namespace meseta;
using namespace meseta::agent;

namespace {

constexpr std::size_t megabyte = 1024 * 1024;

/// Whether the descriptor becomes readable soon.
bool readable(int fd)
{
    pollfd p{fd, POLLIN, 0};
    return ::poll(&p, 1, 5'000) == 1;
}

/// A group of the machine, removed at the end.
struct RealGroup
{
    CgroupFiles files;
    std::string path;

    explicit RealGroup(std::string p) : path(std::move(p))
    {
        created = files.make(path).has_value();
    }
    ~RealGroup() { static_cast<void>(files.remove(path)); }
    bool created = false;

    /// Runs `work` in a process of the group; its wait status.
    template <typename Work> int run(Work work)
    {
        const pid_t pid = ::fork();
        if (pid == 0) {
            if (!files.write(path + "/cgroup.procs", "0"))
                ::_exit(99);
            ::_exit(work());
        }
        int status = 0;
        ::waitpid(pid, &status, 0);
        return status;
    }
};

int openDevice(const char *path, int flags)
{
    return ::open(path, flags) >= 0 ? 0 : errno;
}

} // namespace

class TestMemoryAndDevices : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void versionTwoTellsWhenAProcessWasEndedForMemory()
    {
        FakeCgroups tree;
        tree.mountV2();
        tree.put(tree.root() + "/cgroup.subtree_control", "memory");
        const std::string one = tree.root() + "/one", two = tree.root() + "/two";
        QVERIFY(tree.make(one) && tree.make(two));
        OomEvents events;
        QVERIFY(events.add("one", one, true) && events.add("two", two, true));
        QVERIFY(events.take().empty());
        FakeCgroups::put(one + "/memory.events", "low 0\nhigh 0\nmax 3\noom 0\noom_kill 0\n");
        QVERIFY(readable(events.descriptor()));
        QVERIFY(events.take().empty()); // only reclaimed
        FakeCgroups::put(two + "/memory.events", "low 0\nhigh 0\nmax 9\noom 1\noom_kill 1\n");
        QVERIFY(readable(events.descriptor()));
        QCOMPARE(events.take(), (std::vector<std::string>{"two"}));
        QVERIFY(OomEvents::happened(two, true));
        events.remove("two");
        FakeCgroups::put(two + "/memory.events", "oom_kill 2\n");
        QVERIFY(events.take().empty());
    }

    void watchingAGroupThatIsNotThereIsAnError()
    {
        OomEvents events;
        QVERIFY(!events.add("x", "/does/not/exist", true));
        QVERIFY(!events.add("x", "/does/not/exist", false));
    }

    void aRealGroupTellsToo()
    {
        const auto layout = CgroupLayout::look({});
        const CgroupHierarchy *memory = layout ? layout->of("memory") : nullptr;
        if (::geteuid() != 0 || memory == nullptr || memory->unified)
            MESETA_MISSING(QStringLiteral("needs root and the memory controller of cgroup v1"));
        RealGroup group(memory->path + "/meseta-test-oom-" + std::to_string(::getpid()));
        QVERIFY(group.created);
        QVERIFY(group.files.write(group.path + "/memory.limit_in_bytes",
                                  std::to_string(32 * megabyte)));
        OomEvents events;
        QVERIFY(events.add("bomb", group.path, false));
        const int status = group.run([] {
            const std::size_t size = 64 * megabyte; // bounded: never more than that
            void *block = ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
            return block == MAP_FAILED ? 1 : 0;
        });
        QVERIFY(WIFSIGNALED(status));
        QVERIFY(readable(events.descriptor()));
        QCOMPARE(events.take(), (std::vector<std::string>{"bomb"}));
        QVERIFY(OomEvents::happened(group.path, false));
    }

    void rulesAreWrittenAsTheKernelReadsThem()
    {
        const auto rules = defaultDeviceRules();
        QCOMPARE(deviceRuleText(rules[0]), std::string("c *:* m"));
        QCOMPARE(deviceRuleText(rules[5]), std::string("c 136:* rwm"));
        QCOMPARE(rules.size(), std::size_t(14));
    }

    void allowedDevicesBecomeRules()
    {
        mesos::v1::DeviceWhitelist list;
        auto *entry = list.add_allowed_devices();
        entry->mutable_device()->set_path("/dev/null");
        entry->mutable_access()->set_read(true);
        QCOMPARE(*deviceRulesOf(list), (std::vector<DeviceRule>{{'c', 1, 3, true, false, false}}));
        entry->mutable_device()->set_path("/dev/does-not-exist");
        QVERIFY(!deviceRulesOf(list));
        entry->mutable_device()->set_path("/etc");
        QVERIFY(deviceRulesOf(list).error().message.find("'/etc' is no device")
                != std::string::npos);
        entry->mutable_device()->set_path("/dev/null");
        entry->mutable_access()->clear_read();
        QVERIFY(!deviceRulesOf(list));
    }

    void aDeviceProgramLetsThroughOnlyWhatTheRulesName()
    {
        const auto layout = CgroupLayout::look({});
        const CgroupHierarchy *unified = layout ? layout->unified() : nullptr;
        if (::geteuid() != 0 || unified == nullptr || !canUseDevicePrograms())
            MESETA_MISSING(QStringLiteral("needs root, cgroup v2 and BPF"));
        RealGroup group(unified->path + "/meseta-test-devices-" + std::to_string(::getpid()));
        QVERIFY(group.created);
        auto rules = defaultDeviceRules();
        std::erase_if(rules, [](const DeviceRule &r) { return r.major == 1u && r.minor == 5u; });
        rules.push_back({'c', 1, 5, true, false, false}); // /dev/zero: to read only
        std::erase_if(rules, [](const DeviceRule &r) { return r.major == 1u && r.minor == 7u; });
        QVERIFY(attachDeviceProgram(group.path, rules));
        const auto code = [&](auto work) { return WEXITSTATUS(group.run(work)); };
        QCOMPARE(code([] { return openDevice("/dev/null", O_RDWR); }), 0);
        QCOMPARE(code([] { return openDevice("/dev/zero", O_RDONLY); }), 0);
        QCOMPARE(code([] { return openDevice("/dev/zero", O_RDWR); }), EPERM);
        QCOMPARE(code([] { return openDevice("/dev/full", O_RDONLY); }), EPERM);
        QCOMPARE(openDevice("/dev/full", O_RDONLY), 0); // outside nothing has changed
    }
};

QTEST_GUILESS_MAIN(TestMemoryAndDevices)
#include "tst_memory_and_devices.moc"
