#include "fake_master.h"

#include "common/codec/json.h"
#include "common/codec/record_io.h"
#include "mesos/v1/executor/executor.pb.h"

using namespace meseta;
using namespace meseta::agent;
using mesos::v1::executor::Call;
using mesos::v1::executor::Event;

/// The executor HTTP API of the real program; the test plays the executor.
class TestExecutorApi : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void refusals_data();
    void refusals();
    void wrongMethodAndTypes();
    void heartbeatIsAlwaysAccepted();
    void subscribeUpdateAndMessage();

private:
    int port() const { return m_master.agentPid().port; }
    static QByteArray call(const QByteArray &type, const QByteArray &more = {});

    QTemporaryDir m_dir;
    FakeMaster m_master;
    std::unique_ptr<AgentProcess> m_agent;
};

/// A subscription read as it comes.
struct Subscription
{
    explicit Subscription(int port, const QByteArray &body)
    {
        exchange = client.open(
            http::Endpoint::tcp(QStringLiteral("127.0.0.1"), static_cast<quint16>(port)),
            jsonCall("/api/v1/executor", body));
        QObject::connect(exchange.get(), &http::Exchange::head,
                         [this](const http::Response &response) { head = response; });
        QObject::connect(exchange.get(), &http::Exchange::data, [this](const QByteArray &bytes) {
            const auto records =
                decoder.feed({bytes.constData(), static_cast<std::size_t>(bytes.size())});
            QVERIFY(records.has_value());
            for (const auto &record : *records) {
                Event event;
                QVERIFY(codec::parseJson(record, event).has_value());
                events.push_back(event);
            }
        });
        QObject::connect(exchange.get(), &http::Exchange::finished, [this] { finished = true; });
    }

    QString text() const
    {
        QStringList names;
        for (const auto &event : events)
            names << QString::fromStdString(Event::Type_Name(event.type()));
        return names.join(QLatin1Char(' '));
    }

    http::Client client;
    std::unique_ptr<http::Exchange> exchange;
    http::Response head;
    codec::RecordDecoder decoder;
    std::vector<Event> events;
    bool finished = false;
};

QByteArray TestExecutorApi::call(const QByteArray &type, const QByteArray &more)
{
    return R"({"type":")" + type
        + R"(","framework_id":{"value":"M-0000"},"executor_id":{"value":"ex"})" + more + "}";
}

void TestExecutorApi::initTestCase()
{
    m_agent = std::make_unique<AgentProcess>(m_dir.path());
    QVERIFY(m_agent->start(m_master.port()));
    QTRY_VERIFY_WITH_TIMEOUT(m_master.registrations >= 1, 10000);
    mesos::v1::TaskInfo task = m_master.task("t", "");
    task.clear_command();
    auto *executor = task.mutable_executor();
    executor->set_type(mesos::v1::ExecutorInfo::CUSTOM);
    executor->mutable_executor_id()->set_value("ex");
    executor->mutable_framework_id()->set_value("M-0000");
    executor->mutable_command()->set_value("env; exec sleep 1000");
    m_master.launch(task);
    const QString output = m_dir.path()
        + QStringLiteral("/data/slaves/M-S0/frameworks/M-0000/executors/ex/runs/latest/stdout");
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(output), 10000);
    QFile file(output);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QByteArray environment;
    QTRY_VERIFY((environment += file.readAll()).contains("MESOS_EXECUTOR_ID=ex\n"));
    QTRY_VERIFY((environment += file.readAll())
                    .contains("MESOS_AGENT_ENDPOINT=127.0.0.1:" + QByteArray::number(port())));
    QTRY_VERIFY((environment += file.readAll()).contains("MESOS_SANDBOX=" + m_dir.path().toUtf8()));
}

