// Where requests go, and the answers that the HTTP layer gives by itself, as recorded from Apache
// Mesos.
#include <QTest>

#include "common/http/gzip.h"
#include "tests/common/http/http_fixture.h"
#include "tests/common/http/raw_client.h"

using namespace meseta::test;

namespace {

/// Routes that answer with their own name.
class Routes
{
public:
    explicit Routes(const QByteArray &delegate)
    {
        server.setDelegate(delegate);
        add(delegate, "");
        add(delegate, "/api/v1");
        add(delegate, "/api/v1/scheduler");
        add(delegate, "/quota");
        add(delegate, "/state");
        add("files", "/browse");
        add("version", "/");
        add("help", "");
        server.listen(QHostAddress::LocalHost, 0);
    }

    QByteArray ask(const QByteArray &target)
    {
        RawClient client(server.port());
        client.send("GET " + target + " HTTP/1.1\r\n\r\n");
        const auto answer = client.readAnswer();
        return answer.status() == 200 ? answer.body
                                      : QByteArray::number(answer.status()) + ' ' + answer.body;
    }

    Server server;
    QByteArray fullPath;

private:
    void add(const QByteArray &process, const QByteArray &path)
    {
        server.route(process, path,
                     [this, name = process + path](const Request &request, auto responder) {
                         fullPath = request.fullPath;
                         responder->send(Response::ok(name, "text/plain"));
                     });
    }
};

} // namespace

