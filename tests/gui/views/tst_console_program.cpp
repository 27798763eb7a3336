#include <QCoreApplication>
#include <QImage>
#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "gui/model/replica.h"
#include "gui/session/cluster.h"
#include "gui/session/playback.h"
#include "gui/views/cluster_view.h"
#include "gui/views/main_window.h"
#include "gui/views/table_page.h"
#include "gui/widgets/language.h"
#include "gui/widgets/table_view.h"
#include "tests/gui/support/fresh_settings.h"
#include "tests/gui/support/synthetic_cluster.h"

using namespace meseta::console;

/// The command line of the console, and recordings that are opened from it.
class ConsoleProgramTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void refusesWhatItCannotDo_data();
    void refusesWhatItCannotDo();
    void drawsNothingOfAFileThatIsNone();
    void drawsAPageOfARecording();
    void aLargeRecordingLoadsInSight();

private:
    struct Outcome
    {
        int code = -1;
        QString told;
    };
    Outcome run(const QStringList &arguments) const;
    QString recordingOf(const SyntheticCluster::Size &size) const;

    QTemporaryDir m_folder;
};

void ConsoleProgramTest::initTestCase()
{
    useFreshSettings(QStringLiteral("tst_console_program"));
    Language::use(QStringLiteral("en"));
}

/// The console with settings and folders of its own, without a display, until it ends.
ConsoleProgramTest::Outcome ConsoleProgramTest::run(const QStringList &arguments) const
{
    QProcess console;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
    environment.insert(QStringLiteral("HOME"), m_folder.path());
    for (const char *name : {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"})
        environment.remove(QString::fromLatin1(name));
    console.setProcessEnvironment(environment);
    console.setProcessChannelMode(QProcess::MergedChannels);
    const QString folder =
        qEnvironmentVariable("MESETA_BIN_DIR", QCoreApplication::applicationDirPath());
    console.start(folder + QStringLiteral("/mesos-console"), arguments);
    Outcome outcome;
    if (console.waitForFinished(50000) && console.exitStatus() == QProcess::NormalExit)
        outcome.code = console.exitCode();
    console.kill();
    outcome.told = QString::fromUtf8(console.readAll());
    return outcome;
}

QString ConsoleProgramTest::recordingOf(const SyntheticCluster::Size &size) const
{
    EventRecorder recorder;
    recorder.setFolder(m_folder.filePath(QString::number(size.tasks)));
    recorder.record(SyntheticCluster(size, 1700000000).snapshot());
    recorder.flush();
    return recorder.path();
}

void ConsoleProgramTest::refusesWhatItCannotDo_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("told");
    const auto row = [](const char *name, const QStringList &arguments, const char *told) {
        QTest::newRow(name) << arguments << QString::fromUtf8(told);
    };
    const QString page = QStringLiteral("--page");
    row("a page that is none", {page, QStringLiteral("nonsense")},
        "no page \"nonsense\"; it is 1 to 9, or one of overview, map, tasks, agents, offers, "
        "frameworks, roles, events, masters");
    row("page 0", {page, QStringLiteral("0")}, "no page \"0\"");
    row("page 10", {page, QStringLiteral("10")}, "no page \"10\"");
    row("a size without a height", {QStringLiteral("--size"), QStringLiteral("1280")},
        "--size: \"1280\"");
    row("colours that are none", {QStringLiteral("--theme"), QStringLiteral("pink")},
        "--theme: \"pink\"");
    row("a language that it has not", {QStringLiteral("--language"), QStringLiteral("tlh")},
        "--language: \"tlh\"");
    row("a file that is not there", {QStringLiteral("/nowhere/x.events")}, "/nowhere/x.events");
    row("a master without a port", {QStringLiteral("--master"), QStringLiteral("host:port")},
        "host:port");
}

void ConsoleProgramTest::refusesWhatItCannotDo()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, told);
    const Outcome outcome = run(arguments);
    QVERIFY2(outcome.told.contains(told), qPrintable(outcome.told));
    QCOMPARE(outcome.code, 1);
}

/// No window is there to say so, and nobody to close it.
void ConsoleProgramTest::drawsNothingOfAFileThatIsNone()
{
    QFile junk(m_folder.filePath(QStringLiteral("junk.events")));
    QVERIFY(junk.open(QIODevice::WriteOnly));
    junk.write("this is no recording\n");
    junk.close();
    const QString picture = m_folder.filePath(QStringLiteral("nothing.png"));
    const Outcome outcome = run({junk.fileName(), QStringLiteral("--screenshot"), picture});
    QCOMPARE(outcome.code, 1);
    QVERIFY2(outcome.told.contains(QStringLiteral("junk.events")), qPrintable(outcome.told));
    QVERIFY(!QFile::exists(picture));
}

/// A page has a name in the language of the console, too.
void ConsoleProgramTest::drawsAPageOfARecording()
{
    const QString picture = m_folder.filePath(QStringLiteral("tasks.png"));
    const Outcome outcome =
        run({recordingOf({2, 6, 2, 3}), QStringLiteral("--language"), QStringLiteral("zh_CN"),
             QStringLiteral("--page"), QString::fromUtf8("任务"), QStringLiteral("--size"),
             QStringLiteral("1280x800"), QStringLiteral("--screenshot"), picture});
    QVERIFY2(outcome.code == 0, qPrintable(outcome.told));
    QCOMPARE(QImage(picture).size(), QSize(1280, 800));
}

/// While its first moment is read, the tables say so, not that nothing is there.
void ConsoleProgramTest::aLargeRecordingLoadsInSight()
{
    const QString file = recordingOf({2000, 20000, 10, 0});
    MainWindow window;
    window.show();
    bool shown = false;
    window.openRecordingSoon(file, [&] {
        shown = true;
        QVERIFY(window.view()->cluster().playback()->isSeeking());
        for (const int page : {ClusterView::Tasks, ClusterView::Agents})
            QCOMPARE(window.view()->tablePage(page)->view().emptyText(),
                     QStringLiteral("Loading…"));
    });
    QVERIFY(!shown); // it is not read here
    QTRY_VERIFY_WITH_TIMEOUT(shown, 30000);
    QTRY_VERIFY_WITH_TIMEOUT(!window.view()->cluster().playback()->isSeeking(), 30000);
    QCOMPARE(window.replica().tasks().size(), 20000);
    QCOMPARE(window.view()->tablePage(ClusterView::Tasks)->view().emptyText(),
             QStringLiteral("No tasks at this moment."));
}

QTEST_MAIN(ConsoleProgramTest)
#include "tst_console_program.moc"
