#include <csignal>

#include <QFile>
#include <QProcess>
#include <QSignalSpy>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

#include "gui/model/replica.h"
#include "gui/session/cluster.h"
#include "gui/session/local_cluster.h"

using namespace meseta::console;

namespace {

/// The process of a task that `execute` launches and stays with; 0: it did not start.
pid_t startTask(QProcess &execute, const MasterAddress &master, const QString &file)
{
    execute.start(qEnvironmentVariable("MESETA_BIN_DIR") + QLatin1String("/mesos-execute"),
                  {QStringLiteral("--master=") + master.text(), QStringLiteral("--name=stays"),
                   QStringLiteral("--resources=cpus:0.1;mem:32"),
                   QStringLiteral("--command=echo $$ > %1; exec sleep 1000").arg(file)});
    qint64 pid = 0;
    const auto isTold = [&] {
        QFile told(file);
        pid = told.open(QIODevice::ReadOnly) ? told.readAll().trimmed().toLongLong() : 0;
        return pid > 0;
    };
    return QTest::qWaitFor(isTold, 30000) ? static_cast<pid_t>(pid) : 0;
}

} // namespace

/// A cluster of one master and one agent as children of the console: it comes up, is seen, and
/// leaves nothing behind.
class LocalClusterTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void comesUpAndEnds();
    void saysWhatIsMissing();
};

void LocalClusterTest::comesUpAndEnds()
{
    QTemporaryDir folder;
    MasterAddress address;
    QProcess execute; // its framework would end with it, and the task with that
    pid_t task = 0;
    {
        LocalCluster local;
        local.setFolder(folder.path());
        local.setProgramFolder(qEnvironmentVariable("MESETA_BIN_DIR"));
        QVERIFY2(local.whyNot().isEmpty(), qPrintable(local.whyNot()));
        QSignalSpy ready(&local, &LocalCluster::ready), failed(&local, &LocalCluster::failed);
        local.start(1);
        QTRY_COMPARE_WITH_TIMEOUT(ready.size(), 1, 20000);
        address = local.address();
        Cluster cluster({});
        cluster.open(address);
        QTRY_COMPARE_WITH_TIMEOUT(cluster.replica().figures().activeAgents, 1, 20000);
        QCOMPARE(cluster.name(), QStringLiteral("local"));
        QVERIFY2(failed.isEmpty(),
                 failed.isEmpty() ? "" : qPrintable(failed.first().first().toString()));
        cluster.close();
        task = startTask(execute, address, folder.filePath(QStringLiteral("pid")));
        QVERIFY(task > 0);
        QSignalSpy ended(&local, &LocalCluster::ended);
        local.stop();
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 20000);
        QVERIFY(!local.isRunning());
    }
    QVERIFY(kill(task, 0) != 0); // nothing of it runs on
    execute.kill();
    execute.waitForFinished(10000);
    QTcpSocket socket;
    socket.connectToHost(address.host, address.port);
    QVERIFY(!socket.waitForConnected(1000));
}

void LocalClusterTest::saysWhatIsMissing()
{
    LocalCluster local;
    local.setProgramFolder(QStringLiteral("/nowhere"));
    const QByteArray path = qgetenv("PATH");
    qputenv("PATH", "/nowhere");
    QVERIFY(local.whyNot().contains(QStringLiteral("mesos-master")));
    qputenv("PATH", path);
}

QTEST_GUILESS_MAIN(LocalClusterTest)
#include "tst_local_cluster.moc"
