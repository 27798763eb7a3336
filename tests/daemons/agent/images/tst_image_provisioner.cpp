#include <QScopeGuard>
#include <QTest>

#include <sys/mount.h>
#include <sys/stat.h>

#include "tests/daemons/agent/images/difficult_image.h"
#include "tests/daemons/agent/images/file_tree.h"
#include "tests/daemons/agent/images/provisioner_fixture.h"
#include "tests/support/oci_image.h"
#include "tests/support/registry.h"
#include "tests/support/results.h"
#include "tests/support/root_folder.h"

using namespace meseta;
using namespace meseta::agent;
using namespace meseta::test;

/// Images made with umoci, pushed with skopeo to Debian's registry, and provided from there: the
/// trees have to be what umoci itself unpacks.
class TestImageProvisioner : public QObject
{
    Q_OBJECT

private:
    TestRegistry m_registry;
    OciImage m_difficult;
    QByteArrayList m_expected;

    ImageOptions optionsFor(ProvisionerFixture &fixture) const
    {
        fixture.options.dockerRegistry = "http://" + m_registry.host().toStdString();
        return fixture.options;
    }

private Q_SLOTS:
    void initTestCase()
    {
        for (const auto &missing : {OciImage::missing(), TestRegistry::missing()}) {
            if (!missing.isEmpty())
                MESETA_MISSING(missing);
        }
        VERIFY_OK(m_registry.start());
        VERIFY_OK(m_difficult.create());
        VERIFY_OK(fillDifficult(m_difficult));
        VERIFY_OK(m_difficult.push(m_registry.host(), QStringLiteral("test/difficult:1")));
        const auto unpacked = m_difficult.unpacked();
        VERIFY_OK(unpacked);
        m_expected = describeTree(*unpacked);
        QVERIFY(m_expected.size() > 20);
    }

    void equalsUmociWithEveryBackend_data()
    {
        QTest::addColumn<QString>("backend");
        QTest::newRow("overlay") << QStringLiteral("overlay");
        QTest::newRow("copy") << QStringLiteral("copy");
        QTest::newRow("chosen") << QString();
    }
    void equalsUmociWithEveryBackend()
    {
        QFETCH(QString, backend);
        ProvisionerFixture fixture;
        fixture.options.backend = backend.toStdString();
        optionsFor(fixture);
        VERIFY_OK(fixture.start());
        const auto image =
            fixture.provision("c1", fixture.docker(QStringLiteral("test/difficult:1")));
        VERIFY_OK(image);
        QCOMPARE(treeDifference(m_expected, describeTree(QString::fromStdString(image->rootfs))),
                 QByteArray());
        QCOMPARE(image->runtime.entrypoint, std::vector<std::string>{"/usr/bin/tool"});
        QCOMPARE(image->runtime.command, std::vector<std::string>{"--flag"});
        QCOMPARE(image->runtime.user, std::string("1000:1000"));
        QCOMPARE(image->runtime.workingDirectory, std::string("/srv"));
        QVERIFY(std::count(image->runtime.environment.begin(), image->runtime.environment.end(),
                           "COLOUR=green")
                == 1);
        QCOMPARE(image->runtime.volumes, std::vector<std::string>{"/data"});
        QCOMPARE(image->runtime.exposedPorts, std::vector<std::string>{"6379/tcp"});
        QCOMPARE(image->runtime.labels.at("maker"), std::string("test"));
        QVERIFY(image->rootfs.starts_with(fixture.options.workDir + "/provisioner/containers/c1/"));
        QVERIFY(!fixture.progress.empty());
        const auto destroyed = fixture.destroy("c1");
        VERIFY_OK(destroyed);
        QVERIFY(*destroyed);
        QCOMPARE(fixture.mounts(), QByteArrayList());
        QVERIFY(!QFile::exists(QString::fromStdString(image->rootfs)));
        QTRY_COMPARE_WITH_TIMEOUT(fixture.trash(), QStringList(), 30000);
    }

    void equalsUmociWithZstdLayers()
    {
        TestRegistry other; // which has no gzip ones of them to use
        VERIFY_OK(other.start());
        VERIFY_OK(m_difficult.push(other.host(), QStringLiteral("test/zstd:1"),
                                   {QStringLiteral("--dest-compress-format=zstd")}));
        const auto manifest =
            runProgram(QStringLiteral("skopeo"),
                       {QStringLiteral("inspect"), QStringLiteral("--raw"),
                        QStringLiteral("--tls-verify=false"),
                        QStringLiteral("docker://%1/test/zstd:1").arg(other.host())});
        VERIFY_OK(manifest);
        QVERIFY2(manifest->contains("tar+zstd"), manifest->constData());
        ProvisionerFixture fixture;
        VERIFY_OK(fixture.start());
        const auto image =
            fixture.provision("c1", fixture.docker(other.host() + QStringLiteral("/test/zstd:1")));
        VERIFY_OK(image);
        QCOMPARE(treeDifference(m_expected, describeTree(QString::fromStdString(image->rootfs))),
                 QByteArray());
    }

