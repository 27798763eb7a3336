#include <QFile>
#include <QJsonArray>
#include <QTest>

#include "tests/support/daemons.h"
#include "tests/system/support/scheduler.h"

using namespace meseta;
using namespace meseta::test;

/// A framework's own executor as a process of its own (test_executor), from its launch to its
/// shutdown.
class CustomExecutorTest : public QObject
{
    Q_OBJECT

    Cluster m_cluster;
    std::unique_ptr<Scheduler> m_scheduler;

    QJsonObject executorInfo(const QString &command) const;
    QJsonObject task(const QString &name, const QString &executorCommand) const;
    QJsonObject agentExecutor(const char *list) const;
    QByteArray sent(const char *type) const;

private Q_SLOTS:
    void initTestCase();
    void twoTasksAMessageAKillAndTheEnd();
    void executorThatFails();
};

void CustomExecutorTest::initTestCase()
{
    QVERIFY(m_cluster.startMaster());
    QVERIFY2(m_cluster.startAgent(), m_cluster.logTails());
}

QJsonObject CustomExecutorTest::executorInfo(const QString &command) const
{
    return {{QStringLiteral("type"), QStringLiteral("CUSTOM")},
            {QStringLiteral("executor_id"), idOf(QStringLiteral("worker"))},
            {QStringLiteral("framework_id"), idOf(m_scheduler->id())},
            {QStringLiteral("resources"), QJsonArray{scalar("cpus", 0.1), scalar("mem", 32)}},
            {QStringLiteral("command"), QJsonObject{{QStringLiteral("value"), command}}}};
}

QJsonObject CustomExecutorTest::task(const QString &name, const QString &executorCommand) const
{
    auto task = commandTask(name, QString());
    task.remove(QStringLiteral("command"));
    task[QStringLiteral("executor")] = executorInfo(executorCommand);
    return task;
}

/// The executor in the agent's /state: of "executors" or "completed_executors".
QJsonObject CustomExecutorTest::agentExecutor(const char *list) const
{
    const auto state = getJson(m_cluster.agentPort(), "/state");
    for (const auto *frameworks : {"frameworks", "completed_frameworks"}) {
        for (const auto &framework : state.value(QLatin1String(frameworks)).toArray()) {
            if (framework[u"id"].toString() == m_scheduler->id())
                return framework[QLatin1String(list)][0].toObject();
        }
    }
    return {};
}

void CustomExecutorTest::twoTasksAMessageAKillAndTheEnd()
{
    m_scheduler = std::make_unique<Scheduler>(m_cluster.masterPort());
    QVERIFY(m_scheduler->subscribe());
    const QString program =
        qEnvironmentVariable("MESETA_BIN_DIR") + QStringLiteral("/test_executor");
    auto offer = m_scheduler->takeOffer();
    QCOMPARE(
        m_scheduler->launch(
            offer, {task(QStringLiteral("one"), program), task(QStringLiteral("two"), program)}),
        202);
    QVERIFY2(m_scheduler->sees(QStringLiteral("one"), "TASK_RUNNING"), m_cluster.logTails());
    QVERIFY2(m_scheduler->sees(QStringLiteral("two"), "TASK_RUNNING"), m_cluster.logTails());
    const auto executor = agentExecutor("executors");
    QCOMPARE(executor.value(u"id").toString(), QStringLiteral("worker"));
    QCOMPARE(executor.value(u"tasks").toArray().size(), 2);

    const QJsonObject message{{QStringLiteral("agent_id"), offer.value(u"agent_id")},
                              {QStringLiteral("executor_id"), idOf(QStringLiteral("worker"))},
                              {QStringLiteral("data"), QStringLiteral("aGVsbG8=")}}; // hello
    QCOMPARE(m_scheduler->call({{QStringLiteral("type"), QStringLiteral("MESSAGE")},
                                {QStringLiteral("message"), message}}),
             202);
    QTRY_COMPARE(m_scheduler->stream().ofType("MESSAGE").size(), 1);
    QCOMPARE(m_scheduler->stream().ofType("MESSAGE").first()[u"message"][u"data"].toString(),
             QStringLiteral("aGVsbG8="));

    QCOMPARE(m_scheduler->kill(QStringLiteral("one")), 202);
    QVERIFY(m_scheduler->sees(QStringLiteral("one"), "TASK_KILLED"));
    QCOMPARE(m_scheduler->states(QStringLiteral("two")), QStringLiteral("TASK_RUNNING"));

    const QJsonObject shutdown{{QStringLiteral("agent_id"), offer.value(u"agent_id")},
                               {QStringLiteral("executor_id"), idOf(QStringLiteral("worker"))}};
    QCOMPARE(m_scheduler->call({{QStringLiteral("type"), QStringLiteral("SHUTDOWN")},
                                {QStringLiteral("shutdown"), shutdown}}),
             202);
    QTRY_COMPARE(m_scheduler->stream().ofType("MESSAGE").size(), 2); // its goodbye
    QVERIFY(m_scheduler->sees(QStringLiteral("two"), "TASK_FAILED")
            || m_scheduler->sees(QStringLiteral("two"), "TASK_KILLED", 0));
    QTRY_COMPARE(m_scheduler->stream().ofType("FAILURE").size(), 1);
    QCOMPARE(m_scheduler->stream()
                 .ofType("FAILURE")
                 .first()[u"failure"][u"executor_id"][u"value"]
                 .toString(),
             QStringLiteral("worker"));

    QTRY_VERIFY(!agentExecutor("completed_executors").isEmpty());
    const QByteArray out =
        agentExecutor("completed_executors").value(u"directory").toString().toUtf8() + "/stdout";
    const auto said = getJson(m_cluster.agentPort(),
                              "/files/read?offset=0&length=1000&path=" + out.toPercentEncoding())
                          .value(u"data")
                          .toString();
    QStringList events = said.split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    events.removeAll(QStringLiteral("ACKNOWLEDGED"));
    events.removeAll(QStringLiteral("HEARTBEAT"));
    QCOMPARE(events.join(QLatin1Char(' ')),
             QStringLiteral("SUBSCRIBED LAUNCH LAUNCH MESSAGE KILL SHUTDOWN"));
    QCOMPARE(m_scheduler->teardown(), 202);
}

/// An executor that ends without subscribing takes its tasks with it.
void CustomExecutorTest::executorThatFails()
{
    m_scheduler = std::make_unique<Scheduler>(m_cluster.masterPort());
    QVERIFY(m_scheduler->subscribe());
    QCOMPARE(m_scheduler->launch(m_scheduler->takeOffer(),
                                 {task(QStringLiteral("lost"), QStringLiteral("exit 9"))}),
             202);
    QVERIFY(m_scheduler->sees(QStringLiteral("lost"), "TASK_FAILED"));
    QCOMPARE(m_scheduler->lastStatus(QStringLiteral("lost")).value(u"reason").toString(),
             QStringLiteral("REASON_EXECUTOR_TERMINATED"));
    QTRY_COMPARE(m_scheduler->stream().ofType("FAILURE").size(), 1);
    QCOMPARE(m_scheduler->stream().ofType("FAILURE").first()[u"failure"][u"status"].toInt(),
             9 << 8);
    QCOMPARE(m_scheduler->teardown(), 202);
}

QTEST_GUILESS_MAIN(CustomExecutorTest)
#include "tst_custom_executor.moc"
