#include <QtTest>

#include "common/codec/media_type.h"

using namespace meseta::codec;

class TestMediaType : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void contentTypeIsExact_data();
    void contentTypeIsExact();
    void negotiates_data();
    void negotiates();
    void acceptsByName();
};

using Type = std::optional<MediaType>;
Q_DECLARE_METATYPE(Type)

void TestMediaType::contentTypeIsExact_data()
{
    QTest::addColumn<std::string>("header");
    QTest::addColumn<Type>("type");
    QTest::newRow("json") << std::string("application/json") << Type(MediaType::Json);
    QTest::newRow("protobuf") << std::string("application/x-protobuf") << Type(MediaType::Protobuf);
    QTest::newRow("recordio") << std::string("application/recordio") << Type(MediaType::RecordIo);
    QTest::newRow("parameter") << std::string("application/json; charset=utf-8") << Type();
    QTest::newRow("case") << std::string("Application/JSON") << Type();
    QTest::newRow("other") << std::string("text/plain") << Type();
    QTest::newRow("empty") << std::string() << Type();
}

void TestMediaType::contentTypeIsExact()
{
    QFETCH(std::string, header);
    QFETCH(Type, type);
    QCOMPARE(mediaTypeFromContentType(header), type);
    if (type)
        QCOMPARE(mediaTypeName(*type), std::string_view(header));
}

void TestMediaType::negotiates_data()
{
    QTest::addColumn<std::string>("header");
    QTest::addColumn<Type>("type");
    const Type json = MediaType::Json;
    const Type protobuf = MediaType::Protobuf;
    QTest::newRow("missing") << std::string() << json;
    QTest::newRow("blank") << std::string("  ") << json;
    QTest::newRow("json") << std::string("application/json") << json;
    QTest::newRow("protobuf") << std::string("application/x-protobuf") << protobuf;
    QTest::newRow("both, protobuf first")
        << std::string("application/x-protobuf, application/json") << json;
    QTest::newRow("both, protobuf weighs more")
        << std::string("application/x-protobuf;q=1,application/json;q=0.1") << json;
    QTest::newRow("anything") << std::string("*/*") << json;
    QTest::newRow("any application") << std::string("application/*;q=0.5") << json;
    QTest::newRow("json refused") << std::string("application/json;q=0, */*") << protobuf;
    QTest::newRow("json refused with blanks")
        << std::string("*/*, application/json ; q = 0.0") << protobuf;
    QTest::newRow("all refused") << std::string("*/*;q=0") << Type();
    QTest::newRow("applications refused") << std::string("application/*;q=0, */*") << Type();
    QTest::newRow("other parameter") << std::string("application/json; charset=utf-8") << json;
    QTest::newRow("case") << std::string("APPLICATION/JSON;Q=1") << json;
    QTest::newRow("html") << std::string("text/html,application/xhtml+xml") << Type();
    QTest::newRow("browser") << std::string("text/html,application/xml;q=0.9,*/*;q=0.8") << json;
    QTest::newRow("stray commas") << std::string(",,application/x-protobuf,") << protobuf;
}

void TestMediaType::negotiates()
{
    QFETCH(std::string, header);
    QFETCH(Type, type);
    QCOMPARE(negotiate(header), type);
}

void TestMediaType::acceptsByName()
{
    QVERIFY(accepts("text/*", "text/javascript"));
    QVERIFY(!accepts("text/*;q=0", "text/javascript"));
    QVERIFY(!accepts("application/json", "text/javascript"));
}

QTEST_GUILESS_MAIN(TestMediaType)
#include "tst_media_type.moc"
