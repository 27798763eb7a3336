// How agents and frameworks leave, byte by byte on the wire between master and agent, and as their
// schedulers are told: a framework is torn down, an agent shuts itself down (SIGUSR1), stops
// answering and comes back, is marked gone and tries to come back, is drained and reactivated and
// drained for good (tests/golden/daemon-messages, f, h, i, j and k).

#include <csignal>

#include <QtTest>

#include "tests/system/framework.h"
#include "tests/system/golden/json_parts.h"
#include "tests/system/golden/message_replay.h"
#include "tests/support/signals.h"

using namespace meseta::test;
using namespace meseta::test::parts;
using namespace Qt::StringLiterals;

namespace {

/// The agent's state updates of the recorded driver's task, as those of the task here.
Row statusOfTask(const QString &state)
{
    const Recording driver(u"l-v0-driver"_s);
    for (const Row &row : driver.rows()) {
        const QJsonObject status =
            member(member(row.value("body").toObject(), "update"_L1), "status"_L1);
        if (row.text("to").startsWith("master@"_L1) && status.value("state"_L1).toString() == state)
            return replaced(row, {{"v0task", "cmd1"}, {"M2-", "M1-"}});
    }
    return {};
}

/// The differences of what a scheduler is told from what was recorded.
QStringList toldDifferences(Likeness &likeness, Framework &scheduler, const QJsonObject &recorded)
{
    const QString kind = type(recorded);
    const QJsonObject ours = kind == u"UPDATE"_s
        ? QJsonObject{{u"type"_s, kind},
                      {u"update"_s, QJsonObject{{u"status"_s, scheduler.awaitStatus()}}}}
        : scheduler.await(kind.toLatin1().constData());
    return likeness.compare(kind, recorded, ours);
}

} // namespace

#define STEP(differences)                                                                          \
    do {                                                                                           \
        const QStringList found = (differences);                                                   \
        QVERIFY2(found.isEmpty(), qPrintable(found.join(u"; "_s)));                                \
    } while (false)
#define MUST(call)                                                                                 \
    do {                                                                                           \
        call;                                                                                      \
        if (QTest::currentTestFailed())                                                            \
            return;                                                                                \
    } while (false)

class TestGoldenDepartures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void aFrameworkIsTornDown();
    void anAgentUnregisters();
    void ourAgentUnregistersOnSigusr1();
    void anAgentStopsAnsweringAndComesBack();
    void anAgentIsMarkedGone();
    void anAgentIsDrained();

private:
    void letTaskRun(const QByteArray &task);
    void tellOperatorCall(const QString &type, int nth);
    void updateIsPassedOn(const QString &state);
    void startWithTask(const QString &recording, const QStringList &masterFlags = {});
    quint16 master() const { return m_cluster->masterPort(); }
    /// Later rows only refer to it.
    QJsonObject recordedFramework() const
    {
        return member(m_recording->row(u"RunTaskMessage"_s).value("body").toObject(),
                      "framework"_L1);
    }

    std::unique_ptr<Recording> m_recording;
    std::unique_ptr<Cluster> m_cluster;
    std::unique_ptr<MessagePeer> m_agent; ///< pretended
    std::unique_ptr<Framework> m_scheduler;
    Likeness m_likeness;
};

void TestGoldenDepartures::init()
{
    m_likeness = {};
    m_cluster = std::make_unique<Cluster>();
    m_agent = std::make_unique<MessagePeer>();
}

void TestGoldenDepartures::cleanup()
{
    if (QTest::currentTestFailed() && m_recording && m_scheduler)
        qWarning("%s", m_cluster->logTails().constData());
    m_scheduler.reset();
}

