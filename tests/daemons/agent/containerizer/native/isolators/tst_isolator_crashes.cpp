// An agent that ends at any step of a container's life leaves nothing that the next one does not
// take away: no cgroup, no mount, no network namespace, no interface. Everything happens in a
// network and a mount namespace of this test's own.

#include <csignal>

#include <QProcess>
#include <QTest>

#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemons/agent/cgroups/cgroup_files.h"
#include "daemons/agent/cgroups/cgroup_layout.h"
#include "daemons/agent/containerizer/native/isolators/cni/network_namespace.h"
#include "tests/daemons/agent/containerizer/native/isolators/isolator_fixture.h"
#include "tests/daemons/agent/containerizer/native/native_fixture.h"
#include "tests/support/missing.h"
#include "tests/support/mounts.h"

using namespace meseta;
using namespace meseta::agent;

namespace {

const char *const steps[] = {"prepare", "isolate", "watch", "cleanup"};

/// Ends the agent, as a crash does, when it comes to a step.
class CrashIsolator final : public Isolator
{
public:
    explicit CrashIsolator(std::string step) : m_step(std::move(step)) { }

    std::string name() const override { return "crash"; }
    void prepare(const IsolatedContainer &, containerizer::LaunchSpec &, Done done) override
    {
        at("prepare");
        done({});
    }
    void isolate(const IsolatedContainer &, Done done) override
    {
        at("isolate");
        done({});
    }
    void watch(const IsolatedContainer &, std::function<void(const ContainerLimitation &)>) override
    {
        at("watch");
    }
    void cleanup(const IsolatedContainer &, Done done) override
    {
        at("cleanup");
        done({});
    }

private:
    void at(const char *step) const
    {
        if (m_step == step)
            ::_exit(42);
    }
    std::string m_step;
};

/// What agent and next agent have in common: a folder, a root, a network.
struct Place
{
    QString folder;
    std::string group;

    std::string path(const char *name) const
    {
        return (folder + QLatin1Char('/') + QLatin1String(name)).toStdString();
    }
    FlagValues flags() const
    {
        return agentFlagValues({"--isolation=filesystem/linux,docker/runtime,cgroups/all,"
                                "volume/secret,disk/du,network/cni",
                                "--cgroups_root=" + group, "--network_cni_plugins_dir=/usr/lib/cni",
                                "--network_cni_config_dir=" + path("cni")});
    }
    IsolatorContext context(const FlagValues &values) const
    {
        return {values, path("data"), path("run"), true, true};
    }
    void write() const
    {
        for (const char *name : {"data", "run", "cni", "sandbox"})
            QDir(folder).mkpath(QLatin1String(name));
        QFile network(folder + QLatin1String("/cni/net1.conf"));
        if (network.open(QIODevice::WriteOnly))
            network.write(QByteArray(R"({"name": "net1", "type": "bridge", "bridge": "mesetabr0",
                "isGateway": true, "cniVersion": "0.3.1", "ipam": {"type": "host-local",
                "dataDir": "%", "subnet": "10.99.2.0/24"}})")
                              .replace('%', folder.toUtf8() + "/ipam"));
    }
};

ContainerSpec taskSpec(const Place &place)
{
    ContainerSpec spec;
    spec.containerId = "c";
    spec.taskId = "task";
    spec.command.set_value("exec sleep 60");
    spec.sandbox = place.path("sandbox");
    spec.cpus = 1;
    spec.memBytes = 64.0 * 1024 * 1024;
    spec.container = imageContainer();
    spec.container->add_network_infos()->set_name("net1");
    auto *volume = spec.container->add_volumes();
    volume->set_container_path("/secret");
    volume->set_mode(mesos::v1::Volume::RO);
    volume->mutable_source()->set_type(mesos::v1::Volume::Source::SECRET);
    volume->mutable_source()->mutable_secret()->set_type(mesos::v1::Secret::VALUE);
    volume->mutable_source()->mutable_secret()->mutable_value()->set_data("x");
    return spec;
}

std::unique_ptr<MesosContainerizer> makeAgent(const Place &place, const std::string &root,
                                              const std::string &step)
{
    const FlagValues values = place.flags();
    auto isolators = makeIsolators(place.context(values));
    if (!isolators)
        qFatal("%s", isolators.error().message.c_str());
    isolators->push_back(std::make_unique<CrashIsolator>(step));
    ContainerImage image;
    image.rootfs = root;
    image.runtime.environment = {"PATH=/usr/bin:/bin"};
    MesosOptions options;
    options.helper = nativeHelperPath();
    options.runtimeDir = place.path("run");
    options.isolators = std::move(*isolators);
    options.images = std::make_unique<TestImages>(image);
    return std::make_unique<MesosContainerizer>(std::move(options));
}

/// The agent that crashes: "<test> crash <step> <folder> <group> <root>".
int crash(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const Place place{QString::fromLocal8Bit(argv[3]), argv[4]};
    const auto agent = makeAgent(place, argv[5], argv[2]);
    ContainerEvents events;
    events.started = [&agent](const mesos::v1::ContainerStatus &) { agent->destroy("c"); };
    events.ended = [](const ContainerTermination &termination) {
        qWarning("%s", termination.message.c_str());
        ::_exit(1); // the step did not come
    };
    agent->launch(taskSpec(place), events);
    return app.exec();
}