void TestExecutorApi::refusals_data()
{
    const QByteArray update =
        R"(,"update":{"status":{"task_id":{"value":"t"},"state":"TASK_RUNNING")";
    const QByteArray uuid = R"(,"uuid":"lmur2tSYQdK5oQ0LFNJoTw==")";
    const QByteArray source = R"(,"source":"SOURCE_EXECUTOR")";
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("status");
    const auto row = [](const char *name, const QByteArray &body, int status) {
        QTest::newRow(name) << body << status;
    };
    row("not JSON", "zz", 400);
    row("empty", "{}", 400);
    row("unknown type", call("FOO"), 400);
    row("no framework id", R"({"type":"SUBSCRIBE","executor_id":{"value":"ex"},"subscribe":{}})",
        400);
    row("SUBSCRIBE without its message", call("SUBSCRIBE"), 400);
    row("unknown framework",
        R"({"type":"SUBSCRIBE","framework_id":{"value":"nope"},"executor_id":{"value":"ex"},"subscribe":{}})",
        400);
    row("unknown executor",
        R"({"type":"SUBSCRIBE","framework_id":{"value":"M-0000"},"executor_id":{"value":"nope"},"subscribe":{}})",
        400);
    row("UPDATE without update", call("UPDATE"), 400);
    row("UPDATE without uuid", call("UPDATE", update + source + "}}"), 400);
    row("uuid of zeros",
        call("UPDATE", update + source + R"(,"uuid":"AAAAAAAAAAAAAAAAAAAAAA=="}})"), 400);
    row("short uuid", call("UPDATE", update + source + R"(,"uuid":"AAAA"}})"), 400);
    row("no source", call("UPDATE", update + uuid + "}}"), 400);
    row("TASK_STAGING",
        call("UPDATE",
             R"(,"update":{"status":{"task_id":{"value":"t"},"state":"TASK_STAGING")" + source
                 + uuid + "}}"),
        400);
    row("other executor id",
        call("UPDATE", update + source + uuid + R"(,"executor_id":{"value":"other"}}})"), 400);
    row("MESSAGE without message", call("MESSAGE"), 400);
    row("UPDATE before SUBSCRIBE", call("UPDATE", update + source + uuid + "}}"), 403);
    row("MESSAGE before SUBSCRIBE", call("MESSAGE", R"(,"message":{"data":"aGk="})"), 403);
}

void TestExecutorApi::refusals()
{
    QFETCH(QByteArray, body);
    QFETCH(int, status);
    const http::Response answer = m_agent->call(jsonCall("/api/v1/executor", body), port());
    QCOMPARE(answer.status, status);
    QVERIFY(!answer.body.isEmpty());
    QVERIFY(answer.headers.value("Content-Type").startsWith("text/plain"));
}

void TestExecutorApi::wrongMethodAndTypes()
{
    http::Request get;
    get.method = "GET";
    get.target = "/api/v1/executor";
    http::Response answer = m_agent->call(get, port());
    QCOMPARE(answer.status, 405);
    QCOMPARE(answer.headers.value("Allow"), QByteArray("POST"));

    http::Request text =
        jsonCall("/slave(1)/api/v1/executor", call("SUBSCRIBE", R"(,"subscribe":{})"));
    text.headers.set("Content-Type", "text/plain");
    QCOMPARE(m_agent->call(text, port()).status, 415);
    text.headers.remove("Content-Type");
    QCOMPARE(m_agent->call(text, port()).status, 400);

    http::Request html = jsonCall("/api/v1/executor", call("SUBSCRIBE", R"(,"subscribe":{})"));
    html.headers.set("Accept", "text/html");
    QCOMPARE(m_agent->call(html, port()).status, 406);
    // Only SUBSCRIBE has an answer to write.
    http::Request message =
        jsonCall("/api/v1/executor", call("MESSAGE", R"(,"message":{"data":"aGk="})"));
    message.headers.set("Accept", "text/html");
    QCOMPARE(m_agent->call(message, port()).status, 403);
}

