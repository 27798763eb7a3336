// The process that helpers are copies of ends in the middle of a launch: the container starts all
// the same, once, and the next ones find a new process.

#include <memory>
#include <optional>

#include <QElapsedTimer>
#include <QTest>

#include <sys/socket.h>
#include <unistd.h>

#include "daemons/agent/containerizer/native/helper_server.h"
#include "daemons/containerizer/process_tree.h"
#include "tests/daemons/agent/containerizer/native/native_fixture.h"
#include "tests/daemons/agent/containerizer/native/process_tracer.h"
#include "tests/support/missing.h"

using namespace meseta;
using namespace meseta::agent;
using namespace std::chrono_literals;
using containerizer::FileDescriptor;

namespace {

/// More than a launch needs: at the last of them it is not ended any more.
constexpr int mostStops = 12;

QByteArray commandLine(pid_t pid)
{
    QFile file(QStringLiteral("/proc/%1/cmdline").arg(pid));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Living processes of this test's that run as `mesos-containerizer <verb>`.
std::vector<pid_t> processesWith(const QByteArray &verb)
{
    auto found = containerizer::descendants(::getpid());
    std::erase_if(found, [&](pid_t pid) {
        const auto stat = containerizer::processStat(pid);
        return !stat || stat->state == 'Z'
            || !commandLine(pid).startsWith("mesos-containerizer" + QByteArray(1, '\0') + verb
                                            + QByteArray(1, '\0'));
    });
    return found;
}

/// A process in the launcher's place, which runs `act` with its end of the socket.
bool startIn(HelperServer &server, void (*act)(int socket))
{
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return false;
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::close(ends[0]);
        if (::send(ends[1], "ready", 5, 0) == 5)
            act(ends[1]);
        ::_exit(0);
    }
    ::close(ends[1]);
    return server.start(pid, FileDescriptor(ends[0]));
}

} // namespace

class TestHelperServer : public QObject
{
    Q_OBJECT

    QTemporaryDir m_runtime;
    std::unique_ptr<MesosContainerizer> m_containerizer;

