#include <QDir>
#include <QDirIterator>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

/// The translations are complete: every string of the sources stands in the committed files,
/// translated.
class TranslationsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void areComplete_data();
    void areComplete();
};

void TranslationsTest::areComplete_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QStringList>("options");
    QTest::newRow("Chinese") << "meseta_zh_CN.ts" << QStringList{};
    QTest::newRow("English plurals")
        << "meseta_en.ts" << QStringList{QStringLiteral("-pluralonly")};
}

void TranslationsTest::areComplete()
{
    QFETCH(QString, file);
    QFETCH(QStringList, options);
    const QDir source(qEnvironmentVariable("MESETA_SOURCE_DIR"));
    QTemporaryDir scratch;
    const QString copy = scratch.filePath(file);
    QVERIFY(QFile::copy(source.filePath(QStringLiteral("translations/") + file), copy));

    QStringList arguments = options
        + QStringList{QStringLiteral("-silent"), QStringLiteral("-I"), source.path(),
                      QStringLiteral("-locations"), QStringLiteral("none")};
    QDirIterator files(source.filePath(QStringLiteral("gui")),
                       {QStringLiteral("*.cpp"), QStringLiteral("*.h")}, QDir::Files,
                       QDirIterator::Subdirectories);
    while (files.hasNext())
        arguments << files.next();
    QProcess lupdate;
    lupdate.start(QStringLiteral(LUPDATE), arguments + QStringList{QStringLiteral("-ts"), copy});
    QVERIFY(lupdate.waitForFinished(60000));
    QCOMPARE(lupdate.exitCode(), 0);

    QFile updated(copy);
    QVERIFY(updated.open(QIODevice::ReadOnly));
    const QString text = QString::fromUtf8(updated.readAll());
    QVERIFY(text.contains(QStringLiteral("<translation>"))
            || text.contains(QStringLiteral("<numerusform>")));
    const auto at = text.indexOf(QStringLiteral("type=\"unfinished\""));
    QVERIFY2(at < 0,
             qPrintable(QStringLiteral("not translated: ")
                        + text.mid(std::max<qsizetype>(0, at - 300), 320)));
    QVERIFY2(!text.contains(QStringLiteral("type=\"vanished\"")),
             "a translated string is no longer in the sources");
}

QTEST_GUILESS_MAIN(TranslationsTest)
#include "tst_translations.moc"
