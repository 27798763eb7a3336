#include <QJsonArray>
#include <QTest>

#include "tests/support/daemons.h"
#include "tests/system/support/scheduler.h"

using namespace meseta;
using namespace meseta::test;

/// Requests that are wrong at one of their layers, sent to the real daemons: each is answered in
/// bounded time, and the daemon answers the next one as if nothing had been.
class MalformedRequestsTest : public QObject
{
    Q_OBJECT

    Cluster m_cluster;
    qint64 m_pids[2] = {0, 0};

    void addPaths();

private Q_SLOTS:
    void initTestCase();
    void cleanup();
    void brokenHttp_data();
    void brokenHttp();
    void endlessHeaders();
    void brokenBodies_data();
    void brokenBodies();
    void endlessBody();
    void brokenRecords();
    void deepJson();
    void halfARequest();
    void brokenDaemonMessages();
    void readerThatIsStuck();
};

void MalformedRequestsTest::initTestCase()
{
    QVERIFY(m_cluster.startMaster());
    QVERIFY2(m_cluster.startAgent(), m_cluster.logTails());
    m_pids[0] = m_cluster.master().pid();
    m_pids[1] = m_cluster.agent().pid();
}

/// The daemons are the same processes as before, and answer.
void MalformedRequestsTest::cleanup()
{
    QVERIFY2(m_cluster.master().isRunning() && m_cluster.agent().isRunning(), m_cluster.logTails());
    QCOMPARE(m_cluster.master().pid(), m_pids[0]);
    QCOMPARE(m_cluster.agent().pid(), m_pids[1]);
    QCOMPARE(get(m_cluster.masterPort(), "/health").status(), 200);
    QCOMPARE(get(m_cluster.agentPort(), "/health").status(), 200);
}

void MalformedRequestsTest::brokenHttp_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("answer"); ///< how it begins; empty: the connection just ends
    QTest::newRow("noise") << QByteArray("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11)
                           << QByteArray("HTTP/1.1 400");
    QTest::newRow("no version") << QByteArray("GET /state\r\n\r\n") << QByteArray("HTTP/1.1 505");
    QTest::newRow("no colon") << QByteArray("GET /state HTTP/1.1\r\nHost localhost\r\n\r\n")
                              << QByteArray("HTTP/1.1 400");
    QTest::newRow("negative length")
        << QByteArray("POST /api/v1 HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n")
        << QByteArray("HTTP/1.1 400");
    QTest::newRow("huge length") << QByteArray(
        "POST /api/v1 HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999\r\n\r\n")
                                 << QByteArray("HTTP/1.1 413");
    QTest::newRow("bad chunk") << QByteArray(
        "POST /api/v1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")
                               << QByteArray("HTTP/1.1 400");
    QTest::newRow("no gzip") << QByteArray("POST /api/v1 HTTP/1.1\r\nHost: x\r\nContent-Type: "
                                           "application/json\r\nContent-Encoding: gzip\r\n"
                                           "Content-Length: 4\r\n\r\nabcd")
                             << QByteArray("HTTP/1.1 400");
}

void MalformedRequestsTest::brokenHttp()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, answer);
    for (const quint16 port : {m_cluster.masterPort(), m_cluster.agentPort()}) {
        RawClient client(port);
        client.send(bytes);
        const QByteArray came = client.readUntil("\r\n\r\n");
        QVERIFY2(came.startsWith(answer), came);
    }
}

void MalformedRequestsTest::endlessHeaders()
{
    for (const quint16 port : {m_cluster.masterPort(), m_cluster.agentPort()}) {
        RawClient client(port);
        client.send("GET /state HTTP/1.1\r\nHost: x\r\n");
        for (int line = 0; line < 2000; ++line)
            client.sendSome("X-Filler: " + QByteArray(100, 'x') + "\r\n");
        const QByteArray came = client.readUntil("\r\n\r\n");
        QVERIFY2(came.startsWith("HTTP/1.1 4"), came);
        QVERIFY(client.isClosed());
    }
}

void MalformedRequestsTest::brokenBodies_data()
{
    QTest::addColumn<bool>("toMaster");
    QTest::addColumn<QByteArray>("path");
    for (const char *path : {"/api/v1", "/api/v1/scheduler", "/meseta/v1"})
        QTest::addRow("master %s", path) << true << QByteArray(path);
    for (const char *path : {"/api/v1", "/api/v1/executor"})
        QTest::addRow("agent %s", path) << false << QByteArray(path);
}

