#include <QFile>
#include <QRandomGenerator>
#include <QTest>

#include "mesos/v1/agent/agent.pb.h"
#include "tests/support/missing.h"
#include "tests/system/native/image_cluster.h"
#include "tests/system/support/execute.h"

using namespace meseta;
using namespace meseta::test;

namespace {

constexpr int layerBytes = 3'000'000;

/// What does not compress, the same each time.
QByteArray noise(quint32 seed)
{
    QRandomGenerator random(seed);
    QByteArray bytes(layerBytes, Qt::Uninitialized);
    for (char &byte : bytes)
        byte = static_cast<char>(random.generate());
    return bytes;
}

QByteArray sumLine(const QByteArray &content, const QByteArray &path)
{
    quint64 hash = 14695981039346656037ULL;
    for (const char byte : content)
        hash = (hash ^ static_cast<unsigned char>(byte)) * 1099511628211ULL;
    return path + ": " + QByteArray::number(content.size()) + " bytes, "
        + QByteArray::number(hash, 16) + "\n";
}

Result<> addFile(OciImage &image, const QString &name, const QByteArray &content)
{
    return image.addLayer([&](const QString &root) -> Result<> {
        QFile file(root + QLatin1Char('/') + name);
        return file.open(QIODevice::WriteOnly) && file.write(content) == content.size()
            ? Result<>()
            : fail("cannot write " + name.toStdString());
    });
}

} // namespace

/// What an agent keeps of images: collected when the operator says so or the disk is full, and
/// whole whenever the agent dies.
class ImageStoreTest : public QObject
{
    Q_OBJECT

    std::unique_ptr<ImageCluster> m_parts;
    QByteArray m_first = noise(1), m_second = noise(2);

    Answer prune(const QByteArray &type, const QByteArray &body);
    double metric(const QString &name) const;

private Q_SLOTS:
    void init();
    void cleanup() { m_parts.reset(); }
    void prunesWhatNobodyUses();
    void collectsWhenTheDiskIsShort();
    void refusesWrongCollections_data();
    void refusesWrongCollections();
    void isWholeAfterAKill_data();
    void isWholeAfterAKill();
};

void ImageStoreTest::init()
{
    if (const QString missing = ImageCluster::missing(); !missing.isEmpty())
        MESETA_MISSING(missing);
    m_parts = std::make_unique<ImageCluster>();
    const auto started = m_parts->start();
    QVERIFY2(started, started ? "" : started.error().message.c_str());
    OciImage image;
    QVERIFY(ImageCluster::makeProbe(image));
    QVERIFY(addFile(image, QStringLiteral("first"), m_first));
    QVERIFY(addFile(image, QStringLiteral("second"), m_second));
    QVERIFY(image.push(m_parts->registry().host(), QStringLiteral("library/large:1")));
}

Answer ImageStoreTest::prune(const QByteArray &type, const QByteArray &body)
{
    return exchange(m_parts->cluster().agentPort(), "POST /api/v1",
                    {"Content-Type: " + type, "Accept: " + type}, body);
}

double ImageStoreTest::metric(const QString &name) const
{
    return getJson(m_parts->cluster().agentPort(), "/metrics/snapshot").value(name).toDouble(-1);
}

