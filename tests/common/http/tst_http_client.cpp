// The client against our own server and against servers that misbehave.
#include <QSignalSpy>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

#include "common/http/client.h"
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
        server.route("p", "/silent", [this](const Request &, auto responder) { held.push_back(responder); });
        server.route("p", "/stream", [this](const Request &, auto responder) { stream = responder->stream({}); });
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

/// Calls and waits for what comes.
Result<Response> await(Client &client, const Endpoint &endpoint, Request request, const CallOptions &options = {})
{
    std::optional<Result<Response>> result;
    client.call(endpoint, std::move(request), [&](Result<Response> got) { result = std::move(got); }, options);
    if (!QTest::qWaitFor([&] { return result.has_value(); }, 10000))
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
            const auto answer = await(client, echo.endpoint(), post("/echo", QByteArray::number(i)));
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
        const auto answer =
            await(client, Endpoint::unixPath(folder.filePath(QStringLiteral("s"))), post("/echo", "hello"));
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
        const auto answer = await(client, Endpoint::tcp(QStringLiteral("localhost"), port), get("/"));
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
        QVERIFY2(QByteArray::fromStdString(answer.error().message).contains("GET /silent on 127.0.0.1:"),
                 answer.error().message.c_str());
        QVERIFY(QByteArray::fromStdString(answer.error().message).endsWith("no answer within 50 ms"));
    }

    void readsAStreamAsItComes()
    {
        EchoServer echo;
        Client client;
        const auto exchange = client.open(echo.endpoint(), get("/stream"));
        QByteArray got;
        int heads = 0;
        QSignalSpy finished(exchange.get(), &Exchange::finished);
        connect(exchange.get(), &Exchange::data, this, [&](const QByteArray &bytes) { got += bytes; });
        connect(exchange.get(), &Exchange::head, this, [&](const Response &head) { heads += head.status == 200; });
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
