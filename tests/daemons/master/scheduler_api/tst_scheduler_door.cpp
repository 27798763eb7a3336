#include <QTest>

#include "common/codec/message_codec.h"
#include "common/codec/record_io.h"
#include "daemons/master/scheduler_api/scheduler_door.h"
#include "daemons/master/scheduler_api/scheduler_streams.h"
#include "tests/daemons/master/support/test_master.h"

using namespace meseta;
using namespace meseta::master;
using namespace meseta::master::test;
using namespace Qt::StringLiterals;

namespace {

class FakeStream : public http::ResponseStream
{
public:
    bool write(const QByteArray &chunk) override
    {
        chunks << chunk;
        return open;
    }
    void end() override { open = false; }
    void abort() override { open = false; }
    bool isOpen() const override { return open; }
    qint64 backlog() const override { return 0; }

    QList<QByteArray> chunks;
    bool open = true;
};

class FakeResponder : public http::Responder
{
public:
    void send(http::Response response) override { answer = std::move(response); }
    std::shared_ptr<http::ResponseStream> stream(http::Response head) override
    {
        answer = std::move(head);
        return opened = std::make_shared<FakeStream>();
    }

    http::Response answer;
    std::shared_ptr<FakeStream> opened;
};

/// Posts go nowhere; events go to the streams.
class StreamOutbox : public RecordingOutbox
{
public:
    explicit StreamOutbox(SchedulerStreams &streams) : m_streams(streams) { }
    void sendEvent(StreamHandle stream, const mesos::v1::scheduler::Event &event) override
    {
        m_streams.send(stream, event);
    }
    void endStream(StreamHandle stream) override { m_streams.end(stream); }

private:
    SchedulerStreams &m_streams;
};

struct Door
{
    SimulatedClock clock;
    SeededRandom random{3};
    SchedulerStreams streams{[this](StreamHandle stream) { master.streamClosed(stream); }};
    StreamOutbox outbox{streams};
    Master master{options(), clock, random, outbox};
    std::optional<http::Response> instead;
    SchedulerDoor door{master, streams, random, [this](const http::Request &) { return instead; }};

    Door() { master.lead(); }

    static MasterOptions options()
    {
        MasterOptions options;
        options.id = "M";
        options.pid = {"master", "10.0.0.9", 5050};
        return options;
    }

    std::shared_ptr<FakeResponder> post(const QByteArray &body, http::Headers headers,
                                        const QByteArray &method = "POST")
    {
        http::Request request;
        request.method = method;
        request.headers = std::move(headers);
        request.body = body;
        auto responder = std::make_shared<FakeResponder>();
        door.handle(request, responder);
        return responder;
    }
    std::shared_ptr<FakeResponder> postJson(const QByteArray &body, const QByteArray &streamId = {})
    {
        http::Headers headers{{"Content-Type", "application/json"}};
        if (!streamId.isEmpty())
            headers.add("Mesos-Stream-Id", streamId);
        return post(body, headers);
    }
};

const QByteArray subscribeBody =
    R"({"type":"SUBSCRIBE","subscribe":{"framework_info":{"user":"root","name":"x","failover_timeout":60}}})";

} // namespace