void ImageStoreTest::prunesWhatNobodyUses()
{
    QVERIFY2(m_parts->startAgent(), m_parts->cluster().logTails());
    const QString provisioner = QStringLiteral("containerizer/mesos/provisioner/");
    QCOMPARE(metric(provisioner + QStringLiteral("docker_store/image_pull_ms")), -1.0);
    QCOMPARE(m_parts->run(QStringLiteral("library/large:1"),
                          {QStringLiteral("sum"), QStringLiteral("/first")}),
             sumLine(m_first, "/first"));
    Execute waiting(m_parts->cluster().masterPort());
    waiting.startTask(m_parts->task(QStringLiteral("waiting"), QStringLiteral("library/probe:1"),
                                    {QStringLiteral("wait")}));
    QVERIFY2(waiting.says("TASK_RUNNING"), waiting.output() + m_parts->cluster().logTails());
    QCOMPARE(m_parts->stored(QStringLiteral("images")).size(), 2);
    const auto all = m_parts->stored(QStringLiteral("layers")).size();

    // Two pulls were timed, one root file system is in use, nothing went wrong.
    QVERIFY(metric(provisioner + QStringLiteral("docker_store/image_pull_ms")) > 0);
    QCOMPARE(metric(provisioner + QStringLiteral("docker_store/image_pull_ms/count")), 2.0);
    QVERIFY(metric(provisioner + QStringLiteral("docker_store/image_pull_ms/p50")) > 0);
    QTRY_COMPARE_WITH_TIMEOUT(
        metric(QStringLiteral("containerizer/mesos/filesystem/containers_new_rootfs")), 1.0, 30000);
    QCOMPARE(metric(provisioner + QStringLiteral("remove_container_errors")), 0.0);
    QCOMPARE(metric(provisioner + QStringLiteral("bind/remove_rootfs_errors")), 0.0);

    const QByteArray sparing = R"({"type":"PRUNE_IMAGES","prune_images":{"excluded_images":[)"
                               R"({"type":"DOCKER","docker":{"name":"library/large:1"}}]}})";
    QCOMPARE(prune("application/json", sparing).status(), 200);
    QCOMPARE(m_parts->stored(QStringLiteral("layers")).size(), all);

    mesos::v1::agent::Call call;
    call.set_type(mesos::v1::agent::Call::PRUNE_IMAGES);
    call.mutable_prune_images();
    const Answer answer =
        prune("application/x-protobuf", QByteArray::fromStdString(call.SerializeAsString()));
    QCOMPARE(answer.status(), 200);
    QCOMPARE(answer.body, QByteArray());
    QCOMPARE(m_parts->stored(QStringLiteral("images")).size(), 1); // of the one that runs
    QVERIFY(m_parts->stored(QStringLiteral("layers")).size() < all);
    QVERIFY(!m_parts->stored(QStringLiteral("layers")).isEmpty());

    waiting.interrupt();
    QVERIFY(waiting.exitCode() >= 0);
    QTRY_VERIFY_WITH_TIMEOUT(prune("application/json", R"({"type":"PRUNE_IMAGES"})").status() == 200
                                 && m_parts->stored(QStringLiteral("layers")).isEmpty(),
                             30000);
    QCOMPARE(m_parts->run(QStringLiteral("library/large:1"),
                          {QStringLiteral("sum"), QStringLiteral("/second")}),
             sumLine(m_second, "/second")); // is pulled again
}

/// No disk keeps all of itself free: each look removes what it may.
void ImageStoreTest::collectsWhenTheDiskIsShort()
{
    const QString config = QStringLiteral(
        R"({"image_disk_headroom":1.0,"image_disk_watch_interval":{"nanoseconds":100000000},)"
        R"("excluded_images":[{"type":"DOCKER","docker":{"name":"library/probe:1"}}]})");
    QVERIFY2(m_parts->startAgent({QStringLiteral("--image_gc_config=") + config}),
             m_parts->cluster().logTails());
    Execute waiting(m_parts->cluster().masterPort());
    waiting.startTask(m_parts->task(QStringLiteral("waiting"), QStringLiteral("library/large:1"),
                                    {QStringLiteral("wait")}));
    QVERIFY2(waiting.says("TASK_RUNNING"), waiting.output() + m_parts->cluster().logTails());
    QVERIFY(!m_parts->run(QStringLiteral("library/probe:1"), {}).isEmpty());
    QCOMPARE(m_parts->stored(QStringLiteral("images")).size(), 2);
    waiting.interrupt();
    QVERIFY(waiting.exitCode() >= 0);
    QTRY_COMPARE_WITH_TIMEOUT(m_parts->stored(QStringLiteral("images")).size(), 1, 30000);
    QTRY_COMPARE_WITH_TIMEOUT(m_parts->stored(QStringLiteral("layers")).size(), 1, 30000);
    m_parts->registry().stop();
    QVERIFY(!m_parts->run(QStringLiteral("library/probe:1"), {}).isEmpty()); // it is still there
}

