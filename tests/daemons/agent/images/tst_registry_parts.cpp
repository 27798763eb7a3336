#include <QTest>

#include "daemons/agent/images/image_provisioner.h"
#include "daemons/agent/images/registry/challenge.h"
#include "daemons/agent/images/registry/manifest.h"
#include "daemons/agent/images/registry/registry_address.h"

using namespace meseta;
using namespace meseta::agent;

/// How registries are named, what they ask for, and what their documents say.
class TestRegistryParts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whereAnImageComesFrom_data()
    {
        QTest::addColumn<QString>("image");
        QTest::addColumn<QString>("registry");
        QTest::addColumn<QString>("repository");
        const auto row = [](const char *image, const char *registry, const char *repository) {
            QTest::newRow(image) << QString::fromLatin1(image) << QString::fromLatin1(registry)
                                 << QString::fromLatin1(repository);
        };
        row("redis", "https://registry-1.docker.io", "library/redis");
        row("team/app:2", "https://registry-1.docker.io", "team/app");
        row("docker.io/redis", "https://registry-1.docker.io", "library/redis");
        row("example.org/app", "https://example.org", "app");
        row("example.org:5000/a/b/c", "https://example.org:5000", "a/b/c");
        row("example.org:443/app", "https://example.org", "app");
        row("example.org:80/app", "http://example.org", "app");
        row("localhost:5000/app", "http://localhost:5000", "app");
        row("127.0.0.1:5000/app", "http://127.0.0.1:5000", "app");
        row("127.0.0.1:443/app", "https://127.0.0.1", "app");
    }
    void whereAnImageComesFrom()
    {
        QFETCH(QString, image);
        QFETCH(QString, registry);
        QFETCH(QString, repository);
        const auto fallback =
            RegistryAddress::fromUrl(QUrl(QStringLiteral("https://registry-1.docker.io")));
        const auto location =
            ImageLocation::of(*ImageReference::parse(image.toStdString()), *fallback);
        QVERIFY(location);
        QCOMPARE(QString::fromStdString(location->registry.text()), registry);
        QCOMPARE(location->repository, repository);
    }

    void whatIsNoName_data()
    {
        QTest::addColumn<QByteArray>("reason");
        QTest::newRow("") << QByteArray("has no name");
        QTest::newRow("a b") << QByteArray("is not the name of an image");
        QTest::newRow("../app") << QByteArray("is not the name of an image");
        QTest::newRow("/app") << QByteArray("is not the name of an image");
        QTest::newRow(":1") << QByteArray("the repository is missing");
        QTest::newRow("https://example.org/app") << QByteArray("leave out 'https://'");
    }
    void whatIsNoName()
    {
        QFETCH(QByteArray, reason);
        const auto parsed = ImageReference::parse(QTest::currentDataTag());
        QVERIFY(!parsed);
        QVERIFY2(parsed.error().message.find(reason.toStdString()) != std::string::npos,
                 parsed.error().message.c_str());
    }

    void whatIsAskedFor()
    {
        const auto bearer = Challenge::parse("Bearer realm=\"https://auth.example.org/token\","
                                             "service=\"a, \\\"b\\\"\","
                                             "scope=\"repository:x:pull,push\"");
        QVERIFY(bearer);
        QCOMPARE(int(bearer->scheme), int(Challenge::Scheme::Bearer));
        QCOMPARE(bearer->parameter("realm"), QByteArray("https://auth.example.org/token"));
        QCOMPARE(bearer->parameter("service"), QByteArray("a, \"b\""));
        QCOMPARE(bearer->parameter("scope"), QByteArray("repository:x:pull,push"));
        const auto basic = Challenge::parse("BASIC Realm=plain");
        QVERIFY(basic);
        QCOMPARE(int(basic->scheme), int(Challenge::Scheme::Basic));
        QCOMPARE(basic->parameter("realm"), QByteArray("plain"));
        QVERIFY(Challenge::parse("Basic"));
        QVERIFY(!Challenge::parse("Negotiate abc"));
        QVERIFY(!Challenge::parse(""));
        QVERIFY(Challenge::parse("Bearer realm=\"unfinished"));
    }

    void credentialsByTheirKey_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("image");
        QTest::addColumn<bool>("found");
        QTest::newRow("hub") << QStringLiteral("https://index.docker.io/v1/")
                             << QStringLiteral("redis") << true;
        QTest::newRow("with a scheme and path") << QStringLiteral("https://example.org:5000/v2/")
                                                << QStringLiteral("example.org:5000/app") << true;
        QTest::newRow("another port") << QStringLiteral("example.org:5001")
                                      << QStringLiteral("example.org:5000/app") << false;
        QTest::newRow("another host")
            << QStringLiteral("example.org") << QStringLiteral("redis") << false;
    }
    void credentialsByTheirKey()
    {
        QFETCH(QString, key);
        QFETCH(QString, image);
        QFETCH(bool, found);
        const QJsonObject entry{
            {QStringLiteral("auth"), QString::fromLatin1(QByteArray("who:se:cret").toBase64())}};
        const QJsonObject config{{QStringLiteral("auths"), QJsonObject{{key, entry}}}};
        const auto credentials =
            registryCredentials(config, *ImageReference::parse(image.toStdString()));
        QCOMPARE(credentials.has_value(), found);
        if (found) {
            QCOMPARE(credentials->user, QStringLiteral("who"));
            QCOMPARE(credentials->password, QStringLiteral("se:cret"));
        }
    }

    void whatAConfigSays()
    {
        const auto config =
            parseImageConfig("{\"config\":{\"Entrypoint\":\"/"
                             "single\",\"Cmd\":null,\"Env\":[\"A=b=c\",\"no\",\"=x\"],"
                             "\"StopSignal\":\"SIGINT\",\"Volumes\":{\"/b\":{},\"/a\":{}}},"
                             "\"rootfs\":{\"diff_ids\":[]}}");
        QVERIFY(config);
        QCOMPARE(config->runtime.entrypoint, std::vector<std::string>{"/single"});
        QVERIFY(config->runtime.command.empty());
        QCOMPARE(config->runtime.environment, std::vector<std::string>{"A=b=c"});
        QCOMPARE(config->runtime.stopSignal, std::string("SIGINT"));
        QCOMPARE(config->runtime.volumes, (std::vector<std::string>{"/a", "/b"}));
        QVERIFY(!parseImageConfig("{\"rootfs\":{\"diff_ids\":[\"sha256:../x\"]}}"));
    }

    void aRegistryThatCannotBeIsToldAtStart()
    {
        for (const char *registry : {"hdfs://namenode/images", "registry.example.org", ""}) {
            ImageOptions options;
            options.docker = true;
            options.dockerRegistry = registry;
            const auto made = ImageProvisioner::create(options);
            QVERIFY(!made);
            QVERIFY2(made.error().message.find("--docker_registry") != std::string::npos,
                     made.error().message.c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestRegistryParts)
#include "tst_registry_parts.moc"