    void whatAContainerWritesIsItsOwn()
    {
        ProvisionerFixture fixture;
        optionsFor(fixture);
        VERIFY_OK(fixture.start());
        const auto name = fixture.docker(QStringLiteral("test/difficult:1"));
        const auto first = fixture.provision("c1", name), second = fixture.provision("c2", name);
        VERIFY_OK(first);
        VERIFY_OK(second);
        writeFile(QString::fromStdString(first->rootfs) + QStringLiteral("/etc/kept"), "changed");
        QCOMPARE(treeDifference(m_expected, describeTree(QString::fromStdString(second->rootfs))),
                 QByteArray());
        VERIFY_OK(fixture.destroy("c1"));
        const auto third = fixture.provision("c3", name);
        VERIFY_OK(third);
        QCOMPARE(treeDifference(m_expected, describeTree(QString::fromStdString(third->rootfs))),
                 QByteArray());
    }

    void aStoreWithColonsIsNoObstacle()
    {
        ProvisionerFixture fixture;
        optionsFor(fixture);
        fixture.options.dockerStoreDir =
            (fixture.folder() + QStringLiteral("/a:b, c")).toStdString();
        VERIFY_OK(fixture.start());
        const auto image =
            fixture.provision("c1", fixture.docker(QStringLiteral("test/difficult:1")));
        VERIFY_OK(image);
        QCOMPARE(treeDifference(m_expected, describeTree(QString::fromStdString(image->rootfs))),
                 QByteArray());
    }

    void redisAsItsImageSays()
    {
        if (!QFile::exists(QStringLiteral("/usr/bin/redis-server")))
            MESETA_MISSING(QStringLiteral("the program redis-server is missing"));
        OciImage redis;
        VERIFY_OK(redis.create());
        VERIFY_OK(redis.addLayer([](const QString &root) {
            return RootFolder(root).addProgram(QStringLiteral("/usr/bin/redis-server"));
        }));
        VERIFY_OK(redis.configure({QStringLiteral("--config.entrypoint=/usr/bin/redis-server")}));
        VERIFY_OK(redis.push(m_registry.host(), QStringLiteral("library/redis:latest"),
                             {QStringLiteral("--format=v2s2")}));
        ProvisionerFixture fixture;
        optionsFor(fixture);
        VERIFY_OK(fixture.start());
        const auto image = fixture.provision("c1", fixture.docker(QStringLiteral("library/redis")));
        VERIFY_OK(image);
        const auto unpacked = redis.unpacked();
        VERIFY_OK(unpacked);
        QCOMPARE(treeDifference(describeTree(*unpacked),
                                describeTree(QString::fromStdString(image->rootfs))),
                 QByteArray());
        const auto version = runProgram(QStringLiteral("chroot"),
                                        {QString::fromStdString(image->rootfs),
                                         QString::fromStdString(image->runtime.entrypoint.front()),
                                         QStringLiteral("--version")});
        VERIFY_OK(version);
        QVERIFY(version->startsWith("Redis server"));
    }

    void bindsASingleLayerOnly()
    {
        OciImage one;
        VERIFY_OK(one.create());
        VERIFY_OK(fillDifficult(one, {.firstLayerAlone = true}));
        VERIFY_OK(one.push(m_registry.host(), QStringLiteral("test/one:1")));
        ProvisionerFixture fixture;
        fixture.options.backend = "bind";
        optionsFor(fixture);
        VERIFY_OK(fixture.start());
        const auto image = fixture.provision("c1", fixture.docker(QStringLiteral("test/one:1")));
        VERIFY_OK(image);
        QVERIFY(image->readOnly);
        const auto unpacked = one.unpacked();
        VERIFY_OK(unpacked);
        QCOMPARE(treeDifference(describeTree(*unpacked),
                                describeTree(QString::fromStdString(image->rootfs))),
                 QByteArray());
        QFile file(QString::fromStdString(image->rootfs) + QStringLiteral("/etc/kept"));
        QVERIFY(!file.open(QIODevice::WriteOnly));
        const auto several =
            fixture.provision("c2", fixture.docker(QStringLiteral("test/difficult:1")));
        QVERIFY(!several);
        QVERIFY(several.error().message.find("layers and the backend bind takes only one")
                != std::string::npos);
        VERIFY_OK(fixture.destroy("c1"));
        QCOMPARE(fixture.mounts(), QByteArrayList());
        QCOMPARE(fixture.layers().size(), 5); // the layer itself was not removed with its mount
    }

