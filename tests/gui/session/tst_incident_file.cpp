#include <QFile>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

#include "gui/session/event_file.h"
#include "gui/session/incident_file.h"
#include "gui/session/playback.h"
#include "gui/session/secret_scrubber.h"
#include "tests/gui/support/sample_cluster.h"

using namespace meseta::console;

/// A part of a recording for others: it shows what the recording shows, and no secret is in it.
class IncidentFileTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void takesTheSpanAndWhatItBuildsOn();
    void showsWhatTheRecordingShows();
    void holdsNoSecret();
    void cleansTexts_data();
    void cleansTexts();
    void saysWhatIsWrong();

private:
    QString file(const char *name) const { return m_folder->filePath(QLatin1String(name)); }
    IncidentHead head(double from, double until) const
    {
        return {QStringLiteral("staging"), from, until, QStringLiteral("it was slow"), {}, {}};
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_recording;
};

/// A snapshot at 1000, then a task every second from 1001 to 1100.
void IncidentFileTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    EventRecorder recorder;
    recorder.setFolder(m_folder->path());
    auto first = sample::snapshot();
    auto *state = sample::state(first);
    auto framework = sample::framework("F", "f");
    auto *label = framework.mutable_framework_info()->mutable_labels()->add_labels();
    label->set_key("db-password");
    label->set_value("hunter2");
    *state->mutable_get_frameworks()->add_frameworks() = framework;
    *state->mutable_get_agents()->add_agents() = sample::agent("A", 8);
    recorder.record(first);
    for (int i = 1; i <= 100; ++i) {
        auto task = sample::task("t" + std::to_string(i), "F", "A", mesos::v1::TASK_RUNNING);
        recorder.record(sample::taskAdded(task, 1000 + i));
        recorder.record(sample::taskUpdated("t" + std::to_string(i), "F", mesos::v1::TASK_RUNNING,
                                            1000 + i, "pulled https://me:hunter2@host/x"));
    }
    recorder.flush();
    m_recording = recorder.path();
}

void IncidentFileTest::takesTheSpanAndWhatItBuildsOn()
{
    const auto extent = incidentExtent(m_recording, 1040, 1060);
    QVERIFY(extent);
    QCOMPARE(extent->first, 0); // the snapshot
    QCOMPARE(extent->count, 1 + 2 * 60);
    QVERIFY(writeIncident(m_recording, file("a.incident"), head(1040, 1060)));
    const auto opened = EventFile::open(file("a.incident"));
    QVERIFY(opened);
    QCOMPARE((*opened)->count(), extent->count);
    QCOMPARE((*opened)->end(), 1060.0);
    const auto told =
        IncidentHead::fromJson(QJsonDocument::fromJson((*opened)->incidentHead()).object());
    QCOMPARE(told.cluster, QStringLiteral("staging"));
    QCOMPARE(told.words, QStringLiteral("it was slow"));
    QCOMPARE(told.from, 1040.0);
}

void IncidentFileTest::showsWhatTheRecordingShows()
{
    QVERIFY(writeIncident(m_recording, file("a.incident"), head(1040, 1060)));
    const auto tasksAt = [](const QString &path, double time) {
        Replica replica;
        Playback playback(std::move(*EventFile::open(path)), replica);
        playback.seek(time);
        [&] { QTRY_VERIFY_WITH_TIMEOUT(!playback.isSeeking(), 20000); }();
        return replica.tasks().size();
    };
    QCOMPARE(tasksAt(file("a.incident"), 1050), tasksAt(m_recording, 1050));
    QCOMPARE(tasksAt(file("a.incident"), 1050), 50);
}

void IncidentFileTest::holdsNoSecret()
{
    IncidentHead told = head(1000, 1100);
    told.notes.append({1010, QStringLiteral("failed with --token=hunter2")});
    told.words = QStringLiteral("password: hunter2");
    QVERIFY(writeIncident(m_recording, file("a.incident"), told));
    QFile written(file("a.incident"));
    QVERIFY(written.open(QIODevice::ReadOnly));
    const QByteArray bytes = written.readAll();
    QVERIFY(!bytes.contains("hunter2"));
    QVERIFY(bytes.contains("pulled https://(removed)@host/x"));
    QFile before(m_recording);
    QVERIFY(before.open(QIODevice::ReadOnly));
    QVERIFY(before.readAll().contains("hunter2"));
}

void IncidentFileTest::cleansTexts_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("clean");
    const auto row = [](const char *text, const char *clean) {
        QTest::newRow(text) << QString::fromLatin1(text) << QString::fromLatin1(clean);
    };
    row("redis-server --port 6379", "redis-server --port 6379");
    row("curl https://u:p@h/", "curl https://(removed)@h/");
    row("run --db-password s3cret -v", "run --db-password (removed) -v");
    row("API_KEY=abc ./x", "API_KEY=(removed) ./x");
    row("Authorization: Bearer abc.def", "Authorization: Bearer (removed)");
    row("slave(1)@10.0.0.1:5051", "slave(1)@10.0.0.1:5051");
}

void IncidentFileTest::cleansTexts()
{
    QFETCH(QString, text);
    QFETCH(QString, clean);
    QCOMPARE(withoutSecrets(text), clean);
}

void IncidentFileTest::saysWhatIsWrong()
{
    QVERIFY(!incidentExtent(file("none"), 0, 1));
    QVERIFY(!incidentExtent(m_recording, 10, 20)); // before it began
    QVERIFY(!writeIncident(m_recording, QStringLiteral("/proc/none/x"), head(1000, 1100)));
    QFile torn(file("torn.incident"));
    QVERIFY(torn.open(QIODevice::WriteOnly));
    torn.write("meseta-incident 1\n\xff\xff\xff\xff");
    torn.close();
    QVERIFY(!EventFile::open(file("torn.incident")));
}

QTEST_GUILESS_MAIN(IncidentFileTest)
#include "tst_incident_file.moc"
