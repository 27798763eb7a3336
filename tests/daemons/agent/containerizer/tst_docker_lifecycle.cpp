// Images from a real registry, ends of every kind, and an engine that fails.

#include <QElapsedTimer>

#include "daemons/agent/containerizer/docker/frames.h"
#include "tests/daemons/agent/containerizer/docker_test.h"

using namespace meseta;
using namespace meseta::agent;
using namespace meseta::test;
using namespace std::chrono_literals;
using mesos::v1::TaskStatus;
using DockerInfo = mesos::v1::ContainerInfo::DockerInfo;

class TestDockerLifecycle : public DockerTest
{
    Q_OBJECT

private Q_SLOTS:
    void pullsFromARegistryWithProgress()
    {
        const QString repository = f.registry.host() + QStringLiteral("/library/redis");
        QVERIFY(f.engine.push(QStringLiteral("library/redis:latest"), f.registry.host(),
                              QStringLiteral("library/redis")));
        QVERIFY(f.engine.removeImage(repository));
        QVERIFY(f.engine.removeImage(
            QStringLiteral("library/redis:latest"))); // now the layers are in the registry only
        DockerTask first("pull-1", repository.toStdString()),
            second("pull-2", repository.toStdString());
        first.shell("echo one");
        second.shell("echo two");
        f.launch(first);
        f.launch(second); // shares the pull
        QTRY_VERIFY_WITH_TIMEOUT(first.probe.ended && second.probe.ended, patience);
        QCOMPARE(first.file(QStringLiteral("stdout")), QByteArray("one\n"));
        QCOMPARE(second.file(QStringLiteral("stdout")), QByteArray("two\n"));
        QVERIFY(!first.probe.progress.empty() && !second.probe.progress.empty());
        QVERIFY2(first.probe.progress.back().find("3 of 3 layers") != std::string::npos,
                 first.probe.progress.back().c_str());

        DockerTask again("pull-3", repository.toStdString());
        again.shell("true");
        f.outputOf(again);
        QVERIFY(again.probe.progress.empty()); // the engine has it already
        DockerTask forced("pull-4", repository.toStdString());
        forced.shell("true").docker().set_force_pull_image(true);
        f.outputOf(forced);
        QVERIFY(!forced.probe.progress.empty());
        // Back to the name the other tests use.
        QVERIFY(f.engine.request(
            "POST", "/images/" + repository.toLatin1() + "/tag?repo=library%2Fredis&tag=latest"));
    }