    void takesDigestsAndCredentials()
    {
        TestRegistry closed;
        VERIFY_OK(closed.start(QStringLiteral("who"), QStringLiteral("secret")));
        VERIFY_OK(m_difficult.push(closed.host(), QStringLiteral("test/closed:1"),
                                   {QStringLiteral("--dest-creds=who:secret")}));
        const auto config = [&closed](const char *pair) {
            return "{\"auths\":{\"" + closed.host().toStdString() + "\":{\"auth\":\""
                + QByteArray(pair).toBase64().toStdString() + "\"}}}";
        };
        const auto digest = runProgram(
            QStringLiteral("skopeo"),
            {QStringLiteral("inspect"), QStringLiteral("--tls-verify=false"),
             QStringLiteral("--creds=who:secret"), QStringLiteral("--format={{.Digest}}"),
             QStringLiteral("docker://") + closed.host() + QStringLiteral("/test/closed:1")});
        VERIFY_OK(digest);
        const auto image =
            ProvisionerFixture::docker(closed.host() + QStringLiteral("/test/closed@")
                                       + QString::fromLatin1(digest->trimmed()));

        ProvisionerFixture fixture;
        VERIFY_OK(fixture.start());
        auto refused = fixture.provision("c1", image);
        QVERIFY(!refused);
        QVERIFY(refused.error().message.find("--docker_config") != std::string::npos);
        refused = fixture.provision("c1", image, config("who:wrong"));
        QVERIFY(!refused);
        QVERIFY(refused.error().message.find("does not accept the user 'who'")
                != std::string::npos);
        VERIFY_OK(fixture.provision("c1", image, config("who:secret")));

        ProvisionerFixture agentWide;
        agentWide.options.dockerConfig = config("who:secret");
        VERIFY_OK(agentWide.start());
        VERIFY_OK(agentWide.provision("c1", image));
    }

    void archivesInAFolder_data()
    {
        QTest::addColumn<QString>("form");
        QTest::newRow("docker save") << QStringLiteral("docker-archive");
        QTest::newRow("OCI") << QStringLiteral("oci-archive");
    }
    void archivesInAFolder()
    {
        QFETCH(QString, form);
        ProvisionerFixture fixture;
        const QString folder = fixture.folder() + QStringLiteral("/archives");
        QDir().mkpath(folder + QStringLiteral("/team"));
        const QString archive = folder + QStringLiteral("/archive");
        VERIFY_OK(m_difficult.save(form, archive, QStringLiteral("team/difficult:1")));
        QVERIFY(QFile::rename(archive, folder + QStringLiteral("/team/difficult:1.tar")));
        fixture.options.dockerRegistry = folder.toStdString();
        VERIFY_OK(fixture.start());
        const auto image =
            fixture.provision("c1", fixture.docker(QStringLiteral("team/difficult:1")));
        VERIFY_OK(image);
        QCOMPARE(treeDifference(m_expected, describeTree(QString::fromStdString(image->rootfs))),
                 QByteArray());
        const auto missing = fixture.provision("c2", fixture.docker(QStringLiteral("team/none")));
        QVERIFY(!missing);
        QVERIFY(missing.error().message.find("/team/none.tar") != std::string::npos);
    }

    void survivesARestart()
    {
        ProvisionerFixture fixture;
        optionsFor(fixture);
        VERIFY_OK(fixture.start());
        const auto name = fixture.docker(QStringLiteral("test/difficult:1"));
        const auto kept = fixture.provision("kept", name);
        VERIFY_OK(kept);
        const auto nested = fixture.provision("kept.inner", name);
        VERIFY_OK(nested);
        VERIFY_OK(fixture.provision("gone", name));
        QDir(QString::fromStdString(fixture.options.dockerStoreDir))
            .mkpath(QStringLiteral("staging/half/rootfs"));

        VERIFY_OK(fixture.start());
        const auto removed = fixture.recover({"kept"});
        VERIFY_OK(removed);
        QCOMPARE(*removed, 2); // "gone" and what was nested in "kept"
        QCOMPARE(fixture.mounts().size(), 1);
        QCOMPARE(treeDifference(m_expected, describeTree(QString::fromStdString(kept->rootfs))),
                 QByteArray());
        QTRY_COMPARE_WITH_TIMEOUT(fixture.staged(), QStringList(), 30000);
        const auto pruned = fixture.prune();
        VERIFY_OK(pruned);
        QCOMPARE(pruned->layers, 0); // the recovered container still uses them
        VERIFY_OK(fixture.destroy("kept"));
        const auto prunedAfter = fixture.prune();
        VERIFY_OK(prunedAfter);
        QCOMPARE(prunedAfter->images, 1);
        QCOMPARE(prunedAfter->layers, 4); // three, and one for the folders they do not describe
        QCOMPARE(fixture.layers(), QStringList());
    }

