// The client against our own server and against servers that misbehave.
#include <QLocalServer>
#include <QLocalSocket>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include "common/http/client.h"
#include "common/http/gzip.h"
#include "common/http/server.h"

using namespace meseta;
using namespace meseta::http;

namespace {

Request get(const QByteArray &target)
{
    Request request;
    request.method = "GET";
    request.target = target;
    return request;
}

Request post(const QByteArray &target, const QByteArray &body)
{
    Request request = get(target);
    request.method = "POST";
    request.body = body;
    return request;
}

/// A server that echoes what it is sent.
class EchoServer
{
public:
    EchoServer()
    {
        server.route("p", "/echo", [](const Request &request, auto responder) {
            responder->send(Response::ok(request.method + ' ' + request.body, "text/plain"));
        });
        server.route("p", "/silent",
                     [this](const Request &, auto responder) { held.push_back(responder); });
        server.route("p", "/stream",
                     [this](const Request &, auto responder) { stream = responder->stream({}); });
        server.route("p", "/moved", [](const Request &, auto responder) {
            responder->send(Response{307, {{"Location", "//127.0.0.1:1"}}, {}});
        });
        server.setDelegate("p");
        server.listen(QHostAddress::LocalHost, 0);
    }
    Endpoint endpoint() const { return Endpoint::tcp(QStringLiteral("127.0.0.1"), server.port()); }

    std::vector<std::shared_ptr<Responder>> held;
    std::shared_ptr<ResponseStream> stream;
    Server server;
};

/// Answers every request with the same bytes.
class Canned
{
public:
    explicit Canned(QByteArray bytes, bool closes = false, bool byteByByte = false)
    {
        server.listen(QHostAddress::LocalHost);
        QObject::connect(&server, &QTcpServer::newConnection, &server, [=, this] {
            ++connections;
            QTcpSocket *socket = server.nextPendingConnection();
            QObject::connect(socket, &QTcpSocket::readyRead, &server, [=, this] {
                got += socket->readAll();
                if (!got.contains("\r\n\r\n"))
                    return;
                if (std::exchange(dropSilently, false))
                    return socket->close();
                for (qsizetype i = 0; byteByByte && i < bytes.size(); ++i) {
                    socket->write(bytes.mid(i, 1));
                    socket->flush();
                }
                if (!byteByByte)
                    socket->write(bytes);
                if (closes)
                    socket->disconnectFromHost();
            });
        });
    }
    quint16 port() const { return server.serverPort(); }
    Endpoint endpoint() const { return Endpoint::tcp(QStringLiteral("127.0.0.1"), port()); }

    QByteArray got;
    int connections = 0;
    bool dropSilently = false;

private:
    QTcpServer server;
};

/// Calls and waits for what comes.
Result<Response> await(Client &client, const Endpoint &endpoint, Request request,
                       const CallOptions &options = {})
{
    std::optional<Result<Response>> result;
    client.call(
        endpoint, std::move(request), [&](Result<Response> got) { result = std::move(got); },
        options);
    if (!QTest::qWaitFor([&] { return result.has_value(); }, 60000))
        return fail("the callback did not come");
    return *result;
}

} // namespace

