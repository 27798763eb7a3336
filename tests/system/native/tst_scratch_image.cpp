#include <QDir>
#include <QJsonObject>
#include <QTest>

#include <unistd.h>

#include "tests/support/missing.h"
#include "tests/support/mounts.h"
#include "tests/system/native/image_cluster.h"
#include "tests/system/support/execute.h"

using namespace meseta;
using namespace meseta::test;

/// An image that is one static program and nothing else: no shell, no libraries, no /proc and /dev
/// to mount on. With each backend.
class ScratchImageTest : public QObject
{
    Q_OBJECT

    std::unique_ptr<ImageCluster> m_parts;

private Q_SLOTS:
    void init();
    void cleanup() { m_parts.reset(); }
    void runsAsItsImageSays_data();
    void runsAsItsImageSays();
    void aBoundRootWantsItsFolders();
    void aVolumeOfTheImageIsTheContainersOwn();
    void aUserThatOnlyTheImageKnows();
};

void ScratchImageTest::init()
{
    if (const QString missing = ImageCluster::missing(); !missing.isEmpty())
        MESETA_MISSING(missing);
    m_parts = std::make_unique<ImageCluster>();
    const auto started = m_parts->start();
    QVERIFY2(started, started ? "" : started.error().message.c_str());
}

void ScratchImageTest::runsAsItsImageSays_data()
{
    QTest::addColumn<QString>("backend");
    QTest::newRow("overlay") << QStringLiteral("overlay");
    QTest::newRow("copy") << QStringLiteral("copy");
}

void ScratchImageTest::runsAsItsImageSays()
{
    QFETCH(QString, backend);
    QVERIFY2(m_parts->startAgent({QStringLiteral("--image_provisioner_backend=") + backend}),
             m_parts->cluster().logTails());
    const QString image = QStringLiteral("library/probe:1");
    QCOMPARE(m_parts->run(image, {}),
             QByteArray("greetings in /mnt/mesos/sandbox as 0, from the image\n"));
    QCOMPARE(m_parts->run(image, {QStringLiteral("other"), QStringLiteral("two words")}),
             QByteArray("other two words in /mnt/mesos/sandbox as 0, from the image\n"));
    QCOMPARE(m_parts->run(image, {QStringLiteral("sum"), QStringLiteral("/etc/passwd")})
                 .contains("exited with status 1"),
             true); // nothing of the host is seen
    // What one writes into its root, the next does not see.
    for (int i = 0; i < 2; ++i)
        QCOMPARE(m_parts->run(image, {QStringLiteral("write"), QStringLiteral("/own")}),
                 QByteArray("/own: written\n"));
    QTRY_COMPARE_WITH_TIMEOUT(
        mountsOf({m_parts->cluster().folder() + QStringLiteral("/agent0/data/provisioner")}),
        QByteArrayList(), 30000);
}

/// A bound root cannot get the folders that /proc, /dev and the sandbox are mounted on.
void ScratchImageTest::aBoundRootWantsItsFolders()
{
    OciImage image;
    QVERIFY(ImageCluster::makeProbe(image));
    QVERIFY(m_parts->startAgent({QStringLiteral("--image_provisioner_backend=bind")}));
    const QByteArray refused = m_parts->run(QStringLiteral("library/probe:1"), {});
    QVERIFY2(refused.contains("REASON_CONTAINER_LAUNCH_FAILED"), refused);
    QVERIFY2(refused.contains("read-only") || refused.contains("Read-only"), refused);
}

/// As in Mesos' containerizer, no volume is made for it: it is a folder of the container's own
/// root, there even when the image does not have it.
void ScratchImageTest::aVolumeOfTheImageIsTheContainersOwn()
{
    OciImage image;
    QVERIFY(ImageCluster::makeProbe(image));
    QVERIFY(image.addLayer([](const QString &root) -> Result<> {
        return QDir(root).mkdir(QStringLiteral("data")) ? Result<>() : fail("no folder");
    }));
    QVERIFY(image.configure({QStringLiteral("--config.volume=/data"),
                             QStringLiteral("--config.volume=/srv/not-there")}));
    QVERIFY(image.push(m_parts->registry().host(), QStringLiteral("library/volume:1")));
    QVERIFY2(m_parts->startAgent(), m_parts->cluster().logTails());
    for (const char *path : {"/data/own", "/data/own", "/srv/not-there/own"})
        QCOMPARE(m_parts->run(QStringLiteral("library/volume:1"),
                              {QStringLiteral("write"), QLatin1String(path)}),
                 QByteArray(path) + ": written\n");
}

/// This machine has no such user: who it is stands in the image's own /etc/passwd.
void ScratchImageTest::aUserThatOnlyTheImageKnows()
{
    OciImage image;
    QVERIFY(ImageCluster::makeProbe(image));
    QVERIFY(image.addLayer([](const QString &root) -> Result<> {
        QDir(root).mkdir(QStringLiteral("etc"));
        QFile users(root + QStringLiteral("/etc/passwd"));
        return users.open(QIODevice::WriteOnly)
                && users.write("of-the-image:x:4321:4321::/:/probe\n") > 0
            ? Result<>()
            : fail("no /etc/passwd");
    }));
    QVERIFY(image.push(m_parts->registry().host(), QStringLiteral("library/user:1")));
    QVERIFY2(m_parts->startAgent(), m_parts->cluster().logTails());
    const QString name = QStringLiteral("other-user");
    QJsonObject task = m_parts->task(name, QStringLiteral("library/user:1"),
                                     {QStringLiteral("write"), QStringLiteral("mine")});
    QJsonObject command = task[u"command"].toObject();
    command[u"user"] = QStringLiteral("of-the-image");
    task[u"command"] = command;
    Execute execute(m_parts->cluster().masterPort());
    execute.startTask(task);
    QVERIFY2(execute.exitCode(60000) == 0, execute.output());
    QCOMPARE(m_parts->outputOf(name), QByteArray("mine: written\n")); // the sandbox is theirs
}

QTEST_GUILESS_MAIN(ScratchImageTest)
#include "tst_scratch_image.moc"
