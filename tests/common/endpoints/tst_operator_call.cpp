#include <QTest>

#include "common/endpoints/operator_call.h"
#include "mesos/v1/agent/agent.pb.h"
#include "mesos/v1/master/master.pb.h"

using namespace meseta;
using codec::MediaType;

namespace {

struct Given
{
    QByteArray method = "POST";
    std::vector<std::pair<QByteArray, QByteArray>> headers = {{"Content-Type", "application/json"}};
    QByteArray body = "{\"type\":\"GET_HEALTH\"}";
};

http::Request request(const Given &given)
{
    http::Request made;
    made.method = given.method;
    for (const auto &[name, value] : given.headers)
        made.headers.add(name, value);
    made.body = given.body;
    return made;
}

Result<> noTeardown(const google::protobuf::Message &message)
{
    const auto &call = static_cast<const mesos::v1::master::Call &>(message);
    return call.type() == mesos::v1::master::Call::TEARDOWN && !call.has_teardown()
        ? fail("'teardown' is missing")
        : Result<>();
}

} // namespace

class OperatorCallTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void acceptsJsonAndProtobuf()
    {
        mesos::v1::master::Call call;
        const auto json = admit({}, call);
        QVERIFY(json);
        QCOMPARE(call.type(), mesos::v1::master::Call::GET_HEALTH);
        QCOMPARE(json->accept, MediaType::Json);

        const QByteArray bytes = QByteArray::fromStdString(call.SerializeAsString());
        call.Clear();
        const auto protobuf = admit(
            {"POST",
             {{"Content-Type", "application/x-protobuf"}, {"Accept", "application/x-protobuf"}},
             bytes},
            call);
        QVERIFY(protobuf);
        QCOMPARE(call.type(), mesos::v1::master::Call::GET_HEALTH);
        QCOMPARE(protobuf->accept, MediaType::Protobuf);
    }

    void refusesInOrder_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("contentType");
        QTest::addColumn<QByteArray>("accept");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("status");
        // Each row also breaks every later rule: the first one speaks.
        QTest::newRow("method") << QByteArray("GET") << QByteArray() << QByteArray("text/html")
                                << QByteArray("zz") << 405;
        QTest::newRow("no content type") << QByteArray("POST") << QByteArray()
                                         << QByteArray("text/html") << QByteArray("zz") << 400;
        QTest::newRow("content type") << QByteArray("POST") << QByteArray("text/plain")
                                      << QByteArray("text/html") << QByteArray("zz") << 415;
        QTest::newRow("with parameters")
            << QByteArray("POST") << QByteArray("application/json; charset=utf-8") << QByteArray()
            << QByteArray("{}") << 415;
        QTest::newRow("body") << QByteArray("POST") << QByteArray("application/json")
                              << QByteArray("text/html") << QByteArray("zz") << 400;
        QTest::newRow("validation")
            << QByteArray("POST") << QByteArray("application/json") << QByteArray("text/html")
            << QByteArray("{\"type\":\"TEARDOWN\"}") << 400;
        QTest::newRow("accept") << QByteArray("POST") << QByteArray("application/json")
                                << QByteArray("text/html")
                                << QByteArray("{\"type\":\"GET_HEALTH\"}") << 406;
        QTest::newRow("recordio is the agent's")
            << QByteArray("POST") << QByteArray("application/recordio") << QByteArray()
            << QByteArray("x") << 415;
    }

    void refusesInOrder()
    {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, contentType);
        QFETCH(QByteArray, accept);
        QFETCH(QByteArray, body);
        QFETCH(int, status);
        Given given{method, {}, body};
        if (!contentType.isEmpty())
            given.headers.emplace_back("Content-Type", contentType);
        if (!accept.isEmpty())
            given.headers.emplace_back("Accept", accept);
        mesos::v1::master::Call call;
        const auto form = admit(given, call);
        QVERIFY(!form);
        QCOMPARE(form.error().status, status);
        QVERIFY(!form.error().body.isEmpty());
        if (status == 405)
            QCOMPARE(form.error().headers.value("Allow"), QByteArray("POST"));
    }

    void validationNamesTheCall()
    {
        mesos::v1::master::Call call;
        const auto form = admit(
            {"POST", {{"Content-Type", "application/json"}}, "{\"type\":\"TEARDOWN\"}"}, call);
        QCOMPARE(form.error().body,
                 QByteArray("This master::Call is refused: 'teardown' is missing"));
    }

    void agentMediaTypes_data()
    {
        QTest::addColumn<QByteArray>("contentType");
        QTest::addColumn<QByteArray>("messageContentType");
        QTest::addColumn<QByteArray>("accept");
        QTest::addColumn<QByteArray>("messageAccept");
        QTest::addColumn<int>("status"); // 0: admitted
        const QByteArray json("application/json"), records("application/recordio"), none;
        QTest::newRow("plain") << json << none << none << none << 0;
        QTest::newRow("recordio without its inner type") << records << none << none << none << 400;
        QTest::newRow("recordio of text")
            << records << QByteArray("text/plain") << none << none << 415;
        QTest::newRow("recordio for a plain call") << records << json << none << none << 415;
        QTest::newRow("inner type of a plain request") << json << json << none << none << 415;
        QTest::newRow("recordio answer of a plain call") << json << none << records << none << 406;
        QTest::newRow("inner accept of a plain answer") << json << none << none << json << 406;
        QTest::newRow("nothing acceptable")
            << json << none << QByteArray("text/html") << none << 406;
    }

    void agentMediaTypes()
    {
        QFETCH(QByteArray, contentType);
        QFETCH(QByteArray, messageContentType);
        QFETCH(QByteArray, accept);
        QFETCH(QByteArray, messageAccept);
        QFETCH(int, status);
        Given given;
        given.headers = {{"Content-Type", contentType}};
        for (const auto &[name, value] :
             {std::pair<QByteArray, QByteArray>("Message-Content-Type", messageContentType),
              {"Accept", accept},
              {"Message-Accept", messageAccept}}) {
            if (!value.isEmpty())
                given.headers.emplace_back(name, value);
        }
        mesos::v1::agent::Call call;
        const auto form = admitCall(request(given), {"agent::Call", {}, true, {}, {}}, call);
        QCOMPARE(form ? 0 : form.error().status, status);
    }

    void agentStreamsInRecordIo()
    {
        mesos::v1::agent::Call call;
        const CallRules rules{
            "agent::Call", {}, true, {}, [](const google::protobuf::Message &) { return true; }};
        Given given;
        given.headers = {{"Content-Type", "application/json"},
                         {"Accept", "application/recordio"},
                         {"Message-Accept", "application/x-protobuf"}};
        const auto form = admitCall(request(given), rules, call);
        QVERIFY(form);
        QCOMPARE(form->accept, MediaType::RecordIo);
        QCOMPARE(form->messageAccept, MediaType::Protobuf);
    }

private:
    static tl::expected<CallForm, http::Response> admit(const Given &given,
                                                        mesos::v1::master::Call &call)
    {
        return admitCall(request(given), {"master::Call", noTeardown, false, {}, {}}, call);
    }
};

QTEST_GUILESS_MAIN(OperatorCallTest)
#include "tst_operator_call.moc"
