// Reservations and volumes on the wire between master and agent: our master beside a pretended
// Mesos agent, told by an operator what was recorded, and our agent beside a pretended Mesos master
// say what was recorded (tests/golden/daemon-messages/g-reserve-create-volume).

#include <QtTest>

#include "tests/system/golden/agent_replay.h"
#include "tests/system/golden/json_parts.h"
#include "tests/system/golden/message_replay.h"

using namespace meseta::test;
using namespace meseta::test::parts;
using namespace Qt::StringLiterals;

#define STEP(differences)                                                                          \
    do {                                                                                           \
        const QStringList found = (differences);                                                   \
        QVERIFY2(found.isEmpty(), qPrintable(found.join(u"; "_s)));                                \
    } while (false)

class TestGoldenOperations : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void ourMasterHasOperationsAppliedAsRecorded();
    void ourAgentAppliesOperationsAsRecorded();

private:
    const Recording m_recording{u"g-reserve-create-volume"_s};
};

namespace {

/// The agent of this recording, as the one of another whose registration was kept.
Row registration(const Recording &recording)
{
    Row row = Recording(u"b-command-task-driver-executor"_s).row(u"RegisterSlaveMessage"_s);
    QJsonObject body = row.value("body").toObject();
    body.insert("resource_version_uuid"_L1,
                recording.row(u"UpdateSlaveMessage"_s)
                    .value("body")
                    .toObject()
                    .value("resource_version_uuid"_L1));
    row.json.insert("body"_L1, body);
    return row;
}

/// What is set aside for the role on the master's only agent.
QJsonObject reserved(quint16 master)
{
    return member(getJson(master, "/slaves").value("slaves"_L1).toArray().first().toObject(),
                  "reserved_resources"_L1)
        .value("r1"_L1)
        .toObject();
}

} // namespace

/// Each of the six calls is answered 202, asks the agent for the operation, and has the agent's
/// word acknowledged.
void TestGoldenOperations::ourMasterHasOperationsAppliedAsRecorded()
{
    MessagePeer agent;
    Likeness likeness;
    Cluster cluster;
    const auto started = cluster.startMaster();
    QVERIFY2(started, started ? "" : started.error().message.c_str());
    const quint16 master = cluster.masterPort();
    likeness.learn(u"15050"_s, QString::number(master));
    likeness.learn(u"15051"_s, QString::number(agent.port()));
    const QJsonValue version =
        member(m_recording.row(u"UpdateSlaveMessage"_s).value("body").toObject(),
               "resource_version_uuid"_L1)
            .value("value"_L1);
    likeness.learn(version.toString(), version.toString()); // the agent's own: no other will do
    STEP(tell(agent, likeness, registration(m_recording), master));

    int calls = 0;
    int messages = 0;
    for (const Row &row : m_recording.rows()) {
        if (row.text("kind") == u"http"_s) {
            const QJsonObject call = likeness.translate(row.value("body")).toObject();
            const Answer answer = postJson(master, "/api/v1", call);
            QCOMPARE(answer.status(), 202);
            QCOMPARE(answer.body, QByteArray());
            ++calls;
        } else if (!row.has("kind") && row.has("message")) {
            const bool ours = !row.text("from").startsWith("slave("_L1);
            const QStringList differences =
                ours ? expect(agent, likeness, row) : tell(agent, likeness, row, master);
            if (!differences.isEmpty())
                qWarning("line %d\n%s", row.line, cluster.logTails().constData());
            STEP(differences);
            ++messages;
        }
        if (calls == 4)
            QCOMPARE(reserved(master).value("disk"_L1).toDouble(), 128.0);
    }
    QCOMPARE(calls, 6);
    QCOMPARE(messages, 22);
    QCOMPARE(agent.received.size(), size_t(0));
    QCOMPARE(reserved(master), QJsonObject());
}

void TestGoldenOperations::ourAgentAppliesOperationsAsRecorded()
{
    const QTemporaryDir folder;
    AgentReplay replay(u"g-reserve-create-volume"_s, folder.path());
    const auto started = replay.start();
    QVERIFY2(started, started ? "" : started.error().message.c_str());
    const auto reservedHere = [&replay] {
        return member(getJson(replay.agent().port(), "/state"), "reserved_resources"_L1);
    };
    const QString undoing = u"operator call DESTROY_VOLUMES"_s;
    STEP(replay.play({}, undoing));
    QCOMPARE(member(reservedHere(), "r1"_L1).value("disk"_L1).toDouble(), 128.0);
    STEP(replay.play(undoing, {}));
    QCOMPARE(reservedHere(), QJsonObject());
}

QTEST_GUILESS_MAIN(TestGoldenOperations)
#include "tst_golden_operations.moc"