/// A pretended agent beside our master, with the recorded task running.
void TestGoldenDepartures::startWithTask(const QString &recording, const QStringList &masterFlags)
{
    m_recording = std::make_unique<Recording>(recording);
    const auto started = m_cluster->startMaster(masterFlags);
    QVERIFY2(started, started ? "" : started.error().message.c_str());
    m_likeness.learn(u"15050"_s, QString::number(master()));
    m_likeness.learn(u"15051"_s, QString::number(m_agent->port()));

    const Row update = m_recording->row(u"UpdateSlaveMessage"_s);
    Row registration =
        Recording(u"b-command-task-driver-executor"_s).row(u"RegisterSlaveMessage"_s);
    QJsonObject body = registration.value("body").toObject();
    body.insert("resource_version_uuid"_L1,
                update.value("body").toObject().value("resource_version_uuid"_L1));
    registration.json.insert("body"_L1, body);
    STEP(tell(*m_agent, m_likeness, registration, master()));
    STEP(expect(*m_agent, m_likeness, m_recording->row(u"SlaveRegisteredMessage"_s)));
    STEP(expect(*m_agent, m_likeness, m_recording->row(u"PingSlaveMessage"_s)));
    STEP(tell(*m_agent, m_likeness, m_recording->row(u"PongSlaveMessage"_s), master()));
    STEP(tell(*m_agent, m_likeness, update, master()));

    m_scheduler = std::make_unique<Framework>(
        *m_cluster, u"golden-fw"_s,
        json("{'failover_timeout':600,'checkpoint':true,'capabilities':[{'type':'PARTITION_AWARE'}"
             ",{'type':'TASK_KILLING_STATE'}]}"));
    QVERIFY(!m_scheduler->await("SUBSCRIBED").isEmpty());
    m_likeness.learn(u"M1-0000"_s, m_scheduler->id());
    m_likeness.learn(u"M1-O0"_s, id(m_scheduler->awaitOffer(), "id"_L1));
    const QJsonObject accept = m_recording->call(u"ACCEPT"_s);
    QCOMPARE(m_scheduler->call(m_likeness.translate(accept).toObject()), 202);
    STEP(expect(*m_agent, m_likeness, m_recording->row(u"RunTaskMessage"_s)));
    letTaskRun("cmd1");
}

/// The agent tells of the task's start, which the recorder left out.
void TestGoldenDepartures::letTaskRun(const QByteArray &task)
{
    for (const QString &state : {u"TASK_STARTING"_s, u"TASK_RUNNING"_s}) {
        STEP(tell(*m_agent, m_likeness, replaced(statusOfTask(state), {{"cmd1", task}}), master()));
        QCOMPARE(m_scheduler->awaitStatus().value("state"_L1).toString(), state);
        QVERIFY(!m_agent->take(u"StatusUpdateAcknowledgementMessage"_s).name.isEmpty());
    }
}

/// The recorded framework had a task group, too, whose executor's end the agent told later; our
/// agent's half of it is played in tst_golden_agent.
void TestGoldenDepartures::aFrameworkIsTornDown()
{
    MUST(startWithTask(u"f-teardown"_s));
    QCOMPARE(m_scheduler->call(json("{'type':'TEARDOWN'}")), 202);
    STEP(expect(*m_agent, m_likeness, m_recording->row(u"ShutdownFrameworkMessage"_s)));
    QTRY_VERIFY(getJson(master(), "/state").value("frameworks"_L1).toArray().isEmpty());
    m_scheduler->stream().poll();
    QVERIFY(m_scheduler->next("UPDATE").isEmpty()); // it hears no more of its tasks
}

/// TASK_LOST although the framework is PARTITION_AWARE: the agent will not come back.
void TestGoldenDepartures::anAgentUnregisters()
{
    MUST(startWithTask(u"h-agent-sigusr1"_s));
    STEP(tell(*m_agent, m_likeness, m_recording->row(u"UnregisterSlaveMessage"_s), master()));
    STEP(toldDifferences(m_likeness, *m_scheduler, m_recording->event(u"UPDATE"_s)));
    STEP(toldDifferences(m_likeness, *m_scheduler, m_recording->event(u"FAILURE"_s)));
    QVERIFY(getJson(master(), "/slaves").value("slaves"_L1).toArray().isEmpty());
}

