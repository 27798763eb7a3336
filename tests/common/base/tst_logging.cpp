#include <QtTest>

#include "common/base/logging.h"

Q_LOGGING_CATEGORY(lcTest, "meseta.test")

using namespace meseta;

class TestLogging : public QObject
{
    Q_OBJECT
private:
    QTemporaryDir m_folder;

    LoggingOptions options() const
    {
        LoggingOptions options;
        options.program = "example";
        options.quiet = true;
        options.logDir = m_folder.filePath(QStringLiteral("deep/log")).toStdString();
        return options;
    }

    QByteArray written() const
    {
        QFile file(QString::fromStdString(*logFile()));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private Q_SLOTS:
    void cleanup() { qInstallMessageHandler(nullptr); }

    void linesHaveTheShapeThatLogReadersKnow()
    {
        QVERIFY(startLogging(options()).has_value());
        qCInfo(lcTest, "Recovered the registry");
        const QRegularExpression shape(
            QStringLiteral("^I\\d{4} \\d\\d:\\d\\d:\\d\\d\\.\\d{6} +\\d+ tst_logging\\.cpp:\\d+\\] "
                           "Recovered the registry\n$"));
        QVERIFY2(shape.match(QString::fromUtf8(written())).hasMatch(), written().constData());
        QVERIFY(logFile()->ends_with("/example.INFO"));
    }

    void severityIsTheFirstLetterAndCanBeLimited()
    {
        LoggingOptions only = options();
        only.level = LogLevel::Warning;
        QVERIFY(startLogging(only).has_value());
        const qsizetype before = written().size();
        qCInfo(lcTest, "not this");
        qCWarning(lcTest, "careful");
        qCCritical(lcTest, "broken");
        const QByteArrayList lines = written().mid(before).trimmed().split('\n');
        QCOMPARE(lines.size(), 2);
        QVERIFY(lines[0].startsWith('W') && lines[0].endsWith("careful"));
        QVERIFY(lines[1].startsWith('E') && lines[1].endsWith("broken"));
    }

    void detailComesAndGoesAtRunTime()
    {
        QVERIFY(startLogging(options()).has_value());
        qCDebug(lcTest, "hidden");
        setLogVerbosity(1);
        QCOMPARE(logVerbosity(), 1);
        qCDebug(lcTest, "shown");
        setLogVerbosity(initialLogVerbosity());
        qCDebug(lcTest, "hidden again");
        QVERIFY(!written().contains("hidden"));
        QVERIFY(written().contains("shown"));
    }

    void aFolderThatCannotBeMadeIsAnError()
    {
        LoggingOptions impossible = options();
        impossible.logDir = "/proc/nowhere";
        const Result<> started = startLogging(impossible);
        QVERIFY(!started.has_value());
        QVERIFY(started.error().message.find("/proc/nowhere") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestLogging)
#include "tst_logging.moc"