    void imagesThatCannotBePulled_data()
    {
        QTest::addColumn<QString>("image");
        QTest::newRow("unknown to the registry")
            << f.registry.host() + QStringLiteral("/no/such:image");
        QTest::newRow("registry is down")
            << QStringLiteral("127.0.0.1:%1/library/redis").arg(freePort());
    }
    void imagesThatCannotBePulled()
    {
        QFETCH(QString, image);
        DockerTask task("nopull", image.toStdString());
        f.launch(task);
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.ended, patience);
        QCOMPARE(task.probe.ended->reason,
                 std::optional(TaskStatus::REASON_CONTAINER_LAUNCH_FAILED));
        QVERIFY2(task.probe.ended->message.find(image.toStdString()) != std::string::npos,
                 task.probe.ended->message.c_str());
    }

    void pullsWithCredentials()
    {
        TestRegistry guarded;
        QVERIFY(guarded.start(QStringLiteral("user"), QStringLiteral("secret")));
        const QByteArray auth = QByteArray(R"({"username":"user","password":"secret"})").toBase64();
        const auto pushed = f.engine.push(QStringLiteral("library/redis:latest"), guarded.host(),
                                          QStringLiteral("guarded"), auth);
        QVERIFY2(pushed, pushed ? "" : pushed.error().message.c_str());
        const QString image = guarded.host() + QStringLiteral("/guarded");
        QVERIFY(f.engine.removeImage(image));

        DockerTask without("auth-none", image.toStdString());
        without.shell("true");
        f.outputOf(without);
        QCOMPARE(without.probe.ended->reason,
                 std::optional(TaskStatus::REASON_CONTAINER_LAUNCH_FAILED));

        auto o = f.options();
        o.config = "{\"auths\":{\"http://" + guarded.host().toStdString() + "/v1/\":{\"auth\":\""
            + QByteArray("user:secret").toBase64().toStdString() + "\"}}}";
        f.docker = std::make_unique<DockerContainerizer>(o);
        DockerTask with("auth-config", image.toStdString());
        with.shell("echo in");
        QCOMPARE(f.outputOf(with), QByteArray("in\n"));
    }

    void outOfMemoryIsTold()
    {
        DockerTask task("oom");
        task.shell("head -c 200m /dev/zero | tail > /dev/null").parameter("memory-swap", "32m");
        task.spec.memBytes = 32 << 20;
        f.launch(task);
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.ended, patience);
        QCOMPARE(task.probe.ended->reason,
                 std::optional(TaskStatus::REASON_CONTAINER_LIMITATION_MEMORY));
        QVERIFY(task.probe.ended->limitation);
        QCOMPARE(task.probe.ended->limitation->resources(0).scalar().value(), 32.0);
    }

    void graceThenSigkill()
    {
        DockerTask task("grace");
        task.shell("trap '' TERM; echo ready; while :; do sleep 0.1; done");
        f.launch(task);
        QTRY_VERIFY_WITH_TIMEOUT(task.file(QStringLiteral("stdout")).contains("ready"), patience);
        QElapsedTimer timer;
        timer.start();
        f.docker->kill("grace", 1h);
        f.docker->kill("grace", 1500ms); // shorter: a second, as Docker counts
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.ended, patience);
        QVERIFY(timer.elapsed() >= 1000);
        QCOMPARE(task.probe.ended->waitStatus, std::optional<int>(137 << 8));
        QVERIFY(task.probe.ended->killed);
    }

    void killedWhileItIsBeingCreated()
    {
        DockerTask task("early");
        task.shell("sleep 1000");
        f.launch(task);
        f.docker->kill("early", 0s);
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.ended, patience);
        QVERIFY(task.probe.ended->killed);
        QTRY_VERIFY_WITH_TIMEOUT(
            !f.inspect("early").value(u"State").toObject().value(u"Running").toBool(), patience);
    }

    void onlyOurOwnOrphansAreRemoved()
    {
        auto theirs = f.options();
        theirs.workDir = "/var/test/another-agent";
        DockerContainerizer other(theirs);
        DockerTask foreign("foreign"), kept("kept"), orphan("orphan");
        for (DockerTask *task : {&foreign, &kept, &orphan}) {
            task->shell("sleep 1000");
            (task == &foreign ? other : *f.docker).launch(task->spec, task->probe.events());
            QTRY_VERIFY_WITH_TIMEOUT(task->probe.started, patience);
        }
        f.docker = std::make_unique<DockerContainerizer>(f.options());
        std::optional<Result<int>> removed;
        f.docker->cleanOrphans({"kept"}, [&](Result<int> count) { removed = count; });
        QTRY_VERIFY_WITH_TIMEOUT(removed, patience);
        QCOMPARE(removed->value(), 1);
        QVERIFY(f.inspect("orphan").value(u"Id").isUndefined());
        QVERIFY(f.inspect("foreign").value(u"State").toObject().value(u"Running").toBool());

        ContainerProbe second;
        QVERIFY(f.docker->recover(kept.spec, second.events()));
        QTRY_VERIFY_WITH_TIMEOUT(second.started, patience);
        f.docker->destroy("kept");
        QTRY_VERIFY_WITH_TIMEOUT(second.ended, patience);
        other.destroy("foreign");
        QTRY_VERIFY_WITH_TIMEOUT(foreign.probe.ended, patience);
    }

    void theNextAgentTakesACheckpointedOneUp()
    {
        DockerTask task("lasting");
        task.shell("while [ ! -e /mnt/mesos/sandbox/go ]; do sleep 0.05; done; exit 5");
        task.spec.checkpoint = true;
        f.launch(task);
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.started, patience);
        f.docker = std::make_unique<DockerContainerizer>(f.options());
        ContainerProbe second;
        QVERIFY(f.docker->recover(task.spec, second.events()));
        QTRY_VERIFY_WITH_TIMEOUT(second.started, patience);
        QVERIFY(QFile(task.sandbox.filePath(QStringLiteral("go"))).open(QIODevice::WriteOnly));
        QTRY_VERIFY_WITH_TIMEOUT(second.ended, patience);
        QCOMPARE(second.ended->waitStatus, std::optional<int>(5 << 8));

        // It tells again how it ended, until the agent has put that on record.
        auto o = f.options();
        o.removeDelay = 1ms;
        f.docker = std::make_unique<DockerContainerizer>(o);
        ContainerProbe third;
        QVERIFY(f.docker->recover(task.spec, third.events()));
        QTRY_VERIFY_WITH_TIMEOUT(third.ended, patience);
        QCOMPARE(third.ended->waitStatus, std::optional<int>(5 << 8));
        QVERIFY(!f.inspect("lasting").value(u"Id").isUndefined());
        f.docker->forget("lasting");
        QTRY_VERIFY_WITH_TIMEOUT(f.inspect("lasting").value(u"Id").isUndefined(), patience);
    }

    void aLaunchThatWasCutOffMayBeMadeAgain()
    {
        DockerTask task("again");
        task.shell("exit 4");
        task.spec.checkpoint = true;
        ContainerProbe first;
        QVERIFY(f.docker->recover(task.spec, first.events()));
        QTRY_VERIFY_WITH_TIMEOUT(first.ended, patience);
        QVERIFY(first.ended->neverStarted);
        f.launch(task);
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.ended, patience);
        QCOMPARE(task.probe.ended->waitStatus, std::optional<int>(4 << 8));
        f.docker->forget("again");
    }

    void endedContainersAreRemovedAfterTheDelay()
    {
        auto o = f.options();
        o.removeDelay = 500ms;
        f.docker = std::make_unique<DockerContainerizer>(o);
        DockerTask task("removed");
        task.shell("true");
        f.outputOf(task);
        QTRY_VERIFY_WITH_TIMEOUT(f.inspect("removed").value(u"Id").isUndefined(), patience);
    }

    void anEngineThatHangsOrDiesAndComesBack()
    {
        DockerTask task("survivor");
        task.shell("i=0; while :; do echo tick $i; i=$((i+1)); sleep 0.1; done");
        f.launch(task);
        QTRY_VERIFY_WITH_TIMEOUT(task.file(QStringLiteral("stdout")).contains("tick 3"), patience);

        auto o = f.options();
        o.engineTimeout = 500ms;
        DockerContainerizer impatient(o);
        std::optional<Result<>> ready;
        impatient.whenReady([&](Result<> r) { ready = r; });
        QTRY_VERIFY_WITH_TIMEOUT(ready, patience);
        f.engine.freeze();
        DockerTask late("late");
        late.shell("true");
        impatient.launch(late.spec, late.probe.events());
        QTRY_VERIFY_WITH_TIMEOUT(late.probe.ended, patience);
        QCOMPARE(late.probe.ended->reason,
                 std::optional(TaskStatus::REASON_CONTAINER_LAUNCH_FAILED));
        QVERIFY2(late.probe.ended->message.find("--docker_socket") != std::string::npos,
                 late.probe.ended->message.c_str());
        f.engine.thaw();

        f.engine.crash();
        QTRY_VERIFY_WITH_TIMEOUT(!f.docker->ready(), patience);
        QVERIFY2(f.docker->ready().error().message.find("does not answer") != std::string::npos,
                 f.docker->ready().error().message.c_str());
        QVERIFY(!task.probe.ended);
        const auto back = f.engine.start();
        QVERIFY2(back, back ? "" : back.error().message.c_str());
        QTRY_VERIFY_WITH_TIMEOUT(f.docker->ready(), patience);
        // The crashed engine's containers are stopped when it comes back: which is told.
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.ended, patience);
        // Nothing twice, nothing missing of what the engine wrote down: lines that it had read and
        // not yet written died with it.
        QByteArray kept;
        const auto log = f.engine.request("GET", "/containers/mesos-survivor/logs?stdout=1");
        QVERIFY(log && log->status == 200);
        QVERIFY(DockerFrames(false).feed(
            log->body, [&](const DockerFrames::Piece &piece) { kept += piece.bytes; }));
        QVERIFY(kept.startsWith("tick 0\ntick 1\n"));
        QCOMPARE(task.file(QStringLiteral("stdout")), kept);
    }

    /// What an executor may use follows its tasks; memory is not taken back by force.
    void limitsFollowWhatTheContainerMayUse()
    {
        constexpr double megabyte = 1 << 20;
        DockerTask task("grows");
        task.shell("sleep 600");
        f.launch(task);
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.started || task.probe.ended, patience);
        QVERIFY2(task.probe.started, task.probe.ended ? task.probe.ended->message.c_str() : "");
        const auto update = [&](double cpus, double mem, std::optional<double> cpusLimit = {},
                                std::optional<double> memLimit = {}) {
            ContainerResources resources;
            resources.cpus = cpus;
            resources.memBytes = mem * megabyte;
            resources.cpusLimit = cpusLimit;
            if (memLimit)
                resources.memLimitBytes = *memLimit * megabyte;
            std::optional<Result<>> updated;
            f.docker->update("grows", resources, [&](Result<> r) { updated = r; });
            if (!QTest::qWaitFor([&] { return updated.has_value(); }, patience))
                return QByteArray("no answer");
            return *updated ? QByteArray() : QByteArray::fromStdString(updated->error().message);
        };
        const auto host = [&](QStringView name) {
            return f.inspect("grows").value(u"HostConfig").toObject().value(name).toInteger();
        };
        QCOMPARE(host(u"Memory"), 64 << 20);
        QCOMPARE(update(0.5, 96), QByteArray());
        QCOMPARE(host(u"CpuShares"), 512);
        QCOMPARE(host(u"CpuQuota"), 0);
        QCOMPARE(host(u"Memory"), 96 << 20);
        QCOMPARE(update(0.25, 48), QByteArray());
        QCOMPARE(host(u"CpuShares"), 256);
        QCOMPARE(host(u"Memory"), 96 << 20);
        QCOMPARE(host(u"MemoryReservation"), 48 << 20);
        const double infinite = std::numeric_limits<double>::infinity();
        QCOMPARE(update(0.25, 64, 1.5, 200), QByteArray());
        QCOMPARE(host(u"CpuQuota"), 150000);
        QCOMPARE(host(u"Memory"), 200 << 20);
        QCOMPARE(update(0.25, 64, infinite, infinite), QByteArray());
        QCOMPARE(host(u"CpuQuota"), -1);
        QVERIFY(host(u"Memory") > qint64{1} << 60);
        f.destroyAndWait(task);
        QCOMPARE(update(1, 128), QByteArray()); // it is over: nothing to do
    }

    void anEngineThatIsNotThere()
    {
        auto o = f.options();
        o.socket = "/no/such/docker.sock";
        o.engineWait = 300ms;
        DockerContainerizer nowhere(o);
        std::optional<Result<>> ready;
        nowhere.whenReady([&](Result<> r) { ready = r; });
        QTRY_VERIFY(ready);
        QVERIFY(!*ready);
        QVERIFY(ready->error().message.find("unix:///no/such/docker.sock") != std::string::npos);
        DockerTask task("nowhere");
        nowhere.launch(task.spec, task.probe.events());
        QTRY_VERIFY(task.probe.ended);
        QCOMPARE(task.probe.ended->reason,
                 std::optional(TaskStatus::REASON_CONTAINER_LAUNCH_FAILED));
    }
};

QTEST_GUILESS_MAIN(TestDockerLifecycle)
#include "moc_docker_test.cpp"
#include "tst_docker_lifecycle.moc"
