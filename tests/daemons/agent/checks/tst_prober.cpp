#include <sys/socket.h>

#include <QtTest>

#include <QTcpServer>
#include <QTcpSocket>

#include "daemons/agent/checks/checker.h"

using namespace meseta;
using namespace meseta::agent;
using namespace std::chrono_literals;

/// The real prober against a server on the loopback address.
class TestProber : public QObject
{
    Q_OBJECT

    QTcpServer m_server;
    std::map<QByteArray, QByteArray> m_answers; ///< by target
    std::vector<QByteArray> m_targets;
    std::optional<ProbeResult> m_result;

    Prober::Done noting()
    {
        m_result.reset();
        return [this](ProbeResult result) { m_result = std::move(result); };
    }

    Prober::HttpTarget target(const char *path)
    {
        return {"http", m_server.serverPort(), path, false};
    }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_server.listen(QHostAddress::LocalHost));
        connect(&m_server, &QTcpServer::newConnection, this, [this] {
            QTcpSocket *socket = m_server.nextPendingConnection();
            connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
            connect(socket, &QTcpSocket::readyRead, this, [this, socket] {
                const QByteArrayList words = socket->readAll().split(' ');
                m_targets.push_back(words.value(1));
                socket->write(m_answers[words.value(1)]);
            });
        });
        m_answers["/ok"] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        m_answers["/sick?deep=1"] = "HTTP/1.0 503 Service Unavailable\r\n\r\n";
        m_answers["/moved"] = "HTTP/1.1 302 Found\r\nLocation: /ok\r\n\r\n";
        m_answers["/round"] = "HTTP/1.1 302 Found\r\nlocation: /round\r\n\r\n";
        m_answers["/slowly"] = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n";
        m_answers["/babble"] = "220 mail.example ESMTP\r\n\r\n";
    }

    void httpTellsTheCode_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<int>("code");
        QTest::newRow("ok") << QByteArray("/ok") << 200;
        QTest::newRow("with query") << QByteArray("/sick?deep=1") << 503;
        QTest::newRow("redirect followed") << QByteArray("/moved") << 200;
        QTest::newRow("continue passed over") << QByteArray("/slowly") << 204;
    }

    void httpTellsTheCode()
    {
        QFETCH(QByteArray, path);
        QFETCH(int, code);
        const auto prober = makeProber({});
        prober->http(target(path.constData()), 5s, noting());
        QVERIFY(!m_result.has_value());
        QTRY_VERIFY(m_result.has_value());
        QCOMPARE(m_result->httpCode, std::optional(code));
    }

    void httpFailuresSayWhy()
    {
        const auto prober = makeProber({});
        prober->http(target("/round"), 5s, noting());
        QTRY_VERIFY(m_result.has_value());
        QVERIFY(m_result->failure.find("redirected") != std::string::npos);

        prober->http(target("/babble"), 5s, noting());
        QTRY_VERIFY(m_result.has_value());
        QVERIFY(m_result->failure.find("HTTP") != std::string::npos);

        prober->http(target("/silent"), 50ms, noting());
        QTRY_VERIFY(m_result.has_value());
        QVERIFY(!m_result->httpCode.has_value());
        QVERIFY(m_result->failure.find("50ms") != std::string::npos);
    }

    void tcpTellsWhetherSomethingAccepts()
    {
        const auto prober = makeProber({});
        prober->tcp(m_server.serverPort(), false, 5s, noting());
        QTRY_VERIFY(m_result.has_value());
        QCOMPARE(m_result->tcpConnected, std::optional(true));

        QTcpServer closed;
        QVERIFY(closed.listen(QHostAddress::LocalHost));
        const quint16 port = closed.serverPort();
        closed.close();
        prober->tcp(port, false, 5s, noting());
        QTRY_VERIFY(m_result.has_value());
        QCOMPARE(m_result->tcpConnected, std::optional(false));
        QCOMPARE(m_result->failure,
                 "no connection to 127.0.0.1:" + std::to_string(port) + ": Connection refused");
    }

    void socketsAreTheContainers()
    {
        int made = 0;
        const auto prober = makeProber({}, [&](int family) {
            ++made;
            return Result<int>(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
        });
        prober->tcp(m_server.serverPort(), false, 5s, noting());
        QTRY_VERIFY(m_result.has_value());
        QCOMPARE(m_result->tcpConnected, std::optional(true));
        QCOMPARE(made, 1);
        prober->http(target("/moved"), 5s, noting());
        QTRY_VERIFY(m_result.has_value());
        QCOMPARE(m_result->httpCode, std::optional(200));
        QCOMPARE(made, 3); // one more for where it was sent

        const auto none =
            makeProber({}, [](int) { return Result<int>(fail("its container does not run")); });
        none->http(target("/ok"), 5s, noting());
        QTRY_VERIFY(m_result.has_value());
        QCOMPARE(m_result->failure,
                 "no connection to 127.0.0.1:" + std::to_string(m_server.serverPort())
                     + ": its container does not run");
    }

    void namesInRedirectsAreLookedUp()
    {
        const QByteArray port = QByteArray::number(m_server.serverPort());
        m_answers["/by-name"] =
            "HTTP/1.1 302 Found\r\nLocation: http://localhost:" + port + "/ok\r\n\r\n";
        m_answers["/nowhere"] =
            "HTTP/1.1 302 Found\r\nLocation: http://no.such.host.invalid/\r\n\r\n";
        const auto prober = makeProber({});
        prober->http(target("/by-name"), 5s, noting());
        QTRY_VERIFY(m_result.has_value());
        QCOMPARE(m_result->httpCode, std::optional(200));
        prober->http(target("/nowhere"), 20s, noting());
        QTRY_VERIFY_WITH_TIMEOUT(m_result.has_value(), 30000);
        QVERIFY2(m_result->failure.find("no.such.host.invalid") != std::string::npos,
                 m_result->failure.c_str());
    }

    void commandsGoToTheContainer()
    {
        std::string ran;
        const auto prober =
            makeProber([&](const mesos::v1::CommandInfo &command, Duration timeout, auto done) {
                ran = command.value();
                QCOMPARE(timeout, Duration(7s));
                done(Result<int>(256));
            });
        mesos::v1::CommandInfo command;
        command.set_value("redis-cli ping");
        prober->command(command, 7s, noting());
        QCOMPARE(ran, std::string("redis-cli ping"));
        QCOMPARE(m_result->waitStatus, std::optional(256));

        const auto broken = makeProber([](const mesos::v1::CommandInfo &, Duration, auto done) {
            done(Result<int>(fail("the engine is gone")));
        });
        broken->command(command, 7s, noting());
        QCOMPARE(m_result->failure, std::string("the engine is gone"));
    }

    void aProberThatGoesAwayIsSilent()
    {
        auto prober = makeProber({});
        const std::size_t before = m_targets.size();
        prober->http(target("/silent"), 5s, noting());
        QTRY_VERIFY(m_targets.size() > before);
        prober.reset();
        QVERIFY(!m_result.has_value());
    }
};

QTEST_GUILESS_MAIN(TestProber)
#include "tst_prober.moc"
