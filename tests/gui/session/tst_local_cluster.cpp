#include <QSignalSpy>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

#include "gui/model/replica.h"
#include "gui/session/cluster.h"
#include "gui/session/local_cluster.h"

using namespace meseta::console;

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
        QSignalSpy ended(&local, &LocalCluster::ended);
        local.stop();
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 20000);
        QVERIFY(!local.isRunning());
    }
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