void ImageStoreTest::refusesWrongCollections_data()
{
    QTest::addColumn<QString>("config");
    QTest::addColumn<QByteArray>("told");
    QTest::newRow("headroom") << QStringLiteral(
        R"({"image_disk_headroom":10,"image_disk_watch_interval":{"nanoseconds":1}})")
                              << QByteArray("image_disk_headroom");
    QTest::newRow("interval") << QStringLiteral(
        R"({"image_disk_headroom":0.1,"image_disk_watch_interval":{"nanoseconds":0}})")
                              << QByteArray("image_disk_watch_interval");
    QTest::newRow("no interval") << QStringLiteral(R"({"image_disk_headroom":0.1})")
                                 << QByteArray("--image_gc_config");
}

void ImageStoreTest::refusesWrongCollections()
{
    QFETCH(QString, config);
    QFETCH(QByteArray, told);
    QVERIFY(!m_parts->startAgent({QStringLiteral("--image_gc_config=") + config}));
    QVERIFY2(m_parts->agent().logTail().contains(told), m_parts->agent().logTail());
}

void ImageStoreTest::isWholeAfterAKill_data()
{
    QTest::addColumn<QByteArray>("step");
    for (const char *step :
         {"during-layer-download#3", "during-layer-unpack#2", "before-layer-install#2",
          "after-layer-install#1", "before-image-index#1", "after-image-index#1"})
        QTest::newRow(step) << QByteArray(step);
}

void ImageStoreTest::isWholeAfterAKill()
{
    QFETCH(QByteArray, step);
    qputenv("MESETA_CRASH_AT", step);
    const auto started = m_parts->startAgent();
    qunsetenv("MESETA_CRASH_AT");
    QVERIFY2(started, m_parts->cluster().logTails());
    const QString image = QStringLiteral("library/large:1");
    Execute cut(m_parts->cluster().masterPort());
    cut.startTask(m_parts->task(QStringLiteral("cut"), image, {}));
    QTRY_VERIFY_WITH_TIMEOUT(!m_parts->agent().isRunning(), 30000);

    // What counts as a layer is whole, whatever was under way.
    const auto layers = m_parts->stored(QStringLiteral("layers"));
    for (const QString &layer : layers) {
        const QString folder = m_parts->storeFolder() + QStringLiteral("/layers/") + layer;
        QVERIFY2(QFile::exists(folder + QStringLiteral("/note")), qPrintable(layer));
        for (const auto &[name, content] :
             {std::pair{"/rootfs/first", m_first}, std::pair{"/rootfs/second", m_second}}) {
            QFile file(folder + QLatin1String(name));
            if (file.open(QIODevice::ReadOnly))
                QVERIFY2(file.readAll() == content, qPrintable(layer + QLatin1String(name)));
        }
    }
    if (step.startsWith("during") || step.startsWith("before"))
        QVERIFY(layers.size() < 3 || step.contains("index"));

    QVERIFY2(m_parts->startAgent(), m_parts->cluster().logTails());
    QTRY_COMPARE_WITH_TIMEOUT(m_parts->stored(QStringLiteral("staging")), QStringList(), 30000);
    QCOMPARE(m_parts->run(image, {QStringLiteral("sum"), QStringLiteral("/first")}),
             sumLine(m_first, "/first"));
    QCOMPARE(m_parts->run(image, {QStringLiteral("sum"), QStringLiteral("/second")}),
             sumLine(m_second, "/second"));
    QTRY_COMPARE_WITH_TIMEOUT(m_parts->stored(QStringLiteral("staging")), QStringList(), 30000);
}

QTEST_GUILESS_MAIN(ImageStoreTest)
#include "tst_image_store.moc"
