// How requests are read: framing, codings, limits, and what is not HTTP.
#include <QElapsedTimer>
#include <QTest>
#include <QTimer>

#include "common/http/gzip.h"
#include "tests/common/http/http_fixture.h"
#include "tests/common/http/raw_client.h"

using namespace meseta::test;

namespace {

QByteArray postWithLength(const QByteArray &body, const QByteArray &lines = {})
{
    return "POST /api/v1 HTTP/1.1\r\n" + lines
        + "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body;
}

Limits smallLimits()
{
    Limits limits;
    limits.headerBytes = 1000;
    limits.bodyBytes = 2000;
    return limits;
}

} // namespace

class TestHttpRequests : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsABodyWithALength()
    {
        Fixture fixture;
        RawClient client(fixture.server.port());
        client.send(postWithLength("hello"));
        QCOMPARE(client.readAnswer().body, "hello");
    }

    void readsAChunkedBody()
    {
        Fixture fixture;
        RawClient client(fixture.server.port());
        client.send("POST /api/v1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "3\r\nhel\r\n2;name=value\r\nlo\r\n0\r\nTrailer: x\r\n\r\n");
        QCOMPARE(client.readAnswer().body, "hello");
    }

    void readsRequestsThatComeByteByByte()
    {
        Fixture fixture;
        RawClient client(fixture.server.port());
        client.sendOneByOne(postWithLength("12345", "X-Long-Name: some value\r\n")
                            + "POST /api/v1?a=b HTTP/1.1\r\nTransfer-Encoding: "
                              "chunked\r\n\r\n4\r\nwxyz\r\n0\r\n\r\n");
        QCOMPARE(client.readAnswer().body, "12345");
        QCOMPARE(client.readAnswer().body, "wxyz");
        QCOMPARE(fixture.last.parameter("a").value_or(""), "b");
    }

    void takesANewlineAfterABodyAsNothing()
    {
        Fixture fixture;
        RawClient client(fixture.server.port());
        client.send(postWithLength("one") + "\r\n" + postWithLength("two"));
        QCOMPARE(client.readAnswer().body, "one");
        QCOMPARE(client.readAnswer().body, "two");
    }

    void comparesHeaderNamesWithoutCaseAndTakesTheLast()
    {
        Fixture fixture;
        RawClient client(fixture.server.port());
        client.send("GET /state HTTP/1.1\r\naccept: text/html\r\nMESOS-STREAM-ID: s\r\nACCEPT: "
                    "application/json\r\n"
                    "Empty:\r\n\r\n");
        client.readAnswer();
        QCOMPARE(fixture.last.headers.value("Accept"), "application/json");
        QCOMPARE(fixture.last.headers.value("Mesos-Stream-Id"), "s");
        QCOMPARE(fixture.last.headers.get("empty").value_or("none"), "");
        QVERIFY(!fixture.last.headers.has("Host"));
    }

    void decodesTheQuery()
    {
        Fixture fixture;
        RawClient client(fixture.server.port());
        client.send("GET /state?path=%2Ftmp%2Fa+b&x&path=%zz&=5#frag HTTP/1.1\r\n\r\n");
        client.readAnswer();
        QCOMPARE(fixture.last.query.size(), size_t(4));
        QCOMPARE(fixture.last.query[0].second, "/tmp/a b");
        QCOMPARE(fixture.last.parameter("path").value_or(""), "%zz");
        QCOMPARE(fixture.last.parameter("x").value_or("none"), "");
        QCOMPARE(fixture.last.peerAddress, "127.0.0.1");
    }

    void takesTheFormMeantForProxies()
    {
        Fixture fixture;
        RawClient client(fixture.server.port());
        client.send("GET http://localhost:5050/state?a=1 HTTP/1.1\r\n\r\n");
        QCOMPARE(client.readAnswer().status(), 200);
        QCOMPARE(fixture.last.target, "/state?a=1");
    }

    void asksForTheBodyWhenTheClientWaitsForThat()
    {
        Fixture fixture;
        RawClient client(fixture.server.port());
        client.send("POST /api/v1 HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        QCOMPARE(client.readUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
        client.send("hello");
        QCOMPARE(client.readAnswer().body, "hello");
    }

    void doesNotAskForABodyThatIsTooLarge()
    {
        Fixture fixture(smallLimits());
        RawClient client(fixture.server.port());
        client.send(
            "POST /api/v1 HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2001\r\n\r\n");
        QCOMPARE(client.readAnswer().status(), 413);
        client.finishSending();
        QVERIFY(client.isClosed());
    }

    void asksForABodyOnlyWhenEarlierAnswersHaveGone()
    {
        Fixture fixture;
        RawClient client(fixture.server.port());
        client.send("GET /slow HTTP/1.1\r\n\r\nPOST /api/v1 HTTP/1.1\r\nExpect: "
                    "100-continue\r\nContent-Length: 2\r\n\r\n");
        QTRY_COMPARE(fixture.waiting.size(), size_t(1));
        QVERIFY(answersAnother(fixture.server.port()));
        QVERIFY(client.arrived().isEmpty());
        fixture.waiting[0]->send(Response::text(200, "first"));
        QCOMPARE(client.readAnswer().body, "first");
        QCOMPARE(client.readUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
        client.send("ok");
        QCOMPARE(client.readAnswer().body, "ok");
    }

    void unpacksGzipBodies()
    {
        Fixture fixture;
        RawClient client(fixture.server.port());
        const QByteArray body(100000, 'a');
        client.send(postWithLength(gzip(body), "Content-Encoding: gzip\r\n"));
        client.readAnswer();
        QCOMPARE(fixture.last.body, body);
    }

    void refusesBadGzipBodies_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("status");
        QTest::newRow("not gzip") << QByteArray("hello") << 400;
        QTest::newRow("cut short") << gzip(QByteArray(500, 'a')).chopped(9) << 400;
        QTest::newRow("unpacks to too much") << gzip(QByteArray(2001, 'a')) << 413;
        QTest::newRow("bomb") << gzip(QByteArray(1000000, 'a')) << 413;
    }

    void refusesBadGzipBodies()
    {
        QFETCH(QByteArray, body);
        QFETCH(int, status);
        Fixture fixture(smallLimits());
        RawClient client(fixture.server.port());
        client.send(postWithLength(body, "Content-Encoding: gzip\r\n"));
        QCOMPARE(client.readAnswer().status(), status);
        client.finishSending();
        QVERIFY(client.isClosed());
        QVERIFY(fixture.last.method.isEmpty());
    }

    void answersLimits_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("status");
        QTest::newRow("long target")
            << QByteArray("GET /" + QByteArray(1000, 'a') + " HTTP/1.1\r\n\r\n") << 414;
        QTest::newRow("long header")
            << QByteArray("GET / HTTP/1.1\r\nA: " + QByteArray(1000, 'a') + "\r\n\r\n") << 431;
        QTest::newRow("endless header name")
            << QByteArray("GET / HTTP/1.1\r\n" + QByteArray(2000, 'a')) << 431;
        QTest::newRow("many headers")
            << QByteArray("GET / HTTP/1.1\r\n" + QByteArray("A:\r\n").repeated(300) + "\r\n")
            << 431;
        QTest::newRow("body by length") << postWithLength(QByteArray(2001, 'a')) << 413;
        QTest::newRow("chunked body")
            << QByteArray("POST /api/v1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n7d1\r\n"
                          + QByteArray(2001, 'a'))
            << 413;
        QTest::newRow("body just fits") << postWithLength(QByteArray(2000, 'a')) << 200;
        QTest::newRow("headers just fit")
            << QByteArray("GET /state HTTP/1.1\r\nA: " + QByteArray(985, 'a') + "\r\n\r\n") << 200;
    }

    void answersLimits()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(int, status);
        Fixture fixture(smallLimits());
        RawClient client(fixture.server.port());
        client.send(bytes);
        const auto answer = client.readAnswer();
        QCOMPARE(answer.status(), status);
        QCOMPARE(answer.header("Connection"), status == 200 ? "" : "close");
        client.finishSending();
        QVERIFY(client.isClosed());
    }

    void refusesWhatIsNotHttp_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        const auto row = [](const char *name, const QByteArray &bytes) {
            QTest::newRow(name) << bytes;
        };
        row("words", "hello world\r\n\r\n");
        row("binary", QByteArray("\x16\x03\x01\x02\x00\x01\x00\x01", 8));
        row("unknown method", "FETCH / HTTP/1.1\r\n\r\n");
        row("broken version", "GET / HTTP/x.1\r\n\r\n");
        row("space in a header name", "GET / HTTP/1.1\r\nA B: c\r\n\r\n");
        row("no colon", "GET / HTTP/1.1\r\nABC\r\n\r\n");
        row("NUL in a header", QByteArray("GET / HTTP/1.1\r\nA: \0\r\n\r\n", 24));
        row("length is no number", "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n");
        row("negative length", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n");
        row("length beyond 64 bits",
            "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n");
        row("two lengths", "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n");
        row("length and chunks",
            "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n");
        row("coding that is not known", "POST / HTTP/1.1\r\nTransfer-Encoding: zip\r\n\r\n");
        row("chunk size is no number",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
        row("chunk size too large",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n");
        row("relative target", "GET state HTTP/1.1\r\n\r\n");
        row("asterisk", "OPTIONS * HTTP/1.1\r\n\r\n");
        row("tunnel", "CONNECT localhost:80 HTTP/1.1\r\n\r\n");
        row("half a percent escape", "GET /a%2 HTTP/1.1\r\n\r\n");
        row("no percent escape", "GET /a%zz HTTP/1.1\r\n\r\n");
    }

    void refusesWhatIsNotHttp()
    {
        QFETCH(QByteArray, bytes);
        Fixture fixture;
        RawClient client(fixture.server.port());
        client.send(bytes);
        const auto answer = client.readAnswer();
        QCOMPARE(answer.status(), 400);
        QCOMPARE(answer.header("Content-Type"), "text/plain; charset=utf-8");
        QCOMPARE(answer.header("Connection"), "close");
        QVERIFY(!answer.body.isEmpty());
        client.finishSending();
        QVERIFY(client.isClosed());
        QTRY_COMPARE(fixture.server.connectionCount(), 0);
    }

    void refusesOtherVersions_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::newRow("0.9") << QByteArray("GET /");
        QTest::newRow("2.0") << QByteArray("GET / HTTP/2.0");
        QTest::newRow("preface of HTTP/2") << QByteArray("PRI * HTTP/2.0");
    }

    void refusesOtherVersions()
    {
        QFETCH(QByteArray, line);
        Fixture fixture;
        RawClient client(fixture.server.port());
        client.send(line + "\r\n\r\n");
        const auto answer = client.readAnswer();
        QCOMPARE(answer.status(), line.startsWith("PRI") ? 400 : 505); // PRI is no method of ours
        client.finishSending();
        QVERIFY(client.isClosed());
    }

    void answersEarlierRequestsBeforeARefusal()
    {
        Fixture fixture;
        RawClient client(fixture.server.port());
        client.send("GET /slow HTTP/1.1\r\n\r\nrubbish\r\n\r\n");
        QTRY_COMPARE(fixture.waiting.size(), size_t(1));
        fixture.waiting[0]->send(Response::text(200, "first"));
        QCOMPARE(client.readAnswer().body, "first");
        QCOMPARE(client.readAnswer().status(), 400);
    }

    void ignoresAnOfferToUpgrade()
    {
        Fixture fixture;
        RawClient client(fixture.server.port());
        client.send(
            "GET /state HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n"
            "GET /health HTTP/1.1\r\n\r\n");
        QCOMPARE(client.readAnswer().status(), 200);
        QCOMPARE(client.readAnswer().status(), 200);
    }

    void keepsOrClosesAsTheClientSays_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<bool>("kept");
        QTest::addColumn<QByteArray>("said");
        QTest::newRow("1.1") << QByteArray("GET /health HTTP/1.1\r\n\r\n") << true << QByteArray();
        QTest::newRow("1.1 close")
            << QByteArray("GET /health HTTP/1.1\r\nConnection: close\r\n\r\n") << false
            << QByteArray();
        QTest::newRow("1.1 CLOSE in a list")
            << QByteArray("GET /health HTTP/1.1\r\nconnection: te, Close\r\n\r\n") << false
            << QByteArray();
        QTest::newRow("1.0") << QByteArray("GET /health HTTP/1.0\r\n\r\n") << false << QByteArray();
        QTest::newRow("1.0 keep-alive")
            << QByteArray("GET /health HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n") << true
            << QByteArray("keep-alive");
    }

    void keepsOrClosesAsTheClientSays()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(bool, kept);
        QFETCH(QByteArray, said);
        Fixture fixture;
        RawClient client(fixture.server.port());
        client.send(bytes + "GET /state HTTP/1.1\r\n\r\n");
        const auto answer = client.readAnswer();
        QCOMPARE(answer.status(), 200);
        QCOMPARE(answer.header("Connection"), said);
        if (kept)
            QCOMPARE(client.readAnswer().body, R"({"id":"M"})");
        else
            QCOMPARE(client.readToEnd(), "");
    }

    void givesUpOnARequestThatDoesNotEnd_data()
    {
        QTest::addColumn<QByteArray>("beginning");
        QTest::newRow("in the target") << QByteArray("GET /sta");
        QTest::newRow("in the headers") << QByteArray("GET /state HTTP/1.1\r\nA: b");
        QTest::newRow("in the body")
            << QByteArray("POST /api/v1 HTTP/1.1\r\nContent-Length: 99\r\n\r\nabc");
    }

    void givesUpOnARequestThatDoesNotEnd()
    {
        QFETCH(QByteArray, beginning);
        Limits limits;
        limits.requestTimeout = std::chrono::milliseconds(150);
        Fixture fixture(limits);
        RawClient client(fixture.server.port());
        client.send(beginning);
        QTimer trickle; // does not prolong it
        connect(&trickle, &QTimer::timeout, this, [&] { client.sendSome("x"); });
        trickle.start(20);
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(client.readAnswer().status(), 408);
        QVERIFY(timer.elapsed() < 1000);
        trickle.stop();
        client.finishSending();
        QVERIFY(client.isClosed());
    }

    void leavesAnIdleConnectionAloneUnlessTold()
    {
        Limits limits;
        limits.requestTimeout = std::chrono::milliseconds(40);
        Fixture fixture(limits);
        RawClient client(fixture.server.port());
        RawClient slow(fixture.server.port());
        slow.send("GET /hea");
        QCOMPARE(slow.readAnswer().status(), 408); // so much time has passed
        client.send("GET /health HTTP/1.1\r\n\r\n");
        QCOMPARE(client.readAnswer().status(), 200);

        limits.idleTimeout = std::chrono::milliseconds(40);
        fixture.server.setLimits(limits);
        QVERIFY(client.isClosed(2000));
        QVERIFY(client.buffered.isEmpty());
    }

    void givesUpOnAClientThatDoesNotTakeItsAnswer()
    {
        Limits limits;
        limits.writeTimeout = std::chrono::milliseconds(100);
        Fixture fixture(limits);
        fixture.bigSize = 32 * 1024 * 1024;
        RawClient client(fixture.server.port());
        client.send("GET /big HTTP/1.1\r\n\r\n");
        QTRY_COMPARE(fixture.server.connectionCount(), 1);
        QTRY_COMPARE_WITH_TIMEOUT(fixture.server.connectionCount(), 0, 5000);
    }

    void readsNoFurtherThanItMayAnswer()
    {
        Limits limits;
        limits.pipelinedRequests = 10;
        Fixture fixture(limits);
        RawClient client(fixture.server.port());
        client.send(QByteArray("GET /slow HTTP/1.1\r\n\r\n").repeated(25));
        QTRY_COMPARE(fixture.waiting.size(), size_t(10));
        QVERIFY(answersAnother(fixture.server.port()));
        QCOMPARE(fixture.waiting.size(), size_t(10));
        for (size_t i = 0; i < 25; ++i) {
            QTRY_VERIFY(fixture.waiting.size() > i);
            fixture.waiting[i]->send(Response::text(200, QByteArray::number(qulonglong(i))));
            QCOMPARE(client.readAnswer().body, QByteArray::number(qulonglong(i)));
        }
    }

    void tellsClientsBeyondTheLimitSo()
    {
        Limits limits;
        limits.connections = 2;
        Fixture fixture(limits);
        RawClient first(fixture.server.port());
        RawClient second(fixture.server.port());
        QTRY_COMPARE(fixture.server.connectionCount(), 2);
        RawClient third(fixture.server.port());
        third.send("GET /health HTTP/1.1\r\n\r\n");
        QCOMPARE(third.readAnswer().status(), 503);
        second.send("GET /health HTTP/1.1\r\n\r\n");
        QCOMPARE(second.readAnswer().status(), 200);
    }

    void holdsOnlySoManyBodiesAtATime()
    {
        Limits limits;
        limits.bodyBytes = 1000;
        limits.allBodiesBytes = 1500;
        Fixture fixture(limits);
        const QByteArray head = "POST /api/v1 HTTP/1.1\r\nContent-Length: 1000\r\n\r\n";
        RawClient first(fixture.server.port());
        first.send(head + QByteArray(900, 'a'));
        RawClient second(fixture.server.port());
        QTRY_COMPARE(fixture.server.connectionCount(), 2);
        QVERIFY(answersAnother(fixture.server.port()));
        second.send(head + QByteArray(900, 'b'));
        QCOMPARE(second.readAnswer().status(), 503);
        first.send(QByteArray(100, 'a'));
        QCOMPARE(first.readAnswer().status(), 200);
        RawClient third(fixture.server.port()); // there is room again
        third.send(head + QByteArray(1000, 'c'));
        QCOMPARE(third.readAnswer().status(), 200);
    }

    void survivesAClientThatResets()
    {
        Fixture fixture;
        for (const QByteArray &bytes :
             {QByteArray(), QByteArray("GET /st"), QByteArray("GET /slow HTTP/1.1\r\n\r\n"),
              QByteArray("POST /api/v1 HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc")}) {
            RawClient client(fixture.server.port());
            client.send(bytes);
            QTRY_COMPARE(fixture.server.connectionCount(), 1);
            client.reset();
            QTRY_COMPARE(fixture.server.connectionCount(), 0);
        }
        for (const auto &responder : fixture.waiting)
            responder->send(Response::text(200)); // nobody is there any more
    }

    void forgetsAClientThatSeemsToHaveLeft()
    {
        Limits limits;
        limits.halfClosedTimeout = std::chrono::milliseconds(50);
        Fixture fixture(limits);
        {
            RawClient client(fixture.server.port());
            client.send("GET /slow HTTP/1.1\r\n\r\n");
            QTRY_COMPARE(fixture.waiting.size(), size_t(1));
        }
        QTRY_COMPARE(fixture.server.connectionCount(), 0);
    }

    void answersAClientThatHasFinishedSending()
    {
        Fixture fixture;
        RawClient client(fixture.server.port());
        client.send("GET /slow HTTP/1.1\r\n\r\n");
        client.finishSending();
        QTRY_COMPARE(fixture.waiting.size(), size_t(1));
        QVERIFY(answersAnother(fixture.server.port()));
        fixture.waiting[0]->send(Response::text(200, "still"));
        QCOMPARE(client.readAnswer().body, "still");
        QVERIFY(client.isClosed());
    }
};

QTEST_GUILESS_MAIN(TestHttpRequests)
#include "tst_http_requests.moc"
