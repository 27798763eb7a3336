// The Docker containerizer against a real engine and a real registry, both started here.

#include <memory>

#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTcpSocket>
#include <QTest>

#include <sys/wait.h>

#include "daemons/agent/containerizer/docker_containerizer.h"
#include "tests/daemons/agent/containerizer/container_probe.h"
#include "tests/support/docker_engine.h"
#include "tests/support/registry.h"

using namespace meseta;
using namespace meseta::agent;
using namespace meseta::test;
using namespace std::chrono_literals;
using DockerInfo = mesos::v1::ContainerInfo::DockerInfo;
using mesos::v1::TaskStatus;

namespace {

constexpr int patience = 60000; // of a machine busy with other things

/// A container from the Redis image.
struct DockerTask : TestContainer
{
    explicit DockerTask(const std::string &id, const std::string &image = "library/redis") : TestContainer(id)
    {
        spec.container.emplace().set_type(mesos::v1::ContainerInfo::DOCKER);
        docker().set_image(image);
        spec.command.set_shell(false);
        spec.cpus = 0.1;
        spec.memBytes = 64 << 20;
    }
    DockerInfo &docker() { return *spec.container->mutable_docker(); }
    DockerTask &shell(const std::string &script)
    {
        spec.command.set_shell(true);
        spec.command.set_value(script);
        return *this;
    }
    DockerTask &parameter(const std::string &key, const std::string &value)
    {
        auto *p = docker().add_parameters();
        p->set_key(key);
        p->set_value(value);
        return *this;
    }
};

QByteArray ping(quint16 port, const QString &host = QStringLiteral("127.0.0.1"))
{
    QTcpSocket socket;
    socket.connectToHost(host, port);
    if (!socket.waitForConnected(1000))
        return {};
    socket.write("PING\r\n");
    socket.waitForReadyRead(1000);
    return socket.readAll().trimmed();
}

} // namespace

class TestDockerContainerizer : public QObject
{
    Q_OBJECT

    TestDockerEngine m_engine;
    TestRegistry m_registry;
    std::unique_ptr<DockerContainerizer> m_docker;

    DockerOptions options() const
    {
        DockerOptions o;
        o.socket = m_engine.socket().toStdString();
        o.workDir = "/var/test/agent";
        o.engineTimeout = 20s;
        return o;
    }
    void launch(TestContainer &task) { m_docker->launch(task.spec, task.probe.events()); }
    QJsonObject inspect(const std::string &id)
    {
        const auto reply = m_engine.request("GET", "/containers/mesos-" + QByteArray::fromStdString(id) + "/json");
        return QJsonDocument::fromJson(reply ? reply->body : QByteArray()).object();
    }
    /// Runs a script in the image to its end and gives what it wrote.
    QByteArray outputOf(DockerTask &task)
    {
        launch(task);
        if (!QTest::qWaitFor([&] { return task.probe.ended.has_value(); }, patience))
            return "did not end";
        return task.probe.ended->waitStatus ? task.file(QStringLiteral("stdout")) : QByteArray::fromStdString(task.probe.ended->message);
    }
    void destroyAndWait(TestContainer &task)
    {
        m_docker->destroy(task.spec.containerId);
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.ended, patience);
    }

