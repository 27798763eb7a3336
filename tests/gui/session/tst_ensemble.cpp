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
    void readsCons();
    void readsTheAdminServer();
    void adminPortsOfEachServer();
    void asksAServer();
    void asksTheAdminServerWhereWordsAreRefused();
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

void EnsembleTest::readsCons()
{
    EnsembleServer server;
    readConnections(
        QStringLiteral(" /127.0.0.1:43164[1](queued=0,recved=21,sent=23,sid=0x300008a6f3d0002,"
                       "lop=SYNC,est=1795394265036,to=10000,lcxid=0x6b03f0b4,lzxid=0x20000000c,"
                       "lresp=25730747,llat=1,minlat=0,avglat=6,maxlat=26)\n"
                       " /127.0.0.1:55290[0](queued=0,recved=1,sent=0)\n\n"),
        server);
    QCOMPARE(server.clients.size(), 1); // the second is who asks
    QCOMPARE(server.clients.first().id, 0x300008a6f3d0002);
    QCOMPARE(server.clients.first().client, QStringLiteral("127.0.0.1:43164"));
    QCOMPARE(server.clients.first().connected, 1795394265.036);
    QCOMPARE(server.clients.first().timeoutMs, 10000);
}

void EnsembleTest::readsTheAdminServer()
{
    EnsembleServer server;
    QVERIFY(readAdminAnswer(R"({"version": "3.8.0-${mvngit.commit.id}, built on 2024-12-29",
        "server_state": "leader", "num_alive_connections": 3, "avg_latency": 0.5,
        "outstanding_requests": 0, "znode_count": 5, "global_sessions": 2,
        "command": "monitor", "error": null})",
                            server));
    QCOMPARE(server.version, QStringLiteral("3.8.0"));
    QCOMPARE(server.mode, QStringLiteral("leader"));
    QCOMPARE(server.sessions, 2);
    QCOMPARE(server.connections, 3);
    QCOMPARE(server.latencyMs, 0.5);
    QVERIFY(readAdminAnswer(R"({"connections": [{"remote_socket_address": "127.0.0.1:43164",
        "session_id": 216174465663434754, "established": 1795394265036, "session_timeout": 10000}],
        "secure_connections": [], "command": "connections", "error": null})",
                            server));
    QCOMPARE(server.clients.size(), 1);
    QCOMPARE(server.clients.first().id, 216174465663434754);
    QVERIFY(readAdminAnswer(R"({"command": "ruok", "error": null})", server));
    QCOMPARE(server.ok, std::optional(true));
    const EnsembleServer before = server;
    QVERIFY(!readAdminAnswer("<html>It works!</html>", server)); // some web server
    QVERIFY(!readAdminAnswer("{\"version\": 7}", server));
    QCOMPARE(server, before);
}

/// A server with ZooKeeper's own defaults: of the words only srvr, and the AdminServer.
void EnsembleTest::asksTheAdminServerWhereWordsAreRefused()
{
    QTcpServer zookeeper, admin;
    QVERIFY(zookeeper.listen(QHostAddress::LocalHost));
    QVERIFY(admin.listen(QHostAddress::LocalHost));
    connect(&zookeeper, &QTcpServer::newConnection, this, [&] {
        QTcpSocket *client = zookeeper.nextPendingConnection();
        connect(client, &QTcpSocket::readyRead, client, [client] {
            const QByteArray word = client->readAll();
            client->write(word == "srvr" ? QByteArray("Mode: follower\nConnections: 1\n")
                                         : word
                                  + " is not executed because it is not in the "
                                    "whitelist.\n");
            client->disconnectFromHost();
        });
    });
    QStringList asked;
    connect(&admin, &QTcpServer::newConnection, this, [&] {
        QTcpSocket *client = admin.nextPendingConnection();
        connect(client, &QTcpSocket::readyRead, client, [client, &asked] {
            const QByteArray path = client->readAll().split(' ').value(1);
            asked << QString::fromLatin1(path);
            const QByteArray body = "{\"command\": \"x\", \"error\": null, \"global_sessions\": 4}";
            client->write("HTTP/1.1 200 OK\r\nContent-Length: " + QByteArray::number(body.size())
                          + "\r\n\r\n" + body);
        });
    });
    EnsembleProbe probe;
    probe.setAdminPorts({1, {{QStringLiteral("127.0.0.1"), admin.serverPort()}}});
    probe.start({QStringLiteral("127.0.0.1:%1").arg(zookeeper.serverPort())});
    QTRY_COMPARE(probe.servers().first().sessions, 4);
    QCOMPARE(probe.servers().first().mode, QStringLiteral("follower"));
    QVERIFY(asked.contains(QStringLiteral("/commands/monitor")));
    QTRY_VERIFY(probe.servers().first().through.contains(QString::number(admin.serverPort())));
    QVERIFY(probe.servers().first().problem.isEmpty());
    // Without one it says what to allow.
    admin.close();
    QTcpServer closed;
    QVERIFY(closed.listen(QHostAddress::LocalHost));
    const quint16 nobody = closed.serverPort();
    closed.close();
    probe.setAdminPorts({nobody, {}});
    probe.start({QStringLiteral("127.0.0.1:%1").arg(zookeeper.serverPort())});
    QTRY_VERIFY(probe.servers().first().problem.contains(QStringLiteral("4lw")));
    QVERIFY(probe.servers().first().reached);
}

/// One port for all, and others for servers by host or by host and port.
void EnsembleTest::adminPortsOfEachServer()
{
    const auto ports = AdminPorts::parse(QStringLiteral("8081, zk2=9090,zk1:2182=9091"));
    QVERIFY(ports);
    QCOMPARE(ports->of(QStringLiteral("zk1:2181")), 8081);
    QCOMPARE(ports->of(QStringLiteral("zk1:2182")), 9091);
    QCOMPARE(ports->of(QStringLiteral("zk2:2181")), 9090);
    QCOMPARE(AdminPorts::parse(QString())->of(QStringLiteral("zk1:2181")), 8080);
    for (const char *wrong : {"many", "0", "70000", "zk1=", "=8080", "zk1=8080=x"})
        QVERIFY2(!AdminPorts::parse(QString::fromLatin1(wrong)), wrong);
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
