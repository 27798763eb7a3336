// Containers on the host's file system for real: each test starts mesos-containerizer and the
// commands it watches over.

#include <csignal>
#include <memory>

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

#include <fcntl.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemons/agent/containerizer/native/mesos_containerizer.h"
#include "daemons/containerizer/process_tree.h"
#include "tests/daemons/agent/containerizer/container_probe.h"
#include "tests/support/missing.h"

using namespace meseta;
using namespace meseta::agent;
using namespace std::chrono_literals;
using mesos::v1::TaskStatus;

namespace {

std::string helperPath()
{
    return qEnvironmentVariable("MESETA_BIN_DIR", QCoreApplication::applicationDirPath())
               .toStdString()
        + "/mesos-containerizer";
}

bool isRunning(qint64 pid)
{
    const auto stat = containerizer::processStat(static_cast<pid_t>(pid));
    return stat && stat->state != 'Z';
}

/// The process of this test's containerizer that helpers are copies of (which go by another verb);
/// 0 when there is none.
pid_t launcherPid()
{
    for (const pid_t pid : containerizer::descendants(::getpid())) {
        QFile file(QStringLiteral("/proc/%1/cmdline").arg(pid));
        if (file.open(QIODevice::ReadOnly)
            && file.readAll() == QByteArrayView("mesos-containerizer\0launcher\0", 29)
            && isRunning(pid))
            return pid;
    }
    return 0;
}

} // namespace

class TestMesosContainerizer : public QObject
{
    Q_OBJECT

    QTemporaryDir m_runtime;
    std::unique_ptr<MesosContainerizer> m_containerizer;

    MesosOptions options() const
    {
        MesosOptions o;
        o.helper = helperPath();
        o.runtimeDir = m_runtime.path().toStdString();
        return o;
    }
    void launch(TestContainer &container)
    {
        m_containerizer->launch(container.spec, container.probe.events());
    }
    /// The number a script wrote into a file of its sandbox.
    static qint64 numberIn(const TestContainer &container, const QString &name)
    {
        return container.file(name).trimmed().toLongLong();
    }

private Q_SLOTS:
    void init() { m_containerizer = std::make_unique<MesosContainerizer>(options()); }
    void cleanup() { m_containerizer.reset(); }

    void takesWhatHasNoImage()
    {
        mesos::v1::ContainerInfo container;
        container.set_type(mesos::v1::ContainerInfo::MESOS);
        QVERIFY(m_containerizer->ready());
        QVERIFY(m_containerizer->supports(std::nullopt));
        QVERIFY(m_containerizer->supports(container));
        container.set_type(mesos::v1::ContainerInfo::DOCKER);
        QVERIFY(!m_containerizer->supports(container));
    }

    void runsAShellCommandInItsSandbox()
    {
        const std::unique_ptr<TestContainer> c(
            TestContainer::shell("shell", "echo out; echo err >&2; pwd; umask; exit 10"));
        launch(*c);
        QTRY_VERIFY(c->probe.ended);
        QVERIFY(c->probe.started);
        QCOMPARE(QString::fromStdString(c->probe.started->container_id().value()),
                 QStringLiteral("shell"));
        QCOMPARE(c->probe.ended->waitStatus, std::optional<int>(2560));
        QVERIFY(!c->probe.ended->killed);
        QVERIFY(!c->probe.ended->reason);
        QCOMPARE(c->file(QStringLiteral("stdout")),
                 "out\n" + c->sandbox.path().toUtf8() + "\n0022\n");
        QCOMPARE(c->file(QStringLiteral("stderr")), QByteArray("err\n"));
    }

    void passesArgvAsItIs()
    {
        TestContainer c("argv");
        c.spec.command.set_shell(false);
        c.spec.command.set_value("printf");
        for (const char *argument : {"ignored-argv0", "%s|", "two words", "$HOME", "'"})
            c.spec.command.add_arguments(argument);
        launch(c);
        QTRY_VERIFY(c.probe.ended);
        QCOMPARE(c.probe.ended->waitStatus, std::optional<int>(0));
        QCOMPARE(c.file(QStringLiteral("stdout")), QByteArray("two words|$HOME|'|"));
    }

