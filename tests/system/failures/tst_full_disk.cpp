#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QTest>

#include <sys/mount.h>
#include <unistd.h>

#include "common/http/server.h"
#include "tests/support/daemons.h"
#include "tests/support/server_process.h"
#include "tests/system/support/execute.h"

using namespace meseta;
using namespace meseta::test;

namespace {

/// A file system of a few megabytes.
class SmallDisk
{
public:
    explicit SmallDisk(const QString &path) : m_path(path)
    {
        QDir().mkpath(path);
        m_mounted = ::mount("tmpfs", path.toLocal8Bit().constData(), "tmpfs", 0, "size=4m") == 0;
    }
    ~SmallDisk()
    {
        if (m_mounted)
            ::umount2(m_path.toLocal8Bit().constData(), MNT_DETACH);
    }
    bool isMounted() const { return m_mounted; }

    /// Writes until nothing fits any more.
    void fill() const
    {
        QFile file(m_path + QStringLiteral("/ballast"));
        if (!file.open(QIODevice::WriteOnly | QIODevice::Unbuffered))
            return;
        while (file.write(QByteArray(4096, 'x')) > 0) { }
    }
    void free() const { QFile::remove(m_path + QStringLiteral("/ballast")); }

private:
    QString m_path;
    bool m_mounted = false;
};

QStringList command(const char *name, const char *text)
{
    return {QStringLiteral("--name=") + QLatin1String(name),
            QStringLiteral("--command=") + QLatin1String(text),
            QStringLiteral("--resources=cpus:0.1;mem:32")};
}

} // namespace

/// Disks that are full: the task fails and says why, the agent stays, and goes on when there is
/// room again.
class FullDiskTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void underTheSandboxes();
    void underTheFetcherCache();
};

void FullDiskTest::initTestCase()
{
    if (::geteuid() != 0)
        MESETA_MISSING(QStringLiteral("no small disk: mounting one needs root"));
}

void FullDiskTest::underTheSandboxes()
{
    QTemporaryDir folder;
    SmallDisk disk(folder.filePath(QStringLiteral("agent/data")));
    QVERIFY(disk.isMounted());
    Daemon master(QStringLiteral("mesos-master"), folder.filePath(QStringLiteral("master")));
    QVERIFY(master.start({}));
    Daemon agent(QStringLiteral("mesos-agent"), folder.filePath(QStringLiteral("agent")));
    const auto up =
        agent.start({QStringLiteral("--master=127.0.0.1:%1").arg(master.port()),
                     QStringLiteral("--resources=cpus:2;mem:1024;disk:1024"),
                     QStringLiteral("--runtime_dir=") + folder.filePath(QStringLiteral("run"))});
    QVERIFY2(up, up ? "" : up.error().message.c_str());

    Execute execute(master.port());
    execute.start(command("room", "true"));
    QVERIFY2(execute.exitCode() == 0, execute.output());

    disk.fill();
    execute.start(command("full", "true"));
    QCOMPARE(execute.exitCode(), 1);
    QVERIFY2(execute.output().contains("TASK_FAILED"), execute.output());
    QVERIFY2(execute.output().contains("No space left on device"), execute.output());
    QVERIFY2(execute.output().contains("--work_dir"), execute.output());
    QVERIFY(agent.isRunning());

    disk.free();
    execute.start(command("again", "true"));
    QVERIFY2(execute.exitCode() == 0, execute.output() + agent.logTail());
    agent.stop();
}

void FullDiskTest::underTheFetcherCache()
{
    QTemporaryDir folder;
    SmallDisk disk(folder.filePath(QStringLiteral("cache")));
    QVERIFY(disk.isMounted());
    http::Server files;
    files.route("files", "/large",
                [](const http::Request &, std::shared_ptr<http::Responder> responder) {
                    http::Response response = http::Response::text(200, QByteArray(8 << 20, 'x'));
                    responder->send(std::move(response));
                });
    QVERIFY(files.listen(QHostAddress::LocalHost, 0));
    Cluster cluster;
    QVERIFY(cluster.startMaster());
    QVERIFY2(cluster.startAgent({QStringLiteral("--fetcher_cache_dir=")
                                 + folder.filePath(QStringLiteral("cache"))}),
             cluster.logTails());

    auto task = json(
        "{'name':'large','task_id':{'value':'large'},'resources':[{'name':'cpus','type':'SCALAR',"
        "'scalar':{'value':0.1}},{'name':'mem','type':'SCALAR','scalar':{'value':32}}],"
        "'command':{'value':'true','uris':[{'cache':true}]}}");
    auto wanted = task[QStringLiteral("command")].toObject();
    wanted[QStringLiteral("uris")] = QJsonArray{
        QJsonObject{{QStringLiteral("value"),
                     QStringLiteral("http://127.0.0.1:%1/files/large").arg(files.port())},
                    {QStringLiteral("cache"), true}}};
    task[QStringLiteral("command")] = wanted;
    Execute execute(cluster.masterPort());
    execute.startTask(task);
    QCOMPARE(execute.exitCode(), 1);
    QVERIFY2(execute.output().contains("TASK_FAILED"), execute.output());
    QVERIFY2(execute.output().contains("No space left on device"), execute.output());
    QVERIFY2(execute.output().contains("/files/large"), execute.output());
    execute.start(command("small", "true"));
    QVERIFY2(execute.exitCode() == 0, execute.output() + cluster.logTails());
}

QTEST_GUILESS_MAIN(FullDiskTest)
#include "tst_full_disk.moc"
