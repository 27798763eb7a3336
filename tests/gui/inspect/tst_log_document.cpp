#include <QTest>

#include "gui/inspect/ansi.h"
#include "gui/inspect/log_document.h"

using namespace meseta::console;

/// The window over a file: bytes in, lines out; and the colours of a terminal.
class LogDocumentTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void cutsLines();
    void growsAtBothEnds();
    void neverHoldsMoreThanItsLimit();
    void cutsEndlessLines();
    void findsTheLineOfAnOffset();
    void readsColours();
    void dropsWhatIsNoText();

private:
    static QStringList linesOf(const LogDocument &document)
    {
        QStringList lines;
        for (int line = 0; line < document.lineCount(); ++line)
            lines << QString::fromUtf8(document.line(line));
        return lines;
    }
};

void LogDocumentTest::cutsLines()
{
    LogDocument document;
    document.reset(100);
    document.append("one\ntwo\r\n\nthree");
    QCOMPARE(linesOf(document),
             (QStringList{QStringLiteral("one"), QStringLiteral("two"), QString(),
                          QStringLiteral("three")}));
    QCOMPARE(document.offsetOf(1), 104);
    QCOMPARE(document.end(), 115);
    document.append(" and more\n");
    QCOMPARE(linesOf(document).last(), QStringLiteral("three and more"));
}

void LogDocumentTest::growsAtBothEnds()
{
    LogDocument document;
    document.reset(4);
    document.append("two\n");
    document.prepend("one\n");
    QCOMPARE(document.start(), 0);
    QCOMPARE(linesOf(document), (QStringList{QStringLiteral("one"), QStringLiteral("two")}));
}

void LogDocumentTest::neverHoldsMoreThanItsLimit()
{
    LogDocument document;
    document.reset(0);
    const QByteArray part = QByteArray("0123456789abcde\n").repeated(16384); // 256 KiB
    for (int i = 0; i < 40; ++i)
        document.append(part);
    QVERIFY(document.bytes().size() <= LogDocument::maxBytes);
    QCOMPARE(document.end(), 40LL * part.size());
    QCOMPARE(document.line(0), QByteArrayView("0123456789abcde"));
    const qint64 end = document.end();
    document.prepend(part);
    QVERIFY(document.bytes().size() <= LogDocument::maxBytes);
    QVERIFY(document.end() < end); // the other end gave way
}

void LogDocumentTest::cutsEndlessLines()
{
    LogDocument document;
    document.reset(0);
    document.append(QByteArray(LogDocument::longestLine * 2 + 10, 'x'));
    QCOMPARE(document.lineCount(), 3);
    QCOMPARE(document.line(0).size(), LogDocument::longestLine);
}

void LogDocumentTest::findsTheLineOfAnOffset()
{
    LogDocument document;
    document.reset(1000);
    document.append("aa\nbb\ncc\n");
    QCOMPARE(document.lineAt(1000), 0);
    QCOMPARE(document.lineAt(1004), 1);
    QCOMPARE(document.lineAt(5000), 2);
    QCOMPARE(document.lineAt(0), 0);
}

void LogDocumentTest::readsColours()
{
    const AnsiLine line = readAnsi("plain \x1b[1;31mred\x1b[0m and \x1b[92mgreen\x1b[39m.");
    QCOMPARE(line.text, QStringLiteral("plain red and green."));
    QCOMPARE(line.spans.size(), 2);
    QCOMPARE(line.spans.at(0), (AnsiSpan{6, 3, 1, true}));
    QCOMPARE(line.spans.at(1), (AnsiSpan{14, 5, 10, false}));
    QCOMPARE(readAnsi("\x1b[38;5;3mx\x1b[38;2;1;2;3my").spans.first().color, 3);
}

void LogDocumentTest::dropsWhatIsNoText()
{
    QCOMPARE(readAnsi("a\x1b[2Kb\x07").text, QStringLiteral("ab"));
    QCOMPARE(readAnsi("a\tb").text, QStringLiteral("a       b"));
    QCOMPARE(readAnsi("\x1b[").text, QString());
    QCOMPARE(readAnsi("\xff").text, QString(QChar(QChar::ReplacementCharacter)));
}

QTEST_GUILESS_MAIN(LogDocumentTest)
#include "tst_log_document.moc"
