// How tasks become containers of a real Docker engine, and what comes out of them.

#include <QElapsedTimer>

#include "tests/daemons/agent/containerizer/docker_test.h"

using namespace meseta;
using namespace meseta::agent;
using namespace meseta::test;
using namespace std::chrono_literals;
using mesos::v1::TaskStatus;
using DockerInfo = mesos::v1::ContainerInfo::DockerInfo;

class TestDockerContainerizer : public DockerTest
{
    Q_OBJECT

private Q_SLOTS:
    void isReadyOnceTheEngineHasAnswered()
    {
        std::optional<Result<>> ready;
        f.docker->whenReady([&](Result<> r) { ready = r; });
        QTRY_VERIFY_WITH_TIMEOUT(ready, patience);
        QVERIFY2(*ready, *ready ? "" : ready->error().message.c_str());
        QVERIFY(f.docker->ready());
        QVERIFY(!f.docker->supports(std::nullopt));
        QVERIFY(f.docker->supports(DockerTask("x").spec.container));
    }

    void redisAnswersInTheHostNetwork()
    {
        const quint16 port = freePort();
        DockerTask task("redis-host");
        task.spec.command.add_arguments("--port");
        task.spec.command.add_arguments(std::to_string(port));
        f.launch(task);
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.started || task.probe.ended, patience);
        QVERIFY2(task.probe.started, task.probe.ended ? task.probe.ended->message.c_str() : "");
        QTRY_COMPARE_WITH_TIMEOUT(ping(port), QByteArray("+PONG"), patience);
        QTRY_VERIFY_WITH_TIMEOUT(
            task.file(QStringLiteral("stdout")).contains("Ready to accept connections"), patience);

        const auto data =
            QJsonDocument::fromJson(QByteArray::fromStdString(task.probe.inspected)).array();
        QCOMPARE(data.at(0).toObject().value(u"Name").toString(),
                 QStringLiteral("/mesos-redis-host"));