void TestExecutorApi::heartbeatIsAlwaysAccepted()
{
    const http::Response answer = m_agent->call(
        jsonCall(
            "/api/v1/executor",
            R"({"type":"HEARTBEAT","framework_id":{"value":"any"},"executor_id":{"value":"any"}})"),
        port());
    QCOMPARE(answer.status, 202);
    QCOMPARE(answer.body, QByteArray());
}

void TestExecutorApi::subscribeUpdateAndMessage()
{
    Subscription subscription(port(), call("SUBSCRIBE", R"(,"subscribe":{})"));
    QTRY_COMPARE(subscription.text(), QStringLiteral("SUBSCRIBED LAUNCH"));
    QCOMPARE(subscription.head.status, 200);
    QCOMPARE(subscription.head.headers.value("Content-Type"), QByteArray("application/json"));
    QCOMPARE(subscription.head.headers.value("Transfer-Encoding"), QByteArray("chunked"));
    QVERIFY(!subscription.head.headers.has("Mesos-Stream-Id"));
    QCOMPARE(subscription.events[0].subscribed().executor_info().executor_id().value(),
             std::string("ex"));
    QCOMPARE(subscription.events[1].launch().task().task_id().value(), std::string("t"));

    const QByteArray update =
        R"(,"update":{"status":{"task_id":{"value":"t"},"state":"TASK_RUNNING",)"
        R"("source":"SOURCE_EXECUTOR","uuid":"lmur2tSYQdK5oQ0LFNJoTw==","data":"ZGF0YQ=="}})";
    const http::Response answer =
        m_agent->call(jsonCall("/api/v1/executor", call("UPDATE", update)), port());
    QCOMPARE(answer.status, 202);
    QCOMPARE(answer.body, QByteArray());
    QTRY_COMPARE(m_master.states("t"), QStringLiteral("TASK_RUNNING"));
    QCOMPARE(m_master.last("t").data(), std::string("data"));
    QTRY_COMPARE(subscription.text(), QStringLiteral("SUBSCRIBED LAUNCH ACKNOWLEDGED"));
    QCOMPARE(subscription.events[2].acknowledged().uuid(), m_master.last("t").uuid());

    // The same update once more, as after a lost answer: accepted, acknowledged, not sent again.
    QCOMPARE(m_agent->call(jsonCall("/api/v1/executor", call("UPDATE", update)), port()).status,
             202);
    QTRY_COMPARE(subscription.text(),
                 QStringLiteral("SUBSCRIBED LAUNCH ACKNOWLEDGED ACKNOWLEDGED"));
    QCOMPARE(m_master.states("t"), QStringLiteral("TASK_RUNNING"));

    QCOMPARE(
        m_agent
            ->call(jsonCall("/api/v1/executor", call("MESSAGE", R"(,"message":{"data":"aGk="})")),
                   port())
            .status,
        202);
    QTRY_COMPARE(m_master.received.back(), std::string("ExecutorToFrameworkMessage"));

    m_master.kill("t");
    QTRY_COMPARE(subscription.text(),
                 QStringLiteral("SUBSCRIBED LAUNCH ACKNOWLEDGED ACKNOWLEDGED KILL"));

    mesos::internal::ShutdownExecutorMessage shutdown;
    shutdown.mutable_framework_id()->set_value("M-0000");
    shutdown.mutable_executor_id()->set_value("ex");
    m_master.send(shutdown);
    QTRY_VERIFY(subscription.text().endsWith(QStringLiteral("SHUTDOWN")));
    QTRY_COMPARE_WITH_TIMEOUT(m_master.states("t"), QStringLiteral("TASK_RUNNING TASK_FAILED"),
                              10000); // grace: 5 s
    QTRY_VERIFY(subscription.finished);
    QCOMPARE(m_master.last("t").reason(), mesos::v1::TaskStatus::REASON_EXECUTOR_TERMINATED);
}

QTEST_GUILESS_MAIN(TestExecutorApi)
#include "tst_executor_api.moc"
