// Streams both ways: backpressure, readers that get stuck, many connections.
#include <QFile>
#include <QTest>

#include <sys/resource.h>
#include <unistd.h>

#include "tests/common/http/http_fixture.h"
#include "tests/common/http/raw_client.h"

using namespace meseta::test;

namespace {

qint64 residentBytes()
{
    QFile file(QStringLiteral("/proc/self/statm"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    return file.readAll().split(' ').value(1).toLongLong() * sysconf(_SC_PAGESIZE);
}

/// A route that takes its body as it comes.
struct Intake
{
    explicit Intake(Fixture &fixture)
    {
        fixture.server.routeStreaming(
            "master", "/intake", [this](const Request &request, auto stream, auto responder) {
                ++requests;
                contentType = request.headers.value("Content-Type");
                body = stream;
                answer = responder;
                stream->onData = [this](const QByteArray &bytes) { pieces.push_back(bytes); };
                stream->onEnd = [this](bool complete) { ended = complete ? 1 : 0; };
            });
    }

    QByteArray all() const
    {
        QByteArray bytes;
        for (const QByteArray &piece : pieces)
            bytes += piece;
        return bytes;
    }

    int requests = 0;
    QByteArray contentType;
    std::vector<QByteArray> pieces;
    std::shared_ptr<RequestStream> body;
    std::shared_ptr<Responder> answer;
    int ended = -1;
};

const QByteArray intakeHead = "POST /intake HTTP/1.1\r\nContent-Type: application/recordio\r\n"
                              "Transfer-Encoding: chunked\r\n\r\n";

} // namespace

class TestHttpStreams : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void handsOutABodyAsItComes()
    {
        Fixture fixture;
        Intake intake(fixture);
        RawClient client(fixture.server.port());
        client.send(intakeHead);
        QTRY_COMPARE(intake.requests, 1);
        QCOMPARE(intake.contentType, "application/recordio");
        QVERIFY(intake.pieces.empty());
        client.send("2\r\n12\r\n1\r\n\n\r\n");
        QTRY_COMPARE(intake.all(), "12\n");
        client.sendOneByOne("c\r\nhello worlds\r\n");
        QTRY_COMPARE(intake.all(), "12\nhello worlds");
        QCOMPARE(intake.ended, -1);
        client.send("0\r\n\r\nGET /health HTTP/1.1\r\n\r\n");
        QTRY_COMPARE(intake.ended, 1);
        intake.answer->send(Response::text(200, "taken"));
        QCOMPARE(client.readAnswer().body, "taken");
        QCOMPARE(client.readAnswer().status(), 200);
    }

    void streamsBothWaysAtOnce()
    {
        Fixture fixture;
        Intake intake(fixture);
        RawClient client(fixture.server.port());
        client.send(intakeHead);
        QTRY_COMPARE(intake.requests, 1);
        const auto out = intake.answer->stream(Response::ok({}, "application/json"));
        client.readUntil("\r\n\r\n");
        client.send("1\r\na\r\n");
        QTRY_COMPARE(intake.all(), "a");
        out->write("echo a");
        QCOMPARE(client.readUntil("echo a\r\n"), "6\r\necho a\r\n");
        client.send("1\r\nb\r\n0\r\n\r\n");
        QTRY_COMPARE(intake.ended, 1);
        out->end();
        QCOMPARE(client.readUntil("0\r\n\r\n"), "0\r\n\r\n");
    }

    void asksForMoreWhenAllIsTaken()
    {
        Fixture fixture;
        RawClient client(fixture.server.port());
        client.send("GET /stream HTTP/1.1\r\n\r\n");
        QTRY_VERIFY(fixture.stream);
        int written = 0;
        qint64 most = 0;
        fixture.stream->onDrained = [&] {
            if (++written > 60)
                return fixture.stream->end();
            fixture.stream->write(QByteArray(64 * 1024, 'a'));
            most = std::max(most, fixture.stream->backlog());
        };
        fixture.stream->write("first");
        client.readUntil("\r\n0\r\n\r\n");
        QCOMPARE(written, 61);
        QVERIFY2(most < 128 * 1024, QByteArray::number(most).constData());
    }

    void sharesOneLargeChunkAmongItsReaders()
    {
        Fixture fixture;
        std::vector<std::shared_ptr<ResponseStream>> streams;
        fixture.server.route("master", "/all", [&](const Request &, auto responder) {
            streams.push_back(responder->stream({}));
        });
        std::vector<std::unique_ptr<RawClient>> clients;
        for (int i = 0; i < 20; ++i) {
            clients.push_back(std::make_unique<RawClient>(fixture.server.port()));
            clients.back()->send("GET /all HTTP/1.1\r\n\r\n");
        }
        QTRY_COMPARE(streams.size(), clients.size());
        QByteArray chunk(200 * 1024, 'a');
        for (const auto &stream : streams)
            stream->write(chunk);
        chunk.fill('z'); // must not reach anyone
        for (const auto &stream : streams)
            stream->end();
        for (const auto &client : clients) {
            const auto answer = client->readAnswer();
            QCOMPARE(answer.chunks.size(), 1);
            QCOMPARE(answer.body, QByteArray(200 * 1024, 'a'));
        }
    }

    void tellsThatABodyBrokeOff()
    {
        Fixture fixture;
        Intake intake(fixture);
        {
            RawClient client(fixture.server.port());
            client.send(intakeHead + "5\r\nhel");
            QTRY_COMPARE(intake.all(), "hel");
        }
        QTRY_COMPARE(intake.ended, 0);
        intake.answer->send(Response::text(200)); // harmless
        intake.body->pause(true); // harmless too
    }

    void tellsThatABodyIsMalformed()
    {
        Fixture fixture;
        Intake intake(fixture);
        RawClient client(fixture.server.port());
        client.send(intakeHead + "5\r\nhello\r\nzz\r\n");
        QTRY_COMPARE(intake.ended, 0);
        QCOMPARE(client.readAnswer().status(), 400);
    }

    void readsNoMoreOfAPausedBody()
    {
        Fixture fixture;
        Intake intake(fixture);
        RawClient client(fixture.server.port());
        client.send(intakeHead + "1\r\na\r\n");
        QTRY_COMPARE(intake.all(), "a");
        intake.body->pause(true);
        const QByteArray chunk = "10000\r\n" + QByteArray(65536, 'b') + "\r\n";
        qint64 sent = 0;
        for (int stuck = 0; stuck < 3;) { // until the socket's buffers are full
            const int count = client.sendSome(chunk.mid(sent % chunk.size()));
            sent += std::max(count, 0);
            stuck = count > 0 ? 0 : stuck + 1;
            if (stuck > 0)
                QVERIFY(answersAnother(fixture.server.port()));
        }
        QCOMPARE(intake.all(), "a");
        intake.body->pause(false);
        client.send(chunk.mid(sent % chunk.size()));
        QTRY_VERIFY(intake.all().size() > sent / 2);
    }

    void keepsNoTimeOnABodyThatStreams()
    {
        Limits limits;
        limits.requestTimeout = std::chrono::milliseconds(40);
        Fixture fixture(limits);
        Intake intake(fixture);
        RawClient client(fixture.server.port());
        client.send(intakeHead + "1\r\na\r\n");
        RawClient slow(fixture.server.port());
        slow.send("GET /hea");
        QCOMPARE(slow.readAnswer().status(), 408); // so much time has passed
        client.send("1\r\nb\r\n");
        QTRY_COMPARE(intake.all(), "ab");
    }

    void endsABodyWhoseRequestTheFilterRefused()
    {
        Fixture fixture;
        Intake intake(fixture);
        fixture.server.setFilter([](const Request &request) {
            return request.path == "/intake" ? std::optional(Response::text(401)) : std::nullopt;
        });
        RawClient client(fixture.server.port());
        client.send(intakeHead + "1\r\na\r\n");
        const auto answer = client.readAnswer();
        QCOMPARE(answer.status(), 401);
        QCOMPARE(answer.header("Connection"), "");
        client.send("1\r\nb\r\n0\r\n\r\nGET /health HTTP/1.1\r\n\r\n");
        QCOMPARE(client.readAnswer().status(), 200); // the connection goes on
        QCOMPARE(intake.requests, 0);
    }

    void closesWhenARefusedBodyIsTooLong()
    {
        Fixture fixture;
        Intake intake(fixture);
        fixture.server.setFilter([](const Request &) { return Response::text(401); });
        RawClient client(fixture.server.port());
        client.send(intakeHead);
        QCOMPARE(client.readAnswer().status(), 401);
        const QByteArray chunk = "4000\r\n" + QByteArray(16384, 'b') + "\r\n";
        for (int i = 0; i < 5; ++i)
            client.send(chunk);
        client.finishSending();
        QVERIFY(client.isClosed());
        QTRY_COMPARE(fixture.server.connectionCount(), 0);
    }

    void closesWhenARefusedBodyDoesNotEnd()
    {
        Limits limits;
        limits.requestTimeout = std::chrono::milliseconds(50);
        Fixture fixture(limits);
        Intake intake(fixture);
        fixture.server.setFilter([](const Request &) { return Response::text(401); });
        RawClient client(fixture.server.port());
        client.send(intakeHead + "1\r\na\r\n");
        QCOMPARE(client.readAnswer().status(), 401);
        QVERIFY(client.isClosed());
    }

    void closesAfterRefusingALongBodyInItsTurn()
    {
        Fixture fixture;
        fixture.server.routeStreaming(
            "master", "/refuse",
            [](const Request &, auto, auto responder) { responder->send(Response::text(415)); });
        RawClient client(fixture.server.port());
        client.send("GET /slow HTTP/1.1\r\n\r\n"
                    "POST /refuse HTTP/1.1\r\nContent-Length: 1000000\r\n\r\nabc");
        QTRY_COMPARE(fixture.waiting.size(), size_t(1));
        QVERIFY(answersAnother(fixture.server.port()));
        fixture.waiting[0]->send(Response::text(200, "first"));
        QCOMPARE(client.readAnswer().body, "first");
        const auto answer = client.readAnswer();
        QCOMPARE(answer.status(), 415);
        QCOMPARE(answer.header("Connection"), "close");
        client.finishSending();
        QVERIFY(client.isClosed());
        QTRY_COMPARE(fixture.server.connectionCount(), 0);
    }

    void goesOnAfterRefusingAShortBody()
    {
        Fixture fixture;
        Intake intake(fixture);
        fixture.server.setFilter([](const Request &request) {
            return request.path == "/intake" ? std::optional(Response::text(401)) : std::nullopt;
        });
        RawClient client(fixture.server.port());
        for (const QByteArray &rest :
             {QByteArray("\r\n"), QByteArray("Content-Length: 5\r\n\r\nhello")}) {
            client.send("POST /intake HTTP/1.1\r\n" + rest + "GET /health HTTP/1.1\r\n\r\n");
            const auto refusal = client.readAnswer();
            QCOMPARE(refusal.status(), 401);
            QCOMPARE(refusal.header("Connection"), "");
            QCOMPARE(client.readAnswer().status(), 200);
        }
    }

    void cutsOffAReaderThatIsStuck()
    {
        Limits limits;
        limits.streamBacklogBytes = 1024 * 1024;
        Fixture fixture(limits);
        RawClient client(fixture.server.port());
        client.send("GET /stream HTTP/1.1\r\n\r\n");
        QTRY_VERIFY(fixture.stream);
        QTest::ignoreMessage(QtWarningMsg,
                             QRegularExpression(QStringLiteral("cutting off 127.0.0.1")));
        const QByteArray chunk(64 * 1024, 'a');
        int written = 0;
        while (fixture.stream->write(chunk) && written < 1000) {
            QVERIFY(fixture.stream->backlog() <= limits.streamBacklogBytes);
            ++written;
            QCOMPARE(fixture.closed, 0);
        }
        QVERIFY2(written >= 16 && written < 1000, QByteArray::number(written).constData());
        QVERIFY(!fixture.stream->isOpen());
        QTRY_COMPARE(fixture.closed, 1);
        QCOMPARE(fixture.server.connectionCount(), 0);
    }

    void doesNotCutOffAReaderThatKeepsUp()
    {
        Limits limits;
        limits.streamBacklogBytes = 1024 * 1024;
        Fixture fixture(limits);
        RawClient client(fixture.server.port());
        client.send("GET /stream HTTP/1.1\r\n\r\n");
        QTRY_VERIFY(fixture.stream);
        client.readUntil("\r\n\r\n");
        const QByteArray chunk(256 * 1024, 'a');
        for (int i = 0; i < 40; ++i) {
            QVERIFY(fixture.stream->write(chunk));
            QCOMPARE(client.readUntil("a\r\n").size(), chunk.size() + 9);
        }
    }

    void boundsAStreamThatWaitsForEarlierAnswers()
    {
        Limits limits;
        limits.streamBacklogBytes = 1000;
        Fixture fixture(limits);
        RawClient client(fixture.server.port());
        client.send("GET /slow HTTP/1.1\r\n\r\nGET /stream HTTP/1.1\r\n\r\n");
        QTRY_VERIFY(fixture.stream);
        QVERIFY(fixture.stream->write(QByteArray(500, 'a')));
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("cutting off")));
        QVERIFY(!fixture.stream->write(QByteArray(500, 'a')));
        QTRY_COMPARE(fixture.closed, 1);
    }

    void abortsAtOnce()
    {
        Fixture fixture;
        RawClient client(fixture.server.port());
        client.send("GET /stream HTTP/1.1\r\n\r\n");
        QTRY_VERIFY(fixture.stream);
        client.readUntil("\r\n\r\n");
        fixture.stream->abort();
        QVERIFY(client.isClosed());
        QCOMPARE(client.buffered, "");
        QVERIFY(answersAnother(fixture.server.port()));
        QCOMPARE(fixture.closed, 0);
    }

    void endsAStreamThatIsDropped()
    {
        Fixture fixture;
        RawClient client(fixture.server.port());
        client.send("GET /stream HTTP/1.1\r\n\r\n");
        QTRY_VERIFY(fixture.stream);
        fixture.stream.reset();
        QVERIFY(client.readUntil("0\r\n\r\n").endsWith("\r\n\r\n0\r\n\r\n"));
    }

    void streamsPlainBytesToHttp10()
    {
        Fixture fixture;
        RawClient client(fixture.server.port());
        client.send("GET /stream HTTP/1.0\r\n\r\n");
        QTRY_VERIFY(fixture.stream);
        fixture.stream->write("abc");
        fixture.stream->end();
        const QByteArray all = client.readToEnd();
        QVERIFY(!all.contains("chunked"));
        QVERIFY(all.endsWith("\r\n\r\nabc"));
    }

    void answersHeadOfAStreamWithItsHeadersOnly()
    {
        Fixture fixture;
        RawClient client(fixture.server.port());
        client.send("HEAD /stream HTTP/1.1\r\n\r\nGET /health HTTP/1.1\r\n\r\n");
        QCOMPARE(client.readAnswer(true).header("Transfer-Encoding"), "chunked");
        QVERIFY(!fixture.stream->isOpen());
        QCOMPARE(client.readAnswer().status(), 200);
    }

    void outlivesItsServer()
    {
        auto fixture = std::make_unique<Fixture>();
        RawClient client(fixture->server.port());
        client.send("GET /stream HTTP/1.1\r\n\r\n");
        QTRY_VERIFY(fixture->stream);
        const auto stream = fixture->stream;
        fixture.reset();
        QVERIFY(!stream->isOpen());
        QVERIFY(!stream->write("x"));
        stream->end();
        stream->abort();
        QVERIFY(client.isClosed());
    }

    void holdsThousandsOfIdleConnectionsInLittleMemory()
    {
        constexpr int count = 2000; // both ends are in this process
        rlimit files{};
        getrlimit(RLIMIT_NOFILE, &files);
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
        QVERIFY2(files.rlim_max >= 2 * count + 100, "this test needs a limit of 4100 open files");

        Fixture fixture;
        std::vector<std::unique_ptr<RawClient>> clients;
        clients.reserve(count);
        const qint64 before = residentBytes();
        for (int i = 0; i < count; ++i) {
            clients.push_back(std::make_unique<RawClient>(fixture.server.port()));
            clients.back()->send("GET /health HTTP/1.1\r\n\r\n");
            QCOMPARE(clients.back()->readAnswer().status(), 200);
        }
        QCOMPARE(fixture.server.connectionCount(), count);
        const qint64 each = (residentBytes() - before) / count;
#ifdef __SANITIZE_ADDRESS__
        const qint64 allowed = 16 * 1024; // what the sanitizer puts around each allocation
#else
        const qint64 allowed = 2 * 1024;
#endif
        QVERIFY2(each < allowed, QByteArray::number(each).constData());
        clients.clear();
        QTRY_COMPARE(fixture.server.connectionCount(), 0);
    }

    void looksTheOtherWayWhenOutOfDescriptors()
    {
        Fixture fixture;
        RawClient early(fixture.server.port());
        QTRY_COMPARE(fixture.server.connectionCount(), 1);
        rlimit files{};
        getrlimit(RLIMIT_NOFILE, &files);
        // Room for the client's end only.
        const int next = ::dup(0);
        ::close(next);
        const rlimit tight{rlim_t(next + 1), files.rlim_max};
        setrlimit(RLIMIT_NOFILE, &tight);
        QTest::ignoreMessage(QtWarningMsg,
                             QRegularExpression(QStringLiteral("cannot accept a connection")));
        RawClient late(fixture.server.port());
        QVERIFY(late.isConnected());
        late.send("GET /health HTTP/1.1\r\n\r\n");
        early.send("GET /health HTTP/1.1\r\n\r\n");
        QCOMPARE(early.readAnswer().status(), 200); // the others are served all the while
        setrlimit(RLIMIT_NOFILE, &files);
        QCOMPARE(late.readAnswer().status(), 200);
    }
};

QTEST_GUILESS_MAIN(TestHttpStreams)
#include "tst_http_streams.moc"
