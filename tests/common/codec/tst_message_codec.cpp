#include <QtTest>

#include "common/codec/message_codec.h"

using namespace meseta::codec;
using Call = mesos::v1::scheduler::Call;

class TestMessageCodec : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bothFormsCarryTheMessage();
    void refusals_data();
    void refusals();
};

void TestMessageCodec::bothFormsCarryTheMessage()
{
    Call call;
    call.set_type(Call::TEARDOWN);
    call.mutable_framework_id()->set_value("f");
    for (const MediaType type : {MediaType::Json, MediaType::Protobuf}) {
        Call read;
        QVERIFY(decode(encode(call, type), type, read).has_value());
        QCOMPARE(read.SerializeAsString(), call.SerializeAsString());
    }
    QCOMPARE(encode(call, MediaType::Json),
             std::string(R"({"framework_id":{"value":"f"},"type":"TEARDOWN"})"));
}

void TestMessageCodec::refusals_data()
{
    QTest::addColumn<std::string>("body");
    QTest::addColumn<bool>("json");
    QTest::addColumn<std::string>("what");
    QTest::addColumn<std::string>("error");
    // the texts clients see; "This agent::Call is refused" and the like come later
    QTest::newRow("empty") << std::string() << true << std::string("Call")
                           << std::string("the body is not JSON: syntax error at line 1 near: ");
    QTest::newRow("no JSON") << std::string("hello") << true << std::string("Call")
                             << std::string(
                                    "the body is not JSON: syntax error at line 1 near: hello");
    QTest::newRow("array") << std::string("[]") << true << std::string("Call")
                           << std::string("this JSON is no Call: this has to be a JSON object");
    QTest::newRow("required")
        << std::string(R"({"type":"KILL","kill":{}})") << true << std::string("Call")
        << std::string("this JSON is no Call: required fields are missing: kill.task_id");
    QTest::newRow("required, agent")
        << std::string(R"({"type":"KILL","kill":{}})") << true << std::string()
        << std::string("required fields are missing: kill.task_id");
    QTest::newRow("no protobuf") << std::string("\xFF\xFF") << false << std::string("Call")
                                 << std::string(
                                        "the body cannot be read as protobuf: it is no Call");
    QTest::newRow("incomplete protobuf")
        << std::string("\x32\x00", 2) << false << std::string("Call")
        << std::string("the body cannot be read as protobuf: it is no Call");
    QTest::newRow("no protobuf, agent") << std::string("\xFF\xFF") << false << std::string()
                                        << std::string("the body cannot be read as protobuf");
}

void TestMessageCodec::refusals()
{
    QFETCH(std::string, body);
    QFETCH(bool, json);
    QFETCH(std::string, what);
    QFETCH(std::string, error);
    Call call;
    const auto result = decode(body, json ? MediaType::Json : MediaType::Protobuf, call, what);
    QVERIFY(!result);
    QCOMPARE(result.error().message, error);
}

QTEST_GUILESS_MAIN(TestMessageCodec)
#include "tst_message_codec.moc"
