// Containers with a root of their own, for real: namespaces, mounts, users and what a container may
// see of the host.

#include <memory>

#include <QTest>

#include <sys/wait.h>
#include <unistd.h>

#include "daemons/containerizer/process_tree.h"
#include "tests/daemons/agent/containerizer/native/native_fixture.h"
#include "tests/support/missing.h"

using namespace meseta;
using namespace meseta::agent;
using namespace std::chrono_literals;
using mesos::v1::TaskStatus;

namespace {

const QStringList programs = {
    QStringLiteral("/bin/sh"),       QStringLiteral("/bin/cat"),
    QStringLiteral("/bin/ls"),       QStringLiteral("/bin/sleep"),
    QStringLiteral("/bin/stat"),     QStringLiteral("/usr/bin/id"),
    QStringLiteral("/usr/bin/env"),  QStringLiteral("/bin/grep"),
    QStringLiteral("/bin/hostname"), QStringLiteral("/bin/mount"),
    QStringLiteral("/bin/readlink"), QStringLiteral("/bin/touch"),
    QStringLiteral("/bin/ps"),       QStringLiteral("/bin/rm"),
    QStringLiteral("/bin/mkdir"),    QStringLiteral("/usr/bin/printf"),
};

} // namespace

class TestNativeContainers : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestRoot> m_root;
    QTemporaryDir m_runtime;
    std::unique_ptr<MesosContainerizer> m_containerizer;
    ContainerImage m_image;

    void start(const std::string &isolation, std::vector<std::string> flags = {})
    {
        m_containerizer.reset();
        flags.push_back("--isolation=" + isolation);
        const FlagValues values = agentFlagValues(std::move(flags));
        const IsolatorContext context{values, "/tmp/none", m_runtime.path().toStdString(), true,
                                      true};
        auto isolators = makeIsolators(context);
        if (!isolators)
            qFatal("%s", isolators.error().message.c_str());
        MesosOptions options;
        options.helper = nativeHelperPath();
        options.runtimeDir = m_runtime.path().toStdString();
        options.isolators = std::move(*isolators);
        options.images = std::make_unique<TestImages>(m_image);
        m_containerizer = std::make_unique<MesosContainerizer>(std::move(options));
    }
    /// Runs a script in the image to its end.
    std::unique_ptr<TestContainer> run(const std::string &script,
                                       const mesos::v1::ContainerInfo &info = imageContainer(),
                                       const std::string &user = {})
    {
        std::unique_ptr<TestContainer> c(TestContainer::shell("c", script));
        c->spec.container = info;
        c->spec.user = user;
        m_containerizer->launch(c->spec, c->probe.events());
        if (!QTest::qWaitFor([&] { return c->probe.ended.has_value(); }, 20000))
            qWarning("the container did not end");
        return c;
    }
    QByteArray outputOf(const std::string &script,
                        const mesos::v1::ContainerInfo &info = imageContainer(),
                        const std::string &user = {})
    {
        const auto c = run(script, info, user);
        if (c->probe.ended && !c->probe.ended->waitStatus)
            return QByteArray::fromStdString(c->probe.ended->message);
        return c->file(QStringLiteral("stdout")) + c->file(QStringLiteral("stderr"));
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (::geteuid() != 0)
            MESETA_MISSING(QStringLiteral("containers with a root of their own need root"));
        m_root = std::make_unique<TestRoot>(programs);
        m_image.rootfs = m_root->path();
        m_image.runtime.environment = {"PATH=/usr/bin:/bin", "OF_IMAGE=yes"};
    }
    void init() { start("filesystem/linux,docker/runtime,namespaces/pid,namespaces/ipc"); }
    void cleanup()
    {
        m_containerizer.reset();
        QCOMPARE(QDir(m_runtime.filePath(QStringLiteral("containers")))
                     .entryList(QDir::AllEntries | QDir::NoDotAndDotDot),
                 QStringList());
    }

    void aCommandSeesItsImageAndNothingOfTheHost()
    {
        QCOMPARE(outputOf("pwd; ls /; ls /mnt/mesos/sandbox; echo $OF_IMAGE $MESOS_SANDBOX"),
                 QByteArray("/mnt/mesos/sandbox\nbin\ndev\netc\nlib\nlib64\nmnt\nproc\nsbin\nsys\n"
                            "tmp\nusr\nstderr\nstdout\nyes /mnt/mesos/sandbox\n"));
    }

    void theExitStatusIsTheCommands()
    {
        QCOMPARE(run("exit 7")->probe.ended->waitStatus, std::optional<int>(7 << 8));
        const auto killed = run("kill -KILL $$");
        QVERIFY(WIFSIGNALED(*killed->probe.ended->waitStatus));
        QCOMPARE(WTERMSIG(*killed->probe.ended->waitStatus), SIGKILL);
    }

    void processesOfTheHostAreOutOfSight()
    {
        const QByteArray seen = outputOf("ps -e -o pid=,comm=");
        QVERIFY2(seen.simplified().startsWith("1 mesos-init 2 sh"), seen.constData());
        QCOMPARE(seen.trimmed().count('\n'), 2);
    }

    void anInitReapsWhatNobodyWaitsFor()
    {
        const QByteArray seen =
            outputOf("(sleep 0.1 &) ; sleep 0.5; ps -e -o stat=,comm= | grep -c ^Z");
        QCOMPARE(seen, QByteArray("0\n"));
    }

    void theInitShowsNothingOfTheHelper()
    {
        const QByteArray seen =
            outputOf("ls /proc/1/fd; cat /proc/1/environ; readlink /proc/1/exe");
        QVERIFY2(!seen.contains("socket")
                     && !seen.contains(QByteArray::fromStdString(nativeHelperPath())),
                 seen.constData());
    }

    void devicesAndTerminalsAreThere()
    {
        const QByteArray seen = outputOf(
            "for d in null zero full random urandom tty; do stat -c '%n %F %t,%T %a' /dev/$d; done;"
            "readlink /dev/ptmx /dev/fd /dev/stdout; stat -c '%F %a' /dev/pts/ptmx /dev/shm;"
            "echo x > /dev/null && echo written; echo again > /dev/stdout");
        QCOMPARE(seen,
                 QByteArray("/dev/null character special file 1,3 666\n"
                            "/dev/zero character special file 1,5 666\n"
                            "/dev/full character special file 1,7 666\n"
                            "/dev/random character special file 1,8 666\n"
                            "/dev/urandom character special file 1,9 666\n"
                            "/dev/tty character special file 5,0 666\n"
                            "pts/ptmx\n/proc/self/fd\n/proc/self/fd/1\n"
                            "character special file 666\ndirectory 1777\nwritten\nagain\n"));
    }

    void theKernelsFilesAreReadOnlyOrMasked()
    {
        const QByteArray seen =
            outputOf("echo 1 > /proc/sys/kernel/hostname; echo 1 > /proc/sys/vm/swappiness; "
                     "ls /sys/firmware; echo x > /sys/kernel/uevent_seqnum; "
                     "mkdir /sys/fs/cgroup/x; echo end");
        QVERIFY2(seen.startsWith("end\n"), seen.constData());
        QVERIFY2(seen.count("Read-only file system") == 4, seen.constData());
    }

    void namesOfTheHostAreKnown()
    {
        QCOMPARE(outputOf("cat /etc/resolv.conf; echo x >> /etc/hosts").count("Read-only"), 1);
        auto info = imageContainer();
        info.set_hostname("inside");
        QCOMPARE(outputOf("hostname", info), QByteArray("inside\n"));
        QVERIFY(QSysInfo::machineHostName() != QStringLiteral("inside"));
    }

    void capabilitiesAreThoseOfDocker_data()
    {
        QTest::addColumn<QString>("isolation");
        QTest::addColumn<QByteArray>("capabilities");
        QTest::newRow("cgroups/devices")
            << QStringLiteral("filesystem/linux,cgroups/devices") << QByteArray("a80425fb");
        QTest::newRow("none to make devices with, which nobody rules")
            << QStringLiteral("filesystem/linux") << QByteArray("a00425fb");
    }
    void capabilitiesAreThoseOfDocker()
    {
        QFETCH(QString, isolation);
        QFETCH(QByteArray, capabilities);
        start(isolation.toStdString());
        const QByteArray seen = outputOf("grep -E 'Cap(Eff|Bnd|Inh|Amb)' /proc/self/status; "
                                         "mount -t tmpfs tmpfs /tmp");
        QVERIFY2(seen.contains("CapEff:\t00000000" + capabilities)
                     && seen.contains("CapBnd:\t00000000" + capabilities),
                 seen.constData());
        QVERIFY2(seen.contains("permission denied"), seen.constData());
    }

    void usersOfTheImageAndOfTheHost()
    {
        QCOMPARE(outputOf("id -u; id -g; id -G; grep CapEff /proc/self/status", imageContainer(),
                          "guest"),
                 QByteArray("4242\n4243\n4243 4244\nCapEff:\t0000000000000000\n"));
        QCOMPARE(outputOf("id -u", imageContainer(), "nobody"), QByteArray("65534\n"));
        const QByteArray refused = outputOf("id -u", imageContainer(), "false");
        QVERIFY2(refused.contains("'false', who is user 0 in the image, failed"),
                 refused.constData());
        const QByteArray unknown = outputOf("id -u", imageContainer(), "no-such-user");
        QVERIFY2(
            unknown.contains("looking up the user 'no-such-user', whom neither the host nor the "
                             "image's /etc/passwd has, failed"),
            unknown.constData());
    }

    void anUnprivilegedUserWritesToItsOutput()
    {
        QCOMPARE(outputOf("echo open > /dev/stdout", imageContainer(), "guest"),
                 QByteArray("open\n"));
    }

    void linksOfTheImageDoNotLeadOut()
    {
        QTemporaryDir outside;
        QDir(m_root->file(QStringLiteral("mnt"))).removeRecursively();
        QVERIFY(QFile::link(outside.path(), m_root->file(QStringLiteral("mnt"))));
        const auto restore =
            qScopeGuard([this] { QFile::remove(m_root->file(QStringLiteral("mnt"))); });
        QFile::remove(m_root->file(QStringLiteral("etc/resolv.conf")));
        QVERIFY(QFile::link(QStringLiteral("../run/not/there/yet"),
                            m_root->file(QStringLiteral("etc/resolv.conf"))));
        const QByteArray seen = outputOf("ls /mnt/mesos/sandbox; cat /etc/resolv.conf; echo end");
        QVERIFY2(seen.startsWith("stderr\nstdout\n") && seen.endsWith("end\n"), seen.constData());
        QCOMPARE(QDir(outside.path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot),
                 QStringList());
    }

    void aWorkingDirectoryBehindADescriptorIsRefused()
    {
        m_image.runtime.workingDirectory = "/proc/self/fd/7";
        start("filesystem/linux,docker/runtime,namespaces/pid");
        const QByteArray seen = outputOf("pwd; ls ..");
        m_image.runtime.workingDirectory.clear();
        QVERIFY2(seen.contains("entering the working directory /proc/self/fd/7 failed"),
                 seen.constData());
    }

    void theHelperCannotBeRewritten()
    {
        const QByteArray before = [] {
            QFile file(QString::fromStdString(nativeHelperPath()));
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        }();
        m_image.runtime.entrypoint = {"/proc/self/exe"};
        start("filesystem/linux,docker/runtime,namespaces/pid");
        TestContainer c("c");
        c.spec.container = imageContainer();
        c.spec.command.set_shell(false);
        m_containerizer->launch(c.spec, c.probe.events());
        QTRY_VERIFY(c.probe.ended);
        m_image.runtime.entrypoint.clear();
        QVERIFY(c.probe.ended->waitStatus != std::optional<int>(0));

        start("filesystem/linux,docker/runtime,namespaces/pid");
        const QByteArray seen = outputOf("echo x > /proc/1/exe; echo $?");
        QVERIFY2(!seen.startsWith("0"), seen.constData());
        QFile file(QString::fromStdString(nativeHelperPath()));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), before);
    }

    void aFailedStepIsNamed()
    {
        ContainerImage image = m_image;
        m_image.rootfs = "/no/such/root";
        start("filesystem/linux,docker/runtime");
        const QByteArray seen = outputOf("true");
        m_image = image;
        QVERIFY2(seen.contains("mounting the root file system /no/such/root failed: No such file "
                               "or directory"),
                 seen.constData());
    }

    void limitsAreSet()
    {
        start("filesystem/linux,docker/runtime,posix/rlimits,linux/nnp");
        auto info = imageContainer();
        auto *limit = info.mutable_rlimit_info()->add_rlimits();
        limit->set_type(mesos::v1::RLimitInfo::RLimit::RLMT_NOFILE);
        limit->set_soft(64);
        limit->set_hard(128);
        QCOMPARE(outputOf("ulimit -Sn; ulimit -Hn; grep NoNew /proc/self/status", info),
                 QByteArray("64\n128\nNoNewPrivs:\t1\n"));
    }

    void sharedMemoryHasTheSizeAskedFor()
    {
        auto info = imageContainer();
        info.mutable_linux_info()->set_ipc_mode(mesos::v1::LinuxInfo::PRIVATE);
        info.mutable_linux_info()->set_shm_size(3);
        QCOMPARE(outputOf("stat -f -c '%b' /dev/shm", info), QByteArray("768\n"));
        info.mutable_linux_info()->clear_ipc_mode();
        QVERIFY(outputOf("true", info).contains("shm_size"));
    }

    void seccompRefusesWhatTheProfileDoesNotName()
    {
        start("filesystem/linux,docker/runtime,linux/seccomp");
        const QByteArray seen = outputOf("grep Seccomp: /proc/self/status; hostname other");
        QVERIFY2(seen.startsWith("Seccomp:\t2\n"), seen.constData());
        auto info = imageContainer();
        info.mutable_linux_info()->mutable_seccomp()->set_unconfined(true);
        QCOMPARE(outputOf("grep Seccomp: /proc/self/status", info), QByteArray("Seccomp:\t0\n"));
        QCOMPARE(outputOf("grep -E 'Seccomp:|NoNew' /proc/self/status", imageContainer(), "guest"),
                 QByteArray("NoNewPrivs:\t0\nSeccomp:\t2\n"));
    }

    void killReachesTheCommand()
    {
        const std::unique_ptr<TestContainer> c(TestContainer::shell(
            "k", "trap 'echo told; exit 3' TERM; echo > ready; while :; do sleep 0.05; done"));
        c->spec.container = imageContainer();
        m_containerizer->launch(c->spec, c->probe.events());
        QTRY_VERIFY(c->probe.started
                    && QFile::exists(c->sandbox.filePath(QStringLiteral("ready"))));
        m_containerizer->kill("k", 60s);
        QTRY_VERIFY(c->probe.ended);
        QCOMPARE(c->probe.ended->waitStatus, std::optional<int>(3 << 8));
        QCOMPARE(c->file(QStringLiteral("stdout")), QByteArray("told\n"));
    }

    void aCheckRunsInsideTheContainer()
    {
        const std::unique_ptr<TestContainer> c(
            TestContainer::shell("e", "echo $$ > pid; sleep 100"));
        c->spec.container = imageContainer();
        m_containerizer->launch(c->spec, c->probe.events());
        QTRY_VERIFY(c->probe.started && !c->file(QStringLiteral("pid")).isEmpty());
        mesos::v1::CommandInfo check;
        check.set_value("ls / > seen; echo $OF_IMAGE >> seen; ps -e -o comm= >> seen; exit 5");
        std::optional<Result<int>> answer;
        m_containerizer->exec("e", check, 10s, [&](Result<int> r) { answer = r; });
        QTRY_VERIFY(answer);
        QVERIFY2(*answer, answer->has_value() ? "" : answer->error().message.c_str());
        QCOMPARE(answer->value(), 5 << 8);
        const QByteArray seen = c->file(QStringLiteral("seen"));
        QVERIFY2(seen.contains("mnt\nproc\n") && seen.contains("yes\nmesos-init\n"),
                 seen.constData());
        m_containerizer->destroy("e");
        QTRY_VERIFY(c->probe.ended);
    }

    void withTheAgentItsContainersAndTheirGroupsGo()
    {
        const std::unique_ptr<TestContainer> c(
            TestContainer::shell("goes", "echo > ready; sleep 1000"));
        c->spec.container = imageContainer();
        m_containerizer->launch(c->spec, c->probe.events());
        QTRY_VERIFY(c->probe.started
                    && QFile::exists(c->sandbox.filePath(QStringLiteral("ready"))));
        const auto helper = static_cast<pid_t>(c->probe.started->executor_pid());
        QFile groups(
            QStringLiteral("/proc/%1/cgroup").arg(containerizer::descendants(helper).at(0)));
        QVERIFY(groups.open(QIODevice::ReadOnly));
        QVERIFY(groups.readAll().contains("/goes"));
        m_containerizer.reset();
        const auto isOver = [helper] {
            const auto stat = containerizer::processStat(helper);
            return !stat || stat->state == 'Z';
        };
        QTRY_VERIFY(isOver());
        const QDir hierarchies(QStringLiteral("/sys/fs/cgroup"));
        for (const QString &hierarchy : hierarchies.entryList(QDir::Dirs | QDir::NoDotAndDotDot))
            QVERIFY(!hierarchies.exists(hierarchy + u'/' + QString::fromStdString(testCgroup())
                                        + QStringLiteral("/goes")));
        QDir(m_runtime.filePath(QStringLiteral("containers/goes"))).removeRecursively();
    }

    void aKilledHelperLeavesNoProcess()
    {
        const std::unique_ptr<TestContainer> c(TestContainer::shell("d", "sleep 1000"));
        c->spec.container = imageContainer();
        m_containerizer->launch(c->spec, c->probe.events());
        QTRY_VERIFY(c->probe.started);
        const auto helper = static_cast<pid_t>(c->probe.started->executor_pid());
        const auto below = containerizer::descendants(helper);
        QVERIFY(below.size() >= 2);
        ::kill(helper, SIGKILL); // the worst way: nobody tells the init
        for (const pid_t pid : below)
            QTRY_VERIFY(!containerizer::processStat(pid)
                        || containerizer::processStat(pid)->state == 'Z');
        QTRY_VERIFY(c->probe.ended);
    }

    void cleanupTestCase() { removeTestCgroup(); }
};

QTEST_GUILESS_MAIN(TestNativeContainers)
#include "tst_native_containers.moc"