    std::unique_ptr<TestContainer> run(const std::string &id)
    {
        std::unique_ptr<TestContainer> c(
            TestContainer::shell(id, "echo once >> ran; exec sleep 1000"));
        m_containerizer->launch(c->spec, c->probe.events());
        return c;
    }
    void end(TestContainer &container)
    {
        m_containerizer->destroy(container.spec.containerId);
        QTRY_VERIFY_WITH_TIMEOUT(container.probe.ended, 20'000);
    }

private Q_SLOTS:
    void init()
    {
        MesosOptions options;
        options.helper = nativeHelperPath();
        options.runtimeDir = m_runtime.path().toStdString();
        m_containerizer = std::make_unique<MesosContainerizer>(std::move(options));
    }
    void cleanup() { m_containerizer.reset(); }

    void aContainerStartsOnceWhereverTheLauncherEnds()
    {
        if (::geteuid() != 0)
            MESETA_MISSING(QStringLiteral("tracing another process needs root"));
        const auto first = run("first");
        QTRY_VERIFY_WITH_TIMEOUT(first->probe.started, 20'000);
        if (processesWith("launcher").empty())
            MESETA_MISSING(QStringLiteral(
                "a build without a sanitizer, whose runtime does not outlive a copied process"));

        int ended = 0;
        for (int stops = 1; stops <= mostStops; ++stops) {
            const auto launchers = processesWith("launcher");
            QCOMPARE(launchers.size(), std::size_t(1));
            std::optional<ProcessTracer> tracer;
            tracer.emplace(launchers.front(), stops);
            QVERIFY(tracer->attached());
            const auto container = run("c" + std::to_string(stops));
            QTRY_VERIFY_WITH_TIMEOUT(container->probe.started || container->probe.ended, 20'000);
            QVERIFY2(container->probe.started, container->probe.ended->message.c_str());
            QTRY_COMPARE_WITH_TIMEOUT(container->file(QStringLiteral("ran")), QByteArray("once\n"),
                                      20'000);
            QCOMPARE(processesWith("launch").size(), std::size_t(2)); // with the first one's
            end(*container);
            tracer.reset();

            const auto next = run("next" + std::to_string(stops)); // it makes a launcher again
            QTRY_VERIFY_WITH_TIMEOUT(next->probe.started, 20'000);
            end(*next);
            ended += processesWith("launcher") != launchers ? 1 : 0;
        }
        QVERIFY2(ended > 3 && ended < mostStops, qPrintable(QString::number(ended)));
        QVERIFY(!first->probe.ended);
        end(*first);
        QCOMPARE(processesWith("launch").size(), std::size_t(0));
    }

    /// As those of a sanitizer's build, or an older one.
    void aHelperThatKnowsNoLauncherIsStartedAnew()
    {
        QTemporaryDir folder;
        QFile program(folder.filePath(QStringLiteral("mesos-containerizer")));
        QVERIFY(program.open(QIODevice::WriteOnly));
        program.write("#!/bin/sh\n[ \"$1\" = launch ] && exec "
                      + QByteArray::fromStdString(nativeHelperPath()) + " launch\nexit 2\n");
        program.setPermissions(QFile::ReadOwner | QFile::ExeOwner);
        program.close();
        m_containerizer.reset();
        MesosOptions options;
        options.helper = program.fileName().toStdString();
        options.runtimeDir = m_runtime.path().toStdString();
        m_containerizer = std::make_unique<MesosContainerizer>(std::move(options));
        QElapsedTimer time;
        time.start();
        const auto container = run("anew");
        QVERIFY2(time.elapsed() < 4000, qPrintable(QString::number(time.elapsed())));
        QTRY_VERIFY_WITH_TIMEOUT(container->probe.started || container->probe.ended, 20'000);
        QVERIFY2(container->probe.started, container->probe.ended->message.c_str());
        end(*container);
    }

    void nothingCanHaveStartedWhenNobodyAnswers_data()
    {
        QTest::addColumn<bool>("reads");
        QTest::newRow("it ends before it reads") << false;
        QTest::newRow("it ends when it has read") << true;
    }
    void nothingCanHaveStartedWhenNobodyAnswers()
    {
        QFETCH(bool, reads);
        HelperServer server;
        const auto readOne = [](int socket) {
            char byte = 0;
            if (::recv(socket, &byte, 1, 0) < 0)
                ::_exit(1);
        };
        QVERIFY(startIn(
            server, reads ? +readOne : +[](int) {}));
        QVERIFY(!server.launch(1, 2));
        QVERIFY(!server.runs());
    }

    void theAnswerOfAHelperCountsWhenTheLauncherHasEnded()
    {
        HelperServer server;
        QVERIFY(startIn(server, [](int socket) {
            char byte = 0;
            if (::recv(socket, &byte, 1, 0) != 1 || ::fork() != 0)
                ::_exit(0); // the copy goes on
            const std::int32_t pid = ::getpid();
            ::usleep(100'000); // by now the other has ended
            ::send(socket, &pid, sizeof pid, 0);
        }));
        const auto pid = server.launch(1, 2);
        QVERIFY(pid && *pid);
        QVERIFY(**pid > 1);
        QVERIFY(!server.launch(1, 2)); // nobody is there any more
    }

    void aLauncherThatIsStoppedIsEnded()
    {
        HelperServer server;
        QVERIFY(startIn(server, [](int) { ::raise(SIGSTOP); }));
        QVERIFY(!server.launch(1, 2));
        QVERIFY(!server.runs());
    }

    void anErrorIsTold()
    {
        HelperServer server;
        QVERIFY(startIn(server, [](int socket) {
            char byte = 0;
            const std::int32_t error = -EAGAIN;
            if (::recv(socket, &byte, 1, 0) == 1)
                ::send(socket, &error, sizeof error, 0);
            ::pause();
        }));
        const auto pid = server.launch(1, 2);
        QVERIFY(pid && !*pid);
        QVERIFY((*pid).error().message.find("Resource temporarily unavailable")
                != std::string::npos);
        QVERIFY(server.runs());
    }
};

QTEST_GUILESS_MAIN(TestHelperServer)
#include "tst_helper_server.moc"
