#include <QTest>

#include "gui/model/formats.h"

using namespace meseta::console;

class FormatsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }
    void durations_data();
    void durations();
    void memoryIsShort();
    void readsMemory();
    void readsDurations();
};

void FormatsTest::durations_data()
{
    QTest::addColumn<double>("seconds");
    QTest::addColumn<QString>("text");
    QTest::newRow("clock went back") << -3.0 << QStringLiteral("0 ms");
    QTest::newRow("short") << 0.35 << QStringLiteral("350 ms");
    QTest::newRow("seconds") << 12.9 << QStringLiteral("12 s");
    QTest::newRow("minutes") << 185.0 << QStringLiteral("3 min 5 s");
    QTest::newRow("whole hours") << 7200.0 << QStringLiteral("2 h");
    QTest::newRow("hours") << 7860.0 << QStringLiteral("2 h 11 min");
    QTest::newRow("days") << 356400.0 << QStringLiteral("4 d 3 h");
}

void FormatsTest::durations()
{
    QFETCH(double, seconds);
    QFETCH(QString, text);
    QCOMPARE(durationText(seconds), text);
}

void FormatsTest::memoryIsShort()
{
    QCOMPARE(memoryText(512), QStringLiteral("512 MiB"));
    QCOMPARE(memoryText(1536), QStringLiteral("1.5 GiB"));
    QCOMPARE(memoryText(10240), QStringLiteral("10 GiB"));
    QCOMPARE(memoryText(0), QStringLiteral("0"));
    QCOMPARE(bytesText(999), QStringLiteral("999 bytes"));
    QCOMPARE(listText({memoryText(512), memoryText(1024)}), QStringLiteral("512 MiB, 1 GiB"));
}

void FormatsTest::readsMemory()
{
    QCOMPARE(parseMemory(u"512"), 512.0);
    QCOMPARE(parseMemory(u"1.5 GiB"), 1536.0);
    QCOMPARE(parseMemory(u"2t"), 2.0 * 1024 * 1024);
    QCOMPARE(parseMemory(u"1024k"), 1.0);
    QVERIFY(!parseMemory(u"many"));
    QVERIFY(!parseMemory(u"3 parsecs"));
}

void FormatsTest::readsDurations()
{
    QCOMPARE(parseDuration(u"90"), 90.0);
    QCOMPARE(parseDuration(u"5m"), 300.0);
    QCOMPARE(parseDuration(u"1.5h"), 5400.0);
    QCOMPARE(parseDuration(u"300ms"), 0.3);
    QVERIFY(!parseDuration(u"later"));
}

QTEST_GUILESS_MAIN(FormatsTest)
#include "tst_formats.moc"
