#include <QtTest>

#include "common/codec/json.h"
#include "common/validation/calls.h"

using namespace meseta;

namespace {

std::string refusal(const std::string &json)
{
    mesos::v1::executor::Call call;
    if (const auto parsed = codec::parseJson(json, call); !parsed)
        return "bad test: " + parsed.error().message;
    const auto valid = validateExecutorCall(call);
    return valid ? "accepted" : valid.error().message;
}

std::string update(const std::string &status)
{
    return R"({"type":"UPDATE","executor_id":{"value":"e"},"framework_id":{"value":"f"},"update":{"status":{"task_id":{"value":"t"},)"
        + status + "}}}";
}

const std::string Uuid = R"("uuid":"a6e4jZBVQCe5Ae5ZGwO7kw==")"; // version 4
const std::string Source = R"(,"source":"SOURCE_EXECUTOR")";
const std::string Running = R"(,"state":"TASK_RUNNING")";

} // namespace

class TestValidateExecutorCall : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whoIsCalling();
    void membersOfCalls();
    void updates();
    void checkStatus();
};

void TestValidateExecutorCall::whoIsCalling()
{
    mesos::v1::executor::Call call;
    QCOMPARE(validateExecutorCall(call).error().message, std::string("'type' is missing"));
    call.set_type(mesos::v1::executor::Call::HEARTBEAT);
    QCOMPARE(validateExecutorCall(call).error().message, std::string("'executor_id' is missing"));
    call.mutable_executor_id()->set_value("e");
    QCOMPARE(validateExecutorCall(call).error().message, std::string("'framework_id' is missing"));
    call.mutable_framework_id()->set_value("f");
    QVERIFY(validateExecutorCall(call).has_value());
}

void TestValidateExecutorCall::membersOfCalls()
{
    const auto call = [](const std::string &rest) {
        return refusal(R"({"executor_id":{"value":"e"},"framework_id":{"value":"f"},)" + rest
                       + "}");
    };
    QCOMPARE(call(R"("type":"SUBSCRIBE")"), std::string("'subscribe' is missing"));
    QCOMPARE(call(R"("type":"SUBSCRIBE","subscribe":{})"), std::string("accepted"));
    QCOMPARE(call(R"("type":"UPDATE")"), std::string("'update' is missing"));
    QCOMPARE(call(R"("type":"MESSAGE")"), std::string("'message' is missing"));
    QCOMPARE(call(R"("type":"MESSAGE","message":{"data":"eA=="})"), std::string("accepted"));
}

void TestValidateExecutorCall::updates()
{
    QCOMPARE(refusal(update(Uuid + Source + Running)), std::string("accepted"));
    QCOMPARE(refusal(update(Uuid + Source + Running + R"(,"executor_id":{"value":"e"})")),
             std::string("accepted"));
    QCOMPARE(refusal(update(R"("state":"TASK_RUNNING")" + Source)),
             std::string("'uuid' is missing"));
    QVERIFY(refusal(update(R"("uuid":"AAAAAAAAAAAAAAAAAAAAAA==")" + Source + Running))
                .starts_with("no UUID"));
    QVERIFY(refusal(update(R"("uuid":"eA==")" + Source + Running)).starts_with("no UUID"));
    QVERIFY(
        refusal(update(Uuid + Source + Running + R"(,"executor_id":{"value":"x"})")).find("is 'x'")
        != std::string::npos);
    QVERIFY(refusal(update(Uuid + Running)).find("must be SOURCE_EXECUTOR") != std::string::npos);
    QVERIFY(refusal(update(Uuid + Source + R"(,"state":"TASK_STAGING")")).find("TASK_STAGING")
            != std::string::npos);
}

void TestValidateExecutorCall::checkStatus()
{
    const auto status = [](const std::string &json) {
        return refusal(update(Uuid + Source + Running + R"(,"check_status":)" + json));
    };
    QCOMPARE(status(R"({"type":"COMMAND","command":{"exit_code":0}})"), std::string("accepted"));
    QCOMPARE(status(R"({"type":"HTTP","http":{}})"), std::string("accepted"));
    QCOMPARE(status(R"({"type":"TCP","tcp":{}})"), std::string("accepted"));
    for (const std::string bad : {"{}", R"({"type":"UNKNOWN"})", R"({"type":"COMMAND"})",
                                  R"({"type":"HTTP"})", R"({"type":"TCP"})"})
        QVERIFY2(status(bad).find("check_status") != std::string::npos, status(bad).c_str());
}

QTEST_GUILESS_MAIN(TestValidateExecutorCall)
#include "tst_validate_executor_call.moc"
