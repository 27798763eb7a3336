// The wire between master and agent, byte by byte: our master beside a pretended Mesos agent and
// our agent beside a pretended Mesos master say what was recorded (tests/golden/daemon-messages):
// request lines, headers, one chunk, and bodies of the same content and length.

#include <QtTest>

#include "tests/system/golden/message_replay.h"
#include "tests/system/golden/scheduler_replay.h"

using namespace meseta;
using namespace meseta::test;
using namespace Qt::StringLiterals;

class TestGoldenMessages : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void ourMasterSpeaksToAnAgentAsRecorded();
    void ourMasterTakesAnAgentBackAsRecorded();
    void ourAgentSpeaksToAMasterAsRecorded();

private:
    void tell(const Row &row, quint16 to);
    void expect(const Row &row, int slack = 0);

    std::unique_ptr<MessagePeer> m_peer;
    std::unique_ptr<Likeness> m_likeness;
};

void TestGoldenMessages::init()
{
    m_peer = std::make_unique<MessagePeer>();
    m_likeness = std::make_unique<Likeness>();
}

void TestGoldenMessages::tell(const Row &row, quint16 to)
{
    const QStringList differences = test::tell(*m_peer, *m_likeness, row, to);
    QVERIFY2(differences.isEmpty(), qPrintable(differences.join(u"; "_s)));
}

void TestGoldenMessages::expect(const Row &row, int slack)
{
    const QStringList differences = test::expect(*m_peer, *m_likeness, row, slack);
    QVERIFY2(differences.isEmpty(), qPrintable(differences.join(u"; "_s)));
}

#define STEP(call)                                                                                 \
    do {                                                                                           \
        call;                                                                                      \
        if (QTest::currentTestFailed())                                                            \
            return;                                                                                \
    } while (false)

void TestGoldenMessages::ourMasterSpeaksToAnAgentAsRecorded()
{
    Cluster cluster;
    const auto started = cluster.startMaster();
    QVERIFY2(started, started ? "" : started.error().message.c_str());
    const quint16 master = cluster.masterPort();
    m_likeness->learn(u"15050"_s, QString::number(master));
    m_likeness->learn(u"15051"_s, QString::number(m_peer->port()));
    const Recording recording(u"b-command-task-driver-executor"_s);

    STEP(tell(recording.row(u"RegisterSlaveMessage"_s), master));
    STEP(expect(recording.row(u"SlaveRegisteredMessage"_s)));
    STEP(expect(recording.row(u"PingSlaveMessage"_s)));
    STEP(tell(recording.row(u"PongSlaveMessage"_s), master));
    STEP(tell(recording.row(u"UpdateSlaveMessage"_s), master));

    EventStream scheduler(
        master, "/master/api/v1/scheduler",
        json("{'type':'SUBSCRIBE','subscribe':{'framework_info':{'user':'root','name':'mesos-"
             "execute instance','checkpoint':false,'role':'*',"
             "'capabilities':[{'type':'RESERVATION_REFINEMENT'},{'type':'TASK_KILLING_STATE'},{'"
             "type':'REVOCABLE_RESOURCES'},{'type':'PARTITION_AWARE'}]}}}"));
    const auto event = [&](const QString &type) {
        QJsonObject found;
        (void)QTest::qWaitFor(
            [&] {
                scheduler.poll();
                for (size_t i = 0; i < scheduler.events.size() && found.isEmpty(); ++i) {
                    if (scheduler.events[i].value("type"_L1).toString() == type) {
                        found = scheduler.events[i];
                        scheduler.events.erase(scheduler.events.begin() + long(i));
                    }
                }
                return !found.isEmpty();
            },
            30000);
        return found;
    };
    const QJsonObject framework = event(u"SUBSCRIBED"_s)
                                      .value("subscribed"_L1)
                                      .toObject()
                                      .value("framework_id"_L1)
                                      .toObject();
    m_likeness->learn(u"68e8c2c3-8151-4017-a95d-a37d6ee72802-0000"_s,
                      framework.value("value"_L1).toString());
    const QJsonObject offer = event(u"OFFERS"_s)
                                  .value("offers"_L1)
                                  .toObject()
                                  .value("offers"_L1)
                                  .toArray()
                                  .first()
                                  .toObject();
    const auto call = [&](QJsonObject body) {
        body.insert("framework_id"_L1, framework);
        return postJson(master, "/master/api/v1/scheduler", body,
                        {"Mesos-Stream-Id: " + scheduler.streamId})
            .status();
    };
    QJsonObject task = json("{'name':'t1','task_id':{'value':'t1'},'resources':[{'name':'cpus','"
                            "type':'SCALAR','scalar':{'value':0.1}},"
                            "{'name':'mem','type':'SCALAR','scalar':{'value':32.0}}],'command':{'"
                            "shell':true,'value':'echo hi; sleep 1'}}");
    task.insert("agent_id"_L1, offer.value("agent_id"_L1));
    const QJsonObject launch{{u"type"_s, u"LAUNCH"_s},
                             {u"launch"_s, QJsonObject{{u"task_infos"_s, QJsonArray{task}}}}};
    QCOMPARE(call({{u"type"_s, u"ACCEPT"_s},
                   {u"accept"_s,
                    QJsonObject{{u"offer_ids"_s, QJsonArray{offer.value("id"_L1)}},
                                {u"operations"_s, QJsonArray{launch}}}}}),
             202);
    STEP(expect(recording.row(u"RunTaskMessage"_s)));

    // Rows 0, 2 and 4 are the executor's own; the agent's are forwarded to the scheduler, whose
    // acknowledgements come back.
    for (const int update : {1, 3, 5}) {
        STEP(tell(recording.row(u"StatusUpdateMessage"_s, update), master));
        const QJsonObject status =
            event(u"UPDATE"_s).value("update"_L1).toObject().value("status"_L1).toObject();
        QVERIFY(!status.isEmpty());
        QJsonObject acknowledgement;
        for (const auto field : {"agent_id"_L1, "task_id"_L1, "uuid"_L1})
            acknowledgement.insert(field, status.value(field));
        QCOMPARE(call({{u"type"_s, u"ACKNOWLEDGE"_s}, {u"acknowledge"_s, acknowledgement}}), 202);
        if (update == 3) {
            QCOMPARE(call(json("{'type':'KILL','kill':{'task_id':{'value':'t1'}}}")), 202);
            Row kill = Recording(u"c-task-killed"_s).row(u"KillTaskMessage"_s);
            kill.json = QJsonDocument::fromJson(
                            QJsonDocument(kill.json).toJson().replace("\"k1\"", "\"t1\""))
                            .object();
            STEP(expect(kill));
        }
        if (update < 5) // the recorded client left before acknowledging the last
            STEP(expect(
                recording.row(u"StatusUpdateAcknowledgementMessage"_s, update == 1 ? 2 : 3)));
    }
    scheduler.close();
    STEP(expect(recording.row(u"ShutdownFrameworkMessage"_s)));
}

