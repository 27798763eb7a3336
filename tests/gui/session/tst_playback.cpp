#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "gui/model/replica.h"
#include "gui/session/playback.h"
#include "gui/session/role_record.h"
#include "tests/gui/support/synthetic_cluster.h"

using namespace meseta::console;

namespace {

constexpr double began = 1700000000;

QString told(const Amounts &amounts)
{
    return QStringLiteral("%1/%2/%3").arg(amounts.cpus).arg(amounts.memory).arg(amounts.disk);
}

/// What a replica shows on all of its pages, as text: two replicas with the same text show the
/// same.
QString told(const Replica &replica)
{
    QStringList lines;
    const ClusterFigures &figures = replica.figures();
    lines << QStringLiteral("figures %1 %2 %3 agents %4 of %5")
                 .arg(told(figures.total), told(figures.allocated), told(figures.offered))
                 .arg(figures.activeAgents)
                 .arg(figures.agents);
    lines << QStringLiteral("figures %1 frameworks, %2 offers, tasks %3 %4 %5 %6 %7")
                 .arg(figures.frameworks)
                 .arg(figures.offers)
                 .arg(figures.runningTasks)
                 .arg(figures.waitingTasks)
                 .arg(figures.finishedTasks)
                 .arg(figures.failedTasks)
                 .arg(figures.unreachableTasks);
    lines << QStringLiteral("cluster %1 %2 %3")
                 .arg(replica.clusterName(), replica.masterText(), replica.masterVersion());
    replica.frameworks().forEach([&](const FrameworkRow &row) {
        lines << QStringLiteral("framework %1 %2 %3 %4 %5")
                     .arg(row.id, row.name)
                     .arg(row.tasks)
                     .arg(row.active)
                     .arg(row.completed);
    });
    replica.roles().forEach([&](const RoleRow &row) {
        lines << QStringLiteral("role %1 %2 %3 %4 %5 %6 %7 %8")
                     .arg(row.name, told(row.allocated), told(row.offered))
                     .arg(row.weight)
                     .arg(row.limit)
                     .arg(row.tasks)
                     .arg(row.offers)
                     .arg(row.share);
    });
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
        lines << QStringLiteral("offer %1 %2 %3 %4 %5")
                     .arg(row.id, row.frameworkName, row.hostname, told(row.resources))
                     .arg(row.offered, 0, 'f', 3);
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

/// The first lines of two texts that are not the same.
QString difference(const QString &a, const QString &b)
{
    const QStringList first = a.split(QLatin1Char('\n')), second = b.split(QLatin1Char('\n'));
    for (qsizetype i = 0; i < std::max(first.size(), second.size()); ++i) {
        if (first.value(i) != second.value(i))
            return first.value(i) + QStringLiteral(" and ") + second.value(i);
    }
    return {};
}

/// A recording that begins with an empty cluster.
sample::Event begin(EventRecorder &recorder, const QString &folder)
{
    recorder.setFolder(folder);
    auto first = sample::snapshot();
    first.set_time(began);
    recorder.record(first);
    return first;
}

} // namespace

/// The time machine: what was shown live at a moment is what the recording shows for it.
class PlaybackTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void showsWhatWasLive();
    void stepsFromEventToEvent();
    void tellsWhatIsDifferent();
    void changesItsMindOnTheWay();
    void countsAreThoseOfTheMoment();
    void holdsWeightsAndQuotas();
    void countsDamagedEvents();
    void twoRecordAtOnce();
    void oldFilesGo();
    void saysThatItCannotWrite();
    void survivesATornFile();
    void refusesOtherFiles();
    void keepsWithinItsSize();

private:
    QString recordBusyHour();

    QTemporaryDir m_folder;
};

/// A recording whose snapshot is so large that it is taken piece by piece.
QString PlaybackTest::recordBusyHour()
{
    EventRecorder recorder;
    recorder.setFolder(m_folder.path());
    SyntheticCluster city({200, 2000, 4, 10}, began);
    recorder.record(city.snapshot());
    for (int i = 1; i <= 12000; ++i)
        recorder.record(city.next(began + i * 0.3));
    recorder.stop();
    return recorder.path();
}

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
        if (i % 2000 == 0) {
            live.flush();
            moments.insert(time, told(live));
        }
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
        QTRY_VERIFY_WITH_TIMEOUT(!playback.isSeeking(), 20000);
        shown.flush();
        QCOMPARE(difference(told(shown), moments.value(time)), QString());
        QCOMPARE(shown.now(), time);
    }
}