void MalformedRequestsTest::brokenBodies()
{
    QFETCH(bool, toMaster);
    QFETCH(QByteArray, path);
    const quint16 port = toMaster ? m_cluster.masterPort() : m_cluster.agentPort();
    const auto status = [&](const QByteArray &type, const QByteArray &body) {
        return exchange(port, "POST " + path, {"Content-Type: " + type, "Accept: application/json"},
                        body)
            .status();
    };
    const QByteArray json = "application/json", protobuf = "application/x-protobuf";
    QCOMPARE(status(json, "{"), 400);
    QCOMPARE(status(json, "[]"), 400);
    QCOMPARE(status(json, "\"GET_HEALTH\""), 400);
    QCOMPARE(status(json, "{\"type\":12345678901234567890}"), 400);
    QCOMPARE(status(json, "{\"type\":\"NO_SUCH_CALL\"}"), 400);
    QCOMPARE(status(json, QByteArray("{\"type\":\"\xff\xfe\"}")), 400);
    QCOMPARE(status(json, ""), 400);
    QCOMPARE(status(protobuf, QByteArray("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 11)), 400);
    QCOMPARE(status(protobuf, QByteArray("\x12\x7f\x01", 3)), 400); // a length beyond the end
    // Agents take streams of records, but not without the form of the records.
    const bool takesRecords = !toMaster && path == "/api/v1";
    QCOMPARE(status("application/recordio", "5\nabcde"), takesRecords ? 400 : 415);
    QCOMPARE(status("text/plain", "{}"), 415);
    QCOMPARE(exchange(port, "POST " + path, {}, "{}").status(), 400);
    QCOMPARE(exchange(port, "GET " + path).status(), 405);
}

/// A body that never ends is cut off; it is chunked, so that its length tells nothing.
void MalformedRequestsTest::endlessBody()
{
    RawClient client(m_cluster.agentPort());
    client.send("POST /api/v1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                "Transfer-Encoding: chunked\r\n\r\n");
    const QByteArray chunk = "10000\r\n" + QByteArray(65536, ' ') + "\r\n";
    QByteArray answer;
    for (int sent = 0; sent < 200 && answer.isEmpty(); ++sent) {
        client.send(chunk);
        answer = client.readUntil("\r\n", 1);
    }
    QVERIFY2(answer.startsWith("HTTP/1.1 413"), answer);
}

/// Streams of records that are none, at the one call that takes them.
void MalformedRequestsTest::brokenRecords()
{
    const QList<QByteArray> types{"Content-Type: application/recordio",
                                  "Message-Content-Type: application/json"};
    const auto status = [&](const QByteArray &records) {
        return exchange(m_cluster.agentPort(), "POST /api/v1", types, records).status();
    };
    QCOMPARE(status("many\n{}"), 400);
    QCOMPARE(status("-1\n{}"), 400);
    QCOMPARE(status("99999999999999999999\n{}"), 400);
    QCOMPARE(status("2\n{]"), 400);
    QCOMPARE(status("21\n{\"type\":\"GET_HEALTH\"}"), 415); // a call that is no stream
}

void MalformedRequestsTest::deepJson()
{
    const QByteArray deep = "{\"type\":" + QByteArray(200000, '[') + "}";
    for (const quint16 port : {m_cluster.masterPort(), m_cluster.agentPort()})
        QCOMPARE(exchange(port, "POST /api/v1", {"Content-Type: application/json"}, deep).status(),
                 400);
}

void MalformedRequestsTest::halfARequest()
{
    for (const quint16 port : {m_cluster.masterPort(), m_cluster.agentPort()}) {
        RawClient left(port);
        left.send("POST /api/v1 HTTP/1.1\r\nHost: x\r\nContent-Type: "
                  "application/json\r\nContent-Length: 100\r\n\r\n{\"type\"");
        left.reset();
        RawClient waiting(port); // keeps its half request; others are served meanwhile
        waiting.send("POST /api/v1 HTTP/1.1\r\nHost: x\r\nContent-Le");
        QCOMPARE(get(port, "/health").status(), 200);
    }
}

/// Messages between daemons come by the same door.
void MalformedRequestsTest::brokenDaemonMessages()
{
    for (const char *message : {"mesos.internal.RegisterSlaveMessage",
                                "mesos.internal.RunTaskMessage", "no.such.Message"}) {
        const QByteArray name(message);
        for (const QByteArray &body :
             {QByteArray(), QByteArray("\xff\xff\xff\xff\x7f"), QByteArray(100000, '\x0a')}) {
            const QByteArray from = "Libprocess-From: slave(1)@127.0.0.1:1";
            const int master =
                exchange(m_cluster.masterPort(), "POST /master/" + name, {from}, body).status();
            const int agent =
                exchange(m_cluster.agentPort(), "POST /slave(1)/" + name, {from}, body).status();
            QVERIFY2(master >= 200 && master < 500, name);
            QVERIFY2(agent >= 200 && agent < 500, name);
        }
    }
    QCOMPARE(getJson(m_cluster.masterPort(), "/state-summary").value(u"slaves").toArray().size(),
             1);
}

/// A subscriber that reads nothing is not waited for: others hear everything, and tasks run.
void MalformedRequestsTest::readerThatIsStuck()
{
    RawClient stuck(m_cluster.masterPort());
    const QByteArray body = "{\"type\":\"SUBSCRIBE\"}";
    stuck.send("POST /api/v1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAccept: "
               "application/json\r\nContent-Length: "
               + QByteArray::number(body.size()) + "\r\n\r\n" + body);
    EventStream healthy(m_cluster.masterPort(), "/api/v1", json("{'type':'SUBSCRIBE'}"));
    QTRY_COMPARE_WITH_TIMEOUT(healthy.ofType("SUBSCRIBED").size(), 1, 30000);

    Scheduler scheduler(m_cluster.masterPort());
    QVERIFY(scheduler.subscribe());
    for (int round = 0; round < 3; ++round) {
        const auto offer = scheduler.takeOffer();
        QVERIFY(!offer.isEmpty());
        QList<QJsonObject> tasks;
        for (int number = 0; number < 20; ++number)
            tasks << commandTask(QStringLiteral("r%1-%2").arg(round).arg(number),
                                 QStringLiteral("true"), 0.01);
        QCOMPARE(scheduler.launch(offer, tasks), 202);
        QTRY_COMPARE_WITH_TIMEOUT(scheduler.count("TASK_FINISHED"), 20 * (round + 1), 30000);
    }
    QTRY_COMPARE_WITH_TIMEOUT(healthy.ofType("TASK_ADDED").size(), 60, 30000);
    scheduler.teardown();
}

QTEST_GUILESS_MAIN(MalformedRequestsTest)
#include "tst_malformed_requests.moc"
