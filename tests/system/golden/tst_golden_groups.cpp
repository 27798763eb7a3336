// Task groups on the wire between master and agent: our agent beside a pretended Mesos master, and
// our master beside a pretended Mesos agent, say what was recorded
// (tests/golden/daemon-messages/m-task-group). What the recorded default executor and its agent
// said to one another over HTTP is not played: here that executor is an object in the agent.

#include <QtTest>

#include "tests/system/framework.h"
#include "tests/system/golden/agent_replay.h"
#include "tests/system/golden/json_parts.h"
#include "tests/system/golden/message_replay.h"

using namespace meseta::test;
using namespace meseta::test::parts;
using namespace Qt::StringLiterals;

namespace {

QString taskOf(const QJsonObject &body)
{
    return id(member(member(body, "update"_L1), "status"_L1), "task_id"_L1);
}

QString stateOf(const QJsonObject &body)
{
    return member(member(body, "update"_L1), "status"_L1).value("state"_L1).toString();
}

/// The agent's update of this task and state to the master.
Row updateOf(const Recording &recording, const QString &task, const QString &state)
{
    for (const Row &row : recording.rows()) {
        const QJsonObject body = row.value("body").toObject();
        if (row.text("message") == u"StatusUpdateMessage"_s && taskOf(body) == task
            && stateOf(body) == state)
            return row;
    }
    return {};
}

/// The master's acknowledgement of that update.
Row acknowledgementOf(const Recording &recording, const Row &update)
{
    const QJsonValue uuid = member(update.value("body").toObject(), "update"_L1).value("uuid"_L1);
    for (const Row &row : recording.rows()) {
        if (row.text("message") == u"StatusUpdateAcknowledgementMessage"_s
            && row.value("body").toObject().value("uuid"_L1) == uuid)
            return row;
    }
    return {};
}

} // namespace

#define STEP(differences)                                                                          \
    do {                                                                                           \
        const QStringList found = (differences);                                                   \
        QVERIFY2(found.isEmpty(), qPrintable(found.join(u"; "_s)));                                \
    } while (false)

class TestGoldenGroups : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_peer = std::make_unique<MessagePeer>();
        m_likeness = {};
    }
    void ourAgentRunsGroupsAsRecorded();
    void ourMasterLaunchesAGroupAsRecorded();

private:
    const Recording m_recording{u"m-task-group"_s};
    std::unique_ptr<MessagePeer> m_peer; ///< pretended agent
    Likeness m_likeness;
};

/// Both groups of the recording: one finishes, of the other one task is killed and the executor
/// kills the rest.
void TestGoldenGroups::ourAgentRunsGroupsAsRecorded()
{
    const QTemporaryDir folder;
    AgentReplay replay(u"m-task-group"_s, folder.path());
    const auto started = replay.start();
    QVERIFY2(started, started ? "" : started.error().message.c_str());
    const QStringList differences = replay.play({}, {});
    if (!differences.isEmpty())
        qWarning("%s", replay.agent().logTail().constData());
    STEP(differences);
    QTRY_VERIFY(
        getJson(replay.agent().port(), "/state").value("frameworks"_L1).toArray().isEmpty());
}

void TestGoldenGroups::ourMasterLaunchesAGroupAsRecorded()
{
    Cluster cluster;
    const auto started = cluster.startMaster();
    QVERIFY2(started, started ? "" : started.error().message.c_str());
    const quint16 master = cluster.masterPort();
    m_likeness.learn(u"15050"_s, QString::number(master));
    m_likeness.learn(u"15051"_s, QString::number(m_peer->port()));
    STEP(tell(*m_peer, m_likeness, m_recording.row(u"RegisterSlaveMessage"_s), master));
    const QStringList registered =
        expect(*m_peer, m_likeness, m_recording.row(u"SlaveRegisteredMessage"_s));
    if (!registered.isEmpty())
        qWarning("%s", cluster.logTails().constData());
    STEP(registered);
    STEP(expect(*m_peer, m_likeness, m_recording.row(u"PingSlaveMessage"_s)));
    STEP(tell(*m_peer, m_likeness, m_recording.row(u"PongSlaveMessage"_s), master));
    STEP(tell(*m_peer, m_likeness, m_recording.row(u"UpdateSlaveMessage"_s), master));

    Framework scheduler(cluster, u"golden-fw"_s,
                        json("{'failover_timeout':600,'checkpoint':true,'capabilities':[{'type':"
                             "'PARTITION_AWARE'},{'type':'TASK_KILLING_STATE'}]}"));
    QVERIFY(!scheduler.await("SUBSCRIBED").isEmpty());
    m_likeness.learn(u"M1-0000"_s, scheduler.id());
    m_likeness.learn(u"M1-O0"_s, id(scheduler.awaitOffer(), "id"_L1));
    const QJsonObject accept = m_recording.call(u"ACCEPT"_s);
    QCOMPARE(scheduler.call(m_likeness.translate(accept).toObject()), 202);
    STEP(expect(*m_peer, m_likeness, m_recording.row(u"RunTaskGroupMessage"_s)));
    for (const QString &state : {u"TASK_STARTING"_s, u"TASK_RUNNING"_s, u"TASK_FINISHED"_s}) {
        for (const QString &task : {u"g1"_s, u"g2"_s}) {
            const Row row = updateOf(m_recording, task, state);
            STEP(tell(*m_peer, m_likeness, row, master));
            const QJsonObject status = scheduler.awaitStatus();
            QCOMPARE(id(status, "task_id"_L1), task);
            QCOMPARE(id(status, "executor_id"_L1), u"dx1"_s);
            QCOMPARE(status.value("state"_L1).toString(), state);
            STEP(expect(*m_peer, m_likeness, acknowledgementOf(m_recording, row)));
        }
    }
    STEP(tell(*m_peer, m_likeness, m_recording.row(u"ExitedExecutorMessage"_s), master));
    STEP(m_likeness.compare(u"FAILURE"_s, m_recording.event(u"FAILURE"_s),
                            scheduler.await("FAILURE")));
}

QTEST_GUILESS_MAIN(TestGoldenGroups)
#include "tst_golden_groups.moc"
