#include <QtTest>

#include <limits>

#include "common/codec/json.h"

using namespace meseta::codec;

class TestJsonWriter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void doubles_data();
    void doubles();
    void doublesReadBackTheSame();
    void strings_data();
    void strings();
    void commasAreItsOwnBusiness();
    void integersOfEveryWidth();
    void messagesInside();
};

void TestJsonWriter::doubles_data()
{
    QTest::addColumn<double>("value");
    QTest::addColumn<std::string>("text");
    QTest::newRow("zero") << 0.0 << std::string("0.0");
    QTest::newRow("minus zero") << -0.0 << std::string("-0.0");
    QTest::newRow("whole") << 15.0 << std::string("15.0");
    QTest::newRow("tenth") << 0.1 << std::string("0.1");
    QTest::newRow("negative") << -2.5 << std::string("-2.5");
    QTest::newRow("next to 0.3") << 0.30000000000000004 << std::string("0.30000000000000004");
    QTest::newRow("thousandth") << 0.001 << std::string("0.001");
    QTest::newRow("smallest plain") << 1e-6 << std::string("0.000001");
    QTest::newRow("small") << 1e-7 << std::string("1e-7");
    QTest::newRow("small, digits") << 1.25e-9 << std::string("1.25e-9");
    QTest::newRow("epoch") << 1795366960.123 << std::string("1795366960.123");
    QTest::newRow("2^53") << 9007199254740992.0 << std::string("9007199254740992.0");
    QTest::newRow("1e20") << 1e20 << std::string("100000000000000000000.0");
    QTest::newRow("large with digits")
        << 123456789012345680000.0 << std::string("123456789012345680000.0");
    QTest::newRow("1e21") << 1e21 << std::string("1e21");
    QTest::newRow("largest") << std::numeric_limits<double>::max()
                             << std::string("1.7976931348623157e308");
    QTest::newRow("infinity") << std::numeric_limits<double>::infinity()
                              << std::string("\"Infinity\"");
    QTest::newRow("minus infinity")
        << -std::numeric_limits<double>::infinity() << std::string("\"-Infinity\"");
    QTest::newRow("not a number") << std::numeric_limits<double>::quiet_NaN()
                                  << std::string("\"NaN\"");
}

void TestJsonWriter::doubles()
{
    QFETCH(double, value);
    QFETCH(std::string, text);
    std::string out;
    writeDouble(value, out);
    QCOMPARE(out, text);
}

void TestJsonWriter::doublesReadBackTheSame()
{
    std::uint64_t state = 88172645463325252U;
    for (int i = 0; i < 20000; ++i) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        double value = 0;
        std::memcpy(&value, &state, sizeof value);
        if (!std::isfinite(value))
            continue;
        std::string text;
        writeDouble(value, text);
        QCOMPARE(std::strtod(text.c_str(), nullptr), value);
    }
}

void TestJsonWriter::strings_data()
{
    QTest::addColumn<std::string>("value");
    QTest::addColumn<std::string>("text");
    QTest::newRow("empty") << std::string() << std::string(R"("")");
    QTest::newRow("plain") << std::string("slave(1)@127.0.0.1:5051")
                           << std::string(R"("slave(1)@127.0.0.1:5051")");
    QTest::newRow("escapes") << std::string("\"\\/\b\f\n\r\t")
                             << std::string(R"("\"\\/\b\f\n\r\t")");
    QTest::newRow("control") << std::string("\x01\x1F\x7F", 3)
                             << std::string("\"\\u0001\\u001F\x7F\"");
    QTest::newRow("nul") << std::string("a\0b", 3) << std::string(R"("a\u0000b")");
    QTest::newRow("two bytes") << std::string("ä") << std::string(R"("\u00E4")");
    QTest::newRow("three bytes") << std::string("任务") << std::string(R"("\u4EFB\u52A1")");
    QTest::newRow("four bytes") << std::string("😀x") << std::string(R"("\uD83D\uDE00x")");
    QTest::newRow("lone continuation") << std::string("a\x80z") << std::string(R"("a\uFFFDz")");
    QTest::newRow("cut off") << std::string("\xE4\xBB") << std::string(R"("\uFFFD\uFFFD")");
    QTest::newRow("overlong") << std::string("\xC0\xAF") << std::string(R"("\uFFFD\uFFFD")");
    QTest::newRow("overlong, three bytes")
        << std::string("\xE0\x80\xAF") << std::string(R"("\uFFFD\uFFFD\uFFFD")");
    QTest::newRow("surrogate") << std::string("\xED\xA0\x80")
                               << std::string(R"("\uFFFD\uFFFD\uFFFD")");
    QTest::newRow("above Unicode")
        << std::string("\xF4\x90\x80\x80") << std::string(R"("\uFFFD\uFFFD\uFFFD\uFFFD")");
    QTest::newRow("long") << std::string(10000, 'x') << '"' + std::string(10000, 'x') + '"';
}

void TestJsonWriter::strings()
{
    QFETCH(std::string, value);
    QFETCH(std::string, text);
    std::string out = "before";
    writeString(value, out);
    QCOMPARE(out, "before" + text);
}

void TestJsonWriter::commasAreItsOwnBusiness()
{
    std::string out;
    JsonWriter json(out);
    json.beginObject();
    json.member("a", 1).member("b", "two");
    json.key("c")
        .beginArray()
        .value(1.5)
        .value(true)
        .beginObject()
        .endObject()
        .beginArray()
        .endArray()
        .endArray();
    json.key("d").beginObject().member("e", false).endObject();
    json.key("f").raw("[1]").member("g", std::string("h"));
    json.endObject();
    QCOMPARE(
        out,
        std::string(R"({"a":1,"b":"two","c":[1.5,true,{},[]],"d":{"e":false},"f":[1],"g":"h"})"));
}

void TestJsonWriter::integersOfEveryWidth()
{
    std::string out;
    JsonWriter json(out);
    json.beginArray();
    json.value(std::numeric_limits<std::int64_t>::min())
        .value(std::numeric_limits<std::uint64_t>::max());
    json.value(qint64(-7)).value(quint16(9)).value(std::size_t(3)).value(7U);
    json.endArray();
    QCOMPARE(out, std::string("[-9223372036854775808,18446744073709551615,-7,9,3,7]"));
}

void TestJsonWriter::messagesInside()
{
    mesos::v1::TaskID id;
    id.set_value("t");
    std::string out;
    JsonWriter json(out);
    json.beginArray().value(id).serialized(id.GetDescriptor(), id.SerializeAsString()).endArray();
    QCOMPARE(out, std::string(R"([{"value":"t"},{"value":"t"}])"));
}

QTEST_GUILESS_MAIN(TestJsonWriter)
#include "tst_json_writer.moc"