/// An agent that a new master has not seen comes back with its id.
void TestGoldenMessages::ourMasterTakesAnAgentBackAsRecorded()
{
    Cluster cluster;
    const auto started = cluster.startMaster();
    QVERIFY2(started, started ? "" : started.error().message.c_str());
    m_likeness->learn(u"15050"_s, QString::number(cluster.masterPort()));
    m_likeness->learn(u"15051"_s, QString::number(m_peer->port()));
    Row row = Recording(u"b-command-task-driver-executor"_s).row(u"RegisterSlaveMessage"_s);
    QJsonObject body = row.value("body").toObject();
    QJsonObject slave = body.value("slave"_L1).toObject();
    const QString id = u"68e8c2c3-8151-4017-a95d-a37d6ee72802-S0"_s;
    slave.insert("id"_L1, QJsonObject{{u"value"_s, id}});
    body.insert("slave"_L1, slave);
    row.json.insert("body"_L1, body);
    row.json.insert("message"_L1, u"ReregisterSlaveMessage"_s);
    m_likeness->learn(u"M1-S0"_s, id);
    STEP(tell(row, cluster.masterPort()));
    STEP(expect(Recording(u"e-master-restart"_s).row(u"SlaveReregisteredMessage"_s)));
}

void TestGoldenMessages::ourAgentSpeaksToAMasterAsRecorded()
{
    QTemporaryDir folder;
    Daemon agent(u"mesos-agent"_s, folder.path());
    m_likeness->learn(u"15050"_s, QString::number(m_peer->port()));
    m_likeness->learn(u"15051"_s, QString::number(agent.port()));
    const auto started =
        agent.start({u"--master=127.0.0.1:%1"_s.arg(m_peer->port()),
                     u"--runtime_dir=%1/run"_s.arg(folder.path()), u"--no-systemd_enable_support"_s,
                     u"--launcher=posix"_s, u"--isolation=posix/cpu,posix/mem"_s,
                     u"--registration_backoff_factor=10ms"_s,
                     u"--resources=cpus:4;mem:2048;disk:4096;ports:[31000-32000]"_s});
    QVERIFY2(started, started ? "" : started.error().message.c_str());
    const Recording recording(u"b-command-task-driver-executor"_s);

    STEP(expect(recording.row(u"RegisterSlaveMessage"_s), 1));
    STEP(tell(recording.row(u"SlaveRegisteredMessage"_s), agent.port()));
    STEP(expect(recording.row(u"UpdateSlaveMessage"_s)));
    STEP(tell(recording.row(u"PingSlaveMessage"_s), agent.port()));
    STEP(expect(recording.row(u"PongSlaveMessage"_s)));
    STEP(tell(recording.row(u"RunTaskMessage"_s), agent.port()));
    for (const int update : {1, 3, 5}) {
        STEP(expect(recording.row(u"StatusUpdateMessage"_s, update), 3));
        if (update < 5)
            STEP(tell(recording.row(u"StatusUpdateAcknowledgementMessage"_s, update == 1 ? 2 : 3),
                      agent.port()));
    }
    STEP(tell(recording.row(u"ShutdownFrameworkMessage"_s), agent.port()));
    QTRY_VERIFY_WITH_TIMEOUT(
        getJson(agent.port(), "/state").value("frameworks"_L1).toArray().isEmpty(), 30000);
}

QTEST_GUILESS_MAIN(TestGoldenMessages)
#include "tst_golden_messages.moc"