    void prunesAllButTheExcluded()
    {
        ProvisionerFixture fixture;
        optionsFor(fixture);
        VERIFY_OK(fixture.start());
        const auto name = fixture.docker(QStringLiteral("test/difficult:1"));
        VERIFY_OK(fixture.provision("c1", name));
        VERIFY_OK(fixture.destroy("c1"));
        const auto spared = fixture.prune({name});
        VERIFY_OK(spared);
        QCOMPARE(spared->layers, 0);
        QCOMPARE(fixture.layers().size(), 4);
        VERIFY_OK(fixture.prune());
        QCOMPARE(fixture.layers().size(), 0);
        VERIFY_OK(fixture.provision("c2", name)); // is pulled again

        VERIFY_OK(fixture.destroy("c2"));
        const auto nameless = fixture.prune({fixture.docker(QString())});
        QVERIFY(!nameless);
        QVERIFY(nameless.error().message.find("excluded_images") != std::string::npos);
        QCOMPARE(fixture.layers().size(), 4); // nothing goes when it is unclear what is to stay
        mesos::v1::Image ofNoUse;
        ofNoUse.set_type(mesos::v1::Image::APPC);
        VERIFY_OK(fixture.prune({ofNoUse, name}));
        QCOMPARE(fixture.layers().size(), 4);
    }

    /// A disk of a gigabyte, of which all but five megabytes have to stay free.
    void collectsOnlyWhenTheDiskIsShort()
    {
        ProvisionerFixture fixture;
        optionsFor(fixture);
        const std::string disk = (fixture.folder() + QStringLiteral("/disk")).toStdString();
        QVERIFY(::mkdir(disk.c_str(), 0755) == 0
                && ::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=1g") == 0);
        const auto unmounting = qScopeGuard([&disk] { ::umount2(disk.c_str(), MNT_DETACH); });
        fixture.options.dockerStoreDir = disk + "/store";
        fixture.options.collection = ImageCollection{0.995, std::chrono::milliseconds(5), {}};
        VERIFY_OK(fixture.start());
        VERIFY_OK(fixture.recover({})); // nothing goes before that
        const auto name = fixture.docker(QStringLiteral("test/difficult:1"));
        for (int i = 0; i < 3; ++i) { // with many looks meanwhile
            VERIFY_OK(fixture.provision("c1", name));
            VERIFY_OK(fixture.destroy("c1"));
            QCOMPARE(fixture.layers().size(), 4);
        }
        VERIFY_OK(fixture.provision("c2", name));
        writeFile(QString::fromStdString(disk) + QStringLiteral("/ballast"),
                  QByteArray(8'000'000, 'x'));
        const auto excluded = fixture.prune({name}); // a while later nothing has gone: it is in use
        VERIFY_OK(excluded);
        QCOMPARE(fixture.layers().size(), 4);
        VERIFY_OK(fixture.destroy("c2"));
        QTRY_COMPARE_WITH_TIMEOUT(fixture.layers(), QStringList(), 30000);
        fixture.provisioner.reset(); // before its disk goes
    }

    void oneStoreIsForOneAgent()
    {
        ProvisionerFixture fixture;
        VERIFY_OK(fixture.start());
        const auto second = ImageProvisioner::create(fixture.options);
        QVERIFY(!second);
        QVERIFY(second.error().message.find("--docker_store_dir") != std::string::npos);
    }

    void namesWhatIsMissing()
    {
        ProvisionerFixture fixture;
        optionsFor(fixture);
        VERIFY_OK(fixture.start());
        const auto none = fixture.provision("c1", fixture.docker(QStringLiteral("test/none")));
        QVERIFY(!none);
        QVERIFY2(none.error().message.find("test/none") != std::string::npos,
                 none.error().message.c_str());
        mesos::v1::Image appc;
        appc.set_type(mesos::v1::Image::APPC);
        appc.mutable_appc()->set_name("example.org/x");
        const auto other = fixture.provision("c1", appc);
        QVERIFY(!other);
        QVERIFY(other.error().message.find("--image_providers") != std::string::npos);
        fixture.options.backend = "aufs";
        fixture.provisioner.reset();
        const auto refused = fixture.start();
        QVERIFY(!refused);
        QVERIFY(refused.error().message.find("aufs") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestImageProvisioner)
#include "tst_image_provisioner.moc"