        f.docker->kill("redis-host", 20s); // Redis ends cleanly on SIGTERM
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.ended, patience);
        QCOMPARE(task.probe.ended->waitStatus, std::optional<int>(0));
        QVERIFY(task.probe.ended->killed);
        QVERIFY(
            task.file(QStringLiteral("stdout")).contains("bye bye")); // its last words are not lost
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
        f.launch(task);
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.started || task.probe.ended, patience);
        QVERIFY2(task.probe.started, task.probe.ended ? task.probe.ended->message.c_str() : "");
        const auto &network = task.probe.started->network_infos(0);
        QVERIFY(QString::fromStdString(network.ip_addresses(0).ip_address())
                    .startsWith(QStringLiteral("10.")));
        QTRY_COMPARE_WITH_TIMEOUT(ping(port), QByteArray("+PONG"), patience);
        QCOMPARE(ping(6379, QString::fromStdString(network.ip_addresses(0).ip_address())),
                 QByteArray("+PONG"));
        QCOMPARE(f.docker->status("redis-bridge")->network_infos_size(), 1);
        f.destroyAndWait(task);
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
        QTest::newRow("shell") << true << "exit 0" << QStringList() << "/bin/sh"
                               << QStringList{QStringLiteral("-c"), QStringLiteral("exit 0")};
        QTest::newRow("shell ignores arguments")
            << true << "exit 0" << QStringList{QStringLiteral("x")} << "/bin/sh"
            << QStringList{QStringLiteral("-c"), QStringLiteral("exit 0")};
        QTest::newRow("image alone")
            << false << QString() << QStringList() << redis
            << QStringList{QStringLiteral("--protected-mode"), QStringLiteral("no")};
        QTest::newRow("arguments") << false << QString() << QStringList{QStringLiteral("--version")}
                                   << redis << QStringList{QStringLiteral("--version")};
        QTest::newRow("value") << false << "--version" << QStringList() << redis
                               << QStringList{QStringLiteral("--version")};
        QTest::newRow("value and arguments")
            << false << "--port" << QStringList{QStringLiteral("0")} << redis
            << QStringList{QStringLiteral("--port"), QStringLiteral("0")};
    }
    void commandTable()
    {
        QFETCH(bool, shell);
        QFETCH(QString, value);
        QFETCH(QStringList, arguments);
        QFETCH(QString, path);
        QFETCH(QStringList, args);
        DockerTask task("command-"
                        + QString::fromLatin1(QTest::currentDataTag())
                              .replace(QLatin1Char(' '), QLatin1Char('-'))
                              .toStdString());
        task.docker().set_network(DockerInfo::NONE);
        task.spec.command.set_shell(shell);
        if (!value.isEmpty())
            task.spec.command.set_value(value.toStdString());
        for (const auto &argument : arguments)
            task.spec.command.add_arguments(argument.toStdString());
        f.launch(task);
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.started, patience);
        const auto run = QJsonDocument::fromJson(QByteArray::fromStdString(task.probe.inspected))
                             .array()
                             .at(0)
                             .toObject();
        QCOMPARE(run.value(u"Path").toString(), path);
        QCOMPARE(run.value(u"Args").toVariant().toStringList(), args);
        if (!task.probe.ended)
            f.destroyAndWait(task);
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
        const auto out = f.outputOf(task);
        QCOMPARE(task.probe.ended->waitStatus, std::optional<int>(3 << 8));
        QVERIFY(!task.probe.ended->reason);
        QVERIFY2(out.contains("WINS=agent\n") && out.contains("MESOS_TASK=yes\n"), out.constData());
        QVERIFY(out.contains("MESOS_SANDBOX=/mnt/mesos/sandbox\n")
                && out.contains("MESOS_CONTAINER_NAME=mesos-inside\n"));
        QVERIFY(out.endsWith("/\nredis-one\n"));
        QVERIFY(QFile::exists(task.sandbox.filePath(QStringLiteral("made"))));
        const auto host = f.inspect("inside").value(u"HostConfig").toObject();
        QCOMPARE(host.value(u"CpuShares").toInt(), 102);
        QCOMPARE(host.value(u"Memory").toInt(), 32 << 20); // never less
        QCOMPARE(host.value(u"CpuQuota").toInt(), 0);
    }

    void volumes()
    {
        QTemporaryDir host;
        QVERIFY(QFile(host.filePath(QStringLiteral("given"))).open(QIODevice::WriteOnly));
        DockerTask task("volumes");
        task.shell("ls /data; touch /data/no || echo read-only; touch /mnt/mesos/sandbox/here/yes; "
                   "ls /mine; echo x > /mnt/mesos/sandbox/kept/note");
        QTemporaryDir kept;
        auto &disk = task.spec.resources.emplace_back();
        disk.set_name("disk");
        disk.set_type(mesos::v1::Value::SCALAR);
        disk.mutable_scalar()->set_value(8);
        disk.mutable_disk()->mutable_persistence()->set_id("v1");
        disk.mutable_disk()->mutable_volume()->set_container_path("kept");
        disk.mutable_disk()->mutable_volume()->set_mode(mesos::v1::Volume::RW);
        auto &source = *disk.mutable_disk()->mutable_source();
        source.set_type(mesos::v1::Resource::DiskInfo::Source::MOUNT);
        source.mutable_mount()->set_root(kept.path().toStdString());
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
        QVERIFY(
            QFile(task.sandbox.filePath(QStringLiteral("stuff/own"))).open(QIODevice::WriteOnly));
        QCOMPARE(f.outputOf(task), QByteArray("given\nread-only\nown\n"));
        QVERIFY(QFile::exists(host.filePath(QStringLiteral("yes"))));
        QVERIFY(QFile::exists(kept.filePath(QStringLiteral("note"))));
        QVERIFY(!QFile::exists(host.filePath(QStringLiteral("no"))));
        const auto mounts = f.inspect("volumes").value(u"Mounts").toArray();
        const bool hasNamed = std::any_of(mounts.begin(), mounts.end(), [](const auto &m) {
            return m.toObject().value(u"Name").toString() == u"test-volume";
        });
        QVERIFY(hasNamed);
    }

    void parametersReachTheEngine()
    {
        DockerTask task("parameters");
        task.shell("id -u; ulimit -n; hostname; pwd")
            .parameter("user", "12:34")
            .parameter("ulimit", "nofile=77:88")
            .parameter("workdir", "/usr");
        task.docker().set_network(DockerInfo::BRIDGE);
        task.parameter("hostname", "param")
            .parameter("label", "team=a=b")
            .parameter("memory", "48m")
            .parameter("cap-drop", "CHOWN");
        QCOMPARE(f.outputOf(task), QByteArray("12\n77\nparam\n/usr\n"));
        const auto all = f.inspect("parameters");
        QCOMPARE(
            all.value(u"Config").toObject().value(u"Labels").toObject().value(u"team").toString(),
            QStringLiteral("a=b"));
        QCOMPARE(all.value(u"HostConfig").toObject().value(u"Memory").toInt(), 48 << 20);
    }

    void userNetworksByName()
    {
        const auto made = f.engine.request(
            "POST", "/networks/create",
            R"({"Name":"test-net","Options":{"com.docker.network.bridge.name":"mstnet"}})");
        QVERIFY(made && made->status == 201);
        DockerTask task("usernet");
        task.shell("sleep 100");
        task.docker().set_network(DockerInfo::USER);
        task.spec.container->add_network_infos()->set_name("test-net");
        f.launch(task);
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.started || task.probe.ended, patience);
        QVERIFY2(task.probe.started, task.probe.ended ? task.probe.ended->message.c_str() : "");
        QCOMPARE(task.probe.started->network_infos(0).name(), std::string("test-net"));
        QCOMPARE(task.probe.started->network_infos(0).ip_addresses_size(), 1);
        f.destroyAndWait(task);
    }

    void refusalsSayWhatToChange_data()
    {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("message");
        QTest::newRow("unknown parameter") << "parameter"
                                           << "the option 'frobnicate'";
        QTest::newRow("hostname on host network") << "hostname"
                                                  << "container.hostname is set";
        QTest::newRow("no network name") << "user"
                                         << "container.network_infos is empty";
        QTest::newRow("mapping on host network") << "mapping"
                                                 << "container.docker.port_mappings need";
        QTest::newRow("port not offered") << "port"
                                          << "Port [5000] not included in resources";
        QTest::newRow("relative volume") << "volume"
                                         << "are both relative";
        QTest::newRow("shell without value") << "shell"
                                             << "command.shell is true";
        QTest::newRow("bad image name") << "image"
                                        << "'../up' is not the name of an image";
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
        f.launch(task);
        QVERIFY(!task.probe.ended);
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.ended, patience);
        QCOMPARE(task.probe.ended->reason,
                 std::optional(TaskStatus::REASON_CONTAINER_LAUNCH_FAILED));
        QVERIFY2(task.probe.ended->message.find(message.toStdString()) != std::string::npos,
                 task.probe.ended->message.c_str());
        QVERIFY(f.inspect("refused").value(u"Id").isUndefined());
    }

    void aProgramThatIsNotInTheImage()
    {
        DockerTask task("missing");
        task.parameter("entrypoint", "/no/such/program");
        f.launch(task);
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.ended, patience);
        QCOMPARE(task.probe.ended->waitStatus, std::optional<int>(127 << 8));
        QVERIFY2(task.probe.ended->message.find("/no/such/program") != std::string::npos,
                 task.probe.ended->message.c_str());
        QVERIFY(!task.probe.started);
        QTRY_VERIFY(f.inspect("missing").value(u"Id").isUndefined());
    }

    void outputIsRotated()
    {
        auto o = f.options();
        o.logs.maxStdoutBytes = 32 * 1024;
        o.logs.keep = 1;
        f.docker = std::make_unique<DockerContainerizer>(o);
        DockerTask task("rotated");
        task.shell(
            "i=0; while [ $i -lt 10000 ]; do echo line $i; i=$((i+1)); done; echo error >&2");
        f.outputOf(task);
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
        f.launch(task);
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.started, patience);
        mesos::v1::CommandInfo check;
        check.set_value("echo checked $MESOS_CONTAINER_NAME; exit 9");
        std::optional<Result<int>> answer;
        f.docker->exec("exec", check, 20s, [&](Result<int> r) { answer = r; });
        QTRY_VERIFY_WITH_TIMEOUT(answer, patience);
        QCOMPARE(answer->value(), 9 << 8);
        QTRY_VERIFY(task.file(QStringLiteral("stdout")).contains("checked mesos-exec"));

        check.set_value("sleep 2000");
        answer.reset();
        f.docker->exec("exec", check, 1s, [&](Result<int> r) { answer = r; });
        QTRY_VERIFY_WITH_TIMEOUT(answer, patience);
        QVERIFY(!*answer);
        const auto processes = [this] {
            return f.engine.request("GET", "/containers/mesos-exec/top")->body;
        };
        QTRY_VERIFY_WITH_TIMEOUT(!processes().contains("sleep 2000"), patience);

        std::optional<Result<mesos::v1::ResourceStatistics>> usage;
        f.docker->usage("exec", [&](Result<mesos::v1::ResourceStatistics> r) { usage = r; });
        QTRY_VERIFY_WITH_TIMEOUT(usage, patience);
        QVERIFY2(*usage, *usage ? "" : usage->error().message.c_str());
        QCOMPARE(usage->value().mem_limit_bytes(), 64u << 20);
        QVERIFY(usage->value().mem_total_bytes() > 0);
        QVERIFY(usage->value().has_net_rx_bytes());
        f.destroyAndWait(task);
    }
};

QTEST_GUILESS_MAIN(TestDockerContainerizer)
#include "moc_docker_test.cpp"
#include "tst_docker_containerizer.moc"