void PlaybackTest::stepsFromEventToEvent()
{
    QTemporaryDir folder;
    EventRecorder recorder;
    begin(recorder, folder.path());
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

/// Models that know the rows by what is told of them never look at one that is not there, however
/// the moments follow each other.
void PlaybackTest::tellsWhatIsDifferent()
{
    const QString path = recordBusyHour();
    auto file = EventFile::open(path);
    QVERIFY(file);
    Replica shown;
    QSet<int> known;
    connect(&shown, &Replica::tasksChanged, this, [&](const RowChanges &changes) {
        QVERIFY(!changes.reset || (known.isEmpty() && shown.tasks().size() == 0));
        for (const int slot : changes.removed)
            QVERIFY(known.remove(slot));
        for (const int slot : changes.added) {
            QVERIFY(!known.contains(slot) && shown.tasks().isLive(slot));
            known << slot;
        }
        for (const int slot : changes.changed)
            QVERIFY(known.contains(slot) && shown.tasks().isLive(slot));
    });
    Playback playback(std::move(*file), shown);
    QSignalSpy flushed(&shown, &Replica::flushed);
    const double length = playback.end() - playback.begin();
    for (const double share : {1.0, 0.0, 0.5, 0.4, 0.9, 0.1, 1.0}) {
        flushed.clear();
        playback.seek(playback.begin() + share * length);
        QTRY_VERIFY_WITH_TIMEOUT(!playback.isSeeking() && !flushed.isEmpty(), 20000);
        QSet<int> there;
        shown.tasks().forEach([&](const TaskRow &row) { there << shown.tasks().slotOf(row.key); });
        QTRY_COMPARE_WITH_TIMEOUT(known, there, 20000); // told frame by frame
    }
}

/// A moment is left before it is reached, for one before and one after it.
void PlaybackTest::changesItsMindOnTheWay()
{
    const QString path = recordBusyHour();
    Replica there, shown;
    Playback straight(std::move(*EventFile::open(path)), there);
    Playback wavering(std::move(*EventFile::open(path)), shown);
    QVERIFY(wavering.isSeeking()); // the snapshot is large, and not taken at once
    const double length = straight.end() - straight.begin();
    for (const double share : {1.0, 0.2, 0.6}) {
        wavering.seek(straight.end());
        wavering.seek(straight.begin());
        for (const double hurry : {0.9, 0.1, 0.0}) {
            wavering.seek(straight.begin() + hurry * length);
            QCoreApplication::processEvents();
        }
        for (Playback *playback : {&straight, &wavering})
            playback->seek(straight.begin() + share * length);
        QTRY_VERIFY_WITH_TIMEOUT(!straight.isSeeking() && !wavering.isSeeking(), 20000);
        there.flush();
        shown.flush();
        QCOMPARE(difference(told(shown), told(there)), QString());
    }
}

/// Rubbish within the file: what cannot be read is left out and counted, the rest is shown.
/// Sums and counts are told with the moment, before all of its rows are.
void PlaybackTest::countsAreThoseOfTheMoment()
{
    const QString path = recordBusyHour();
    Replica there, shown;
    Playback straight(std::move(*EventFile::open(path)), there);
    Playback wavering(std::move(*EventFile::open(path)), shown);
    const auto counts = [](const Replica &replica) {
        const ClusterFigures &sums = replica.figures();
        return QStringLiteral("%1 %2 %3 %4 roles")
            .arg(sums.runningTasks)
            .arg(sums.finishedTasks)
            .arg(sums.offers)
            .arg(replica.roles().size());
    };
    QString told;
    connect(&shown, &Replica::flushed, this, [&] { told = counts(shown); });
    const double length = straight.end() - straight.begin();
    for (const double share : {0.3, 0.9, 0.1, 1.0, 0.6}) {
        for (Playback *playback : {&straight, &wavering})
            playback->seek(playback->begin() + share * length);
        QTRY_VERIFY_WITH_TIMEOUT(!straight.isSeeking() && !wavering.isSeeking(), 20000);
        there.flush();
        QCOMPARE(told, counts(there));
    }
}

/// No event of a master tells them: the console records what it was told when it asked.
void PlaybackTest::holdsWeightsAndQuotas()
{
    QTemporaryDir folder;
    EventRecorder recorder;
    const auto first = begin(recorder, folder.path());
    const auto recordRoles = [&](double time, double weight, double cpus) {
        mesos::v1::master::Response answer;
        auto *role = answer.mutable_get_roles()->add_roles();
        role->set_name("web");
        role->set_weight(weight);
        role->add_frameworks()->set_value("not kept");
        auto *quota = answer.mutable_get_quota()->mutable_status()->add_configs();
        quota->set_role("web");
        (*quota->mutable_limits())["cpus"].set_value(cpus);
        auto event = roleRecord(answer);
        QCOMPARE(event.SerializeAsString().find("not kept"), std::string::npos);
        event.set_time(time);
        recorder.record(event);
    };
    recordRoles(began + 5, 2, 8);
    recordRoles(began + 10, 3.5, 16);
    recorder.record(
        sample::taskAdded(sample::task("t", "F", "A", mesos::v1::TASK_STAGING), began + 20));
    recorder.stop();
    auto file = EventFile::open(recorder.path());
    QVERIFY(file);
    QCOMPARE((*file)->count(), 4);
    Replica shown;
    Playback playback(std::move(*file), shown);
    const auto web = [&](double after) {
        playback.seek(began + after);
        const RoleRow *role = shown.roles().find(QStringLiteral("web"));
        return role ? QStringLiteral("%1, %2").arg(role->weight).arg(role->limit) : QString();
    };
    QCOMPARE(web(20), QStringLiteral("3.5, 16 CPUs"));
    QCOMPARE(web(7), QStringLiteral("2, 8 CPUs"));
    QCOMPARE(web(1), QString());
    QCOMPARE(web(12), QStringLiteral("3.5, 16 CPUs"));
    // Nothing else is taken for one.
    QVERIFY(!rolesIn(first));
}

void PlaybackTest::countsDamagedEvents()
{
    const QString path = recordBusyHour();
    auto whole = EventFile::open(path);
    QVERIFY(whole);
    const int count = (*whole)->count();
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadWrite));
    QVERIFY(file.seek(file.size() - 5)); // within the last event
    file.write("\xff\xff\xff\xff\xff");
    file.close();
    Replica shown;
    Playback playback(std::move(*EventFile::open(path)), shown);
    QCOMPARE(playback.file().count(), count);
    playback.seek(playback.end());
    QTRY_VERIFY_WITH_TIMEOUT(!playback.isSeeking(), 20000);
    QCOMPARE(playback.damaged(), 1);
    QVERIFY(shown.tasks().size() >= 2000);
}

