#include <QTemporaryDir>
#include <QTest>

#include "gui/model/replica.h"
#include "gui/session/playback.h"
#include "tests/gui/support/synthetic_cluster.h"

using namespace meseta::console;

namespace {

constexpr double began = 1700000000;

/// What a replica shows, as text: two replicas with the same text show the same.
QString told(const Replica &replica)
{
    QStringList lines;
    replica.agents().forEach([&](const AgentRow &row) {
        lines << QStringLiteral("agent %1 %2 %3 %4")
                     .arg(row.id)
                     .arg(row.allocated.cpus)
                     .arg(row.tasks)
                     .arg(row.active);
    });
    replica.tasks().forEach([&](const TaskRow &row) {
        lines << QStringLiteral("task %1 %2 %3 %4 %5")
                     .arg(row.key, stateName(row.state))
                     .arg(row.updated, 0, 'f', 3)
                     .arg(row.steps.size())
                     .arg(row.removed);
    });
    replica.offers().forEach([&](const OfferRow &row) {
        lines << QStringLiteral("offer %1 %2").arg(row.id).arg(row.offered, 0, 'f', 3);
    });
    replica.offerFlows().forEach([&](const OfferFlowRow &row) {
        lines << QStringLiteral("flow %1 %2 %3 %4 %5")
                     .arg(row.key)
                     .arg(row.made)
                     .arg(row.held)
                     .arg(row.accepted)
                     .arg(row.declined);
    });
    replica.events().forEach([&](const EventRow &row) {
        lines << QStringLiteral("event %1 %2").arg(row.key, eventText(row));
    });
    lines.sort();
    return lines.join(QLatin1Char('\n'));
}

} // namespace

/// The time machine: what was shown live at a moment is what the recording shows for it.
class PlaybackTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void showsWhatWasLive();
    void stepsFromEventToEvent();
    void survivesATornFile();
    void refusesOtherFiles();
    void keepsWithinItsSize();
};

void PlaybackTest::showsWhatWasLive()
{
    QTemporaryDir folder;
    EventRecorder recorder;
    recorder.setFolder(folder.path());
    Replica live;
    live.setFlushInterval(std::chrono::milliseconds(0));
    SyntheticCluster city({20, 100, 4, 10}, began);
    QMap<double, QString> moments;
    const auto happen = [&](const sample::Event &event) {
        recorder.record(event);
        live.apply(event);
    };
    happen(city.snapshot());
    for (int i = 1; i <= 12000; ++i) {
        const double time = began + i * 0.01;
        happen(city.next(time));
        if (i % 2000 == 0)
            moments.insert(time, told(live));
    }
    recorder.stop();

    auto file =
        EventFile::open(folder.filePath(QDir(folder.path()).entryList(QDir::Files).first()));
    QVERIFY2(file, file ? "" : file.error().message.c_str());
    Replica shown;
    Playback playback(std::move(*file), shown);
    const QList<double> times = moments.keys();
    for (const double time : {times[5], times[0], times[3], times[1], times[4], times[2]}) {
        playback.seek(time);
        QCOMPARE(told(shown), moments.value(time));
        QCOMPARE(shown.now(), time);
    }
}

void PlaybackTest::stepsFromEventToEvent()
{
    QTemporaryDir folder;
    EventRecorder recorder;
    recorder.setFolder(folder.path());
    auto first = sample::snapshot();
    first.set_time(began);
    recorder.record(first);
    recorder.record(
        sample::taskAdded(sample::task("t", "F", "A", mesos::v1::TASK_STAGING), began + 5));
    recorder.record(sample::taskUpdated("t", "F", mesos::v1::TASK_RUNNING, began + 9));
    const QString path = recorder.path();
    recorder.stop();
    auto file = EventFile::open(path);
    QVERIFY(file);
    QCOMPARE((*file)->count(), 3);
    Replica shown;
    Playback playback(std::move(*file), shown);
    QCOMPARE(shown.tasks().size(), 0);
    playback.step(1);
    QCOMPARE(playback.position(), began + 5);
    QCOMPARE(shown.figures().waitingTasks, 1);
    playback.step(1);
    QCOMPARE(shown.figures().runningTasks, 1);
    playback.step(-1);
    QCOMPARE(shown.figures().waitingTasks, 1);
    playback.step(-9);
    QCOMPARE(shown.tasks().size(), 0);
}

void PlaybackTest::survivesATornFile()
{
    QTemporaryDir folder;
    EventRecorder recorder;
    recorder.setFolder(folder.path());
    recorder.record(sample::snapshot());
    for (int i = 0; i < 5; ++i)
        recorder.record(sample::taskUpdated("t", "F", mesos::v1::TASK_RUNNING, began + i));
    const QString path = recorder.path();
    recorder.stop();
    QFile file(path);
    QVERIFY(file.resize(file.size() - 3)); // the machine went down in the middle of a write
    const auto opened = EventFile::open(path);
    QVERIFY(opened);
    QCOMPARE((*opened)->count(), 5);
}

void PlaybackTest::refusesOtherFiles()
{
    QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("other")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("something else entirely");
    file.close();
    const auto opened = EventFile::open(file.fileName());
    QVERIFY(!opened);
    QVERIFY(opened.error().message.find("no recording") != std::string::npos);
}

void PlaybackTest::keepsWithinItsSize()
{
    QTemporaryDir folder;
    EventRecorder recorder;
    recorder.setFolder(folder.path());
    recorder.setMaxBytes(20000);
    int asked = 0;
    SyntheticCluster city({5, 20, 2, 2}, began);
    connect(&recorder, &EventRecorder::snapshotWanted, this, [&] { ++asked; });
    recorder.record(city.snapshot());
    for (int i = 0; i < 4000; ++i) {
        recorder.record(city.next(began + i));
        if (asked > 0) { // the master answers at once
            asked = 0;
            recorder.record(sample::snapshot());
            QTest::qWait(2); // names of files are times
        }
    }
    recorder.stop();
    qint64 bytes = 0;
    const QFileInfoList files = QDir(folder.path()).entryInfoList(QDir::Files);
    for (const QFileInfo &file : files)
        bytes += file.size();
    QVERIFY2(files.size() <= 2 && bytes < 60000, qPrintable(QString::number(bytes)));
}

QTEST_GUILESS_MAIN(PlaybackTest)
#include "tst_playback.moc"
