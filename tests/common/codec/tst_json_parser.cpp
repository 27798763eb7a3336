#include <QtTest>

#include <limits>

#include "common/codec/json.h"

using namespace meseta::codec;
using namespace mesos::v1;

namespace {

std::string syntaxErrorOf(const std::string &text)
{
    scheduler::Call call;
    const auto error = findJsonError(text, call);
    return error && error->kind == JsonError::Kind::Syntax ? error->message : "no syntax error";
}

template <typename M> std::string errorOf(const std::string &text)
{
    M message;
    const auto result = parseJson(text, message);
    return result ? "no error" : result.error().message;
}

template <typename M> M read(const std::string &text)
{
    M message;
    if (const auto result = parseJson(text, message); !result)
        qWarning("%s", result.error().message.c_str());
    return message;
}

} // namespace

class TestJsonParser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void unknownKeysAreIgnored();
    void nullsAreIgnored();
    void lastOfEqualKeysCounts();
    void enums();
    void numbers();
    void numbersOutOfRange();
    void numbersAsText();
    void booleansAsText();
    void bytesAreBase64();
    void bareValueForAList();
    void maps();
    void strings();
    void surroundingWhiteSpace();
    void misfits_data();
    void misfits();
    void missingRequiredFields();
    void syntaxErrors_data();
    void syntaxErrors();
    void syntaxIsToldBeforeMisfits();
    void depthHasALimit();
    void previousContentsAreGone();
    void arraysOfMessages();
};

void TestJsonParser::unknownKeysAreIgnored()
{
    const auto id = read<TaskID>(
        R"({"x":{"value":"no","y":[1,[2,{}]]},"Value":"no","value":"t","z":[[]],"taskId":1e3})");
    QCOMPARE(id.value(), std::string("t"));
}

void TestJsonParser::nullsAreIgnored()
{
    const auto call = read<scheduler::Call>(R"({"framework_id":null,"type":"DECLINE",
        "decline":{"offer_ids":[null,{"value":"o"},null],"filters":null}})");
    QVERIFY(!call.has_framework_id());
    QCOMPARE(call.decline().offer_ids_size(), 1);
    QVERIFY(!call.decline().has_filters());
}

void TestJsonParser::lastOfEqualKeysCounts()
{
    QCOMPARE(read<TaskID>(R"({"value":"a","value":"b"})").value(), std::string("b"));
    const auto call = read<scheduler::Call>(
        R"({"suppress":{"roles":["a","b"]},"kill":{"task_id":{"value":"t"}},"suppress":{"roles":["c"]},"kill":null})");
    QCOMPARE(call.suppress().roles_size(), 1);
    QCOMPARE(call.suppress().roles(0), std::string("c"));
    QVERIFY(!call.has_kill());
}

void TestJsonParser::enums()
{
    QCOMPARE(read<scheduler::Call>(R"({"type":"KILL"})").type(), scheduler::Call::KILL);
    QVERIFY(!read<scheduler::Call>(R"({"type":"OF_ANOTHER_VERSION"})").has_type());
    QCOMPARE(errorOf<scheduler::Call>(R"({"type":8})"),
             std::string("the field 'type' does not take a JSON number"));
    QCOMPARE(errorOf<Resource>(R"({"name":"cpus","type":"NONE"})"),
             std::string("there is no such enum value: 'NONE'"));
}

void TestJsonParser::numbers()
{
    QCOMPARE(read<Value::Scalar>(R"({"value":3.6e+06})").value(), 3.6e6);
    QCOMPARE(read<Value::Scalar>(R"({"value":-5})").value(), -5.0);
    QCOMPARE(read<Value::Scalar>(R"({"value":0.30000000000000004})").value(), 0.30000000000000004);
    QCOMPARE(read<Value::Scalar>(R"({"value":1e-400})").value(), 0.0);
    QCOMPARE(read<Value::Scalar>(R"({"value":0.000000000000000000000e5})").value(), 0.0);
    QCOMPARE(read<Value::Scalar>(R"({"value":18446744073709551616})").value(),
             18446744073709551616.0);
    QCOMPARE(read<Value::Scalar>(R"({"value":18446744073709551615})").value(),
             18446744073709551615.0);
    QCOMPARE(read<DurationInfo>(R"({"nanoseconds":-9223372036854775808})").nanoseconds(),
             std::numeric_limits<std::int64_t>::min());
    QCOMPARE(read<Value::Range>(R"({"begin":18446744073709551615,"end":3.99})").begin(),
             std::numeric_limits<std::uint64_t>::max());
    QCOMPARE(read<Value::Range>(R"({"begin":0,"end":3.99})").end(), std::uint64_t(3));
}

void TestJsonParser::numbersOutOfRange()
{
    QCOMPARE(read<Value::Range>(R"({"begin":0,"end":-1})").end(),
             std::numeric_limits<std::uint64_t>::max());
    QCOMPARE(read<DurationInfo>(R"({"nanoseconds":1e300})").nanoseconds(),
             std::numeric_limits<std::int64_t>::max());
    QCOMPARE(read<Port>(R"({"number":4294967297})").number(), 1U);
}