class TestHttpClient : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void callsAndKeepsTheConnection()
    {
        EchoServer echo;
        Client client;
        for (int i = 0; i < 3; ++i) {
            const auto answer =
                await(client, echo.endpoint(), post("/echo", QByteArray::number(i)));
            QVERIFY2(answer.has_value(), answer ? "" : answer.error().message.c_str());
            QCOMPARE(answer->status, 200);
            QCOMPARE(answer->body, "POST " + QByteArray::number(i));
            QCOMPARE(answer->headers.value("content-type"), "text/plain");
        }
        QCOMPARE(echo.server.connectionCount(), 1);
    }

    void callsOverAUnixSocket()
    {
        QTemporaryDir folder;
        EchoServer echo;
        QVERIFY(echo.server.listenLocal(folder.filePath(QStringLiteral("s"))));
        Client client;
        const auto answer = await(client, Endpoint::unixPath(folder.filePath(QStringLiteral("s"))),
                                  post("/echo", "hello"));
        QVERIFY2(answer.has_value(), answer ? "" : answer.error().message.c_str());
        QCOMPARE(answer->body, "POST hello");
    }

    void handsRedirectsToTheCaller()
    {
        EchoServer echo;
        Client client;
        const auto answer = await(client, echo.endpoint(), get("/moved"));
        QVERIFY(answer.has_value());
        QCOMPARE(answer->status, 307);
        QCOMPARE(answer->headers.value("Location"), "//127.0.0.1:1");
    }

    void namesTheEndpointWhenItCannotConnect()
    {
        QTcpServer unused;
        QVERIFY(unused.listen(QHostAddress::LocalHost));
        const quint16 port = unused.serverPort();
        unused.close();
        Client client;
        const auto answer =
            await(client, Endpoint::tcp(QStringLiteral("localhost"), port), get("/"));
        QVERIFY(!answer.has_value());
        QCOMPARE(answer.error().message,
                 "cannot reach localhost:" + std::to_string(port) + ": Connection refused");
    }

    void givesUpAfterTheTimeout()
    {
        EchoServer echo;
        Client client;
        CallOptions options;
        options.timeout = std::chrono::milliseconds(50);
        const auto answer = await(client, echo.endpoint(), get("/silent"), options);
        QVERIFY(!answer.has_value());
        QVERIFY2(
            QByteArray::fromStdString(answer.error().message).contains("GET /silent on 127.0.0.1:"),
            answer.error().message.c_str());
        QVERIFY(
            QByteArray::fromStdString(answer.error().message).endsWith("no answer within 50 ms"));
    }

    void sendsTheRequestAsItIs()
    {
        Canned server("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
        Client client;
        Request request = post("/api/v1?x=1", "body");
        request.headers.add("Content-Type", "application/json");
        const auto answer = await(client, server.endpoint(), request);
        QVERIFY(answer.has_value());
        QCOMPARE(answer->status, 202);
        QCOMPARE(server.got,
                 "POST /api/v1?x=1 HTTP/1.1\r\nHost: 127.0.0.1:" + QByteArray::number(server.port())
                     + "\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\nbody");
    }

    void tellsTheLengthOfAnEmptyPost()
    {
        Canned server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        Client client;
        QVERIFY(await(client, server.endpoint(), post("/", {})).has_value());
        QVERIFY(server.got.contains("\r\nContent-Length: 0\r\n"));
        server.got.clear();
        QVERIFY(await(client, server.endpoint(), get("/")).has_value());
        QVERIFY(!server.got.contains("Content-Length"));
    }

    void readsEveryFormOfAnswer_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        const auto row = [](const char *name, const QByteArray &answer, int status,
                            const QByteArray &body) {
            QTest::newRow(name) << answer << status << body;
        };
        row("length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello");
        row("chunks",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
            200, "hello");
        row("until the end", "HTTP/1.1 200 OK\r\n\r\nhello", 200, "hello");
        row("1.0", "HTTP/1.0 200 OK\r\n\r\nhello", 200, "hello");
        row("interim answer first",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok", 201,
            "ok");
        row("no content", "HTTP/1.1 204 No Content\r\n\r\n", 204, "");
        row("gzip", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip("packed"), 200,
            "packed");
        row("error with a body", "HTTP/1.1 500 X\r\nContent-Length: 3\r\n\r\nbad", 500, "bad");
    }

    void readsEveryFormOfAnswer()
    {
        QFETCH(QByteArray, answer);
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        for (const bool byteByByte : {false, true}) {
            Canned server(answer, true, byteByByte);
            Client client;
            const auto got = await(client, server.endpoint(), get("/"));
            QVERIFY2(got.has_value(), got ? "" : got.error().message.c_str());
            QCOMPARE(got->status, status);
            QCOMPARE(got->body, body);
        }
    }

    void tellsWhatWasWrongWithTheAnswer_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<QByteArray>("complaint");
        QTest::newRow("nothing") << QByteArray()
                                 << QByteArray("the connection was closed before an answer came");
        QTest::newRow("cut short")
            << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")
            << QByteArray("the connection was closed in the middle of the answer");
        QTest::newRow("chunks without end")
            << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n")
            << QByteArray("the connection was closed in the middle of the answer");
        QTest::newRow("rubbish") << QByteArray("SSH-2.0-OpenSSH\r\n")
                                 << QByteArray("is not well-formed HTTP");
        QTest::newRow("endless header")
            << QByteArray("HTTP/1.1 200 OK\r\nA: " + QByteArray(500000, 'a'))
            << QByteArray("is not well-formed HTTP");
    }

    void tellsWhatWasWrongWithTheAnswer()
    {
        QFETCH(QByteArray, answer);
        QFETCH(QByteArray, complaint);
        Canned server(answer, true);
        Client client;
        const auto got = await(client, server.endpoint(), get("/x?secret=1"));
        QVERIFY(!got.has_value());
        const QByteArray message = QByteArray::fromStdString(got.error().message);
        QVERIFY2(message.contains(complaint), message.constData());
        QVERIFY2(message.startsWith("GET /x on 127.0.0.1:" + QByteArray::number(server.port())
                                    + " failed: "),
                 message.constData());
    }

    void boundsTheBody()
    {
        EchoServer echo;
        Client client;
        CallOptions options;
        options.maxBodyBytes = 100;
        QVERIFY(await(client, echo.endpoint(), post("/echo", QByteArray(95, 'a')), options)
                    .has_value());
        const auto answer =
            await(client, echo.endpoint(), post("/echo", QByteArray(96, 'a')), options);
        QVERIFY(!answer.has_value());
        QVERIFY(
            QByteArray::fromStdString(answer.error().message).endsWith("is larger than 100 bytes"));
    }

    void callsAgainWhenAKeptConnectionHasGone()
    {
        Canned server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false);
        Client client;
        QVERIFY(await(client, server.endpoint(), get("/")).has_value());
        server.dropSilently = true; // takes the next request and closes
        const auto answer = await(client, server.endpoint(), get("/"));
        QVERIFY2(answer.has_value(), answer ? "" : answer.error().message.c_str());
        QCOMPARE(server.connections, 2);
    }

    void doesNotRepeatAPost()
    {
        Canned server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false);
        Client client;
        QVERIFY(await(client, server.endpoint(), get("/")).has_value());
        server.dropSilently = true;
        QVERIFY(!await(client, server.endpoint(), post("/", "x")).has_value());
        QCOMPARE(server.connections, 1);
    }

    void tellsThatANameCannotBeResolved()
    {
        // The resolver may take its time to find out.
        Client client;
        const auto answer =
            await(client, Endpoint::tcp(QStringLiteral("no-such-host.invalid"), 80), get("/"));
        QVERIFY(!answer.has_value());
        QVERIFY2(
            QByteArray::fromStdString(answer.error().message)
                .startsWith("cannot reach no-such-host.invalid:80: the name cannot be resolved"),
            answer.error().message.c_str());
    }

    void tellsThatAUnixSocketIsNotThere()
    {
        Client client;
        const auto answer =
            await(client, Endpoint::unixPath(QStringLiteral("/nowhere/engine.sock")), get("/"));
        QVERIFY(!answer.has_value());
        QCOMPARE(QByteArray::fromStdString(answer.error().message),
                 "cannot reach /nowhere/engine.sock: No such file or directory");
    }

    void callsManyAtOnce()
    {
        EchoServer echo;
        Client client;
        int done = 0;
        for (int i = 0; i < 200; ++i) {
            client.call(echo.endpoint(), post("/echo", QByteArray::number(i)),
                        [&done, i](Result<Response> answer) {
                            done += answer && answer->body == "POST " + QByteArray::number(i);
                        });
        }
        QCOMPARE(done, 0);
        QTRY_COMPARE(done, 200);
        QTRY_VERIFY(echo.server.connectionCount() <= 16);
    }

    void forgetsItsCallsWhenItEnds()
    {
        EchoServer echo;
        auto client = std::make_unique<Client>();
        bool called = false;
        client->call(echo.endpoint(), get("/stream"), [&](const auto &) { called = true; });
        QTRY_VERIFY(echo.stream);
        client.reset();
        QTRY_COMPARE(echo.server.connectionCount(), 0);
        QVERIFY(!called);
    }

    void mayBeEndedFromItsOwnCallback()
    {
        EchoServer echo;
        auto client = std::make_unique<Client>();
        bool called = false;
        client->call(echo.endpoint(), get("/echo"), [&](const auto &) {
            called = true;
            client.reset();
        });
        QTRY_VERIFY(called);
        QTRY_COMPARE(echo.server.connectionCount(), 0);
    }

    void uploadsABodyPieceByPiece()
    {
        EchoServer echo;
        QByteArray got;
        int ended = -1;
        std::shared_ptr<Responder> answer;
        echo.server.routeStreaming("p", "/in", [&](const Request &, auto stream, auto responder) {
            answer = responder;
            stream->onData = [&](const QByteArray &bytes) { got += bytes; };
            stream->onEnd = [&](bool complete) { ended = complete; };
        });
        Client client;
        const auto exchange = client.open(echo.endpoint(), post("/in", {}));
        QSignalSpy finished(exchange.get(), &Exchange::finished);
        exchange->write("one");
        QTRY_COMPARE(got, "one");
        exchange->write("two");
        QTRY_COMPARE(got, "onetwo");
        QCOMPARE(ended, -1);
        exchange->finishBody();
        QTRY_COMPARE(ended, 1);
        answer->send(Response::accepted());
        QTRY_COMPARE(finished.count(), 1);
    }

    void noticesSilence()
    {
        EchoServer echo;
        Client client;
        CallOptions options;
        options.inactivity = std::chrono::milliseconds(200);
        const auto exchange = client.open(echo.endpoint(), get("/stream"), options);
        QSignalSpy failed(exchange.get(), &Exchange::failed);
        QTRY_VERIFY(echo.stream);
        int beats = 0;
        QTimer heart;
        connect(&heart, &QTimer::timeout, this, [&] {
            echo.stream->write("beat");
            if (++beats == 8) // longer than the silence that is allowed
                heart.stop();
        });
        heart.start(40);
        QTRY_COMPARE(failed.count(), 1);
        QCOMPARE(beats, 8);
        QVERIFY(failed[0][0].toString().endsWith(QStringLiteral("nothing heard for 200 ms")));
        QTRY_VERIFY(!echo.stream->isOpen());
    }

    void letsAStreamOutliveTheTimeoutOfItsHead()
    {
        EchoServer echo;
        Client client;
        CallOptions options;
        options.timeout = std::chrono::milliseconds(60);
        const auto exchange = client.open(echo.endpoint(), get("/stream"), options);
        QSignalSpy failed(exchange.get(), &Exchange::failed);
        QTRY_VERIFY(echo.stream);
        const auto silent = client.open(echo.endpoint(), get("/silent"), options);
        QSignalSpy silentFailed(silent.get(), &Exchange::failed);
        QTRY_COMPARE(silentFailed.count(), 1); // called later, so the stream's time is over, too
        QCOMPARE(failed.count(), 0);
        QVERIFY(echo.stream->isOpen());
    }

    void readsNothingWhilePaused_data()
    {
        QTest::addColumn<bool>("local");
        QTest::newRow("tcp") << false;
        QTest::newRow("unix socket") << true;
    }

    void readsNothingWhilePaused()
    {
        QFETCH(bool, local);
        QTemporaryDir folder;
        EchoServer echo;
        const QString path = folder.filePath(QStringLiteral("s"));
        QVERIFY(echo.server.listenLocal(path));
        Client client;
        const auto exchange =
            client.open(local ? Endpoint::unixPath(path) : echo.endpoint(), get("/stream"));
        qint64 got = 0;
        connect(exchange.get(), &Exchange::data, this,
                [&](const QByteArray &bytes) { got += bytes.size(); });
        QSignalSpy head(exchange.get(), &Exchange::head);
        QSignalSpy finished(exchange.get(), &Exchange::finished);
        QTRY_COMPARE(head.count(), 1);
        exchange->pause(true);
        const QByteArray chunk(100000, 'a');
        for (int i = 0; i < 100; ++i)
            echo.stream->write(chunk);
        echo.stream->end();
        QVERIFY(await(client, echo.endpoint(), get("/echo")).has_value());
        QCOMPARE(got, 0);
        QVERIFY(!finished.count());
        exchange->pause(false);
        QTRY_COMPARE(got, 100 * chunk.size());
        QTRY_COMPARE(finished.count(), 1);
    }

    void readsWhatAPeerLeftBeforeItClosedWhilePaused()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("s"));
        QLocalServer server;
        QVERIFY(server.listen(path));
        Client client;
        const auto exchange = client.open(Endpoint::unixPath(path), get("/"));
        QByteArray got;
        connect(exchange.get(), &Exchange::data, this,
                [&](const QByteArray &bytes) { got += bytes; });
        QSignalSpy finished(exchange.get(), &Exchange::finished);
        QTRY_VERIFY(server.hasPendingConnections());
        QLocalSocket *socket = server.nextPendingConnection();
        QTRY_VERIFY(socket->bytesAvailable() > 0);
        exchange->pause(true);
        socket->write("HTTP/1.1 200 OK\r\n\r\nthe last words");
        socket->flush();
        socket->close();
        const auto later = client.open(Endpoint::unixPath(path), get("/"));
        QSignalSpy laterFinished(later.get(), &Exchange::finished);
        QTRY_VERIFY(server.hasPendingConnections());
        QLocalSocket *laterSocket = server.nextPendingConnection();
        QTRY_VERIFY(laterSocket->bytesAvailable() > 0);
        laterSocket->write("HTTP/1.1 204 No Content\r\n\r\n");
        QTRY_COMPARE(laterFinished.count(), 1);
        QCOMPARE(got, "");
        exchange->pause(false);
        QTRY_COMPARE(got, "the last words");
        QTRY_COMPARE(finished.count(), 1);
    }

    void mayBeDeletedFromEachOfItsSignals_data()
    {
        QTest::addColumn<int>("when");
        QTest::newRow("head") << 0;
        QTest::newRow("data") << 1;
        QTest::newRow("finished") << 2;
        QTest::newRow("failed") << 3;
    }

    void mayBeDeletedFromEachOfItsSignals()
    {
        QFETCH(int, when);
        EchoServer echo;
        Client client;
        CallOptions options;
        options.timeout = std::chrono::milliseconds(when == 3 ? 30 : 5000);
        auto exchange =
            client.open(echo.endpoint(), when == 3 ? get("/silent") : post("/echo", "x"), options);
        int deleted = 0;
        const auto remove = [&] {
            exchange.reset();
            ++deleted;
        };
        if (when == 0)
            connect(exchange.get(), &Exchange::head, this, remove);
        if (when == 1)
            connect(exchange.get(), &Exchange::data, this, remove);
        if (when == 2)
            connect(exchange.get(), &Exchange::finished, this, remove);
        if (when == 3)
            connect(exchange.get(), &Exchange::failed, this, remove);
        QTRY_COMPARE(deleted, 1);
        QVERIFY(await(client, echo.endpoint(), get("/echo")).has_value()); // the client lives on
    }

    void readsAStreamAsItComes()
    {
        EchoServer echo;
        Client client;
        const auto exchange = client.open(echo.endpoint(), get("/stream"));
        QByteArray got;
        int heads = 0;
        QSignalSpy finished(exchange.get(), &Exchange::finished);
        connect(exchange.get(), &Exchange::data, this,
                [&](const QByteArray &bytes) { got += bytes; });
        connect(exchange.get(), &Exchange::head, this,
                [&](const Response &head) { heads += head.status == 200; });
        QTRY_COMPARE(heads, 1);
        echo.stream->write("one");
        QTRY_COMPARE(got, "one");
        echo.stream->write("two");
        QTRY_COMPARE(got, "onetwo");
        echo.stream->end();
        QTRY_COMPARE(finished.count(), 1);
    }
};

QTEST_GUILESS_MAIN(TestHttpClient)
#include "tst_http_client.moc"
