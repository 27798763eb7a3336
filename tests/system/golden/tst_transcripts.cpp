// Every recording in tests/golden, and how our daemons are held against it. The table is the one
// place where this is said; the test keeps it true to the files and to the tests it names.

#include <QtTest>

using namespace Qt::StringLiterals;

namespace {

struct Recorded
{
    const char *file; ///< below tests/golden
    const char *players; ///< the tests that play it, by the names of their files
    const char *rest; ///< what of it is not played, and the capability that waits for; or why never
};

constexpr Recorded kRecorded[] = {
    // Between master and agent.
    {"daemon-messages/a-register-ping.jsonl", "tst_golden_agent", ""},
    {"daemon-messages/b-command-task-driver-executor.jsonl",
     "tst_golden_messages tst_golden_departures",
     "what agent and executor process say to one another: the built-in executors are objects here"},
    {"daemon-messages/b2-command-task-http-executor.jsonl", "tst_golden_agent",
     "what agent and executor process say to one another: the built-in executors are objects here, "
     "and --http_command_executor changes nothing"},
    {"daemon-messages/c-task-killed.jsonl", "tst_golden_agent tst_golden_messages", ""},
    {"daemon-messages/d-agent-kill9-restart.jsonl", "tst_golden_agent", ""},
    {"daemon-messages/d2-agent-kill9-no-checkpoint.jsonl", "tst_golden_agent", ""},
    {"daemon-messages/e-master-restart.jsonl", "tst_golden_agent tst_golden_messages",
     "that the agent asks again after 75 s without a ping: here a ping tells it to, and "
     "tst_registration waits for them on a simulated clock"},
    {"daemon-messages/f-teardown.jsonl", "tst_golden_agent tst_golden_departures",
     "what the agent and the executors of the task and the group say to one another: the built-in "
     "executors are objects here"},
    {"daemon-messages/g-reserve-create-volume.jsonl", "tst_golden_operations", ""},
    {"daemon-messages/h-agent-sigusr1.jsonl", "tst_golden_departures", ""},
    {"daemon-messages/i-mark-agent-gone.jsonl", "tst_golden_departures", ""},
    {"daemon-messages/j-drain-agent.jsonl", "tst_golden_agent tst_golden_departures", ""},
    {"daemon-messages/k-unreachable-and-back.jsonl", "tst_golden_departures", ""},
    {"daemon-messages/l-v0-driver.jsonl", "tst_golden_driver tst_golden_departures", ""},
    {"daemon-messages/m-task-group.jsonl", "tst_golden_groups",
     "what the default executor and its agent say over HTTP: it is an object here; the calls on "
     "nested containers are held in tst_agent_operator_api"},
    {"daemon-messages/raw-registration.txt", "tst_golden_raw",
     "the pings 15 s and 30 s later are the bytes of the first"},

    // The executor API.
    {"executor/custom-executor.jsonl", "tst_golden_executor", ""},
    {"executor/custom-executor-scheduler-side.jsonl", "tst_golden_executor", ""},
    {"executor/environments.jsonl", "tst_golden_environments",
     "the environment of the default executor's process: there is none"},

    // The endpoints from before the operator API.
    {"legacy/agent.jsonl", "tst_golden_operator", ""},
    {"legacy/master.jsonl", "tst_golden_operator", ""},
    {"legacy/writes.jsonl", "tst_golden_writes", ""},

    // The operator API.
    {"operator/agent-containers.jsonl", "tst_golden_containers", ""},
    {"operator/agent-reads.jsonl", "tst_golden_operator", ""},
    {"operator/agent-session-streams.jsonl", "tst_golden_sessions", ""},
    {"operator/master-after.jsonl", "tst_golden_operator", ""},
    {"operator/master-reads.jsonl", "tst_golden_operator", ""},
    {"operator/master-subscribe.jsonl", "tst_golden_operator", ""},
    {"operator/writes.jsonl", "tst_golden_writes", ""},

    // The scheduler API.
    {"scheduler/basic.jsonl", "tst_golden_scheduler", ""},
    {"scheduler/decline.jsonl", "tst_golden_scheduler", ""},
    {"scheduler/failover.jsonl", "tst_golden_scheduler", ""},
    {"scheduler/fourxx.jsonl", "tst_golden_scheduler", ""},
    {"scheduler/http_rules.jsonl", "tst_golden_scheduler", ""},
    {"scheduler/invalid.jsonl", "tst_golden_scheduler", ""},
    {"scheduler/lifecycle.jsonl", "tst_golden_scheduler", ""},
    {"scheduler/ops.jsonl", "tst_golden_scheduler", ""},
    {"scheduler/reconcile.jsonl", "tst_golden_scheduler", ""},
    {"scheduler/secondsub.jsonl", "tst_golden_scheduler", ""},
    {"scheduler/teardown.jsonl", "tst_golden_scheduler", ""},

    // ZooKeeper.
    {"zookeeper/election.jsonl", "tst_leadership",
     "the times of a failover; the znodes and answers are held"},
};

QString testsFolder()
{
    return qEnvironmentVariable("MESETA_SOURCE_DIR") + u"/tests"_s;
}

/// The text of the test of this name; empty when there is none.
QByteArray sourceOf(const QString &test)
{
    QDirIterator files(testsFolder(), {test + u".cpp"_s}, QDir::Files,
                       QDirIterator::Subdirectories);
    QFile file(files.hasNext() ? files.next() : QString());
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TestTranscripts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyRecordingIsInTheTable()
    {
        QStringList recorded;
        for (const Recorded &entry : kRecorded)
            recorded += QString::fromLatin1(entry.file);
        QStringList files;
        const QDir folder(testsFolder() + u"/golden"_s);
        QDirIterator all(folder.path(), QDir::Files, QDirIterator::Subdirectories);
        while (all.hasNext()) {
            const QString file = folder.relativeFilePath(all.next());
            if (file != u"README.md"_s)
                files += file;
        }
        recorded.sort();
        files.sort();
        QCOMPARE(recorded, files);
    }

    void isPlayedOrSaysWhatItWaitsFor_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("players");
        QTest::addColumn<QString>("rest");
        for (const Recorded &entry : kRecorded)
            QTest::newRow(entry.file)
                << QString::fromLatin1(entry.file) << QString::fromLatin1(entry.players)
                << QString::fromLatin1(entry.rest);
    }

    void isPlayedOrSaysWhatItWaitsFor()
    {
        QFETCH(QString, file);
        QFETCH(QString, players);
        QFETCH(QString, rest);
        QVERIFY(!players.isEmpty() || !rest.isEmpty());
        const QByteArray name = QFileInfo(file).completeBaseName().toLatin1();
        for (const QString &player : players.split(u' ', Qt::SkipEmptyParts)) {
            const QByteArray source = sourceOf(player);
            QVERIFY2(!source.isEmpty(), qPrintable(player + u" is no test"_s));
            QVERIFY2(source.contains(name),
                     qPrintable(player + u" does not name "_s + QString::fromLatin1(name)));
        }
    }
};

QTEST_APPLESS_MAIN(TestTranscripts)
#include "tst_transcripts.moc"