QByteArray contentOf(const char *path)
{
    QFile file(QString::fromLatin1(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Those in this test's own network namespace: all of them are ports of its own bridge.
int vethCount()
{
    return static_cast<int>(contentOf("/proc/thread-self/net/dev").count("veth"));
}

} // namespace

class TestIsolatorCrashes : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestRoot> m_root;
    std::unique_ptr<QTemporaryDir> m_folder;
    Place m_place;

private Q_SLOTS:
    void initTestCase()
    {
        const auto layout = CgroupLayout::look({});
        if (::geteuid() != 0 || !layout || layout->kind() == CgroupLayout::Kind::None
            || !QFileInfo(QStringLiteral("/usr/lib/cni/bridge")).exists())
            MESETA_MISSING(QStringLiteral("needs root, cgroups and the CNI plugins"));
        QCOMPARE(::unshare(CLONE_NEWNET | CLONE_NEWNS), 0);
        QCOMPARE(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
        QVERIFY(bringUpLoopback("/proc/thread-self/ns/net"));
        m_root = std::make_unique<TestRoot>(
            QStringList{QStringLiteral("/bin/sh"), QStringLiteral("/bin/sleep"),
                        QStringLiteral("/bin/cat"), QStringLiteral("/bin/hostname")});
    }
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_place = {m_folder->path(), "meseta-crash-" + std::to_string(::getpid())};
        m_place.write();
    }

    void aContainerInANetworkKnowsItsNameAndAddress()
    {
        const auto agent = makeAgent(m_place, m_root->path(), "never");
        ContainerSpec spec = taskSpec(m_place);
        spec.command.set_value("hostname; cat /etc/hosts /secret; exec sleep 60");
        ContainerProbe probe;
        agent->launch(spec, probe.events());
        QTRY_VERIFY_WITH_TIMEOUT(probe.started || probe.ended, 20'000);
        QVERIFY2(probe.started, probe.ended ? probe.ended->message.c_str() : "");
        const auto &networks = probe.started->network_infos();
        QCOMPARE(networks.size(), 1);
        QCOMPARE(networks[0].name(), std::string("net1"));
        const std::string address = networks[0].ip_addresses(0).ip_address();
        const QByteArray expected =
            "c\n127.0.0.1 localhost\n" + QByteArray::fromStdString(address) + " c\nx";
        const QString output = m_place.folder + QLatin1String("/sandbox/stdout");
        QTRY_COMPARE(contentOf(output.toLocal8Bit().constData()), expected);
        QCOMPARE(vethCount(), 1);
        agent->destroy("c");
        QTRY_VERIFY_WITH_TIMEOUT(probe.ended.has_value(), 20'000);
        QCOMPARE(vethCount(), 0);
    }

    void theNextAgentTakesEverythingAway_data()
    {
        QTest::addColumn<QString>("step");
        for (const char *step : steps)
            QTest::newRow(step) << QString::fromLatin1(step);
    }
    void theNextAgentTakesEverythingAway()
    {
        QFETCH(QString, step);
        QProcess agent;
        agent.setProcessChannelMode(QProcess::ForwardedChannels);
        agent.start(QCoreApplication::applicationFilePath(),
                    {QStringLiteral("crash"), step, m_place.folder,
                     QString::fromStdString(m_place.group),
                     QString::fromStdString(m_root->path())});
        QVERIFY(agent.waitForFinished(30'000));
        QCOMPARE(agent.exitCode(), 42);

        const FlagValues values = m_place.flags();
        auto isolators = makeIsolators(m_place.context(values));
        QVERIFY(isolators);
        for (const auto &isolator : *isolators) {
            const auto recovered = recover(*isolator, {}, {"c"});
            QVERIFY2(recovered, recovered ? "" : recovered.error().message.c_str());
        }
        QCOMPARE(vethCount(), 0);
        QCOMPARE(test::mountsOf({m_folder->path(), m_root->file({})}), QByteArrayList());
        QVERIFY(QDir(m_place.folder + QLatin1String("/run/.secret")).isEmpty());
        QVERIFY(QDir(m_place.folder + QLatin1String("/run/isolators/network/cni")).isEmpty());
        QVERIFY(QDir(m_place.folder + QLatin1String("/ipam/net1"))
                    .entryList({QStringLiteral("10.*")}, QDir::Files)
                    .isEmpty());
    }

    void cleanup()
    {
        const auto layout = CgroupLayout::look({});
        for (const auto &hierarchy : layout->hierarchies())
            QVERIFY(*CgroupFiles().remove(hierarchy.path + "/" + m_place.group));
    }
};

int main(int argc, char **argv)
{
    if (argc == 6 && std::string_view(argv[1]) == "crash")
        return crash(argc, argv);
    QCoreApplication app(argc, argv);
    TestIsolatorCrashes test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_isolator_crashes.moc"