private Q_SLOTS:
    void initTestCase()
    {
        QString missing = TestDockerEngine::missing();
        if (missing.isEmpty())
            missing = TestRegistry::missing();
        if (missing.isEmpty()) {
            if (const auto started = m_engine.start(); !started)
                missing = QString::fromStdString(started.error().message);
        }
        if (!missing.isEmpty())
            MESETA_MISSING(missing);
        const auto built = m_engine.buildRedis();
        QVERIFY2(built, built ? "" : built.error().message.c_str());
        const auto registry = m_registry.start();
        QVERIFY2(registry, registry ? "" : registry.error().message.c_str());
    }
    void cleanupTestCase() { m_engine.remove(); }
    void init() { m_docker = std::make_unique<DockerContainerizer>(options()); }
    void cleanup() { m_docker.reset(); }

    void isReadyOnceTheEngineHasAnswered()
    {
        std::optional<Result<>> ready;
        m_docker->whenReady([&](Result<> r) { ready = r; });
        QTRY_VERIFY_WITH_TIMEOUT(ready, patience);
        QVERIFY2(*ready, *ready ? "" : ready->error().message.c_str());
        QVERIFY(m_docker->ready());
        QVERIFY(!m_docker->supports(std::nullopt));
        QVERIFY(m_docker->supports(DockerTask("x").spec.container));
    }

    void redisAnswersInTheHostNetwork()
    {
        const quint16 port = freePort();
        DockerTask task("redis-host");
        task.spec.command.add_arguments("--port");
        task.spec.command.add_arguments(std::to_string(port));
        launch(task);
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.started || task.probe.ended, patience);
        QVERIFY2(task.probe.started, task.probe.ended ? task.probe.ended->message.c_str() : "");
        QTRY_COMPARE_WITH_TIMEOUT(ping(port), QByteArray("+PONG"), patience);
        QTRY_VERIFY_WITH_TIMEOUT(task.file(QStringLiteral("stdout")).contains("Ready to accept connections"), patience);

        const auto data = QJsonDocument::fromJson(QByteArray::fromStdString(task.probe.inspected)).array();
        QCOMPARE(data.at(0).toObject().value(u"Name").toString(), QStringLiteral("/mesos-redis-host"));

        m_docker->kill("redis-host", 20s); // Redis ends cleanly on SIGTERM
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.ended, patience);
        QCOMPARE(task.probe.ended->waitStatus, std::optional<int>(0));
        QVERIFY(task.probe.ended->killed);
        QVERIFY(task.file(QStringLiteral("stdout")).contains("bye bye")); // its last words are not lost
        QCOMPARE(task.probe.endedCount, 1);
    }

    void redisAnswersThroughAPortMapping()
    {
        const quint16 port = freePort();
        DockerTask task("redis-bridge");
        task.docker().set_network(DockerInfo::BRIDGE);
        auto *mapping = task.docker().add_port_mappings();
        mapping->set_host_port(port);
        mapping->set_container_port(6379);
        auto *ports = task.spec.resources.emplace_back().mutable_ranges()->add_range();
        task.spec.resources.back().set_name("ports");
        task.spec.resources.back().set_type(mesos::v1::Value::RANGES);
        ports->set_begin(port);
        ports->set_end(port);
        launch(task);
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.started || task.probe.ended, patience);
        QVERIFY2(task.probe.started, task.probe.ended ? task.probe.ended->message.c_str() : "");
        const auto &network = task.probe.started->network_infos(0);
        QVERIFY(QString::fromStdString(network.ip_addresses(0).ip_address()).startsWith(QStringLiteral("10.")));
        QTRY_COMPARE_WITH_TIMEOUT(ping(port), QByteArray("+PONG"), patience);
        QCOMPARE(ping(6379, QString::fromStdString(network.ip_addresses(0).ip_address())), QByteArray("+PONG"));
        QCOMPARE(m_docker->status("redis-bridge")->network_infos_size(), 1);
        destroyAndWait(task);
        QCOMPARE(task.probe.ended->waitStatus, std::optional<int>(137 << 8));
    }

    // The image has ENTRYPOINT ["/usr/bin/redis-server"] and CMD ["--protected-mode","no"].
    void commandTable_data()
    {
        QTest::addColumn<bool>("shell");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QStringList>("args");
        const QString redis = QStringLiteral("/usr/bin/redis-server");
        QTest::newRow("shell") << true << "exit 0" << QStringList() << "/bin/sh" << QStringList{QStringLiteral("-c"), QStringLiteral("exit 0")};
        QTest::newRow("shell ignores arguments") << true << "exit 0" << QStringList{QStringLiteral("x")} << "/bin/sh"
                                                 << QStringList{QStringLiteral("-c"), QStringLiteral("exit 0")};
        QTest::newRow("image alone") << false << QString() << QStringList() << redis << QStringList{QStringLiteral("--protected-mode"), QStringLiteral("no")};
        QTest::newRow("arguments") << false << QString() << QStringList{QStringLiteral("--version")} << redis << QStringList{QStringLiteral("--version")};
        QTest::newRow("value") << false << "--version" << QStringList() << redis << QStringList{QStringLiteral("--version")};
        QTest::newRow("value and arguments") << false << "--port" << QStringList{QStringLiteral("0")} << redis
                                             << QStringList{QStringLiteral("--port"), QStringLiteral("0")};
    }
    void commandTable()
    {
        QFETCH(bool, shell);
        QFETCH(QString, value);
        QFETCH(QStringList, arguments);
        QFETCH(QString, path);
        QFETCH(QStringList, args);
        DockerTask task("command-" + QString::fromLatin1(QTest::currentDataTag()).replace(QLatin1Char(' '), QLatin1Char('-')).toStdString());
        task.docker().set_network(DockerInfo::NONE);
        task.spec.command.set_shell(shell);
        if (!value.isEmpty())
            task.spec.command.set_value(value.toStdString());
        for (const auto &argument : arguments)
            task.spec.command.add_arguments(argument.toStdString());
        launch(task);
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.started, patience);
        const auto run = QJsonDocument::fromJson(QByteArray::fromStdString(task.probe.inspected)).array().at(0).toObject();
        QCOMPARE(run.value(u"Path").toString(), path);
        QCOMPARE(run.value(u"Args").toVariant().toStringList(), args);
        if (!task.probe.ended)
            destroyAndWait(task);
    }

    void environmentSandboxAndLimits()
    {
        DockerTask task("inside");
        task.shell("env; pwd; touch /mnt/mesos/sandbox/made; hostname; exit 3");
        task.docker().set_network(DockerInfo::BRIDGE);
        task.spec.container->set_hostname("redis-one");
        task.spec.environment = {{"WINS", "agent"}, {"MESOS_TASK", "yes"}};
        auto *variable = task.spec.command.mutable_environment()->add_variables();
        variable->set_name("WINS");
        variable->set_value("command");
        task.spec.memBytes = 8 << 20;
        const auto out = outputOf(task);
        QCOMPARE(task.probe.ended->waitStatus, std::optional<int>(3 << 8));
        QVERIFY(!task.probe.ended->reason);
        QVERIFY2(out.contains("WINS=agent\n") && out.contains("MESOS_TASK=yes\n"), out.constData());
        QVERIFY(out.contains("MESOS_SANDBOX=/mnt/mesos/sandbox\n") && out.contains("MESOS_CONTAINER_NAME=mesos-inside\n"));
        QVERIFY(out.endsWith("/\nredis-one\n"));
        QVERIFY(QFile::exists(task.sandbox.filePath(QStringLiteral("made"))));
        const auto host = inspect("inside").value(u"HostConfig").toObject();
        QCOMPARE(host.value(u"CpuShares").toInt(), 102);
        QCOMPARE(host.value(u"Memory").toInt(), 32 << 20); // never less
        QCOMPARE(host.value(u"CpuQuota").toInt(), 0);
    }

    void volumes()
    {
        QTemporaryDir host;
        QVERIFY(QFile(host.filePath(QStringLiteral("given"))).open(QIODevice::WriteOnly));
        DockerTask task("volumes");
        task.shell("ls /data; touch /data/no || echo read-only; touch /mnt/mesos/sandbox/here/yes; ls /mine");
        auto *absolute = task.spec.container->add_volumes();
        absolute->set_mode(mesos::v1::Volume::RO);
        absolute->set_host_path(host.path().toStdString());
        absolute->set_container_path("/data");
        auto *relativeInside = task.spec.container->add_volumes();
        relativeInside->set_mode(mesos::v1::Volume::RW);
        relativeInside->set_host_path(host.path().toStdString());
        relativeInside->set_container_path("here");
        auto *relativeOutside = task.spec.container->add_volumes();
        relativeOutside->set_mode(mesos::v1::Volume::RW);
        relativeOutside->set_host_path("stuff");
        relativeOutside->set_container_path("/mine");
        auto *named = task.spec.container->add_volumes();
        named->set_mode(mesos::v1::Volume::RW);
        named->set_container_path("/named");
        named->mutable_source()->set_type(mesos::v1::Volume::Source::DOCKER_VOLUME);
        named->mutable_source()->mutable_docker_volume()->set_name("test-volume");
        QVERIFY(QDir(task.sandbox.path()).mkdir(QStringLiteral("stuff")));
        QVERIFY(QFile(task.sandbox.filePath(QStringLiteral("stuff/own"))).open(QIODevice::WriteOnly));
        QCOMPARE(outputOf(task), QByteArray("given\nread-only\nown\n"));
        QVERIFY(QFile::exists(host.filePath(QStringLiteral("yes"))));
        QVERIFY(!QFile::exists(host.filePath(QStringLiteral("no"))));
        const auto mounts = inspect("volumes").value(u"Mounts").toArray();
        const bool hasNamed = std::any_of(mounts.begin(), mounts.end(), [](const auto &m) { return m.toObject().value(u"Name").toString() == u"test-volume"; });
        QVERIFY(hasNamed);
    }

    void parametersReachTheEngine()
    {
        DockerTask task("parameters");
        task.shell("id -u; ulimit -n; hostname; pwd").parameter("user", "12:34").parameter("ulimit", "nofile=77:88").parameter("workdir", "/usr");
        task.docker().set_network(DockerInfo::BRIDGE);
        task.parameter("hostname", "param").parameter("label", "team=a=b").parameter("memory", "48m").parameter("cap-drop", "CHOWN");
        QCOMPARE(outputOf(task), QByteArray("12\n77\nparam\n/usr\n"));
        const auto all = inspect("parameters");
        QCOMPARE(all.value(u"Config").toObject().value(u"Labels").toObject().value(u"team").toString(), QStringLiteral("a=b"));
        QCOMPARE(all.value(u"HostConfig").toObject().value(u"Memory").toInt(), 48 << 20);
    }

    void userNetworksByName()
    {
        const auto made = m_engine.request("POST", "/networks/create", R"({"Name":"test-net","Options":{"com.docker.network.bridge.name":"mstnet"}})");
        QVERIFY(made && made->status == 201);
        DockerTask task("usernet");
        task.shell("sleep 100");
        task.docker().set_network(DockerInfo::USER);
        task.spec.container->add_network_infos()->set_name("test-net");
        launch(task);
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.started || task.probe.ended, patience);
        QVERIFY2(task.probe.started, task.probe.ended ? task.probe.ended->message.c_str() : "");
        QCOMPARE(task.probe.started->network_infos(0).name(), std::string("test-net"));
        QCOMPARE(task.probe.started->network_infos(0).ip_addresses_size(), 1);
        destroyAndWait(task);
    }

    void refusalsSayWhatToChange_data()
    {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("message");
        QTest::newRow("unknown parameter") << "parameter" << "the option 'frobnicate'";
        QTest::newRow("hostname on host network") << "hostname" << "Unable to set hostname with host network mode";
        QTest::newRow("no network name") << "user" << "No network info found in container info";
        QTest::newRow("mapping on host network") << "mapping" << "Port mappings are only supported for bridge and user-defined networks";
        QTest::newRow("port not offered") << "port" << "Port [5000] not included in resources";
        QTest::newRow("relative volume") << "volume" << "are relative";
        QTest::newRow("shell without value") << "shell" << "Shell specified but no command value provided";
        QTest::newRow("bad image name") << "image" << "'../up' is not the name of an image";
    }
    void refusalsSayWhatToChange()
    {
        QFETCH(QString, what);
        QFETCH(QString, message);
        DockerTask task("refused");
        if (what == u"parameter")
            task.parameter("frobnicate", "1");
        else if (what == u"hostname")
            task.spec.container->set_hostname("x");
        else if (what == u"user")
            task.docker().set_network(DockerInfo::USER);
        else if (what == u"shell")
            task.spec.command.set_shell(true);
        else if (what == u"image")
            task.docker().set_image("../up");
        else if (what == u"volume") {
            auto *volume = task.spec.container->add_volumes();
            volume->set_mode(mesos::v1::Volume::RW);
            volume->set_host_path("a");
            volume->set_container_path("b");
        } else {
            auto *mapping = task.docker().add_port_mappings();
            mapping->set_host_port(5000);
            mapping->set_container_port(1);
            if (what == u"port")
                task.docker().set_network(DockerInfo::BRIDGE);
        }
        launch(task);
        QVERIFY(!task.probe.ended);
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.ended, patience);
        QCOMPARE(task.probe.ended->reason, std::optional(TaskStatus::REASON_CONTAINER_LAUNCH_FAILED));
        QVERIFY2(task.probe.ended->message.find(message.toStdString()) != std::string::npos, task.probe.ended->message.c_str());
        QVERIFY(inspect("refused").value(u"Id").isUndefined());
    }

    void pullsFromARegistryWithProgress()
    {
        const QString repository = m_registry.host() + QStringLiteral("/library/redis");
        QVERIFY(m_engine.push(QStringLiteral("library/redis:latest"), m_registry.host(), QStringLiteral("library/redis")));
        QVERIFY(m_engine.removeImage(repository));
        QVERIFY(m_engine.removeImage(QStringLiteral("library/redis:latest"))); // now the layers are in the registry only
        DockerTask first("pull-1", repository.toStdString()), second("pull-2", repository.toStdString());
        first.shell("echo one");
        second.shell("echo two");
        launch(first);
        launch(second); // shares the pull
        QTRY_VERIFY_WITH_TIMEOUT(first.probe.ended && second.probe.ended, patience);
        QCOMPARE(first.file(QStringLiteral("stdout")), QByteArray("one\n"));
        QCOMPARE(second.file(QStringLiteral("stdout")), QByteArray("two\n"));
        QVERIFY(!first.probe.progress.empty() && !second.probe.progress.empty());
        QVERIFY2(first.probe.progress.back().find("3 of 3 layers") != std::string::npos, first.probe.progress.back().c_str());

        DockerTask again("pull-3", repository.toStdString());
        again.shell("true");
        outputOf(again);
        QVERIFY(again.probe.progress.empty()); // the engine has it already
        DockerTask forced("pull-4", repository.toStdString());
        forced.shell("true").docker().set_force_pull_image(true);
        outputOf(forced);
        QVERIFY(!forced.probe.progress.empty());
        // Back to the name the other tests use.
        QVERIFY(m_engine.request("POST", "/images/" + repository.toLatin1() + "/tag?repo=library%2Fredis&tag=latest"));
    }

    void imagesThatCannotBePulled_data()
    {
        QTest::addColumn<QString>("image");
        QTest::newRow("unknown to the registry") << m_registry.host() + QStringLiteral("/no/such:image");
        QTest::newRow("registry is down") << QStringLiteral("127.0.0.1:%1/library/redis").arg(freePort());
    }
    void imagesThatCannotBePulled()
    {
        QFETCH(QString, image);
        DockerTask task("nopull", image.toStdString());
        launch(task);
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.ended, patience);
        QCOMPARE(task.probe.ended->reason, std::optional(TaskStatus::REASON_CONTAINER_LAUNCH_FAILED));
        QVERIFY2(task.probe.ended->message.find(image.toStdString()) != std::string::npos, task.probe.ended->message.c_str());
    }

    void pullsWithCredentials()
    {
        TestRegistry guarded;
        QVERIFY(guarded.start(QStringLiteral("user"), QStringLiteral("secret")));
        const QByteArray auth = QByteArray(R"({"username":"user","password":"secret"})").toBase64();
        const auto pushed = m_engine.push(QStringLiteral("library/redis:latest"), guarded.host(), QStringLiteral("guarded"), auth);
        QVERIFY2(pushed, pushed ? "" : pushed.error().message.c_str());
        const QString image = guarded.host() + QStringLiteral("/guarded");
        QVERIFY(m_engine.removeImage(image));

        DockerTask without("auth-none", image.toStdString());
        without.shell("true");
        outputOf(without);
        QCOMPARE(without.probe.ended->reason, std::optional(TaskStatus::REASON_CONTAINER_LAUNCH_FAILED));

        auto o = options();
        o.config = "{\"auths\":{\"http://" + guarded.host().toStdString() + "/v1/\":{\"auth\":\"" + QByteArray("user:secret").toBase64().toStdString() + "\"}}}";
        m_docker = std::make_unique<DockerContainerizer>(o);
        DockerTask with("auth-config", image.toStdString());
        with.shell("echo in");
        QCOMPARE(outputOf(with), QByteArray("in\n"));
    }

    void aProgramThatIsNotInTheImage()
    {
        DockerTask task("missing");
        task.parameter("entrypoint", "/no/such/program");
        launch(task);
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.ended, patience);
        QCOMPARE(task.probe.ended->waitStatus, std::optional<int>(127 << 8));
        QVERIFY2(task.probe.ended->message.find("/no/such/program") != std::string::npos, task.probe.ended->message.c_str());
        QVERIFY(!task.probe.started);
        QTRY_VERIFY(inspect("missing").value(u"Id").isUndefined());
    }

    void outOfMemoryIsTold()
    {
        DockerTask task("oom");
        task.shell("head -c 200m /dev/zero | tail > /dev/null").parameter("memory-swap", "32m");
        task.spec.memBytes = 32 << 20;
        launch(task);
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.ended, patience);
        QCOMPARE(task.probe.ended->reason, std::optional(TaskStatus::REASON_CONTAINER_LIMITATION_MEMORY));
        QVERIFY(task.probe.ended->limitation);
        QCOMPARE(task.probe.ended->limitation->resources(0).scalar().value(), 32.0);
    }

    void graceThenSigkill()
    {
        DockerTask task("grace");
        task.shell("trap '' TERM; echo ready; while :; do sleep 0.1; done");
        launch(task);
        QTRY_VERIFY_WITH_TIMEOUT(task.file(QStringLiteral("stdout")).contains("ready"), patience);
        QElapsedTimer timer;
        timer.start();
        m_docker->kill("grace", 1h);
        m_docker->kill("grace", 1500ms); // shorter: a second, as Docker counts
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.ended, patience);
        QVERIFY(timer.elapsed() >= 1000);
        QCOMPARE(task.probe.ended->waitStatus, std::optional<int>(137 << 8));
        QVERIFY(task.probe.ended->killed);
    }

    void killedWhileItIsBeingCreated()
    {
        DockerTask task("early");
        task.shell("sleep 1000");
        launch(task);
        m_docker->kill("early", 0s);
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.ended, patience);
        QVERIFY(task.probe.ended->killed);
        QTRY_VERIFY_WITH_TIMEOUT(!inspect("early").value(u"State").toObject().value(u"Running").toBool(), patience);
    }

    void outputIsRotated()
    {
        auto o = options();
        o.logs.maxStdoutBytes = 32 * 1024;
        o.logs.keep = 1;
        m_docker = std::make_unique<DockerContainerizer>(o);
        DockerTask task("rotated");
        task.shell("i=0; while [ $i -lt 10000 ]; do echo line $i; i=$((i+1)); done; echo error >&2");
        outputOf(task);
        QCOMPARE(task.file(QStringLiteral("stdout")).right(10), QByteArray("line 9999\n"));
        QVERIFY(task.file(QStringLiteral("stdout")).size() <= 32 * 1024);
        QVERIFY(task.file(QStringLiteral("stdout.1")).size() > 16 * 1024);
        QVERIFY(!QFile::exists(task.sandbox.filePath(QStringLiteral("stdout.2"))));
        QCOMPARE(task.file(QStringLiteral("stderr")), QByteArray("error\n"));
    }

    void execAndUsage()
    {
        DockerTask task("exec");
        task.shell("sleep 1000").docker().set_network(DockerInfo::BRIDGE);
        launch(task);
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.started, patience);
        mesos::v1::CommandInfo check;
        check.set_value("echo checked $MESOS_CONTAINER_NAME; exit 9");
        std::optional<Result<int>> answer;
        m_docker->exec("exec", check, 20s, [&](Result<int> r) { answer = r; });
        QTRY_VERIFY_WITH_TIMEOUT(answer, patience);
        QCOMPARE(answer->value(), 9 << 8);
        QTRY_VERIFY(task.file(QStringLiteral("stdout")).contains("checked mesos-exec"));

        check.set_value("sleep 2000");
        answer.reset();
        m_docker->exec("exec", check, 1s, [&](Result<int> r) { answer = r; });
        QTRY_VERIFY_WITH_TIMEOUT(answer, patience);
        QVERIFY(!*answer);
        const auto processes = [this] { return m_engine.request("GET", "/containers/mesos-exec/top")->body; };
        QTRY_VERIFY_WITH_TIMEOUT(!processes().contains("sleep 2000"), patience);

        std::optional<Result<mesos::v1::ResourceStatistics>> usage;
        m_docker->usage("exec", [&](Result<mesos::v1::ResourceStatistics> r) { usage = r; });
        QTRY_VERIFY_WITH_TIMEOUT(usage, patience);
        QVERIFY2(*usage, *usage ? "" : usage->error().message.c_str());
        QCOMPARE(usage->value().mem_limit_bytes(), 64u << 20);
        QVERIFY(usage->value().mem_total_bytes() > 0);
        QVERIFY(usage->value().has_net_rx_bytes());
        destroyAndWait(task);
    }

    void onlyOurOwnOrphansAreRemoved()
    {
        auto theirs = options();
        theirs.workDir = "/var/test/another-agent";
        DockerContainerizer other(theirs);
        DockerTask foreign("foreign"), kept("kept"), orphan("orphan");
        for (DockerTask *task : {&foreign, &kept, &orphan}) {
            task->shell("sleep 1000");
            (task == &foreign ? other : *m_docker).launch(task->spec, task->probe.events());
            QTRY_VERIFY_WITH_TIMEOUT(task->probe.started, patience);
        }
        m_docker = std::make_unique<DockerContainerizer>(options());
        std::optional<Result<int>> removed;
        m_docker->cleanOrphans({"kept"}, [&](Result<int> count) { removed = count; });
        QTRY_VERIFY_WITH_TIMEOUT(removed, patience);
        QCOMPARE(removed->value(), 1);
        QVERIFY(inspect("orphan").value(u"Id").isUndefined());
        QVERIFY(inspect("foreign").value(u"State").toObject().value(u"Running").toBool());

        ContainerProbe second;
        QVERIFY(m_docker->recover(kept.spec, second.events()));
        QTRY_VERIFY_WITH_TIMEOUT(second.started, patience);
        m_docker->destroy("kept");
        QTRY_VERIFY_WITH_TIMEOUT(second.ended, patience);
        other.destroy("foreign");
        QTRY_VERIFY_WITH_TIMEOUT(foreign.probe.ended, patience);
    }

    void endedContainersAreRemovedAfterTheDelay()
    {
        auto o = options();
        o.removeDelay = 500ms;
        m_docker = std::make_unique<DockerContainerizer>(o);
        DockerTask task("removed");
        task.shell("true");
        outputOf(task);
        QTRY_VERIFY_WITH_TIMEOUT(inspect("removed").value(u"Id").isUndefined(), patience);
    }

    void anEngineThatHangsOrDiesAndComesBack()
    {
        DockerTask task("survivor");
        task.shell("i=0; while :; do echo tick $i; i=$((i+1)); sleep 0.1; done");
        launch(task);
        QTRY_VERIFY_WITH_TIMEOUT(task.file(QStringLiteral("stdout")).contains("tick 3"), patience);

        auto o = options();
        o.engineTimeout = 500ms;
        DockerContainerizer impatient(o);
        std::optional<Result<>> ready;
        impatient.whenReady([&](Result<> r) { ready = r; });
        QTRY_VERIFY_WITH_TIMEOUT(ready, patience);
        m_engine.freeze();
        DockerTask late("late");
        late.shell("true");
        impatient.launch(late.spec, late.probe.events());
        QTRY_VERIFY_WITH_TIMEOUT(late.probe.ended, patience);
        QCOMPARE(late.probe.ended->reason, std::optional(TaskStatus::REASON_CONTAINER_LAUNCH_FAILED));
        QVERIFY2(late.probe.ended->message.find("--docker_socket") != std::string::npos, late.probe.ended->message.c_str());
        m_engine.thaw();

        m_engine.crash();
        QTRY_VERIFY_WITH_TIMEOUT(!m_docker->ready(), patience);
        QVERIFY2(m_docker->ready().error().message.find("does not answer") != std::string::npos, m_docker->ready().error().message.c_str());
        QVERIFY(!task.probe.ended);
        const auto back = m_engine.start();
        QVERIFY2(back, back ? "" : back.error().message.c_str());
        QTRY_VERIFY_WITH_TIMEOUT(m_docker->ready(), patience);
        // The crashed engine's containers are stopped when it comes back: which is told.
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.ended, patience);
        const auto lines = task.file(QStringLiteral("stdout")).split('\n');
        for (qsizetype i = 0; i + 1 < lines.size(); ++i) // nothing twice, nothing missing
            QCOMPARE(lines[i], "tick " + QByteArray::number(i));
    }

    void anEngineThatIsNotThere()
    {
        auto o = options();
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
        QCOMPARE(task.probe.ended->reason, std::optional(TaskStatus::REASON_CONTAINER_LAUNCH_FAILED));
    }
};

QTEST_GUILESS_MAIN(TestDockerContainerizer)
#include "tst_docker_containerizer.moc"