/// The HTTP side of the scheduler API: which check answers what, and how events look.
class TestSchedulerDoor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aStreamOpensWithItsHeadAndTwoRecords()
    {
        Door d;
        const auto responder = d.postJson(subscribeBody);
        QCOMPARE(responder->answer.status, 200);
        QCOMPARE(responder->answer.headers.value("Content-Type"), "application/json");
        QCOMPARE(responder->answer.headers.value("Mesos-Stream-Id").size(), 36);
        QCOMPARE(responder->opened->chunks.size(), 2);
        QVERIFY(responder->opened->chunks[0].contains(
            "\n{\"type\":\"SUBSCRIBED\",\"subscribed\":{\"framework_id\":"
            "{\"value\":\"M-0000\"},\"heartbeat_interval_seconds\":15.0,"));
        QCOMPARE(responder->opened->chunks[1], "20\n{\"type\":\"HEARTBEAT\"}");
    }

    void protobufIsAnsweredInWhatIsAccepted()
    {
        Door d;
        Call call;
        QVERIFY(
            codec::decode(subscribeBody.toStdString(), codec::MediaType::Json, call).has_value());
        const QByteArray body = QByteArray::fromStdString(call.SerializeAsString());
        const auto protobuf = d.post(
            body,
            {{"Content-Type", "application/x-protobuf"}, {"Accept", "application/x-protobuf"}});
        QCOMPARE(protobuf->answer.headers.value("Content-Type"), "application/x-protobuf");
        codec::RecordDecoder decoder;
        const auto records = decoder.feed(protobuf->opened->chunks[0].toStdString()).value();
        mesos::v1::scheduler::Event event;
        QVERIFY(event.ParseFromString(records.at(0)));
        QCOMPARE(event.type(), mesos::v1::scheduler::Event::SUBSCRIBED);

        const auto json =
            d.post(body, {{"Content-Type", "application/x-protobuf"}}); // no Accept: JSON
        QCOMPARE(json->answer.headers.value("Content-Type"), "application/json");
    }

    void checks_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("contentType");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("accept");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("begins");
        const QByteArray json = "application/json";
        QTest::newRow("GET") << "GET"_ba << json << subscribeBody << ""_ba << 405
                             << "The method GET is not for this path: use POST."_ba;
        QTest::newRow("no Content-Type")
            << "POST"_ba
            << ""_ba << subscribeBody << ""_ba << 400
            << "The header 'Content-Type' is missing: send application/json or application/x-protobuf"_ba;
        QTest::newRow("charset")
            << "POST"_ba
            << "application/json; charset=utf-8"_ba << subscribeBody << ""_ba << 415
            << "'Content-Type' has to be application/json or application/x-protobuf"_ba;
        QTest::newRow("no JSON") << "POST"_ba << json << "hello"_ba
                                 << ""_ba << 400 << "the body is not JSON: "_ba;
        QTest::newRow("an array") << "POST"_ba << json << "[]"_ba
                                  << ""_ba << 400 << "this JSON is no Call: "_ba;
        QTest::newRow("no protobuf")
            << "POST"_ba
            << "application/x-protobuf"_ba
            << "\xff\xff"_ba
            << ""_ba << 400 << "the body cannot be read as protobuf: it is no Call"_ba;
        QTest::newRow("no type") << "POST"_ba << json << "{}"_ba
                                 << ""_ba << 400 << "This scheduler::Call is refused: "_ba;
        QTest::newRow("Accept")
            << "POST"_ba << json << subscribeBody << "text/plain"_ba << 406
            << "The answer is application/json or application/x-protobuf: 'Accept' has to allow one of them"_ba;
        QTest::newRow("unknown framework")
            << "POST"_ba << json << R"({"type":"REVIVE","framework_id":{"value":"x"}})"_ba
            << ""_ba << 400 << "There is no such framework"_ba;
        QTest::newRow("unknown framework, odd Accept")
            << "POST"_ba << json << R"({"type":"REVIVE","framework_id":{"value":"x"}})"_ba
            << "text/plain"_ba << 400
            << "There is no such framework"_ba; // only streams and answers care for Accept
    }
    void checks()
    {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, contentType);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, accept);
        QFETCH(int, status);
        QFETCH(QByteArray, begins);
        Door d;
        http::Headers headers;
        if (!contentType.isEmpty())
            headers.add("Content-Type", contentType);
        if (!accept.isEmpty())
            headers.add("Accept", accept);
        const auto responder = d.post(body, headers, method);
        QCOMPARE(responder->answer.status, status);
        QVERIFY2(responder->answer.body.startsWith(begins), responder->answer.body.constData());
        QCOMPARE(responder->answer.headers.value("Allow"),
                 status == 405 ? "POST"_ba : QByteArray());
    }

    void theStreamIdIsAskedFor()
    {
        Door d;
        const QByteArray streamId =
            d.postJson(subscribeBody)->answer.headers.value("Mesos-Stream-Id");
        const QByteArray revive = R"({"type":"REVIVE","framework_id":{"value":"M-0000"}})";
        QCOMPARE(d.postJson(revive, streamId)->answer.status, 202);
        QVERIFY(d.postJson(revive, streamId)->answer.body.isEmpty());

        const auto without = d.postJson(revive);
        QCOMPARE(without->answer.status, 400);
        QCOMPARE(without->answer.body,
                 "The header 'Mesos-Stream-Id' is missing: send the one that the answer to "
                 "SUBSCRIBE had");
        const auto wrong = d.postJson(revive, "xx");
        QCOMPARE(wrong->answer.status, 400);
        QCOMPARE(wrong->answer.body,
                 "The stream ID 'xx' is an older one: another scheduler has subscribed since as "
                 "framework M-0000");
        const auto subscribing = d.postJson(subscribeBody, streamId);
        QCOMPARE(subscribing->answer.status, 400);
        QCOMPARE(
            subscribing->answer.body,
            "A SUBSCRIBE has no 'Mesos-Stream-Id' yet: leave the header out, the answer gives one");
    }

    void aClosedStreamDisconnects()
    {
        Door d;
        const auto subscribed = d.postJson(subscribeBody);
        const QByteArray streamId = subscribed->answer.headers.value("Mesos-Stream-Id");
        subscribed->opened->open = false;
        subscribed->opened->onClosed();
        const auto refused =
            d.postJson(R"({"type":"REVIVE","framework_id":{"value":"M-0000"}})", streamId);
        QCOMPARE(refused->answer.status, 403);
        QCOMPARE(refused->answer.body, "Framework is not subscribed");
    }

    void aDriversFrameworkIsNotForHttp()
    {
        Door d;
        d.master.subscribe({0, {}, {"scheduler-1", "10.0.0.2", 1}},
                           {TestMaster::info({.multiRole = false}), {}, {}, true});
        const auto refused =
            d.postJson(R"({"type":"REVIVE","framework_id":{"value":"M-0000"}})", "x");
        QCOMPARE(refused->answer.status, 403);
        QCOMPARE(refused->answer.body,
                 "The framework's scheduler is a driver: it calls by daemon messages, not by HTTP");
    }

    void aRefusedSubscriptionIsAStreamThatEnds()
    {
        Door d;
        const auto responder = d.postJson(
            R"({"type":"SUBSCRIBE","subscribe":{"framework_info":{"user":"root","name":"x","roles":["a"]}}})");
        QCOMPARE(responder->answer.status, 200);
        QVERIFY(responder->answer.headers.has("Mesos-Stream-Id"));
        QCOMPARE(responder->opened->chunks.size(), 1);
        QVERIFY(
            responder->opened->chunks[0].contains("{\"type\":\"ERROR\",\"error\":{\"message\":"));
        QVERIFY(!responder->opened->open);
    }

    void tearingDownEndsTheStream()
    {
        Door d;
        const auto subscribed = d.postJson(subscribeBody);
        const QByteArray streamId = subscribed->answer.headers.value("Mesos-Stream-Id");
        QCOMPARE(d.postJson(R"({"type":"TEARDOWN","framework_id":{"value":"M-0000"}})", streamId)
                     ->answer.status,
                 202);
        QVERIFY(!subscribed->opened->open);
    }

    void updateFrameworkIsAnsweredByItsOutcome()
    {
        Door d;
        const QByteArray streamId =
            d.postJson(subscribeBody)->answer.headers.value("Mesos-Stream-Id");
        const auto update = [&](const QByteArray &user) {
            return d.postJson(
                R"({"type":"UPDATE_FRAMEWORK","framework_id":{"value":"M-0000"},"update_framework":)"
                R"({"framework_info":{"user":")"
                    + user + R"(","name":"y","id":{"value":"M-0000"}}}})",
                streamId);
        };
        QCOMPARE(update("root")->answer.status, 200);
        QCOMPARE(update("nobody")->answer.status, 400);
    }

    void theGateComesFirst()
    {
        Door d;
        d.instead = http::Response::text(503, "No leader elected");
        QCOMPARE(d.post("", {}, "GET")->answer.status, 503);
    }
};

QTEST_GUILESS_MAIN(TestSchedulerDoor)
#include "tst_scheduler_door.moc"
