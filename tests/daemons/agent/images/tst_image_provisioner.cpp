#include <QScopeGuard>
#include <QTest>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "tests/daemons/agent/images/file_tree.h"
#include "tests/daemons/agent/images/provisioner_fixture.h"
#include "tests/support/oci_image.h"
#include "tests/support/registry.h"
#include "tests/support/root_folder.h"

using namespace meseta;
using namespace meseta::agent;
using namespace meseta::test;

#define VERIFY_OK(result)                                                                          \
    do {                                                                                           \
        const auto &checked = (result);                                                            \
        QVERIFY2(checked, checked ? "" : checked.error().message.c_str());                         \
    } while (false)

namespace {

void write(const QString &path, const QByteArray &content)
{
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    if (file.open(QIODevice::WriteOnly))
        file.write(content);
}

std::string local(const QString &path)
{
    return path.toLocal8Bit().toStdString();
}

/// Everything that tells one tree from another, over three layers, or the first of them alone.
Result<> fillDifficult(OciImage &image, bool firstAlone = false)
{
    const auto first = [](const QString &root) -> Result<> {
        write(root + QStringLiteral("/etc/kept"), "kept");
        write(root + QStringLiteral("/etc/hidden"), "hidden");
        write(root + QStringLiteral("/var/cache/a/one"), "1");
        write(root + QStringLiteral("/var/cache/b/two"), "2");
        write(root + QStringLiteral("/srv/turns-folder"), "a file");
        write(root + QStringLiteral("/srv/turns-file/inner"), "inner");
        write(root + QStringLiteral("/usr/bin/tool"), "#!tool");
        const std::string tool = local(root + QStringLiteral("/usr/bin/tool"));
        ::link(tool.c_str(), local(root + QStringLiteral("/usr/bin/tool-again")).c_str());
        ::chmod(tool.c_str(), 04755);
        ::chown(local(root + QStringLiteral("/etc/kept")).c_str(), 1234, 4321);
        ::symlink("usr/bin", local(root + QStringLiteral("/bin")).c_str());
        ::mknod(local(root + QStringLiteral("/null")).c_str(), S_IFCHR | 0666, makedev(1, 3));
        ::setxattr(tool.c_str(), "user.origin", "here", 4, 0);
        // cap_net_bind_service=ep, as setcap writes it (linux/capability.h, revision 2)
        const QByteArray capability =
            QByteArray::fromHex("0100000200040000000000000000000000000000");
        ::setxattr(tool.c_str(), "security.capability", capability.constData(),
                   std::size_t(capability.size()), 0);
        write(root + QStringLiteral("/data/of-the-volume"), "there");
        ::chown(local(root + QStringLiteral("/data")).c_str(), 1000, 1000);
        ::chmod(local(root + QStringLiteral("/data")).c_str(), 02775);
        ::mkfifo(local(root + QStringLiteral("/pipe")).c_str(), 0640);
        ::mknod(local(root + QStringLiteral("/disk")).c_str(), S_IFBLK | 0660, makedev(7, 9));
        ::symlink("/nowhere/at all", local(root + QStringLiteral("/dangling")).c_str());
        ::lchown(local(root + QStringLiteral("/dangling")).c_str(), 12, 34);
        const timespec old[2] = {{1'000'000'000, 0}, {86'400, 0}};
        ::utimensat(AT_FDCWD, local(root + QStringLiteral("/etc/kept")).c_str(), old, 0);
        ::mkdir(local(root + QStringLiteral("/tmp")).c_str(), 0755);
        ::chmod(local(root + QStringLiteral("/tmp")).c_str(), 01777);
        return {};
    };
    const auto second = [](const QString &root) -> Result<> {
        QFile::remove(root + QStringLiteral("/etc/hidden"));
        QDir(root + QStringLiteral("/var/cache/a")).removeRecursively();
        QFile::remove(root + QStringLiteral("/usr/bin/tool-again")); // the other name stays
        QFile::remove(root + QStringLiteral("/srv/turns-folder"));
        write(root + QStringLiteral("/srv/turns-folder/inner"), "now inside");
        QDir(root + QStringLiteral("/srv/turns-file")).removeRecursively();
        write(root + QStringLiteral("/srv/turns-file"), "now a file");
        write(root + QStringLiteral("/long/") + QString(180, QLatin1Char('d')) + QLatin1Char('/')
                  + QString(200, QLatin1Char('n')),
              "long");
        return {};
    };
    const auto third = [](const QString &root) -> Result<> {
        write(root + QStringLiteral("/etc/hidden"), "back again");
        write(root + QStringLiteral("/var/cache/a/three"), "3");
        ::chmod(local(root + QStringLiteral("/etc/kept")).c_str(), 0600);
        return {};
    };
    for (const auto &layer : {std::function<Result<>(const QString &)>(first),
                              std::function<Result<>(const QString &)>(second),
                              std::function<Result<>(const QString &)>(third)}) {
        if (auto added = image.addLayer(layer); !added)
            return added;
        if (firstAlone)
            break;
    }
    return image.configure(
        {QStringLiteral("--config.user=1000:1000"), QStringLiteral("--config.volume=/data"),
         QStringLiteral("--config.workingdir=/srv"), QStringLiteral("--config.env=COLOUR=green"),
         QStringLiteral("--config.exposedports=6379/tcp"),
         QStringLiteral("--config.label=maker=test"),
         QStringLiteral("--config.entrypoint=/usr/bin/tool"),
         QStringLiteral("--config.cmd=--flag")});
}

} // namespace

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
        QTRY_COMPARE(fixture.trash(), QStringList());
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
        write(QString::fromStdString(first->rootfs) + QStringLiteral("/etc/kept"), "changed");
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
        VERIFY_OK(fillDifficult(one, true));
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
        QTRY_COMPARE(fixture.staged(), QStringList());
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
        const auto name = fixture.docker(QStringLiteral("test/difficult:1"));
        for (int i = 0; i < 3; ++i) { // with many looks meanwhile
            VERIFY_OK(fixture.provision("c1", name));
            VERIFY_OK(fixture.destroy("c1"));
            QCOMPARE(fixture.layers().size(), 4);
        }
        VERIFY_OK(fixture.provision("c2", name));
        write(QString::fromStdString(disk) + QStringLiteral("/ballast"),
              QByteArray(8'000'000, 'x'));
        const auto excluded = fixture.prune({name}); // a while later nothing has gone: it is in use
        VERIFY_OK(excluded);
        QCOMPARE(fixture.layers().size(), 4);
        VERIFY_OK(fixture.destroy("c2"));
        QTRY_COMPARE_WITH_TIMEOUT(fixture.layers(), QStringList(), 20000);
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
