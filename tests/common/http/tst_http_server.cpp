// What a client sees of the server, byte by byte, over a plain socket.
#include <QTemporaryDir>
#include <QTest>

#include "tests/common/http/http_fixture.h"
#include "tests/common/http/raw_client.h"

using namespace meseta::test;

class TestHttpServer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answersABodylessOkWithLengthZeroAndNoContentType()
    {
        Fixture fixture;
        RawClient client(fixture.server.port());
        client.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
        QCOMPARE(withoutDate(client.readUntil("\r\n\r\n")),
                 "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 0\r\n\r\n");
    }

    void answersHeadWithTheHeadersOfGet()
    {
        Fixture fixture;
        RawClient client(fixture.server.port());
        client.send("HEAD /state HTTP/1.1\r\n\r\nGET /health HTTP/1.1\r\n\r\n");
        QCOMPARE(withoutDate(client.readUntil("\r\n\r\n")),
                 "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 10\r\nContent-Type: "
                 "application/json\r\n\r\n");
        QCOMPARE(withoutDate(client.readUntil("\r\n\r\n")),
                 "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 0\r\n\r\n");
    }

    void tellsTheDateInTheFormOfTheStandard()
    {
        Fixture fixture;
        RawClient client(fixture.server.port());
        client.send("GET /health HTTP/1.1\r\n\r\n");
        const QByteArray date = client.readAnswer().header("Date");
        const QDateTime told = QLocale::c().toDateTime(QString::fromLatin1(date).chopped(4),
                                                       QStringLiteral("ddd, dd MMM yyyy HH:mm:ss"));
        QVERIFY2(told.isValid() && date.endsWith(" GMT"), date.constData());
        const QDateTime now(QDateTime::currentDateTimeUtc().date(),
                            QDateTime::currentDateTimeUtc().time());
        QVERIFY(qAbs(told.secsTo(now)) <= 2);
    }

    void keepsTheOrderOfPipelinedRequestsHoweverLateEachIsAnswered()
    {
        Fixture fixture;
        RawClient client(fixture.server.port());
        client.send(
            "GET /slow HTTP/1.1\r\n\r\nGET /slow HTTP/1.1\r\n\r\nGET /state HTTP/1.1\r\n\r\n");
        QTRY_COMPARE(fixture.waiting.size(), size_t(2));
        fixture.waiting[1]->send(Response::text(409, "second"));
        QVERIFY(answersAnother(fixture.server.port()));
        QVERIFY(client.arrived().isEmpty());
        fixture.waiting[0]->send(Response::text(400, "first"));
        QCOMPARE(client.readAnswer().body, "first");
        QCOMPARE(client.readAnswer().body, "second");
        QCOMPARE(client.readAnswer().body, R"({"id":"M"})");
    }

    void answers500WhenAHandlerForgets()
    {
        Fixture fixture;
        RawClient client(fixture.server.port());
        client.send("GET /slow HTTP/1.1\r\n\r\n");
        QTRY_COMPARE(fixture.waiting.size(), size_t(1));
        fixture.waiting.clear();
        const auto answer = client.readAnswer();
        QCOMPARE(answer.status(), 500);
        QCOMPARE(answer.body, "500 Internal Server Error.");
    }

    void streamsOneChunkPerWriteEvenWithConnectionClose()
    {
        Fixture fixture;
        RawClient client(fixture.server.port());
        client.send("GET /stream HTTP/1.1\r\nConnection: close\r\nAccept-Encoding: gzip\r\n\r\n");
        QCOMPARE(
            withoutDate(client.readUntil("\r\n\r\n")),
            "HTTP/1.1 200 OK\r\nDate: D\r\nTransfer-Encoding: chunked\r\nMesos-Stream-Id: S\r\n"
            "Content-Type: text/plain\r\n\r\n");
        QVERIFY(fixture.stream->write("121\n" + QByteArray(121, 'a')));
        QVERIFY(fixture.stream->write("2\nbc"));
        QCOMPARE(client.readUntil("2\nbc\r\n"),
                 "7d\r\n121\n" + QByteArray(121, 'a') + "\r\n4\r\n2\nbc\r\n");
        fixture.stream->end();
        QCOMPARE(client.readToEnd(), "0\r\n\r\n");
        QVERIFY(!fixture.stream->isOpen());
        QCOMPARE(fixture.closed, 0);
    }

    void tellsTheHandlerWhenTheReaderOfAStreamLeaves()
    {
        Fixture fixture;
        {
            RawClient client(fixture.server.port());
            client.send("GET /stream HTTP/1.1\r\n\r\n");
            QTRY_VERIFY(fixture.stream);
        }
        QTRY_COMPARE(fixture.closed, 1);
        QVERIFY(!fixture.stream->isOpen());
        QVERIFY(!fixture.stream->write("x"));
    }

    void listensOnAUnixSocket()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("s"));
        Fixture fixture;
        QVERIFY(fixture.server.listenLocal(path));
        RawClient client(path.toLocal8Bit());
        client.send("GET /state HTTP/1.1\r\n\r\n");
        QCOMPARE(client.readAnswer().body, R"({"id":"M"})");
        QVERIFY(fixture.last.peerAddress.isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestHttpServer)
#include "tst_http_server.moc"
