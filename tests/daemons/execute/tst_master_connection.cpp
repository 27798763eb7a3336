#include <QtTest>

#include "daemons/execute/run/master_connection.h"
#include "fake_master.h"

using namespace meseta;
using namespace meseta::execute;
using namespace std::chrono_literals;
using mesos::v1::scheduler::Call;
using mesos::v1::scheduler::Event;

class TestMasterConnection : public QObject
{
    Q_OBJECT

    std::vector<Event> m_events;
    QStringList m_troubles;
    QStringList m_refusals;

    std::unique_ptr<MasterConnection> connectTo(quint16 port, bool json = false)
    {
        ConnectionOptions options;
        options.master = {"127.0.0.1", port};
        options.json = json;
        options.authorization = "Basic cDpz";
        options.firstRetry = 10ms;
        options.longestRetry = 50ms;
        auto connection = std::make_unique<MasterConnection>(options);
        connection->frameworkInfo = [] {
            mesos::v1::FrameworkInfo info;
            info.set_user("root");
            info.set_name("test");
            return info;
        };
        connect(connection.get(), &MasterConnection::event, this,
                [this](const Event &event) { m_events.push_back(event); });
        connect(connection.get(), &MasterConnection::trouble, this,
                [this](const QString &text) { m_troubles += text; });
        connect(connection.get(), &MasterConnection::refused, this,
                [this](const QString &text) { m_refusals += text; });
        connection->start();
        return connection;
    }

    static Call suppress(const char *role)
    {
        Call call;
        call.set_type(Call::SUPPRESS);
        call.mutable_framework_id()->set_value("M1-0000");
        call.mutable_suppress()->add_roles(role);
        return call;
    }

private Q_SLOTS:
    void init()
    {
        m_events.clear();
        m_troubles.clear();
        m_refusals.clear();
    }

    void subscribesInBothForms_data()
    {
        QTest::addColumn<bool>("json");
        QTest::addColumn<QByteArray>("type");
        QTest::newRow("protobuf") << false << QByteArray("application/x-protobuf");
        QTest::newRow("json") << true << QByteArray("application/json");
    }

    void subscribesInBothForms()
    {
        QFETCH(bool, json);
        QFETCH(QByteArray, type);
        FakeMaster master;
        const auto connection = connectTo(master.port(), json);
        QTRY_COMPARE(m_events.size(), 1u);
        QCOMPARE(m_events[0].subscribed().framework_id().value(), std::string("M1-0000"));
        const http::Headers &headers = master.requests.front().headers;
        QCOMPARE(headers.value("Content-Type"), type);
        QCOMPARE(headers.value("Accept"), type);
        QCOMPARE(headers.value("Authorization"), QByteArray("Basic cDpz"));
        QVERIFY(!headers.has("Mesos-Stream-Id"));
    }

    void callsGoOutInOrderWithTheStreamId()
    {
        FakeMaster master;
        const auto connection = connectTo(master.port());
        QTRY_COMPARE(m_events.size(), 1u);
        for (int call = 0; call < 20; ++call)
            connection->send(suppress(std::to_string(call).c_str()));
        QTRY_COMPARE(master.calls.size(), 21u);
        for (int call = 0; call < 20; ++call)
            QCOMPARE(master.calls[static_cast<std::size_t>(call) + 1].suppress().roles(0),
                     std::to_string(call));
        QCOMPARE(master.requests.back().headers.value("Mesos-Stream-Id"), QByteArray("stream-1"));
        QVERIFY(m_troubles.isEmpty());
    }

    void followsTheLeaderThatZooKeeperTells()
    {
        FakeMaster first;
        FakeMaster second;
        ConnectionOptions options;
        options.firstRetry = 10ms;
        options.longestRetry = 50ms;
        MasterConnection connection(options);
        connection.frameworkInfo = [] {
            mesos::v1::FrameworkInfo info;
            info.set_user("root");
            info.set_name("test");
            return info;
        };
        connect(&connection, &MasterConnection::event, this,
                [this](const Event &event) { m_events.push_back(event); });
        connect(&connection, &MasterConnection::trouble, this,
                [this](const QString &text) { m_troubles += text; });
        connection.start();
        QTest::qWait(100); // nobody leads: it asks nobody
        QVERIFY(first.requests.empty() && m_troubles.isEmpty());
        connection.follow(MasterAddress{"127.0.0.1", first.port()});
        QTRY_COMPARE(m_events.size(), 1u);
        connection.follow(std::nullopt);
        QTRY_COMPARE(m_troubles.size(), 1);
        connection.follow(MasterAddress{"127.0.0.1", second.port()});
        QTRY_COMPARE(m_events.size(), 2u);
        QCOMPARE(second.requests.size(), std::size_t(1));
        QCOMPARE(first.requests.size(), std::size_t(1));
    }

    void redirectsAreFollowed()
    {
        FakeMaster leader;
        FakeMaster follower;
        follower.answerInstead = [&](const http::Request &) {
            http::Response response{307, {}, {}};
            response.headers.add("Location",
                                 "//127.0.0.1:" + QByteArray::number(leader.port())
                                     + "/master/api/v1/scheduler");
            return std::optional(response);
        };
        const auto connection = connectTo(follower.port());
        QTRY_COMPARE(m_events.size(), 1u);
        QCOMPARE(leader.calls.size(), 1u);
        connection->send(suppress("a"));
        QTRY_COMPARE(leader.calls.size(), 2u);
        QVERIFY(m_troubles.isEmpty());
    }