class TestHttpRouting : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsTheRoute_data()
    {
        QTest::addColumn<QByteArray>("delegate");
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QByteArray>("expected");
        QTest::addColumn<QByteArray>("fullPath");
        const auto row = [](const char *delegate, const char *target, const char *expected,
                            const char *fullPath) {
            QTest::newRow(target) << QByteArray(delegate) << QByteArray(target)
                                  << QByteArray(expected) << QByteArray(fullPath);
        };
        row("master", "/state", "master/state", "/master/state");
        row("master", "/master/state", "master/state", "/master/state");
        row("master", "/state/", "master/state", "/master/state");
        row("master", "//state", "master/state", "/master/state");
        row("master", "/state?x=1", "master/state", "/master/state");
        row("master", "/quota/role1", "master/quota", "/master/quota/role1");
        row("master", "/api/v1/zzz", "master/api/v1", "/master/api/v1/zzz");
        row("master", "/api/v1/", "master/api/v1", "/master/api/v1");
        row("master", "/api/v1/scheduler/foo", "master/api/v1/scheduler",
            "/master/api/v1/scheduler/foo");
        row("master", "/master/api/v1/scheduler", "master/api/v1/scheduler",
            "/master/api/v1/scheduler");
        row("master", "/", "master", "/master");
        row("master", "/master", "master", "/master");
        row("master", "/files/browse", "files/browse", "/files/browse");
        row("master", "/files/browse/x", "files/browse", "/files/browse/x");
        row("master", "/version", "version/", "/version");
        row("master", "/help/master/state", "help", "/help/master/state");
        row("slave(1)", "/slave(1)/state", "slave(1)/state", "/slave(1)/state");
        row("slave(1)", "/slave%281%29/state", "slave(1)/state", "/slave(1)/state");
        row("slave(1)", "/%73tate", "slave(1)/state", "/slave(1)/state");
        row("slave(1)", "/api/v1", "slave(1)/api/v1", "/slave(1)/api/v1");
        row("master", "/slave(1)/state", "404 404 Not Found.", "");
        row("master", "/nope", "404 404 Not Found.", "");
        row("master", "/files", "404 404 Not Found.", "");
        row("master", "/files/state", "404 404 Not Found.", "");
        row("master", "/../etc/passwd", "404 404 Not Found.", "");
        row("master", "/state/..", "404 404 Not Found.", "");
        row("master", "/state/%2e%2e/x", "404 404 Not Found.", "");
        row("master", "/api", "404 404 Not Found.", "");
        row("master", "/statex", "404 404 Not Found.", "");
    }

    void findsTheRoute()
    {
        QFETCH(QByteArray, delegate);
        QFETCH(QByteArray, target);
        QFETCH(QByteArray, expected);
        QFETCH(QByteArray, fullPath);
        Routes routes(delegate);
        QCOMPARE(routes.ask(target), expected);
        QCOMPARE(routes.fullPath, fullPath);
    }

    void asksTheFilterFirst()
    {
        Routes routes("master");
        routes.server.setFilter([](const Request &request) -> std::optional<Response> {
            if (request.fullPath == "/master/state")
                return Response::text(403, "Endpoint '" + request.fullPath + "' is disabled");
            return std::nullopt;
        });
        QCOMPARE(routes.ask("/state"), "403 Endpoint '/master/state' is disabled");
        QCOMPARE(routes.ask("/version"), "version/");
    }

    void givesTheRestToTheFallback()
    {
        Routes routes("master");
        routes.server.setFallback([](const Request &request, auto responder) {
            responder->send(Response::ok("file " + request.path, "text/plain"));
        });
        QCOMPARE(routes.ask("/app/x.js"), "file /app/x.js");
        QCOMPARE(routes.ask("/state"), "master/state");
        QCOMPARE(routes.ask("/app/../x"), "404 404 Not Found.");
    }

    void givesMessagesToTheirHandlerBeforeAllElse_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<bool>("isMessage");
        QTest::newRow("agent name")
            << QByteArray("POST") << QByteArray("User-Agent: libprocess/a@1.2.3.4:5") << true;
        QTest::newRow("from") << QByteArray("POST") << QByteArray("libprocess-from: x") << true;
        QTest::newRow("other agent")
            << QByteArray("POST") << QByteArray("User-Agent: curl/8") << false;
        QTest::newRow("GET") << QByteArray("GET") << QByteArray("Libprocess-From: a@1.2.3.4:5")
                             << false;
    }

    void givesMessagesToTheirHandlerBeforeAllElse()
    {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, header);
        QFETCH(bool, isMessage);
        Routes routes("master");
        QByteArray path;
        routes.server.setMessageHandler([&](const Request &request, auto responder) {
            path = request.path;
            responder->send(Response::accepted());
        });
        routes.server.setFilter([](const Request &) { return Response::text(403); });
        RawClient client(routes.server.port());
        client.send(method + " /slave%281%29/mesos.internal.X HTTP/1.1\r\n" + header
                    + "\r\nContent-Length: 0\r\n\r\n");
        QCOMPARE(client.readAnswer().status(), isMessage ? 202 : 403);
        QCOMPARE(path, isMessage ? QByteArray("/slave(1)/mesos.internal.X") : QByteArray());
    }

    void saysWhichMethodsWouldDo()
    {
        Fixture fixture;
        RawClient client(fixture.server.port());
        client.send("GET /api/v1 HTTP/1.1\r\n\r\n");
        QCOMPARE(withoutDate(client.readUntil("\r\n\r\n")),
                 "HTTP/1.1 405 Method Not Allowed\r\nDate: D\r\nAllow: POST\r\n"
                 "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 46\r\n\r\n");
        QCOMPARE(client.readBytes(72), "The method GET is not for this path: use POST.");

        const Response two = Response::methodNotAllowed({"GET", "POST"}, "PUT");
        QCOMPARE(two.headers.value("Allow"), "GET, POST");
        QCOMPARE(two.body, "The method PUT is not for this path: use GET, POST.");
    }

    void givesErrorsADefaultBody_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("400") << 400 << QByteArray("400 Bad Request.");
        QTest::newRow("401") << 401 << QByteArray("401 Unauthorized.");
        QTest::newRow("403") << 403 << QByteArray("403 Forbidden.");
        QTest::newRow("404") << 404 << QByteArray("404 Not Found.");
        QTest::newRow("406") << 406 << QByteArray("406 Not Acceptable.");
        QTest::newRow("409") << 409 << QByteArray("409 Conflict.");
        QTest::newRow("415") << 415 << QByteArray("415 Unsupported Media Type.");
        QTest::newRow("500") << 500 << QByteArray("500 Internal Server Error.");
        QTest::newRow("501") << 501 << QByteArray("501 Not Implemented.");
        QTest::newRow("503") << 503 << QByteArray("503 Service Unavailable.");
    }

    void givesErrorsADefaultBody()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QCOMPARE(Response::text(status).body, body);
        QCOMPARE(Response::text(status).headers.value("Content-Type"), "text/plain; charset=utf-8");
    }

    void wrapsJsonForScripts()
    {
        Fixture fixture;
        RawClient client(fixture.server.port());
        client.send("GET /state?jsonp=cb HTTP/1.1\r\n\r\n");
        QCOMPARE(withoutDate(client.readUntil("\r\n\r\n")),
                 "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 14\r\nContent-Type: "
                 "text/javascript\r\n\r\n");
        QCOMPARE(client.readBytes(14), R"(cb({"id":"M"}))");
    }

    void packsAnswersFrom1024Bytes_data()
    {
        QTest::addColumn<int>("size");
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<bool>("packed");
        const auto row = [](const char *name, int size, const char *header, bool packed) {
            QTest::newRow(name) << size << QByteArray(header) << packed;
        };
        row("1024", 1024, "Accept-Encoding: gzip\r\n", true);
        row("1023", 1023, "Accept-Encoding: gzip\r\n", false);
        row("not asked", 5000, "", false);
        row("other coding", 5000, "Accept-Encoding: br\r\n", false);
        row("among others", 5000, "accept-encoding: br, GZIP;q=0.3\r\n", true);
        row("refused", 5000, "Accept-Encoding: gzip;q=0, *\r\n", false);
        row("any", 5000, "Accept-Encoding: *\r\n", true);
        row("large, in the background", 3000000, "Accept-Encoding: gzip\r\n", true);
    }

    void packsAnswersFrom1024Bytes()
    {
        QFETCH(int, size);
        QFETCH(QByteArray, header);
        QFETCH(bool, packed);
        Fixture fixture;
        fixture.bigSize = size;
        RawClient client(fixture.server.port());
        client.send("GET /big HTTP/1.1\r\n" + header + "\r\nGET /health HTTP/1.1\r\n\r\n");
        const auto answer = client.readAnswer();
        QCOMPARE(answer.header("Content-Encoding"), packed ? "gzip" : "");
        QCOMPARE(answer.header("Content-Type"), "application/json");
        const auto body =
            packed ? gunzip(answer.body, 1 << 30) : meseta::Result<QByteArray>(answer.body);
        QVERIFY(body.has_value());
        QCOMPARE(*body, QByteArray(size, 'x'));
        QCOMPARE(client.readAnswer().status(), 200); // and the order is kept
    }

    void tellsTheLengthOfAPackedAnswerToHead()
    {
        Fixture fixture;
        RawClient client(fixture.server.port());
        client.send("HEAD /big HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\nGET /big "
                    "HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n");
        const auto head = client.readAnswer(true);
        const auto whole = client.readAnswer();
        QCOMPARE(head.header("Content-Length"), whole.header("Content-Length"));
        QCOMPARE(whole.body.size(), whole.header("Content-Length").toInt());
    }

    void keepsHeadersOnOneLineEach()
    {
        Server server;
        server.route("p", "/x", [](const Request &, auto responder) {
            responder->send(Response{200, {{"X", "a\r\nForged: b"}}, {}});
        });
        QVERIFY(server.listen(QHostAddress::LocalHost, 0));
        RawClient client(server.port());
        client.send("GET /p/x HTTP/1.1\r\n\r\n");
        const auto answer = client.readAnswer();
        QCOMPARE(answer.header("X"), "a  Forged: b");
        QCOMPARE(answer.header("Forged"), "");
    }

    void saysWhyItCannotListen()
    {
        Server first;
        QVERIFY(first.listen(QHostAddress::LocalHost, 0));
        Server second;
        const auto result = second.listen(QHostAddress::LocalHost, first.port());
        QVERIFY(!result);
        QCOMPARE(result.error().message,
                 "cannot listen on 127.0.0.1:" + std::to_string(first.port())
                     + ": Address already in use; choose another port with --port");
        const auto local = second.listenLocal(QStringLiteral("/nowhere/at/all"));
        QVERIFY(!local);
        QVERIFY2(QByteArray::fromStdString(local.error().message)
                     .contains("'/nowhere/at/all': No such file"),
                 local.error().message.c_str());
    }
};

QTEST_GUILESS_MAIN(TestHttpRouting)
#include "tst_http_routing.moc"
