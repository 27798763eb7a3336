#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include "gui/session/ensemble.h"

using namespace meseta::console;

class EnsembleTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void findsServersInAUrl();
    void readsSrvr();
    void readsMntr();
    void asksAServer();
    void saysWhoIsNotReached();
};

void EnsembleTest::findsServersInAUrl()
{
    QCOMPARE(ensembleServers(QStringLiteral("zk://me:pw@a:2181,b:2182,c/mesos")),
             (QStringList{QStringLiteral("a:2181"), QStringLiteral("b:2182"),
                          QStringLiteral("c:2181")}));
    QVERIFY(ensembleServers(QStringLiteral("localhost:5050")).isEmpty());
}

void EnsembleTest::readsSrvr()
{
    EnsembleServer server;
    readServerAnswer(
        QStringLiteral("Zookeeper version: 3.8.0-${mvngit.commit.id}, built on 2022-02-25\n"
                       "Latency min/avg/max: 0/1.25/17\nReceived: 10\nSent: 9\nConnections: 4\n"
                       "Outstanding: 1\nZxid: 0x4\nMode: follower\nNode count: 12\n"),
        server);
    QCOMPARE(server.version, QStringLiteral("3.8.0"));
    QCOMPARE(server.mode, QStringLiteral("follower"));
    QCOMPARE(server.latencyMs, 1.25);
    QCOMPARE(server.connections, 4);
    QCOMPARE(server.outstanding, 1);
    QCOMPARE(server.nodes, 12);
    QCOMPARE(server.sessions, -1);
}

void EnsembleTest::readsMntr()
{
    EnsembleServer server;
    readServerAnswer(QStringLiteral("zk_server_state\tleader\nzk_avg_latency\t0.5\n"
                                    "zk_global_sessions\t7\nzk_num_alive_connections\t3\n"),
                     server);
    QCOMPARE(server.mode, QStringLiteral("leader"));
    QCOMPARE(server.sessions, 7);
    QCOMPARE(server.latencyMs, 0.5);
}

void EnsembleTest::asksAServer()
{
    QTcpServer zookeeper;
    QVERIFY(zookeeper.listen(QHostAddress::LocalHost));
    connect(&zookeeper, &QTcpServer::newConnection, this, [&] {
        QTcpSocket *client = zookeeper.nextPendingConnection();
        connect(client, &QTcpSocket::readyRead, client, [client] {
            const QByteArray word = client->readAll();
            client->write(word == "srvr" ? "Mode: standalone\nConnections: 1\n"
                                         : "mntr is not executed because it is not in the "
                                           "whitelist.\n");
            client->disconnectFromHost();
        });
    });
    EnsembleProbe probe;
    probe.start({QStringLiteral("127.0.0.1:%1").arg(zookeeper.serverPort())});
    QTRY_VERIFY(probe.servers().first().reached);
    QCOMPARE(probe.servers().first().mode, QStringLiteral("standalone"));
    QVERIFY(probe.servers().first().roundTripMs >= 0);
}

void EnsembleTest::saysWhoIsNotReached()
{
    EnsembleProbe probe;
    probe.start({QStringLiteral("127.0.0.1:1")});
    QTRY_VERIFY(!probe.servers().first().problem.isEmpty());
    QVERIFY(!probe.servers().first().reached);
}

QTEST_GUILESS_MAIN(EnsembleTest)
#include "tst_ensemble.moc"