    void anUnreachableMasterIsTriedAgain()
    {
        QTcpServer placeholder;
        QVERIFY(placeholder.listen(QHostAddress::LocalHost));
        const quint16 port = placeholder.serverPort();
        placeholder.close();
        const auto connection = connectTo(port);
        QTRY_COMPARE(m_troubles.size(), 1);
        QVERIFY2(m_troubles[0].contains(QStringLiteral("127.0.0.1:%1").arg(port)),
                 qPrintable(m_troubles[0]));
        http::Server server;
        QVERIFY(server.listen(QHostAddress::LocalHost, port).has_value());
        QTRY_COMPARE(m_troubles.size(), 2); // no master yet: another trouble, told once
        QVERIFY2(m_troubles[1].contains(QStringLiteral("404")), qPrintable(m_troubles[1]));
        QVERIFY(m_refusals.isEmpty());
    }

    void aMasterThatIsNotReadyIsTriedAgain()
    {
        FakeMaster master;
        int refusals = 3;
        master.answerInstead = [&](const http::Request &) -> std::optional<http::Response> {
            return refusals-- > 0 ? std::optional(http::Response::text(503, "No leader elected"))
                                  : std::nullopt;
        };
        const auto connection = connectTo(master.port());
        QTRY_COMPARE(m_events.size(), 1u);
        QCOMPARE(m_troubles.size(), 1);
        QVERIFY(m_troubles[0].contains(QStringLiteral("No leader elected")));
    }

    void aLostStreamIsSubscribedAgain()
    {
        FakeMaster master;
        const auto connection = connectTo(master.port());
        QTRY_COMPARE(m_events.size(), 1u);
        master.endStream();
        QTRY_COMPARE(m_events.size(), 2u);
        QCOMPARE(m_troubles.size(), 1);
        connection->send(suppress("a"));
        QTRY_COMPARE(master.callNames(),
                     (std::vector<std::string>{"SUBSCRIBE", "SUBSCRIBE", "SUPPRESS"}));
        QCOMPARE(master.requests.back().headers.value("Mesos-Stream-Id"), QByteArray("stream-2"));
    }

    void refusalsEndIt_data()
    {
        QTest::addColumn<int>("status");
        for (const int status : {400, 401, 403, 415})
            QTest::addRow("%d", status) << status;
    }

    void refusalsEndIt()
    {
        QFETCH(int, status);
        FakeMaster master;
        master.answerInstead = [&](const http::Request &) {
            return std::optional(http::Response::text(status, "because"));
        };
        const auto connection = connectTo(master.port());
        QTRY_COMPARE(m_refusals.size(), 1);
        QVERIFY2(m_refusals[0].contains(QStringLiteral("%1 because").arg(status)),
                 qPrintable(m_refusals[0]));
        QCOMPARE(master.requests.size(), 1u);
    }

    void whatIsNoStreamOfRecordsIsTrouble()
    {
        FakeMaster master;
        int broken = 1;
        master.answerInstead = [&](const http::Request &) -> std::optional<http::Response> {
            return broken-- > 0 ? std::optional(http::Response::ok("nonsense\n", "text/plain"))
                                : std::nullopt;
        };
        const auto connection = connectTo(master.port());
        QTRY_COMPARE(m_events.size(), 1u);
        QCOMPARE(m_troubles.size(), 1);
    }

    void refusedCallsAreTold()
    {
        FakeMaster master;
        const auto connection = connectTo(master.port());
        QTRY_COMPARE(m_events.size(), 1u);
        master.answerInstead = [](const http::Request &) {
            return std::optional(http::Response::text(400, "no"));
        };
        connection->send(suppress("a"));
        QTRY_COMPARE(m_troubles.size(), 1);
        QVERIFY2(m_troubles[0].contains(QStringLiteral("SUPPRESS: 400 no")),
                 qPrintable(m_troubles[0]));
    }

    void drainingWaitsForWhatWasSent()
    {
        FakeMaster master;
        const auto connection = connectTo(master.port());
        QTRY_COMPARE(m_events.size(), 1u);
        QSignalSpy drained(connection.get(), &MasterConnection::drained);
        for (int call = 0; call < 5; ++call)
            connection->send(suppress("a"));
        connection->drain(5s);
        QTRY_COMPARE(drained.size(), 1);
        QCOMPARE(master.calls.size(), 6u);
    }

    void decisionsOfAMesetaMasterAreAskedFor()
    {
        FakeMaster master;
        meseta::v1::OfferDecision decision;
        decision.mutable_framework_id()->set_value("M1-0000");
        decision.mutable_agent_id()->set_value("M1-S0");
        decision.set_role("*");
        decision.set_gate(meseta::v1::OfferDecision::FILTER);
        master.decisions.push_back(decision);
        const auto connection = connectTo(master.port());
        QTRY_COMPARE(m_events.size(), 1u);
        std::vector<meseta::v1::OfferDecision> decisions;
        connection->askDecisions(m_events[0].subscribed().framework_id(),
                                 [&](auto answer) { decisions = std::move(answer); });
        QTRY_COMPARE(decisions.size(), 1u);
        QCOMPARE(decisions[0].gate(), meseta::v1::OfferDecision::FILTER);
    }
};

QTEST_GUILESS_MAIN(TestMasterConnection)
#include "tst_master_connection.moc"