/// Consoles that begin in the same moment write a file each.
void PlaybackTest::twoRecordAtOnce()
{
    QTemporaryDir folder;
    EventRecorder first, second;
    for (int i = 0; i < 20; ++i) {
        first.setFolder(folder.path());
        second.setFolder(folder.path());
        first.record(sample::snapshot());
        second.record(sample::snapshot());
        QVERIFY(!first.path().isEmpty() && first.path() != second.path());
        second.record(sample::taskUpdated("t", "F", mesos::v1::TASK_RUNNING, began));
        first.stop();
        second.stop();
        const auto one = EventFile::open(first.path()), other = EventFile::open(second.path());
        QVERIFY2(one, one ? "" : one.error().message.c_str());
        QVERIFY2(other, other ? "" : other.error().message.c_str());
        QCOMPARE((*one)->count(), 1);
        QCOMPARE((*other)->count(), 2);
    }
}

/// Files of earlier sessions go when there is no room for all; those that somebody may be writing
/// stay.
void PlaybackTest::oldFilesGo()
{
    QTemporaryDir folder;
    const QDateTime now = QDateTime::currentDateTime();
    for (int hours = 0; hours < 30; ++hours) {
        QFile file(folder.filePath(QStringLiteral("%1.events").arg(hours)));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray(1000, 'x'));
        file.flush();
        file.setFileTime(now.addSecs(-3600LL * hours - 1), QFileDevice::FileModificationTime);
    }
    EventRecorder recorder;
    recorder.setFolder(folder.path());
    recorder.setMaxBytes(1000);
    recorder.record(sample::snapshot());
    recorder.stop();
    const auto left = QDir(folder.path()).entryList(QDir::Files);
    QVERIFY2(left.size() >= 15 && left.size() <= 17, qPrintable(QString::number(left.size())));
    QVERIFY(left.contains(QStringLiteral("0.events")));
    QVERIFY(!left.contains(QStringLiteral("29.events")));
}

/// The disk is full, or the folder cannot be written: it is said, and the session goes on.
void PlaybackTest::saysThatItCannotWrite()
{
    EventRecorder recorder;
    recorder.setFolder(QStringLiteral("/proc/nowhere"));
    recorder.record(sample::snapshot());
    QVERIFY(!recorder.problem().isEmpty());
    QVERIFY(recorder.path().isEmpty());
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
