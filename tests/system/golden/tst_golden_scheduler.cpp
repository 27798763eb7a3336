// What schedulers were told by Apache Mesos is what they are told by mesos-master: the recordings
// of tests/golden/scheduler are played against our daemons, and the answers compared.

#include <QtTest>

#include "tests/system/golden/scheduler_replay.h"

using namespace meseta::test;

namespace {

QRegularExpression where(const char *pattern)
{
    return QRegularExpression(QLatin1String(pattern));
}

/// Where we differ from the recordings, or do not play them, and why.
const std::vector<Expected> &expectations()
{
    static const std::vector<Expected> all{
        {QStringLiteral("scheduler/lifecycle"), where("^line (?:92|95) skipped"),
         QStringLiteral(
             "the 30 s of resending are shown on a simulated clock (tst_update_streams)")},
        {QStringLiteral("scheduler/lifecycle"),
         where("line 2[345] event.update.status.message: not recorded"),
         QStringLiteral("we say why a health check failed, Mesos leaves the message out")},
        {QStringLiteral("scheduler/lifecycle"),
         where("line 73 event.update.status|line 0 A: not recorded.*\"quick\""),
         QStringLiteral("a race: our executor is often up before the KILL comes, then the task's "
                        "states are told (tst_command_tasks kills before that)")},
        {QStringLiteral("scheduler/ops"), where("line 4[0125] .*operation_id.value"),
         QStringLiteral("operations are reconciled in the order of a hash map")},
        {QStringLiteral("scheduler/http_rules"), where("body.git_sha: recorded"),
         QStringLiteral("we are not built from that revision: an optional member")},
    };
    return all;
}

/// The recorder left out operations that repeat earlier ones under another name, and wrote down the
/// ordinary headers of some calls.
void completeOperations(Transcript &transcript)
{
    const auto operation = [&transcript](const char *name) {
        for (const Row &row : transcript.rows) {
            const QJsonArray all =
                row.value("call")[QLatin1String("accept")][QLatin1String("operations")].toArray();
            for (const QJsonValue &one : all) {
                if (one[QLatin1String(name)].isObject())
                    return one[QLatin1String(name)].toObject();
            }
        }
        return QJsonObject();
    };
    const QJsonObject create = operation("create");
    const QJsonObject reserve = operation("reserve");
    for (Row &row : transcript.rows) {
        row.json.remove(QLatin1String("request_headers"));
        QJsonObject call = row.value("call").toObject();
        QJsonObject accept = call.value(QLatin1String("accept")).toObject();
        QJsonArray operations = accept.value(QLatin1String("operations")).toArray();
        if (operations.size() != 2 || !operations[0][QLatin1String("destroy")].isString())
            continue;
        QJsonObject destroy = operations[0].toObject();
        QJsonObject unreserve = operations[1].toObject();
        destroy.insert(QLatin1String("destroy"), create);
        unreserve.insert(QLatin1String("unreserve"), reserve);
        accept.insert(QLatin1String("operations"), QJsonArray{destroy, unreserve});
        call.insert(QLatin1String("accept"), accept);
        row.json.insert(QLatin1String("call"), call);
    }
}

} // namespace

class TestGoldenScheduler : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answersAsRecorded_data()
    {
        QTest::addColumn<QString>("name");
        for (const char *name : {"basic", "lifecycle", "decline", "reconcile", "secondsub",
                                 "failover", "teardown", "fourxx", "http_rules", "invalid", "ops"})
            QTest::addRow("%s", name) << QStringLiteral("scheduler/") + QLatin1String(name);
    }

    void answersAsRecorded()
    {
        QFETCH(QString, name);
        auto transcript = Transcript::load(name);
        QVERIFY2(transcript, transcript ? "" : transcript.error().message.c_str());
        if (name == QLatin1String("scheduler/ops"))
            completeOperations(*transcript);
        Cluster cluster;
        const bool asksOften =
            name == QLatin1String("scheduler/invalid"); // an offer for each of its 62 cases
        QStringList flags{QStringLiteral("--webui_dir=") + cluster.folder()};
        QFile page(cluster.folder() + QStringLiteral("/index.html"));
        QVERIFY(page.open(QIODevice::WriteOnly) && page.write("<!DOCTYPE html>\n") > 0);
        page.close();
        if (asksOften)
            flags += QStringLiteral("--allocation_interval=50ms");
        const auto master = cluster.startMaster(flags);
        QVERIFY2(master, master ? "" : master.error().message.c_str());
        const auto agent = cluster.startAgent();
        QVERIFY2(agent, agent ? "" : agent.error().message.c_str());

        SchedulerReplay replay(cluster, *transcript, expectations());
        replay.manualStreams = {QStringLiteral("U")};
        const QStringList differences = replay.run();
        for (const QString &difference : differences)
            qWarning("%s %s", qPrintable(name), qPrintable(difference));
        if (!differences.isEmpty())
            qWarning("%s", cluster.logTails().constData());
        QCOMPARE(differences.size(), 0);
    }
};

QTEST_GUILESS_MAIN(TestGoldenScheduler)
#include "tst_golden_scheduler.moc"
