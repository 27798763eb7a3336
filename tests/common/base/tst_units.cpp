#include <QtTest>

#include "common/base/bytes_text.h"
#include "common/base/duration_text.h"

using namespace meseta;

class TestUnits : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void durations_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("nanoseconds");
        QTest::addColumn<QString>("printed");
        const auto row = [](const char *text, double ns, const char *printed) {
            QTest::newRow(text) << QString::fromLatin1(text) << static_cast<qint64>(ns)
                                << QString::fromLatin1(printed);
        };
        row("0ns", 0, "0ns");
        row("15secs", 15e9, "15secs");
        row("60secs", 60e9, "1mins");
        row("60mins", 3600e9, "1hrs");
        row("90mins", 5400e9, "90mins");
        row("1.5secs", 1.5e9, "1500ms");
        row("500ms", 5e8, "500ms");
        row("2weeks", 2 * 604800e9, "2weeks");
        row("10days", 864000e9, "10days");
        row("36hrs", 129600e9, "36hrs");
        row("3us", 3000, "3us");
        row("1500ns", 1500, "1500ns");
        row(".5hrs", 1800e9, "30mins");
    }

    void durations()
    {
        QFETCH(QString, text);
        QFETCH(qint64, nanoseconds);
        QFETCH(QString, printed);
        const Result<Duration> parsed = parseDuration(text.toStdString());
        QVERIFY(parsed.has_value());
        QCOMPARE(static_cast<qint64>(parsed->count()), nanoseconds);
        QCOMPARE(QString::fromStdString(durationText(*parsed)), printed);
    }

    void badDurations_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text : {"", "5", "secs", "5seconds", "1.2.3secs", "-1secs", "5 secs",
                                 "1e3secs", "400000weeks"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }

    void badDurations()
    {
        QFETCH(QString, text);
        const Result<Duration> parsed = parseDuration(text.toStdString());
        QVERIFY(!parsed.has_value());
        QVERIFY2(parsed.error().message.find("'" + text.toStdString() + "'") != std::string::npos,
                 parsed.error().message.c_str());
    }

    void negativeDurationsArePrinted()
    {
        QCOMPARE(durationText(std::chrono::seconds(-15)), std::string("-15secs"));
    }

    void sizes_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<quint64>("bytes");
        QTest::addColumn<QString>("printed");
        QTest::newRow("0B") << QStringLiteral("0B") << quint64(0) << QStringLiteral("0B");
        QTest::newRow("4KB") << QStringLiteral("4KB") << quint64(4096) << QStringLiteral("4KB");
        QTest::newRow("10mb") << QStringLiteral("10mb") << quint64(10485760)
                              << QStringLiteral("10MB");
        QTest::newRow("2GB") << QStringLiteral("2GB") << (quint64(2) << 30)
                             << QStringLiteral("2GB");
        QTest::newRow("1536MB") << QStringLiteral("1536MB") << (quint64(1536) << 20)
                                << QStringLiteral("1536MB");
        QTest::newRow("1025B") << QStringLiteral("1025B") << quint64(1025)
                               << QStringLiteral("1025B");
        QTest::newRow("1024TB") << QStringLiteral("1024TB") << (quint64(1) << 50)
                                << QStringLiteral("1024TB");
    }

    void sizes()
    {
        QFETCH(QString, text);
        QFETCH(quint64, bytes);
        QFETCH(QString, printed);
        const Result<std::uint64_t> parsed = parseBytes(text.toStdString());
        QVERIFY(parsed.has_value());
        QCOMPARE(static_cast<quint64>(*parsed), bytes);
        QCOMPARE(QString::fromStdString(bytesText(*parsed)), printed);
    }

    void badSizes_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text : {"", "10", "MB", "1.5MB", "10 MB", "-1MB", "10PB", "99999999999TB",
                                 "99999999999999999999B"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }

    void badSizes()
    {
        QFETCH(QString, text);
        const Result<std::uint64_t> parsed = parseBytes(text.toStdString());
        QVERIFY(!parsed.has_value());
        QVERIFY2(parsed.error().message.find("'" + text.toStdString() + "'") != std::string::npos,
                 parsed.error().message.c_str());
    }
};

QTEST_APPLESS_MAIN(TestUnits)
#include "tst_units.moc"
