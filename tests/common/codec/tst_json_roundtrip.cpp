#include <QtTest>

#include <google/protobuf/util/message_differencer.h>

#include "common/codec/json.h"
#include "samples.h"

using namespace meseta::codec;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

/// What is written can be read, for every field of every message of the APIs.
class TestJsonRoundtrip : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyField_data();
    void everyField();
    void emptyMessages_data() { everyField_data(); }
    void emptyMessages();
    void outputIsOneLineOfAscii();
    void typicalTask();
};

void TestJsonRoundtrip::everyField_data()
{
    QTest::addColumn<int>("index");
    const auto types = samples::apiTypes();
    for (std::size_t i = 0; i < types.size(); ++i)
        QTest::newRow(types[i]->GetDescriptor()->full_name().c_str()) << static_cast<int>(i);
}

void TestJsonRoundtrip::everyField()
{
    QFETCH(int, index);
    const Message *type = samples::apiTypes()[static_cast<std::size_t>(index)];
    const std::unique_ptr<Message> sent(type->New());
    samples::fill(*sent, 5);
    const std::string json = toJson(*sent);

    const std::unique_ptr<Message> received(type->New());
    const auto result = parseJson(json, *received);
    QVERIFY2(result.has_value(), result ? "" : result.error().message.c_str());
    std::string difference;
    MessageDifferencer differencer;
    differencer.ReportDifferencesToString(&difference);
    QVERIFY2(differencer.Compare(*sent, *received), difference.c_str());

    std::string transcoded;
    QVERIFY(transcodeToJson(type->GetDescriptor(), sent->SerializePartialAsString(), transcoded));
    QVERIFY(transcoded == json);
}

void TestJsonRoundtrip::emptyMessages()
{
    QFETCH(int, index);
    const Message *type = samples::apiTypes()[static_cast<std::size_t>(index)];
    const std::string json = toJson(*type);
    QVERIFY(json.front() == '{' && json.back() == '}');
    const std::unique_ptr<Message> received(type->New());
    const auto error = findJsonError(json, *received);
    QVERIFY(!error || error->message.starts_with("required fields are missing: "));
}

void TestJsonRoundtrip::outputIsOneLineOfAscii()
{
    mesos::v1::master::Response response;
    samples::fill(response, 4);
    const std::string json = toJson(response);
    QVERIFY(json.size() > 1000);
    QVERIFY(std::all_of(json.begin(), json.end(), [](char c) { return c >= 0x20 && c < 0x7F; }));
}

void TestJsonRoundtrip::typicalTask()
{
    const std::string bytes = samples::typicalTask(7);
    std::string json;
    QVERIFY(transcodeToJson(mesos::v1::Task::descriptor(), bytes, json));
    mesos::v1::Task task;
    QVERIFY(parseJson(json, task).has_value());
    QCOMPARE(toJson(task), json); // the message has declared defaults set that the bytes leave out
    QVERIFY(json.starts_with("{\"name\":\"report-7\",\"task_id\":{\"value\":\"report-7."));
}

QTEST_GUILESS_MAIN(TestJsonRoundtrip)
#include "tst_json_roundtrip.moc"