void TestJsonParser::numbersAsText()
{
    QCOMPARE(read<Value::Scalar>(R"({"value":"1.5"})").value(), 1.5);
    QCOMPARE(read<DurationInfo>(R"({"nanoseconds":"-9007199254740993"})").nanoseconds(),
             std::int64_t(-9007199254740993));
    QCOMPARE(read<Value::Scalar>(R"({"value":"Infinity"})").value(),
             std::numeric_limits<double>::infinity());
    QCOMPARE(read<Value::Scalar>(R"({"value":"-Infinity"})").value(),
             -std::numeric_limits<double>::infinity());
    for (const char *text : {"", "x", "1x", " 1", "inf", "nan", "-", "+1", "0x10"}) {
        const std::string error =
            errorOf<Value::Scalar>(R"({"value":")" + std::string(text) + "\"}");
        QVERIFY2(error.starts_with("the field 'value' does not take '" + std::string(text) + "': "),
                 error.c_str());
    }
    QVERIFY(errorOf<DurationInfo>(R"({"nanoseconds":"Infinity"})")
                .starts_with("the field 'nanoseconds' does not take 'Infinity'"));
}

void TestJsonParser::booleansAsText()
{
    QVERIFY(read<FrameworkInfo>(R"({"user":"u","name":"n","checkpoint":"true"})").checkpoint());
    QVERIFY(!read<FrameworkInfo>(R"({"user":"u","name":"n","checkpoint":"false"})").checkpoint());
    QVERIFY(errorOf<FrameworkInfo>(R"({"checkpoint":"yes"})")
                .starts_with("the field 'checkpoint' does not take 'yes': "));
}

void TestJsonParser::bytesAreBase64()
{
    QCOMPARE(read<TaskStatus>(R"({"task_id":{"value":"t"},"state":"TASK_RUNNING","data":"AP+A"})")
                 .data(),
             std::string("\0\xFF\x80", 3));
    QVERIFY(errorOf<TaskStatus>(R"({"data":"*"})")
                .starts_with("not base64, as a field of bytes has to be: 'data': "));
}

void TestJsonParser::bareValueForAList()
{
    const auto call = read<scheduler::Call>(
        R"({"suppress":{"roles":"a"},"decline":{"offer_ids":{"value":"o"}}})");
    QCOMPARE(call.suppress().roles(0), std::string("a"));
    QCOMPARE(call.decline().offer_ids(0).value(), std::string("o"));
}

void TestJsonParser::maps()
{
    const auto task = read<Task>(
        R"({"name":"n","task_id":{"value":"t"},"framework_id":{"value":"f"},"agent_id":{"value":"a"},
        "state":"TASK_RUNNING","limits":{"cpus":{"value":1},"mem":{"value":"Infinity"},"cpus":{"value":2}}})");
    QCOMPARE(task.limits().size(), std::size_t(2));
    QCOMPARE(task.limits().at("cpus").value(), 2.0);
    QCOMPARE(task.limits().at("mem").value(), std::numeric_limits<double>::infinity());
    const auto info = read<FrameworkInfo>(
        R"({"user":"u","name":"n","offer_filters":{"r":{"min_allocatable_resources":
        {"quantities":[{"quantities":{"cpus":{"value":1}}}]}}}})");
    QCOMPARE(info.offer_filters()
                 .at("r")
                 .min_allocatable_resources()
                 .quantities(0)
                 .quantities()
                 .at("cpus")
                 .value(),
             1.0);
    QCOMPARE(errorOf<Task>(R"({"limits":{"cpus":1}})"),
             std::string("the field 'value' does not take a JSON number"));
}

void TestJsonParser::strings()
{
    QCOMPARE(read<TaskID>(R"({"value":"\u00e4\ud83d\ude00\n\u0000 ä"})").value(),
             std::string("ä😀\n\0 ä", 11));
    QCOMPARE(read<TaskID>("{\"value\":\"\xE4\xBB\xBB\"}").value(), std::string("任"));
}

void TestJsonParser::surroundingWhiteSpace()
{
    QCOMPARE(read<TaskID>("\n\t {\"value\" : \"t\"} \r\n").value(), std::string("t"));
}

void TestJsonParser::misfits_data()
{
    QTest::addColumn<std::string>("text");
    QTest::addColumn<std::string>("error");
    const auto row = [](const char *name, const std::string &text, const std::string &error) {
        QTest::newRow(name) << text << error;
    };
    row("number for string", R"({"user":1})", "the field 'user' does not take a JSON number");
    row("number for message", R"({"id":1})", "the field 'id' does not take a JSON number");
    row("number for boolean", R"({"checkpoint":1})",
        "the field 'checkpoint' does not take a JSON number");
    row("string for message", R"({"id":"x"})", "the field 'id' does not take a JSON string");
    row("object for string", R"({"user":{}})", "the field 'user' does not take a JSON object");
    row("array for string", R"({"user":["x"]})", "the field 'user' does not take a JSON array");
    row("array for message", R"({"id":[{"value":"x"}]})",
        "the field 'id' does not take a JSON array");
    row("boolean for string", R"({"user":true})", "the field 'user' does not take a JSON boolean");
    row("boolean for number", R"({"failover_timeout":true})",
        "the field 'failover_timeout' does not take a JSON boolean");
    row("deep inside", R"({"capabilities":[{"type":"MULTI_ROLE"},{"type":{}}]})",
        "the field 'type' does not take a JSON object");
    row("first one counts", R"({"user":1,"name":2})",
        "the field 'user' does not take a JSON number");
    row("no object", R"([1])", "this has to be a JSON object");
    row("a string", R"("x")", "this has to be a JSON object");
    row("null", "null", "this has to be a JSON object");
}

