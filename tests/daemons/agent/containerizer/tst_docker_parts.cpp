// What the Docker containerizer understands and writes, without an engine.

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>
#include <QtEndian>

#include "daemons/agent/containerizer/docker/frames.h"
#include "daemons/agent/containerizer/docker/image_pull.h"
#include "daemons/agent/containerizer/docker/inspection.h"
#include "daemons/agent/containerizer/docker/run_config.h"
#include "daemons/agent/containerizer/docker/run_request.h"
#include "daemons/agent/images/reference/image_reference.h"

using namespace meseta;
using namespace meseta::agent;

namespace {

QByteArray frame(char stream, const QByteArray &data)
{
    QByteArray head(8, '\0');
    head[0] = stream;
    qToBigEndian(static_cast<std::uint32_t>(data.size()), head.data() + 4);
    return head + data;
}

Result<QJsonObject> option(const std::string &key, const std::string &value)
{
    mesos::v1::Parameter parameter;
    parameter.set_key(key);
    parameter.set_value(value);
    DockerRunConfig run;
    if (const auto applied = applyRunOption(parameter, run); !applied)
        return fail(applied.error());
    return run.toJson();
}

} // namespace

class TestDockerParts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void imageNames_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("registry");
        QTest::addColumn<QString>("full");
        QTest::newRow("short") << "redis"
                               << ""
                               << "redis:latest";
        QTest::newRow("tag") << "library/redis:7"
                             << ""
                             << "library/redis:7";
        QTest::newRow("registry with a port") << "127.0.0.1:5000/a/b"
                                              << "127.0.0.1:5000"
                                              << "127.0.0.1:5000/a/b:latest";
        QTest::newRow("localhost") << "localhost/a:x"
                                   << "localhost"
                                   << "localhost/a:x";
        QTest::newRow("digest") << "r.io/a@sha256:ab"
                                << "r.io"
                                << "r.io/a@sha256:ab";
        QTest::newRow("tag and digest") << "a:1@sha256:ab"
                                        << ""
                                        << "a@sha256:ab";
    }
    void imageNames()
    {
        QFETCH(QString, name);
        QFETCH(QString, registry);
        QFETCH(QString, full);
        const auto image = ImageReference::parse(name.toStdString());
        QVERIFY(image);
        QCOMPARE(QString::fromStdString(image->registry), registry);
        QCOMPARE(QString::fromStdString(image->full()), full);
    }

    void badImageNames()
    {
        for (const char *name : {"", "a b", "../x", "/x", "a?x=1", "host:1/"})
            QVERIFY2(!ImageReference::parse(name), name);
    }

    void credentialsByRegistry()
    {
        const auto config =
            QJsonDocument::fromJson(
                "{\"auths\":{\"https://index.docker.io/v1/\":{\"auth\":\"aHViOnB3\"},"
                "\"http://127.0.0.1:5000/v1/\":{\"username\":\"u\",\"password\":\"p\"},"
                "\"token.io\":{\"identitytoken\":\"t\"}}}")
                .object();
        const auto headerFor = [&](const char *image, const QJsonObject &from) {
            return QJsonDocument::fromJson(
                       QByteArray::fromBase64(registryAuth(from, *ImageReference::parse(image)),
                                              QByteArray::Base64UrlEncoding))
                .object();
        };
        QCOMPARE(headerFor("redis", config).value(u"username").toString(), QStringLiteral("hub"));
        QCOMPARE(headerFor("127.0.0.1:5000/x", config).value(u"password").toString(),
                 QStringLiteral("p"));
        QCOMPARE(headerFor("token.io/x", config).value(u"identitytoken").toString(),
                 QStringLiteral("t"));
        QVERIFY(registryAuth(config, *ImageReference::parse("other.io/x")).isEmpty());
        QCOMPARE(
            headerFor("redis", config.value(u"auths").toObject()).value(u"password").toString(),
            QStringLiteral("pw"));
    }

    void framesInPiecesOfAnySize()
    {
        const QByteArray bytes = frame(1, "2026-01-01T00:00:00.000000001Z out\n")
            + frame(2, "2026-01-01T00:00:00.000000002Z err\n")
            + frame(1, "2026-01-01T00:00:00.000000003Z \n");
        for (int piece = 1; piece <= bytes.size(); piece += 7) {
            DockerFrames frames(true);
            QByteArray out, err, lastTime;
            int starts = 0;
            for (int at = 0; at < bytes.size(); at += piece) {
                QVERIFY(frames.feed(bytes.mid(at, piece), [&](const DockerFrames::Piece &p) {
                    (p.stream == DockerFrames::Stream::Errors ? err : out) += p.bytes;
                    lastTime = p.time;
                    starts += p.first ? 1 : 0;
                }));
            }
            QCOMPARE(out, QByteArray("out\n\n"));
            QCOMPARE(err, QByteArray("err\n"));
            QCOMPARE(starts, 3);
            QCOMPARE(lastTime, QByteArray("2026-01-01T00:00:00.000000003Z"));
        }
    }

    void framesThatMakeNoSense()
    {
        const auto ignore = [](const DockerFrames::Piece &) {};
        QVERIFY(!DockerFrames(false).feed("HTTP/1.1 500", ignore));
        QVERIFY(!DockerFrames(true).feed(frame(1, QByteArray(100, 'x')), ignore)); // no time stamp
    }

    void progressOfAPull()
    {
        PullStream pull("redis:latest");
        pull.feed("{\"status\":\"Pulling from library/redis\",\"id\":\"latest\"}\r\n"
                  "{\"status\":\"Pulling fs "
                  "layer\",\"progressDetail\":{},\"id\":\"a\"}\r\n{\"status\":\"Already "
                  "exists\",\"id\":\"b\"}\r\n"
                  "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":1048576,\"total\":"
                  "4194304},\"id\":\"a\"}\r");
        pull.feed("\n");
        QCOMPARE(pull.progress().doneBytes, 1u << 20);
        QCOMPARE(pull.progress().totalBytes, 4u << 20);
        QCOMPARE(QString::fromStdString(pull.progress().message),
                 QStringLiteral("Pulling redis:latest: 1 of 2 layers, 1.0MB of 4.0MB"));
        pull.feed("{\"status\":\"Download complete\",\"id\":\"a\"}\n{\"status\":\"Pull "
                  "complete\",\"id\":\"a\"}\n");
        QCOMPARE(pull.progress().doneBytes, 4u << 20);
        QVERIFY(!pull.error());
        pull.feed(
            "{\"errorDetail\":{\"message\":\"no space left on device\"},\"error\":\"other\"}\n");
        QCOMPARE(pull.error(), std::optional<std::string>("no space left on device"));
    }

    void runOptions_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QByteArray>(
            "expected"); // of HostConfig, or of the whole when it names a field outside
        QTest::newRow("list") << "cap-add"
                              << "SYS_ADMIN" << QByteArray(R"({"CapAdd":["SYS_ADMIN"]})");
        QTest::newRow("bytes") << "shm-size"
                               << "1.5g" << QByteArray(R"({"ShmSize":1610612736})");
        QTest::newRow("swap without limit") << "memory-swap"
                                            << "-1" << QByteArray(R"({"MemorySwap":-1})");
        QTest::newRow("flag") << "privileged"
                              << "" << QByteArray(R"({"Privileged":true})");
        QTest::newRow("map") << "sysctl"
                             << "net.core.somaxconn=100"
                             << QByteArray(R"({"Sysctls":{"net.core.somaxconn":"100"}})");
        QTest::newRow("cpus") << "cpus"
                              << "0.5" << QByteArray(R"({"NanoCpus":500000000})");
        QTest::newRow("device")
            << "device"
            << "/dev/fuse:/dev/f:r"
            << QByteArray(
                   R"({"Devices":[{"CgroupPermissions":"r","PathInContainer":"/dev/f","PathOnHost":"/dev/fuse"}]})");
        QTest::newRow("ulimit") << "ulimit"
                                << "nofile=10"
                                << QByteArray(
                                       R"({"Ulimits":[{"Hard":10,"Name":"nofile","Soft":10}]})");
        QTest::newRow("mount")
            << "mount"
            << "type=bind,source=/a,target=/b,readonly"
            << QByteArray(
                   R"({"Mounts":[{"ReadOnly":true,"Source":"/a","Target":"/b","Type":"bind"}]})");
        QTest::newRow("log option")
            << "log-opt"
            << "max-size=1m" << QByteArray(R"({"LogConfig":{"Config":{"max-size":"1m"}}})");
        QTest::newRow("publish")
            << "publish"
            << "127.0.0.1:80:8080/udp"
            << QByteArray(
                   R"({"PortBindings":{"8080/udp":[{"HostIp":"127.0.0.1","HostPort":"80"}]}})");
        QTest::newRow("restart no") << "restart"
                                    << "no" << QByteArray("{}");
    }
    void runOptions()
    {
        QFETCH(QString, key);
        QFETCH(QString, value);
        QFETCH(QByteArray, expected);
        const auto body = option(key.toStdString(), value.toStdString());
        QVERIFY2(body, body ? "" : body.error().message.c_str());
        QCOMPARE(
            QJsonDocument(body->value(u"HostConfig").toObject()).toJson(QJsonDocument::Compact),
            expected);
    }

    void badRunOptions_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("value");
        QTest::newRow("unknown") << "no-such-option"
                                 << "1";
        QTest::newRow("name") << "name"
                              << "mine";
        QTest::newRow("number") << "oom-score-adj"
                                << "many";
        QTest::newRow("size") << "memory"
                              << "5 apples";
        QTest::newRow("flag") << "init"
                              << "perhaps";
        QTest::newRow("restart") << "restart"
                                 << "always";
        QTest::newRow("env without a value") << "env"
                                             << "HOME";
        QTest::newRow("ulimit") << "ulimit"
                                << "nofile";
    }
    void badRunOptions()
    {
        QFETCH(QString, key);
        QFETCH(QString, value);
        const auto body = option(key.toStdString(), value.toStdString());
        QVERIFY(!body);
        QVERIFY2(body.error().message.find("'" + key.toStdString() + "'") != std::string::npos,
                 body.error().message.c_str());
    }

    void defaultNameServers_data()
    {
        QTest::addColumn<int>("mode");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("server");
        using Docker = mesos::v1::ContainerInfo::DockerInfo;
        QTest::newRow("bridge") << int(Docker::BRIDGE) << ""
                                << "10.0.0.1";
        QTest::newRow("user's network") << int(Docker::USER) << "blue"
                                        << "10.0.0.2";
        QTest::newRow("any other of users") << int(Docker::USER) << "red"
                                            << "10.0.0.3";
        QTest::newRow("none for the host") << int(Docker::HOST) << ""
                                           << "";
    }
    void defaultNameServers()
    {
        QFETCH(int, mode);
        QFETCH(QString, name);
        QFETCH(QString, server);
        ContainerSpec spec;
        spec.containerId = "c";
        spec.sandbox = "/sandbox";
        spec.command.set_shell(false);
        auto &container = spec.container.emplace();
        container.set_type(mesos::v1::ContainerInfo::DOCKER);
        container.mutable_docker()->set_image("redis");
        container.mutable_docker()->set_network(
            mesos::v1::ContainerInfo::DockerInfo::Network(mode));
        if (!name.isEmpty())
            container.add_network_infos()->set_name(name.toStdString());
        DockerOptions options;
        options.defaultDns = R"({"docker":[
            {"network_mode":"BRIDGE","dns":{"nameservers":["10.0.0.1"],"search":["a.example"]}},
            {"network_mode":"USER","network_name":"blue","dns":{"nameservers":["10.0.0.2"]}},
            {"network_mode":"USER","dns":{"nameservers":["10.0.0.3"]}}]})";
        const auto told = [&] {
            const auto run = describeRun(spec, {options, 1e9});
            return run ? run->host.value(u"Dns").toArray()
                       : QJsonArray{QString::fromStdString(run.error().message)};
        };
        QCOMPARE(told(), server.isEmpty() ? QJsonArray() : QJsonArray{server});
        auto &own = *container.mutable_docker()->add_parameters(); // the task's own come first
        own.set_key("dns");
        own.set_value("10.9.9.9");
        QCOMPARE(told(), QJsonArray{QStringLiteral("10.9.9.9")});
    }

    void persistentVolumesAreInTheSandbox()
    {
        ContainerSpec spec;
        spec.containerId = "c";
        spec.sandbox = "/sandbox";
        spec.command.set_shell(false);
        spec.container.emplace().set_type(mesos::v1::ContainerInfo::DOCKER);
        spec.container->mutable_docker()->set_image("redis");
        for (const char *path : {"data", "left/to/the/executor"}) {
            auto &disk = spec.resources.emplace_back();
            disk.set_name("disk");
            disk.add_reservations()->set_role("r1");
            disk.mutable_disk()->mutable_persistence()->set_id("v1");
            disk.mutable_disk()->mutable_volume()->set_container_path(path);
            disk.mutable_disk()->mutable_volume()->set_mode(mesos::v1::Volume::RO);
        }
        DockerOptions options;
        options.workDir = "/agent";
        const auto mounts =
            describeRun(spec, {options, 1024.0 * (1 << 20)})->host.value(u"Mounts").toArray();
        QCOMPARE(mounts.size(), 2); // the sandbox's own first
        QCOMPARE(QJsonDocument(mounts.at(1).toObject()).toJson(QJsonDocument::Compact),
                 QByteArray(R"({"ReadOnly":true,"Source":"/agent/volumes/roles/r1/v1",)"
                            R"("Target":"/mnt/mesos/sandbox/data","Type":"bind"})"));
    }

    // Mesos: cpu shares 1024 per cpu, at least 2; memory at least 32 MB; a limit apart makes the
    // request a reservation.
    void limits()
    {
        ContainerSpec spec;
        spec.containerId = "c";
        spec.sandbox = "/sandbox";
        spec.command.set_shell(false);
        spec.container.emplace().set_type(mesos::v1::ContainerInfo::DOCKER);
        spec.container->mutable_docker()->set_image("redis");
        spec.cpus = 2;
        spec.memBytes = 64 << 20;
        spec.cpusLimit = 3;
        spec.memLimitBytes = 128 << 20;
        const DockerOptions options;
        auto host = describeRun(spec, {options, 1024.0 * (1 << 20)})->host;
        QCOMPARE(host.value(u"CpuShares").toInt(), 2048);
        QCOMPARE(host.value(u"CpuQuota").toInt(), 300'000);
        QCOMPARE(host.value(u"Memory").toInt(), 128 << 20);
        QCOMPARE(host.value(u"MemoryReservation").toInt(), 64 << 20);
        QCOMPARE(host.value(u"OomScoreAdj").toInt(), 1000 - 62);

        spec.cpusLimit = spec.memLimitBytes = std::numeric_limits<double>::infinity();
        spec.cpus = 0.001;
        host = describeRun(spec, {options, 1024.0 * (1 << 20)})->host;
        QCOMPARE(host.value(u"CpuShares").toInt(), 2);
        QVERIFY(!host.contains(u"CpuQuota") && !host.contains(u"Memory"));
        QCOMPARE(host.value(u"MemoryReservation").toInt(), 64 << 20);
    }
};

QTEST_GUILESS_MAIN(TestDockerParts)
#include "tst_docker_parts.moc"