    void environmentIsExactlyTheGivenOne()
    {
        const std::unique_ptr<TestContainer> c(TestContainer::shell("env", "/usr/bin/env"));
        c->spec.environment = {{"GIVEN", "a=b\nc"}, {"BOTH", "outer"}};
        auto *variable = c->spec.command.mutable_environment()->add_variables();
        variable->set_name("BOTH");
        variable->set_value("inner");
        launch(*c);
        QTRY_VERIFY(c->probe.ended);
        auto lines = c->file(QStringLiteral("stdout")).split('\n');
        std::sort(lines.begin(), lines.end());
        lines.removeAll(QByteArray());
        lines.removeAll("_=/usr/bin/env");
        const QByteArray sandbox = c->sandbox.path().toUtf8();
        QCOMPARE(
            lines,
            (QList<QByteArray>{"BOTH=inner", "GIVEN=a=b", "MESOS_SANDBOX=" + sandbox,
                               "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                               "PWD=" + sandbox, "c"}));
    }

    void nothingOfTheAgentIsInherited()
    {
        const int leak =
            ::open("/dev/null", O_RDONLY); // without close-on-exec, as a careless library would
        ::signal(SIGUSR2, SIG_IGN);
        const std::unique_ptr<TestContainer> c(
            TestContainer::shell("inherit",
                                 "ls /proc/self/fd | wc -l; grep -E 'SigIgn|SigBlk' "
                                 "/proc/self/status; readlink /proc/self/fd/0"));
        launch(*c);
        QTRY_VERIFY(c->probe.ended);
        ::close(leak);
        ::signal(SIGUSR2, SIG_DFL);
        // stdin, stdout, stderr and the one `ls` opens itself
        QCOMPARE(
            c->file(QStringLiteral("stdout")),
            QByteArray("4\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n/dev/null\n"));
    }

    void theLeaderOfSessionAndGroupIsTheParent()
    {
        const std::unique_ptr<TestContainer> c(
            TestContainer::shell("session", "ps -o ppid=,pgid=,sid= -p $$"));
        launch(*c);
        QTRY_VERIFY(c->probe.ended);
        const QByteArray helper = QByteArray::number(c->probe.started->executor_pid());
        QCOMPARE(c->file(QStringLiteral("stdout")).simplified(),
                 helper + " " + helper + " " + helper);
    }

    void runsAsAnotherUser()
    {
        if (::geteuid() != 0)
            MESETA_MISSING(QStringLiteral("changing the user needs root"));
        TestContainer c("user");
        c.spec.command.set_value("id -un; id -Gn; touch mine");
        c.spec.user = "nobody";
        const passwd *nobody = ::getpwnam("nobody");
        QVERIFY(::chown(c.spec.sandbox.c_str(), nobody->pw_uid, nobody->pw_gid) == 0);
        launch(c);
        QTRY_VERIFY(c.probe.ended);
        QCOMPARE(c.file(QStringLiteral("stdout")), QByteArray("nobody\nnogroup\n"));
        QCOMPARE(QFileInfo(c.sandbox.filePath(QStringLiteral("mine"))).owner(),
                 QStringLiteral("nobody"));
        QCOMPARE(QFileInfo(c.sandbox.filePath(QStringLiteral("stdout"))).owner(),
                 QStringLiteral("nobody"));
    }

    void launchFailuresNameWhatFailed_data()
    {
        QTest::addColumn<QString>("user");
        QTest::addColumn<QString>("sandbox");
        QTest::addColumn<QString>("message");
        QTest::newRow("user") << "no-such-user" << QString() << "no-such-user";
        QTest::newRow("sandbox")
            << QString() << "/no/such/sandbox"
            << "opening the sandbox /no/such/sandbox failed: No such file or directory";
    }
    void launchFailuresNameWhatFailed()
    {
        QFETCH(QString, user);
        QFETCH(QString, sandbox);
        QFETCH(QString, message);
        const std::unique_ptr<TestContainer> c(TestContainer::shell("fails", "true"));
        c->spec.user = user.toStdString();
        if (!sandbox.isEmpty())
            c->spec.sandbox = sandbox.toStdString();
        launch(*c);
        QVERIFY(!c->probe.ended); // never from inside the call
        QTRY_VERIFY(c->probe.ended);
        QCOMPARE(c->probe.ended->reason, std::optional(TaskStatus::REASON_CONTAINER_LAUNCH_FAILED));
        QVERIFY(!c->probe.ended->waitStatus);
        QVERIFY(!c->probe.started);
        QVERIFY2(c->probe.ended->message.find(message.toStdString()) != std::string::npos,
                 c->probe.ended->message.c_str());
    }

    void refusesWhatItCannotGive()
    {
        const std::unique_ptr<TestContainer> c(TestContainer::shell("image", "true"));
        mesos::v1::ContainerInfo container;
        container.set_type(mesos::v1::ContainerInfo::MESOS);
        container.mutable_mesos()->mutable_image()->set_type(mesos::v1::Image::DOCKER);
        c->spec.container = container;
        launch(*c);
        QTRY_VERIFY(c->probe.ended);
        QCOMPARE(c->probe.ended->reason, std::optional(TaskStatus::REASON_CONTAINER_LAUNCH_FAILED));
        QVERIFY(c->probe.ended->message.find("container.mesos.image") != std::string::npos);
    }

    void aMissingHelperIsALaunchFailure()
    {
        auto o = options();
        o.helper = "/no/such/mesos-containerizer";
        MesosContainerizer broken(std::move(o));
        QVERIFY(!broken.ready());
        const std::unique_ptr<TestContainer> c(TestContainer::shell("helper", "true"));
        broken.launch(c->spec, c->probe.events());
        QTRY_VERIFY(c->probe.ended);
        QCOMPARE(c->probe.ended->reason, std::optional(TaskStatus::REASON_CONTAINER_LAUNCH_FAILED));
        QVERIFY(c->probe.ended->message.find("--launcher_dir") != std::string::npos);
    }

    /// What helpers are copies of may be killed as any process: what runs goes on, and the next
    /// container starts.
    void theEndOfTheLauncherIsNoHarm()
    {
        const std::unique_ptr<TestContainer> before(TestContainer::shell("before", "sleep 1000")),
            after(TestContainer::shell("after", "true"));
        launch(*before);
        QTRY_VERIFY(before->probe.started);
        if (const pid_t launcher = launcherPid(); launcher > 0) // a sanitizer's build has none
            QCOMPARE(::kill(launcher, SIGKILL), 0);
        QTRY_COMPARE(launcherPid(), pid_t(0));
        launch(*after);
        QTRY_VERIFY(after->probe.ended);
        QCOMPARE(after->probe.ended->waitStatus, std::optional<int>(0));
        QVERIFY(!before->probe.ended);
        m_containerizer->destroy("before");
        QTRY_VERIFY(before->probe.ended);
        QVERIFY(before->probe.ended->killed);

        m_containerizer.reset();
        QCOMPARE(launcherPid(), pid_t(0)); // it does not stay behind
    }

    // Mesos: the task runs, and its command exits with status 1.
    void aMissingProgramIsAnExitStatus()
    {
        TestContainer c("missing");
        c.spec.command.set_shell(false);
        c.spec.command.set_value("/no/such/program");
        launch(c);
        QTRY_VERIFY(c.probe.ended);
        QVERIFY(c.probe.started);
        QCOMPARE(c.probe.ended->waitStatus, std::optional<int>(256));
        QVERIFY(!c.probe.ended->reason);
        QVERIFY(c.file(QStringLiteral("stderr"))
                    .contains("'/no/such/program': No such file or directory"));
    }

    void killSendsTermToTheWholeTree()
    {
        const std::unique_ptr<TestContainer> c(
            TestContainer::shell("term", "sleep 1000 & echo $! > child; wait"));
        launch(*c);
        QTRY_VERIFY(c->probe.started); // one that is not known to run is ended without grace
        QTRY_VERIFY(numberIn(*c, QStringLiteral("child")) > 0);
        const auto child = numberIn(*c, QStringLiteral("child"));
        m_containerizer->kill("term", 60s);
        QTRY_VERIFY(c->probe.ended);
        QVERIFY(WIFSIGNALED(*c->probe.ended->waitStatus));
        QCOMPARE(WTERMSIG(*c->probe.ended->waitStatus), SIGTERM);
        QVERIFY(c->probe.ended->killed);
        QVERIFY(!isRunning(child));
    }

    void killBecomesSigkillAfterTheGraceWhichMayBeShortened()
    {
        const std::unique_ptr<TestContainer> c(TestContainer::shell(
            "stubborn", "trap '' TERM; echo > ready; while :; do sleep 0.05; done"));
        launch(*c);
        QTRY_VERIFY(c->probe.started
                    && QFile::exists(c->sandbox.filePath(QStringLiteral("ready"))));
        QElapsedTimer timer;
        timer.start();
        m_containerizer->kill("stubborn", 1h);
        m_containerizer->kill("stubborn", 300ms);
        m_containerizer->kill("stubborn", 1h); // never longer again
        QTRY_VERIFY(c->probe.ended);
        QVERIFY(timer.elapsed() >= 290);
        QCOMPARE(WTERMSIG(*c->probe.ended->waitStatus), SIGKILL);
    }

    void nothingOutlivesTheCommand()
    {
        const std::unique_ptr<TestContainer> c(TestContainer::shell(
            "escape",
            "setsid sh -c 'echo $$ > escaped; setsid sleep 1000 & echo $! > deeper; wait' & "
            "while [ ! -s deeper ]; do sleep 0.01; done; exit 0"));
        launch(*c);
        QTRY_VERIFY(c->probe.ended);
        QCOMPARE(c->probe.ended->waitStatus, std::optional<int>(0));
        QVERIFY(!isRunning(numberIn(*c, QStringLiteral("escaped"))));
        QVERIFY(!isRunning(numberIn(*c, QStringLiteral("deeper"))));
    }

    void aGroupWideKillIsToldAndLeavesNothing()
    {
        const std::unique_ptr<TestContainer> c(
            TestContainer::shell("group", "sleep 1000 & echo $! > child; kill -KILL 0"));
        launch(*c);
        QTRY_VERIFY(c->probe.ended);
        QCOMPARE(WTERMSIG(*c->probe.ended->waitStatus), SIGKILL);
        QTRY_VERIFY(!isRunning(numberIn(*c, QStringLiteral("child"))));
    }

    void outputIsRotatedAndBounded()
    {
        auto o = options();
        o.logs.maxStdoutBytes = 64 * 1024;
        o.logs.keep = 2;
        m_containerizer = std::make_unique<MesosContainerizer>(std::move(o));
        const std::unique_ptr<TestContainer> c(TestContainer::shell(
            "logs", "i=0; while [ $i -lt 30000 ]; do echo line $i; i=$((i+1)); done"));
        launch(*c);
        QTRY_VERIFY_WITH_TIMEOUT(c->probe.ended, 20000);
        const auto names = QDir(c->sandbox.path()).entryList(QDir::Files);
        QCOMPARE(names,
                 (QStringList{QStringLiteral("stderr"), QStringLiteral("stdout"),
                              QStringLiteral("stdout.1"), QStringLiteral("stdout.2")}));
        QVERIFY(c->file(QStringLiteral("stdout.1")).size() <= 64 * 1024);
        QVERIFY(c->file(QStringLiteral("stdout")).endsWith("line 29999\n"));
        const auto whole = c->file(QStringLiteral("stdout.2")) + c->file(QStringLiteral("stdout.1"))
            + c->file(QStringLiteral("stdout"));
        const auto lines = whole.split('\n');
        for (int i = 1; i + 1 < lines.size();
             ++i) // each line whole, none missing between the files
            QCOMPARE(lines[i].mid(5).toInt(), lines[0].mid(5).toInt() + i);
    }

    void aLinkPlantedForTheLogIsNotFollowed()
    {
        QTemporaryDir outside;
        const QString victim = outside.filePath(QStringLiteral("victim"));
        const std::unique_ptr<TestContainer> c(
            TestContainer::shell("link",
                                 "rm stdout; ln -s " + victim.toStdString()
                                     + " stdout; echo leaked; sleep 0.05; echo leaked"));
        launch(*c);
        QTRY_VERIFY(c->probe.ended);
        QVERIFY(!QFile::exists(victim));
        QVERIFY(!QFileInfo(c->sandbox.filePath(QStringLiteral("stdout"))).isSymLink());
    }

    void usageCountsTheTree()
    {
        const std::unique_ptr<TestContainer> c(TestContainer::shell(
            "usage",
            "sleep 1000 & i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo > done; wait"));
        c->spec.cpus = 0.5;
        c->spec.memBytes = 64 << 20;
        launch(*c);
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(c->sandbox.filePath(QStringLiteral("done"))), 20000);
        std::optional<mesos::v1::ResourceStatistics> statistics;
        m_containerizer->usage("usage",
                               [&](Result<mesos::v1::ResourceStatistics> s) { statistics = *s; });
        QTRY_VERIFY(statistics);
        QCOMPARE(statistics->processes(), 2u);
        QCOMPARE(statistics->threads(), 2u);
        QVERIFY(statistics->cpus_user_time_secs() + statistics->cpus_system_time_secs() > 0.02);
        QVERIFY(statistics->mem_rss_bytes() > 100'000);
        QCOMPARE(statistics->cpus_soft_limit(), 0.5);
        QCOMPARE(statistics->mem_limit_bytes(), 64u << 20);
        m_containerizer->destroy("usage");
        QTRY_VERIFY(c->probe.ended);
    }

    void execRunsBesideTheCommand()
    {
        const std::unique_ptr<TestContainer> c(TestContainer::shell("exec", "sleep 1000"));
        c->spec.environment = {{"FROM_TASK", "yes"}};
        launch(*c);
        QTRY_VERIFY(c->probe.started);
        mesos::v1::CommandInfo check;
        check.set_value("echo $FROM_TASK > seen; exit 7");
        std::optional<Result<int>> answer;
        m_containerizer->exec("exec", check, 10s, [&](Result<int> r) { answer = r; });
        QTRY_VERIFY(answer);
        QCOMPARE(answer->value(), 7 << 8);
        QCOMPARE(c->file(QStringLiteral("seen")), QByteArray("yes\n"));

        check.set_value("sleep 1000");
        answer.reset();
        m_containerizer->exec("exec", check, 50ms, [&](Result<int> r) { answer = r; });
        QTRY_VERIFY(answer);
        QVERIFY(!*answer);

        answer.reset();
        m_containerizer->exec("exec", check, 1h, [&](Result<int> r) { answer = r; });
        m_containerizer->destroy("exec");
        QTRY_VERIFY(c->probe.ended && answer);
        QVERIFY(!*answer);
    }

    void withoutCheckpointItEndsWithTheAgent()
    {
        const std::unique_ptr<TestContainer> c(TestContainer::shell(
            "mortal", "trap '' TERM HUP; echo $$ > pid; while :; do sleep 1; done"));
        launch(*c);
        QTRY_VERIFY(numberIn(*c, QStringLiteral("pid")) > 0);
        const auto helper = static_cast<qint64>(c->probe.started->executor_pid());
        m_containerizer.reset();
        QTRY_VERIFY(!isRunning(numberIn(*c, QStringLiteral("pid"))));
        QTRY_VERIFY(!isRunning(helper));
        QCOMPARE(c->probe.endedCount, 0);
    }

    void withCheckpointTheNextAgentTakesItUp()
    {
        const std::unique_ptr<TestContainer> c(TestContainer::shell(
            "lasting", "while [ ! -e go ]; do sleep 0.02; done; echo after; exit 5"));
        c->spec.checkpoint = true;
        launch(*c);
        QTRY_VERIFY(c->probe.started);

        m_containerizer = std::make_unique<MesosContainerizer>(options());
        ContainerProbe second;
        QVERIFY(m_containerizer->recover(c->spec, second.events()));
        QTRY_VERIFY(second.started);
        QCOMPARE(second.started->executor_pid(), c->probe.started->executor_pid());
        QVERIFY(QFile(c->sandbox.filePath(QStringLiteral("go"))).open(QIODevice::WriteOnly));
        QTRY_VERIFY(second.ended);
        QCOMPARE(second.ended->waitStatus, std::optional<int>(5 << 8));
        QCOMPARE(c->file(QStringLiteral("stdout")), QByteArray("after\n"));
        m_containerizer->forget("lasting");
        QVERIFY(!QFile::exists(m_runtime.filePath(QStringLiteral("containers/lasting"))));
    }

    void withCheckpointTheEndIsRemembered()
    {
        const std::unique_ptr<TestContainer> c(
            TestContainer::shell("remembered", "sleep 0.2; exit 6"));
        c->spec.checkpoint = true;
        launch(*c);
        QTRY_VERIFY(c->probe.started);
        m_containerizer.reset();
        const QString status = m_runtime.filePath(QStringLiteral("containers/remembered/status"));
        QTRY_VERIFY(QFile::exists(status));

        m_containerizer = std::make_unique<MesosContainerizer>(options());
        ContainerProbe second;
        QVERIFY(m_containerizer->recover(c->spec, second.events()));
        QTRY_VERIFY(second.ended);
        QCOMPARE(second.ended->waitStatus, std::optional<int>(6 << 8));
        ContainerProbe third; // an agent may fall before it could put the end on record
        QVERIFY(m_containerizer->recover(c->spec, third.events()));
        QTRY_VERIFY(third.ended);
        QCOMPARE(third.ended->waitStatus, std::optional<int>(6 << 8));
        m_containerizer->forget("remembered");
        QVERIFY(!m_containerizer->recover(c->spec, third.events()));
    }

    void withCheckpointItGivesUpOnAnAgentThatNeverComesBack()
    {
        auto o = options();
        o.recoveryTimeout = 200ms;
        m_containerizer = std::make_unique<MesosContainerizer>(std::move(o));
        const std::unique_ptr<TestContainer> c(
            TestContainer::shell("waiting", "echo $$ > pid; sleep 1000"));
        c->spec.checkpoint = true;
        launch(*c);
        QTRY_VERIFY(numberIn(*c, QStringLiteral("pid")) > 0);
        m_containerizer.reset();
        QTRY_VERIFY(!isRunning(numberIn(*c, QStringLiteral("pid"))));
    }

    void orphansAreEndedAndCounted()
    {
        std::vector<std::unique_ptr<TestContainer>> containers;
        for (const char *id : {"kept", "orphan-1", "orphan-2"}) {
            containers.emplace_back(TestContainer::shell(id, "echo $$ > pid; sleep 1000"));
            containers.back()->spec.checkpoint = true;
            launch(*containers.back());
            QTRY_VERIFY(numberIn(*containers.back(), QStringLiteral("pid")) > 0);
        }
        m_containerizer = std::make_unique<MesosContainerizer>(options());
        std::optional<Result<int>> ended;
        m_containerizer->cleanOrphans({"kept"}, [&](Result<int> count) { ended = count; });
        QTRY_VERIFY(ended);
        QVERIFY(ended->value() >= 2); // and "waiting", when its own end was still being written
        QVERIFY(isRunning(numberIn(*containers[0], QStringLiteral("pid"))));
        QVERIFY(!isRunning(numberIn(*containers[1], QStringLiteral("pid"))));
        QVERIFY(!isRunning(numberIn(*containers[2], QStringLiteral("pid"))));
        ContainerProbe kept;
        QVERIFY(m_containerizer->recover(containers[0]->spec, kept.events()));
        m_containerizer->destroy("kept");
        QTRY_VERIFY(kept.ended);
    }

    void aHundredAreUpAndDownQuickly()
    {
        std::vector<std::unique_ptr<TestContainer>> containers;
        for (int i = 0; i < 100; ++i)
            containers.emplace_back(TestContainer::shell("many-" + std::to_string(i), "true"));
        QElapsedTimer timer;
        timer.start();
        for (const auto &c : containers)
            launch(*c);
        const auto launched = timer.elapsed();
        const auto allEnded = [&] {
            return std::all_of(containers.begin(), containers.end(),
                               [](const auto &c) { return c->probe.ended.has_value(); });
        };
        QTRY_VERIFY_WITH_TIMEOUT(allEnded(), 30000);
        qInfo("100 x true: launched after %lld ms, all over after %lld ms",
              static_cast<long long>(launched), static_cast<long long>(timer.elapsed()));
        for (const auto &c : containers)
            QCOMPARE(c->probe.ended->waitStatus, std::optional<int>(0));
    }
};

QTEST_GUILESS_MAIN(TestMesosContainerizer)
#include "tst_mesos_containerizer.moc"
