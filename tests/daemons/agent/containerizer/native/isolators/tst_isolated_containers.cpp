// Containers as the agent starts them, with the isolators of resources around them: each limit is
// broken for real, and nothing is left afterwards.

#include <csignal>

#include <QProcess>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

#include "daemons/agent/cgroups/cgroup_files.h"
#include "daemons/agent/cgroups/cgroup_layout.h"
#include "tests/daemons/agent/containerizer/native/native_fixture.h"
#include "tests/support/missing.h"
#include "tests/support/mounts.h"

using namespace meseta;
using namespace meseta::agent;
using namespace std::chrono_literals;
using mesos::v1::TaskStatus;
using mesos::v1::Volume;

namespace {

constexpr double megabyte = 1024 * 1024;

const QStringList programs = {
    QStringLiteral("/bin/sh"),    QStringLiteral("/bin/cat"),      QStringLiteral("/bin/ls"),
    QStringLiteral("/bin/dd"),    QStringLiteral("/bin/sleep"),    QStringLiteral("/bin/stat"),
    QStringLiteral("/bin/touch"), QStringLiteral("/usr/bin/tail"),
};

} // namespace

class TestIsolatedContainers : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestRoot> m_root;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::string m_group = "meseta-isolated-" + std::to_string(::getpid());
    std::unique_ptr<MesosContainerizer> m_containerizer;

    std::string path(const char *name) const
    {
        return m_folder->filePath(QString::fromLatin1(name)).toStdString();
    }
    void start(const std::string &isolation, std::vector<std::string> flags = {})
    {
        m_containerizer.reset();
        flags.push_back("--isolation=" + isolation);
        flags.push_back("--cgroups_root=" + m_group);
        const FlagValues values = agentFlagValues(std::move(flags));
        IsolatorContext context{values, path("data"), path("run"), true, true};
        ContainerImage image;
        image.rootfs = m_root->path();
        image.runtime.environment = {"PATH=/usr/bin:/bin"};
        MesosOptions options;
        options.images = std::make_unique<TestImages>(image);
        context.images = options.images.get();
        auto isolators = makeIsolators(context);
        if (!isolators)
            qFatal("%s", isolators.error().message.c_str());
        options.helper = nativeHelperPath();
        options.runtimeDir = path("run");
        options.isolators = std::move(*isolators);
        m_containerizer = std::make_unique<MesosContainerizer>(std::move(options));
    }
    std::unique_ptr<TestContainer> launch(const std::string &script,
                                          const std::function<void(ContainerSpec &)> &edit = {})
    {
        std::unique_ptr<TestContainer> c(TestContainer::shell("c", script));
        c->spec.cpus = 1;
        c->spec.memBytes = 64 * megabyte;
        if (edit)
            edit(c->spec);
        m_containerizer->launch(c->spec, c->probe.events());
        return c;
    }
    /// Runs a script to its end.
    std::unique_ptr<TestContainer> run(const std::string &script,
                                       const std::function<void(ContainerSpec &)> &edit = {})
    {
        auto c = launch(script, edit);
        if (!QTest::qWaitFor([&] { return c->probe.ended.has_value(); }, 30'000))
            qWarning("the container did not end");
        return c;
    }
    static QByteArray textOf(const TestContainer &c)
    {
        if (c.probe.ended && !c.probe.ended->waitStatus)
            return QByteArray::fromStdString(c.probe.ended->message);
        return c.file(QStringLiteral("stdout")) + c.file(QStringLiteral("stderr"));
    }
    static void setImage(ContainerSpec &spec) { spec.container = imageContainer(); }
    static Volume &addVolume(ContainerSpec &spec, const std::string &containerPath)
    {
        Volume *volume = spec.container->add_volumes();
        volume->set_container_path(containerPath);
        volume->set_mode(Volume::RO);
        return *volume;
    }
    /// At `data` of the sandbox.
    static mesos::v1::Resource persistentDisk(bool readOnly = false)
    {
        mesos::v1::Resource disk;
        disk.set_name("disk");
        disk.set_type(mesos::v1::Value::SCALAR);
        disk.mutable_scalar()->set_value(8);
        disk.add_reservations()->set_role("r1");
        disk.mutable_disk()->mutable_persistence()->set_id("v1");
        disk.mutable_disk()->mutable_volume()->set_container_path("data");
        disk.mutable_disk()->mutable_volume()->set_mode(readOnly ? Volume::RO : Volume::RW);
        return disk;
    }

    void changeVolumes(std::vector<mesos::v1::Resource> volumes)
    {
        std::optional<Result<>> answer;
        ContainerResources resources;
        resources.requests = std::move(volumes);
        m_containerizer->update("c", resources, [&answer](Result<> r) { answer = std::move(r); });
        QTRY_VERIFY_WITH_TIMEOUT(answer.has_value(), 30'000);
        QVERIFY2(*answer, *answer ? "" : answer->error().message.c_str());
    }

private Q_SLOTS:
    void initTestCase()
    {
        const auto layout = CgroupLayout::look({});
        if (::geteuid() != 0 || !layout || layout->of("memory") == nullptr)
            MESETA_MISSING(QStringLiteral("needs root and the memory cgroup"));
        m_root = std::make_unique<TestRoot>(programs);
    }
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        for (const char *name : {"data", "run"})
            QDir(m_folder->path()).mkpath(QString::fromLatin1(name));
    }
    void cleanup()
    {
        m_containerizer.reset();
        const auto layout = CgroupLayout::look({});
        for (const auto &hierarchy : layout->hierarchies())
            QVERIFY(*CgroupFiles().remove(hierarchy.path + "/" + m_group)); // nothing below is left
        QCOMPARE(test::mountsOf({m_folder->path(), m_root->file({})}), QByteArrayList());
        QVERIFY(QDir(m_folder->filePath(QStringLiteral("run/containers"))).isEmpty());
        QVERIFY(QDir(m_folder->filePath(QStringLiteral("run/.secret"))).isEmpty());
    }

    void aMemoryBombIsReportedWithFigures()
    {
        start("cgroups/cpu,cgroups/mem");
        // It asks for an endless line; without the limit its address space stops it soon after.
        const auto c = run("ulimit -v 131072; tail /dev/zero",
                           [](ContainerSpec &spec) { spec.memBytes = 32 * megabyte; });
        QCOMPARE(c->probe.endedCount, 1);
        const auto &ended = *c->probe.ended;
        QVERIFY2(ended.reason, ended.message.c_str());
        QCOMPARE(*ended.reason, TaskStatus::REASON_CONTAINER_LIMITATION_MEMORY);
        QVERIFY2(ended.message.starts_with("The container ran out of memory: its limit is 32MB, "),
                 ended.message.c_str());
        QCOMPARE(ended.limitation->resources(0).name(), std::string("mem"));
    }

    void aForkBombStaysInItsContainer()
    {
        start("filesystem/linux,docker/runtime,cgroups/pids,cgroups/mem");
        // Each process costs the kernel memory, which counts as the container's.
        const auto c = launch("i=0; while [ $i -lt 400 ]; do sleep 1000 & i=$((i+1)); done; wait",
                              [](ContainerSpec &spec) {
                                  setImage(spec);
                                  spec.memBytes = 32 * megabyte;
                              });
        QTRY_VERIFY_WITH_TIMEOUT(c->probe.started || c->probe.ended, 10'000);
        bool limited = QTest::qWaitFor([&] { return c->probe.ended.has_value(); }, 10'000);
        if (limited) // out of memory or of processes
            QCOMPARE(
                c->probe.ended->reason.value_or(TaskStatus::REASON_CONTAINER_LIMITATION_MEMORY),
                TaskStatus::REASON_CONTAINER_LIMITATION_MEMORY);
        m_containerizer->destroy("c");
        QTRY_VERIFY_WITH_TIMEOUT(c->probe.ended.has_value(), 20'000);
    }

    void aDiskFillerIsEnded()
    {
        start("disk/du",
              {"--enforce_container_disk_quota", "--container_disk_watch_interval=50ms"});
        const auto c =
            run("dd if=/dev/zero of=big bs=65536 count=64 2>/dev/null; sync big; sleep 60",
                [](ContainerSpec &spec) {
                    auto &disk = spec.resources.emplace_back();
                    disk.set_name("disk");
                    disk.set_type(mesos::v1::Value::SCALAR);
                    disk.mutable_scalar()->set_value(1);
                });
        QVERIFY(c->probe.ended && c->probe.ended->reason);
        QCOMPARE(*c->probe.ended->reason, TaskStatus::REASON_CONTAINER_LIMITATION_DISK);
        QVERIFY2(c->probe.ended->message.find("more than its quota of 1MB") != std::string::npos,
                 c->probe.ended->message.c_str());
    }

    void listeningElsewhereIsEnded()
    {
        if (!QFileInfo(QStringLiteral("/usr/bin/python3")).exists())
            MESETA_MISSING(QStringLiteral("needs python3, which can listen on a port"));
        start("network/ports",
              {"--enforce_container_ports", "--container_ports_watch_interval=50ms"});
        const auto c = run("exec /usr/bin/python3 -c 'import socket, time; s = socket.socket(); "
                           "s.bind((\"127.0.0.1\", 0)); s.listen(); time.sleep(60)'");
        QVERIFY(c->probe.ended && c->probe.ended->reason);
        QCOMPARE(*c->probe.ended->reason, TaskStatus::REASON_CONTAINER_LIMITATION);
        QVERIFY2(c->probe.ended->message.find("listens on ports that it does not have: ")
                     != std::string::npos,
                 c->probe.ended->message.c_str());
    }

    void aContainerIsInItsGroupsFromTheFirstInstruction()
    {
        start("cgroups/all");
        const auto c = run("cat /proc/self/cgroup");
        const QByteArray text = textOf(*c);
        QVERIFY2(text.contains(":memory:/" + QByteArray::fromStdString(m_group) + "/c\n")
                     || text.contains("0::/" + QByteArray::fromStdString(m_group) + "/c/leaf\n"),
                 text.constData());
    }

    void limitsChangeWhileAContainerRuns()
    {
        start("cgroups/mem,cgroups/cpu");
        const auto c = launch("sleep 60");
        QTRY_VERIFY(c->probe.started.has_value());
        ContainerResources more;
        more.cpus = 2;
        more.memBytes = 128 * megabyte;
        std::optional<Result<>> updated;
        m_containerizer->update("c", more, [&](Result<> result) { updated = std::move(result); });
        QTRY_VERIFY(updated.has_value());
        QVERIFY(*updated);
        std::optional<mesos::v1::ResourceStatistics> statistics;
        m_containerizer->usage("c", [&](Result<mesos::v1::ResourceStatistics> result) {
            if (result)
                statistics = *result;
        });
        QTRY_VERIFY(statistics.has_value());
        QVERIFY(statistics->mem_total_bytes() > 0);
        QCOMPARE(statistics->mem_limit_bytes(), 128u * 1024 * 1024);
        m_containerizer->destroy("c");
        QTRY_VERIFY(c->probe.ended.has_value());
    }

    void volumesOfTheHostAreThere()
    {
        start("filesystem/linux,docker/runtime");
        QDir(m_folder->path()).mkpath(QStringLiteral("host"));
        TestRoot data({});
        data.write(QStringLiteral("note"), "from the host\n");
        const auto c = run("cat /data/note; touch /data/x; cat names | head -c 4 || cat names",
                           [&](ContainerSpec &spec) {
                               setImage(spec);
                               addVolume(spec, "/data").set_host_path(data.path());
                               addVolume(spec, "names").set_host_path("/etc/hostname");
                           });
        const QByteArray text = textOf(*c);
        QVERIFY2(text.startsWith("from the host\n"), text.constData());
        QVERIFY2(text.contains("Read-only file system"), text.constData());
        QVERIFY(!QFileInfo::exists(data.file(QStringLiteral("x"))));
    }

    /// What is mounted in the sandbox is there for a command that stands in it, not only by the
    /// whole path.
    void volumesInTheSandboxAreThereWithoutAnImage()
    {
        start("filesystem/linux,docker/runtime");
        TestRoot data({});
        data.write(QStringLiteral("note"), "from the host\n");
        const auto c = run("cat note/note; ls other; cat \"$MESOS_SANDBOX/note/note\"",
                           [&](ContainerSpec &spec) {
                               spec.container.emplace().set_type(mesos::v1::ContainerInfo::MESOS);
                               addVolume(spec, "note").set_host_path(data.path());
                               auto *image = addVolume(spec, "other").mutable_image();
                               image->set_type(mesos::v1::Image::DOCKER);
                               image->mutable_docker()->set_name("test");
                           });
        const QByteArray text = textOf(*c);
        QVERIFY2(text.startsWith("from the host\nbin\n"), text.constData());
        QVERIFY2(text.endsWith("usr\nfrom the host\n"), text.constData());
    }

    void anotherImageIsAVolume()
    {
        start("filesystem/linux,docker/runtime");
        const auto c = run("ls /other", [](ContainerSpec &spec) {
            setImage(spec);
            auto *image = addVolume(spec, "/other").mutable_image();
            image->set_type(mesos::v1::Image::DOCKER);
            image->mutable_docker()->set_name("test");
        });
        QVERIFY2(textOf(*c).contains("bin\n") && textOf(*c).contains("usr\n"),
                 textOf(*c).constData());
    }

    void secretsAreThereAndNowhereElse()
    {
        start("filesystem/linux,docker/runtime,volume/secret,environment_secret");
        const auto c = launch("cat /run/secrets/key; echo $PASSWORD; stat -c %a:%u "
                              "/run/secrets/key; while [ ! -e go ]; do sleep 0.05; done; "
                              "cat /run/secrets/key",
                              [](ContainerSpec &spec) {
                                  setImage(spec);
                                  auto *source =
                                      addVolume(spec, "/run/secrets/key").mutable_source();
                                  source->set_type(Volume::Source::SECRET);
                                  source->mutable_secret()->set_type(mesos::v1::Secret::VALUE);
                                  source->mutable_secret()->mutable_value()->set_data("hush\n");
                                  auto *v = spec.command.mutable_environment()->add_variables();
                                  v->set_name("PASSWORD");
                                  v->set_type(mesos::v1::Environment::Variable::SECRET);
                                  v->mutable_secret()->set_type(mesos::v1::Secret::VALUE);
                                  v->mutable_secret()->mutable_value()->set_data("psst");
                              });
        QTRY_VERIFY(c->probe.started || c->probe.ended);
        QVERIFY2(c->probe.started, c->probe.ended ? c->probe.ended->message.c_str() : "");
        QTRY_COMPARE(test::mountsOf({m_folder->filePath(QStringLiteral("run/.secret"))}),
                     QByteArrayList()); // only the container has it now
        QFile go(c->sandbox.filePath(QStringLiteral("go")));
        QVERIFY(go.open(QIODevice::WriteOnly));
        QTRY_VERIFY(c->probe.ended.has_value());
        QCOMPARE(textOf(*c), QByteArray("hush\npsst\n400:0\nhush\n"));
    }

    void persistentVolumesOutliveTheContainer_data()
    {
        QTest::addColumn<bool>("image");
        QTest::newRow("with an image") << true;
        QTest::newRow("on the host's file system") << false;
    }
    void persistentVolumesOutliveTheContainer()
    {
        QFETCH(bool, image);
        start("filesystem/linux,docker/runtime");
        const auto use = [image](ContainerSpec &spec) {
            if (image)
                setImage(spec);
            spec.resources.push_back(persistentDisk());
        };
        QCOMPARE(textOf(*run("echo kept > data/note", use)), QByteArray());
        QCOMPARE(textOf(*run("cat data/note", use)), QByteArray("kept\n"));
        QVERIFY(
            QFileInfo::exists(m_folder->filePath(QStringLiteral("data/volumes/roles/r1/v1/note"))));
    }

    /// A custom executor runs before the task that brings the volume.
    void volumesComeAndGoWhileAnExecutorRuns_data() { persistentVolumesOutliveTheContainer_data(); }
    void volumesComeAndGoWhileAnExecutorRuns()
    {
        QFETCH(bool, image);
        start("filesystem/linux,docker/runtime,namespaces/pid");
        const auto c = launch("while [ ! -e data/go ]; do sleep 0.05; done; echo kept > data/note; "
                              "while [ -e data ]; do sleep 0.05; done; echo gone; "
                              "while [ ! -e data/note ]; do sleep 0.05; done; cat data/note; "
                              "echo no > data/note || echo refused",
                              [image](ContainerSpec &spec) {
                                  spec.isExecutor = true;
                                  if (image)
                                      setImage(spec);
                              });
        const QString folder = m_folder->filePath(QStringLiteral("data/volumes/roles/r1/v1"));
        QVERIFY(QDir().mkpath(folder));
        QFile go(folder + QStringLiteral("/go"));
        QVERIFY(go.open(QIODevice::WriteOnly));
        changeVolumes({persistentDisk()}); // before or after it has started
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(folder + QStringLiteral("/note")), 30'000);
        QVERIFY(QDir(c->sandbox.filePath(QStringLiteral("data"))).isEmpty()); // as the host sees it
        changeVolumes({});
        QTRY_COMPARE_WITH_TIMEOUT(c->file(QStringLiteral("stdout")), QByteArray("gone\n"), 30'000);
        QVERIFY(!QFileInfo::exists(c->sandbox.filePath(QStringLiteral("data"))));
        changeVolumes({persistentDisk(true)});
        QTRY_VERIFY_WITH_TIMEOUT(c->probe.ended.has_value(), 30'000);
        QCOMPARE(c->file(QStringLiteral("stdout")), QByteArray("gone\nkept\nrefused\n"));
    }

    void aFileInThePlaceOfAVolumeIsNamed()
    {
        start("filesystem/linux");
        const auto c = launch("touch data; exec sleep 1000",
                              [](ContainerSpec &spec) { spec.isExecutor = true; });
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(c->sandbox.filePath(QStringLiteral("data"))),
                                 30'000);
        std::optional<Result<>> answer;
        ContainerResources resources;
        resources.requests = {persistentDisk()};
        m_containerizer->update("c", resources, [&answer](Result<> r) { answer = std::move(r); });
        QTRY_VERIFY_WITH_TIMEOUT(answer.has_value(), 30'000);
        QVERIFY(!*answer);
        QVERIFY2(answer->error().message.find("'data' of the sandbox exists and is not a folder")
                     != std::string::npos,
                 answer->error().message.c_str());
        m_containerizer->destroy("c");
        QTRY_VERIFY_WITH_TIMEOUT(c->probe.ended.has_value(), 30'000);
    }

    /// As a task of a group in its executor's container: one with an image, one without.
    void whatNestedContainersShareWithTheirParent_data()
    {
        QTest::addColumn<bool>("image");
        QTest::newRow("with an image") << true;
        QTest::newRow("on the host's file system") << false;
    }
    void whatNestedContainersShareWithTheirParent()
    {
        QFETCH(bool, image);
        start("filesystem/linux,docker/runtime,namespaces/pid,namespaces/ipc");
        const auto parent =
            launch("echo shared > /dev/shm/note; touch ready; exec sleep 1000",
                   [](ContainerSpec &spec) { spec.resources.push_back(persistentDisk()); });
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(parent->sandbox.filePath(QStringLiteral("ready"))),
                                 20'000);
        QTRY_VERIFY(parent->probe.started);
        std::unique_ptr<TestContainer> nested(TestContainer::shell(
            "c.task", "cat /dev/shm/note; echo kept > data/note; cat whole/note"));
        if (image)
            setImage(nested->spec);
        else
            nested->spec.container.emplace().set_type(mesos::v1::ContainerInfo::MESOS);
        nested->spec.resources.push_back(persistentDisk());
        auto &whole = addVolume(nested->spec, "whole");
        whole.mutable_source()->set_type(Volume::Source::SANDBOX_PATH);
        auto *path = whole.mutable_source()->mutable_sandbox_path();
        path->set_type(Volume::Source::SandboxPath::PARENT);
        path->set_path("data");
        m_containerizer->launch(nested->spec, nested->probe.events());
        QTRY_VERIFY_WITH_TIMEOUT(nested->probe.ended, 20'000);
        QCOMPARE(textOf(*nested), QByteArray("shared\nkept\n"));
        QVERIFY(
            QFileInfo::exists(m_folder->filePath(QStringLiteral("data/volumes/roles/r1/v1/note"))));
        m_containerizer->destroy("c");
        QTRY_VERIFY_WITH_TIMEOUT(parent->probe.ended, 20'000);
    }

    void aContainerThatCannotBePreparedLeavesNothing()
    {
        start("filesystem/linux,docker/runtime,cgroups/all,volume/secret");
        const auto c = run("true", [](ContainerSpec &spec) {
            setImage(spec);
            auto *source = addVolume(spec, "/secret").mutable_source();
            source->set_type(Volume::Source::SECRET);
            source->mutable_secret()->set_type(mesos::v1::Secret::VALUE);
            source->mutable_secret()->mutable_value()->set_data("x");
            addVolume(spec, "/data").mutable_source()->set_type(Volume::Source::SECRET);
        });
        QCOMPARE(*c->probe.ended->reason, TaskStatus::REASON_CONTAINER_LAUNCH_FAILED);
        QVERIFY2(c->probe.ended->message.find("the volume at '/data': the secret has no value")
                     != std::string::npos,
                 c->probe.ended->message.c_str());
    }
};

QTEST_GUILESS_MAIN(TestIsolatedContainers)
#include "tst_isolated_containers.moc"
