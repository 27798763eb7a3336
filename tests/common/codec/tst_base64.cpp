#include <QtTest>

#include "common/codec/base64.h"

using namespace meseta::codec;

class TestBase64 : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knownTexts_data();
    void knownTexts();
    void readsWhatMesosReads();
    void refuses_data();
    void refuses();
};

void TestBase64::knownTexts_data()
{
    QTest::addColumn<std::string>("bytes");
    QTest::addColumn<std::string>("text");
    // RFC 4648 §10
    QTest::newRow("empty") << std::string() << std::string();
    QTest::newRow("f") << std::string("f") << std::string("Zg==");
    QTest::newRow("fo") << std::string("fo") << std::string("Zm8=");
    QTest::newRow("foo") << std::string("foo") << std::string("Zm9v");
    QTest::newRow("foob") << std::string("foob") << std::string("Zm9vYg==");
    QTest::newRow("fooba") << std::string("fooba") << std::string("Zm9vYmE=");
    QTest::newRow("foobar") << std::string("foobar") << std::string("Zm9vYmFy");
    QTest::newRow("all bits") << std::string("\xFF\xFE\xFD") << std::string("//79");
    QTest::newRow("sixteen bytes")
        << std::string(16, '\0') << std::string("AAAAAAAAAAAAAAAAAAAAAA==");
}

void TestBase64::knownTexts()
{
    QFETCH(std::string, bytes);
    QFETCH(std::string, text);
    QCOMPARE(encodeBase64(bytes), text);
    QCOMPARE(decodeBase64(text).value(), bytes);
}

void TestBase64::readsWhatMesosReads()
{
    QCOMPARE(decodeBase64("Zm9vYg").value(), std::string("foob"));
    QCOMPARE(decodeBase64(" Zm9v\nYmFy\t").value(), std::string("foobar"));
}

void TestBase64::refuses_data()
{
    QTest::addColumn<std::string>("text");
    QTest::newRow("URL-safe alphabet") << std::string("_-8=");
    QTest::newRow("one digit left") << std::string("Zm9vY");
    QTest::newRow("digit after padding") << std::string("Zg==Zg==");
    QTest::newRow("padding alone") << std::string("====");
    QTest::newRow("too much padding") << std::string("Zm9v=");
    QTest::newRow("not ASCII") << std::string("Zm\xC3\xA4");
}

void TestBase64::refuses()
{
    QFETCH(std::string, text);
    QVERIFY(!decodeBase64(text));
}

QTEST_GUILESS_MAIN(TestBase64)
#include "tst_base64.moc"