void TestGoldenDepartures::ourAgentUnregistersOnSigusr1()
{
    const Recording recording(u"h-agent-sigusr1"_s);
    const Recording start(u"b-command-task-driver-executor"_s);
    QTemporaryDir folder;
    Daemon agent(u"mesos-agent"_s, folder.path());
    m_likeness.learn(u"15050"_s, QString::number(m_agent->port()));
    m_likeness.learn(u"15051"_s, QString::number(agent.port()));
    const auto started =
        agent.start({u"--master=127.0.0.1:%1"_s.arg(m_agent->port()),
                     u"--runtime_dir=%1/run"_s.arg(folder.path()), u"--no-systemd_enable_support"_s,
                     u"--launcher=posix"_s, u"--isolation=posix/cpu,posix/mem"_s,
                     u"--registration_backoff_factor=10ms"_s,
                     u"--resources=cpus:4;mem:2048;disk:4096;ports:[31000-32000]"_s});
    QVERIFY2(started, started ? "" : started.error().message.c_str());
    STEP(expect(*m_agent, m_likeness, start.row(u"RegisterSlaveMessage"_s), 1));
    m_likeness.learn(u"M1-S0"_s, u"68e8c2c3-8151-4017-a95d-a37d6ee72802-S0"_s);
    m_likeness.learn(u"M1-0000"_s, u"68e8c2c3-8151-4017-a95d-a37d6ee72802-0000"_s);
    STEP(tell(*m_agent, m_likeness, recording.row(u"SlaveRegisteredMessage"_s), agent.port()));
    const MessagePeer::Message update = m_agent->take(u"UpdateSlaveMessage"_s);
    QVERIFY(!update.name.isEmpty());
    Row run = recording.row(u"RunTaskMessage"_s);
    QJsonObject body = run.value("body").toObject();
    body.remove("resource_version_uuids"_L1);
    run.json.insert("body"_L1, body);
    STEP(tell(*m_agent, m_likeness, run, agent.port()));
    QVERIFY(!m_agent->take(u"StatusUpdateMessage"_s).name.isEmpty()); // the task starts

    m_agent->received.clear();
    QVERIFY(signalProcess(agent.pid(), SIGUSR1));
    STEP(expect(*m_agent, m_likeness, recording.row(u"UnregisterSlaveMessage"_s)));
    QTRY_VERIFY_WITH_TIMEOUT(!agent.isRunning(), 30000);
}

/// Two pings go unanswered; then a third one leaves, and the agent is unreachable.
void TestGoldenDepartures::anAgentStopsAnsweringAndComesBack()
{
    MUST(startWithTask(u"k-unreachable-and-back"_s,
                       {u"--agent_ping_timeout=1secs"_s, u"--max_agent_ping_timeouts=2"_s}));
    int pings = 0;
    for (const Row &row : m_recording->rows())
        pings += row.text("message") == u"PingSlaveMessage"_s && row.time < 4.03;
    QCOMPARE(pings, 5); // one came before all this, and was answered
    STEP(expect(*m_agent, m_likeness, m_recording->row(u"PingSlaveMessage"_s, 1)));
    STEP(tell(*m_agent, m_likeness, m_recording->row(u"PongSlaveMessage"_s, 1), master()));
    for (int ping = 2; ping < pings; ++ping)
        STEP(expect(*m_agent, m_likeness, m_recording->row(u"PingSlaveMessage"_s, ping)));
    STEP(toldDifferences(m_likeness, *m_scheduler, m_recording->event(u"UPDATE"_s)));
    STEP(toldDifferences(m_likeness, *m_scheduler, m_recording->event(u"FAILURE"_s)));
    STEP(tell(*m_agent, m_likeness, m_recording->row(u"PongSlaveMessage"_s, 2), master())); // 404
    Row back = m_recording->row(u"ReregisterSlaveMessage"_s);
    QJsonObject body = back.value("body").toObject();
    body.insert("frameworks"_L1, QJsonArray{recordedFramework()});
    back.json.insert("body"_L1, body);
    STEP(tell(*m_agent, m_likeness, back, master()));
    STEP(toldDifferences(m_likeness, *m_scheduler, m_recording->event(u"UPDATE"_s, 1)));
    const Row secondObserver = m_recording->row(u"PingSlaveMessage"_s, pings);
    QVERIFY(secondObserver.text("from").startsWith("slave-observer(2)@"_L1));
    STEP(expect(*m_agent, m_likeness, secondObserver));
    STEP(expect(*m_agent, m_likeness, m_recording->row(u"SlaveReregisteredMessage"_s)));
    STEP(expect(*m_agent, m_likeness, m_recording->row(u"UpdateFrameworkMessage"_s)));
    STEP(tell(*m_agent, m_likeness, m_recording->row(u"PongSlaveMessage"_s, 5), master()));
}