void TestJsonParser::misfits()
{
    QFETCH(std::string, text);
    QFETCH(std::string, error);
    QCOMPARE(errorOf<FrameworkInfo>(text), error);
}

void TestJsonParser::missingRequiredFields()
{
    QCOMPARE(errorOf<FrameworkInfo>("{}"), std::string("required fields are missing: user, name"));
    QCOMPARE(
        errorOf<scheduler::Call>(
            R"({"subscribe":{"framework_info":{"user":"u"}},"decline":{"offer_ids":[{"value":"o"},{}]}})"),
        std::string("required fields are missing: subscribe.framework_info.name, "
                    "decline.offer_ids[1].value"));
}

void TestJsonParser::syntaxErrors_data()
{
    QTest::addColumn<std::string>("text");
    QTest::addColumn<std::string>("error");
    const auto row = [](const char *name, const std::string &text, const std::string &error) {
        QTest::newRow(name) << text << error;
    };
    row("empty", "", "syntax error at line 1 near: ");
    row("white space", " \n ", "syntax error at line 2 near: ");
    row("word", "hello", "syntax error at line 1 near: hello");
    row("second line", "{\n  oops: 1\n}", "syntax error at line 2 near: oops: 1");
    row("trailing comma", R"({"a":1,})", "syntax error at line 1 near: }");
    row("single quotes", "{'a':1}", "syntax error at line 1 near: 'a':1}");
    row("comment", "{/* */}", "syntax error at line 1 near: /* */}");
    row("bare NaN", R"({"a":NaN})", "syntax error at line 1 near: NaN}");
    row("trailing text", "{} x", "something follows the end of the JSON:  x");
    row("two objects", "{}{}", "something follows the end of the JSON: {}");
    row("too large", R"({"a":1e400})", "a number is too large");
    row("too large, many digits", "{\"a\":" + std::string(400, '9') + "}", "a number is too large");
    row("leading zero", R"({"a":01})", "syntax error at line 1 near: 1}");
    row("no digit after the point", R"({"a":1.})", "syntax error at line 1 near: }");
}

void TestJsonParser::syntaxErrors()
{
    QFETCH(std::string, text);
    QFETCH(std::string, error);
    QCOMPARE(syntaxErrorOf(text), error);
}

void TestJsonParser::syntaxIsToldBeforeMisfits()
{
    QCOMPARE(syntaxErrorOf(R"({"type":1} x)"),
             std::string("something follows the end of the JSON:  x"));
    QCOMPARE(syntaxErrorOf(R"([] x)"), std::string("something follows the end of the JSON:  x"));
}

void TestJsonParser::depthHasALimit()
{
    const auto nested = [](std::size_t levels) {
        return R"({"x":)" + std::string(levels - 1, '[') + std::string(levels - 1, ']') + "}";
    };
    QCOMPARE(syntaxErrorOf(nested(200)), std::string("no syntax error"));
    QVERIFY(syntaxErrorOf(nested(201)).find("deeper than 200 levels") != std::string::npos);
    QVERIFY(syntaxErrorOf(std::string(1000000, '[')).find("deeper than 200 levels")
            != std::string::npos);
}

void TestJsonParser::previousContentsAreGone()
{
    TaskID id;
    id.set_value("old");
    QVERIFY(!parseJson("{}", id));
    QVERIFY(!id.has_value());
}

void TestJsonParser::arraysOfMessages()
{
    const auto ids = parseJsonArray<TaskID>(R"([{"value":"a"},{"value":"b"}])");
    QVERIFY(ids);
    QCOMPARE(ids->size(), std::size_t(2));
    QCOMPARE(ids->back().value(), std::string("b"));
    QCOMPARE(parseJsonArray<TaskID>("[]")->size(), std::size_t(0));
    QCOMPARE(parseJsonArray<TaskID>("{}").error().message,
             std::string("this has to be a JSON array"));
    QCOMPARE(parseJsonArray<TaskID>("1").error().message,
             std::string("this has to be a JSON array"));
    QCOMPARE(parseJsonArray<TaskID>("[1]").error().message,
             std::string("this has to be a JSON array of objects"));
    QCOMPARE(parseJsonArray<TaskID>("[{}]").error().message,
             std::string("required fields are missing: value"));
    QVERIFY(parseJsonArray<TaskID>("[").error().message.starts_with("syntax error"));
}

QTEST_GUILESS_MAIN(TestJsonParser)
#include "tst_json_parser.moc"