/// For ever: the agent that comes back is told to shut down. ShutdownMessage carries a text for
/// the agent's log, worded otherwise here.
void TestGoldenDepartures::anAgentIsMarkedGone()
{
    constexpr int kOtherWords = 300;
    MUST(startWithTask(u"i-mark-agent-gone"_s));
    const QJsonObject gone = m_recording->call(u"MARK_AGENT_GONE"_s);
    const Answer answer = postJson(master(), "/api/v1", m_likeness.translate(gone).toObject());
    QCOMPARE(answer.status(), 200);
    QCOMPARE(answer.body, QByteArray());
    STEP(expect(*m_agent, m_likeness, m_recording->row(u"ShutdownMessage"_s), kOtherWords));
    STEP(toldDifferences(m_likeness, *m_scheduler, m_recording->event(u"UPDATE"_s)));
    STEP(toldDifferences(m_likeness, *m_scheduler, m_recording->event(u"FAILURE"_s)));
    Row back = m_recording->row(u"ReregisterSlaveMessage"_s);
    QJsonObject body = back.value("body").toObject();
    QJsonObject completed = body.value("completed_frameworks"_L1).toArray().first().toObject();
    completed.insert("framework_info"_L1, recordedFramework());
    body.insert("completed_frameworks"_L1, QJsonArray{completed});
    back.json.insert("body"_L1, body);
    STEP(tell(*m_agent, m_likeness, back, master()));
    STEP(expect(*m_agent, m_likeness, m_recording->row(u"ShutdownMessage"_s, 1), kOtherWords));
}

void TestGoldenDepartures::tellOperatorCall(const QString &type, int nth)
{
    const QJsonObject call = m_recording->call(type, nth);
    QVERIFY(!call.isEmpty());
    const Answer answer = postJson(master(), "/api/v1", m_likeness.translate(call).toObject());
    QCOMPARE(answer.status(), 200);
    QCOMPARE(answer.body, QByteArray());
}

/// The agent's recorded update of this state reaches the scheduler, whose acknowledgement comes
/// back as recorded.
void TestGoldenDepartures::updateIsPassedOn(const QString &state)
{
    const auto statusOf = [](const Row &row) {
        return member(member(row.value("body").toObject(), "update"_L1), "status"_L1);
    };
    const auto &rows = m_recording->rows();
    const auto update = std::find_if(rows.begin(), rows.end(), [&](const Row &row) {
        return row.text("to").startsWith("master@"_L1)
            && statusOf(row).value("state"_L1).toString() == state;
    });
    QVERIFY(update != rows.end());
    const auto acknowledgement = std::find_if(update, rows.end(), [](const Row &row) {
        return row.text("from").startsWith("master@"_L1)
            && row.text("message") == u"StatusUpdateAcknowledgementMessage"_s;
    });
    QVERIFY(acknowledgement != rows.end());
    STEP(tell(*m_agent, m_likeness, *update, master()));
    const QJsonObject told = m_scheduler->awaitStatus();
    QCOMPARE(told.value("state"_L1).toString(), state);
    QCOMPARE(told.value("reason"_L1).toString(), u"REASON_AGENT_DRAINING"_s);
    STEP(expect(*m_agent, m_likeness, *acknowledgement));
}

/// Drained, reactivated when its task is over, and drained once more to be gone for ever.
void TestGoldenDepartures::anAgentIsDrained()
{
    constexpr int kOtherWords = 300;
    MUST(startWithTask(u"j-drain-agent"_s));
    MUST(tellOperatorCall(u"DRAIN_AGENT"_s, 0));
    STEP(expect(*m_agent, m_likeness, m_recording->row(u"DrainSlaveMessage"_s)));
    MUST(updateIsPassedOn(u"TASK_KILLING"_s));
    MUST(updateIsPassedOn(u"TASK_KILLED"_s));
    MUST(tellOperatorCall(u"REACTIVATE_AGENT"_s, 0));

    QVERIFY(m_scheduler->call("{'type':'REVIVE'}") == 202);
    m_likeness.learn(u"M1-O1"_s, id(m_scheduler->awaitOffer(), "id"_L1));
    const QJsonObject accept = m_recording->call(u"ACCEPT"_s, 1);
    QCOMPARE(m_scheduler->call(m_likeness.translate(accept).toObject()), 202);
    STEP(expect(*m_agent, m_likeness, m_recording->row(u"RunTaskMessage"_s, 1)));
    MUST(letTaskRun("cmd2"));

    MUST(tellOperatorCall(u"DRAIN_AGENT"_s, 1));
    STEP(expect(*m_agent, m_likeness, m_recording->row(u"DrainSlaveMessage"_s, 1)));
    MUST(updateIsPassedOn(u"TASK_GONE_BY_OPERATOR"_s));
    STEP(expect(*m_agent, m_likeness, m_recording->row(u"ShutdownMessage"_s), kOtherWords));
    STEP(toldDifferences(m_likeness, *m_scheduler, m_recording->event(u"FAILURE"_s)));
}

QTEST_GUILESS_MAIN(TestGoldenDepartures)
#include "tst_golden_departures.moc"
