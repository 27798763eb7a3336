#include <QFile>
#include <QJsonArray>
#include <QRandomGenerator>
#include <QTest>

#include "tests/support/daemons.h"
#include "tests/system/support/scheduler.h"

using namespace meseta::test;
using namespace Qt::StringLiterals;

namespace {

const auto maintained = "{'hostname':'m9','ip':'10.9.9.9'}";

QByteArray told(const meseta::Result<> &result)
{
    return result ? QByteArray() : QByteArray::fromStdString(result.error().message);
}

QJsonObject weightCall(double weight)
{
    return json("{'type':'UPDATE_WEIGHTS','update_weights':{'weight_infos':[{'role':'web',"
                "'weight':"
                + QByteArray::number(weight) + "}]}}");
}

} // namespace

/// kill -9 the only master and start it again in the same work_dir.
class TestMasterRestart : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<Daemon> m_master;
    std::vector<std::unique_ptr<Daemon>> m_agents;

    void startMaster()
    {
        const auto started = m_master->start({});
        QVERIFY2(started, told(started));
        QTRY_COMPARE(write("{'type':'GET_HEALTH'}"), 200); // it has read the registry
    }

    void startAgent()
    {
        const auto count = m_agents.size();
        m_agents.push_back(
            std::make_unique<Daemon>(u"mesos-agent"_s, m_folder.filePath(u"agent%1"_s.arg(count))));
        const auto started =
            m_agents.back()->start({u"--master=127.0.0.1:%1"_s.arg(m_master->port()),
                                    u"--resources=cpus:4;mem:2048;disk:4096"_s});
        QVERIFY2(started, told(started));
        QTRY_COMPARE_WITH_TIMEOUT(agents().size(), qsizetype(count + 1), 15000);
    }

    QJsonArray agents() const
    {
        return operatorCall(m_master->port(), json("{'type':'GET_AGENTS'}"))
            .value(u"get_agents")[u"agents"]
            .toArray();
    }

    QStringList completed() const
    {
        QStringList tasks;
        const auto all = operatorCall(m_master->port(), json("{'type':'GET_TASKS'}"));
        for (const auto &task : all.value(u"get_tasks")[u"completed_tasks"].toArray())
            tasks << task[u"task_id"][u"value"].toString() + u' ' + task[u"state"].toString();
        tasks.sort();
        return tasks;
    }

    /// The registry but for who leads.
    QJsonObject registry() const
    {
        QJsonObject all = getJson(m_master->port(), "/registrar(1)/registry");
        all.remove(u"master"_s);
        return all;
    }

    int write(const QByteArray &call) const
    {
        return postJson(m_master->port(), "/api/v1", json(call)).status();
    }

private Q_SLOTS:
    void init()
    {
        m_agents.clear();
        m_master.reset();
        QDir(m_folder.path()).removeRecursively();
        QDir().mkpath(m_folder.path());
        m_master = std::make_unique<Daemon>(u"mesos-master"_s, m_folder.filePath(u"master"_s));
    }

    void cleanupTestCase()
    {
        m_agents.clear();
        m_master.reset();
    }

    void everythingIsThereAgain()
    {
        startMaster();
        startAgent();
        startAgent();
        Scheduler scheduler(m_master->port());
        scheduler.setFailoverTimeout(600);
        QVERIFY(scheduler.subscribe({u"PARTITION_AWARE"_s}));
        const QJsonObject offer = scheduler.takeOffer();
        QVERIFY(!offer.isEmpty());
        scheduler.launch(offer, {commandTask(u"t"_s, u"sleep 1000"_s)});
        QVERIFY(scheduler.sees(u"t"_s, "TASK_RUNNING"));

        QString other;
        for (const auto &agent : agents()) {
            const QString id = agent[u"agent_info"][u"id"][u"value"].toString();
            if (id != offer.value(u"agent_id")[u"value"].toString())
                other = id;
        }
        const QByteArray named = "{'agent_id':{'value':'" + other.toUtf8() + "'}}";
        QCOMPARE(write("{'type':'SET_QUOTA','set_quota':{'quota_request':{'role':'web',"
                       "'guarantee':[{'name':'cpus','type':'SCALAR','scalar':{'value':1}}]}}}"),
                 200);
        QCOMPARE(postJson(m_master->port(), "/api/v1", weightCall(2.5)).status(), 200);
        QCOMPARE(write("{'type':'UPDATE_MAINTENANCE_SCHEDULE','update_maintenance_schedule':{"
                       "'schedule':{'windows':[{'machine_ids':["
                       + QByteArray(maintained)
                       + "],'unavailability':{'start':{'nanoseconds':1795370821809890048}}}]}}}"),
                 200);
        QCOMPARE(write("{'type':'START_MAINTENANCE','start_maintenance':{'machines':["
                       + QByteArray(maintained) + "]}}"),
                 200);
        QCOMPARE(write("{'type':'DRAIN_AGENT','drain_agent':" + named + "}"), 200);
        QTRY_VERIFY(QJsonDocument(registry()).toJson().contains("DRAINED"));
        const QJsonObject before = registry();

        m_master->kill();
        startMaster();
        QCOMPARE(registry(), before);
        QTRY_COMPARE_WITH_TIMEOUT(agents().size(), qsizetype(2), 15000);
        for (const auto &agent : agents()) {
            const bool drained = agent[u"agent_info"][u"id"][u"value"].toString() == other;
            QCOMPARE(agent[u"deactivated"].toBool(), drained);
            QCOMPARE(agent[u"drain_info"][u"state"].toString(), drained ? u"DRAINED"_s : QString());
        }
        QVERIFY(scheduler.resubscribe({u"PARTITION_AWARE"_s}));
        QCOMPARE(scheduler.reconcile(), 202);
        QTRY_COMPARE(scheduler.lastStatus(u"t"_s).value(u"reason").toString(),
                     u"REASON_RECONCILIATION"_s);
        QCOMPARE(scheduler.states(u"t"_s), u"TASK_STARTING TASK_RUNNING TASK_RUNNING"_s);
        scheduler.kill(u"t"_s);
        QVERIFY(scheduler.sees(u"t"_s, "TASK_KILLED"));
    }

    /// Agents tell a new master what ended under the one before.
    void whatHasEndedIsListedAgain()
    {
        startMaster();
        startAgent();
        const auto endedOnAgent = [port = m_agents.front()->port()] {
            return operatorCall(port, json("{'type':'GET_TASKS'}"))
                .value(u"get_tasks")[u"completed_tasks"]
                .toArray()
                .size();
        };
        Scheduler idle(m_master->port()), busy(m_master->port());
        idle.setFailoverTimeout(600);
        busy.setFailoverTimeout(600);
        QVERIFY(idle.subscribe({u"PARTITION_AWARE"_s}));
        QCOMPARE(idle.launch(idle.takeOffer(), {commandTask(u"idle-over"_s, u"true"_s)}), 202);
        QVERIFY(idle.sees(u"idle-over"_s, "TASK_FINISHED"));
        QTRY_COMPARE_WITH_TIMEOUT(endedOnAgent(), qsizetype(1), 30000); // acknowledged, that is
        idle.disconnect(); // and all is offered to the other one
        QVERIFY(busy.subscribe({u"PARTITION_AWARE"_s}));
        QCOMPARE(busy.launch(busy.takeOffer(),
                             {commandTask(u"busy-over"_s, u"true"_s),
                              commandTask(u"busy"_s, u"sleep 1000"_s)}),
                 202);
        QVERIFY(busy.sees(u"busy"_s, "TASK_RUNNING"));
        QTRY_COMPARE_WITH_TIMEOUT(endedOnAgent(), qsizetype(2), 30000);
        const auto tasks = [this] {
            return operatorCall(m_master->port(), json("{'type':'GET_TASKS'}")).value(u"get_tasks");
        };
        const QJsonValue before = tasks();

        m_master->kill();
        startMaster();
        QTRY_COMPARE_WITH_TIMEOUT(agents().size(), qsizetype(1), 30000);
        QCOMPARE(completed(), QStringList{u"busy-over TASK_FINISHED"_s}); // known from the agent
        QVERIFY(idle.resubscribe({u"PARTITION_AWARE"_s}));
        QCOMPARE(completed(),
                 (QStringList{u"busy-over TASK_FINISHED"_s, u"idle-over TASK_FINISHED"_s}));
        QVERIFY(busy.resubscribe({u"PARTITION_AWARE"_s}));
        QCOMPARE(tasks(), before); // to the last status
        QCOMPARE(busy.kill(u"busy"_s), 202);
        QVERIFY(busy.sees(u"busy"_s, "TASK_KILLED"));
    }

    void reservationsOutliveMasterAndAgent()
    {
        startMaster();
        startAgent();
        const QString id = agents().at(0)[u"agent_info"][u"id"][u"value"].toString();
        const QByteArray reservation =
            "'reservations':[{'type':'DYNAMIC','role':'web','principal':'ops'}]";
        QCOMPARE(write("{'type':'RESERVE_RESOURCES','reserve_resources':{'agent_id':{'value':'"
                       + id.toUtf8()
                       + "'},'resources':[{'name':'disk','type':'SCALAR','scalar':{'value':128},"
                       + reservation + "}]}}"),
                 202);
        QCOMPARE(write("{'type':'CREATE_VOLUMES','create_volumes':{'agent_id':{'value':'"
                       + id.toUtf8()
                       + "'},'volumes':[{'name':'disk','type':'SCALAR','scalar':{'value':64},"
                       + reservation
                       + ",'disk':{'persistence':{'id':'v1','principal':'ops'},'volume':{'mode':"
                         "'RW','container_path':'data'}}}]}}"),
                 202);
        const auto reserved = [this] {
            return getJson(m_master->port(), "/slaves")
                .value(u"slaves")[0][u"reserved_resources_full"]
                .toObject();
        };
        const auto kept = [this] {
            return operatorCall(m_master->port(), json("{'type':'GET_OPERATIONS'}"))
                .value(u"get_operations")[u"operations"]
                .toArray()
                .isEmpty();
        };
        QTRY_VERIFY(kept()); // the agent has done and kept both
        const QJsonObject before = reserved();
        QCOMPARE(before.value(u"web").toArray().size(), 2);
        m_agents.front()->kill();
        m_master->kill();
        startMaster();
        const auto started =
            m_agents.front()->start({u"--master=127.0.0.1:%1"_s.arg(m_master->port()),
                                     u"--resources=cpus:4;mem:2048;disk:4096"_s});
        QVERIFY2(started, told(started));
        QTRY_COMPARE_WITH_TIMEOUT(reserved(), before, 15000);
        QCOMPARE(agents().at(0)[u"agent_info"][u"id"][u"value"].toString(), id);
    }

    /// The master dies right after a change was asked for: the last one that was answered is there,
    /// or the one after it.
    void whatWasAnsweredIsKept()
    {
        startMaster();
        double answered = 0, asked = 0;
        for (int life = 0; life < 6; ++life) {
            const int changes = 1 + int(QRandomGenerator::global()->bounded(20));
            for (int i = 0; i < changes; ++i) {
                asked = answered + 1;
                QCOMPARE(postJson(m_master->port(), "/api/v1", weightCall(asked)).status(), 200);
                answered = asked;
            }
            asked = answered + 1;
            RawClient client(m_master->port());
            const QByteArray body = QJsonDocument(weightCall(asked)).toJson();
            client.send("POST /api/v1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        "Content-Length: "
                        + QByteArray::number(body.size()) + "\r\n\r\n" + body);
            m_master->kill();
            startMaster();
            const double found = operatorCall(m_master->port(), json("{'type':'GET_WEIGHTS'}"))
                                     .value(u"get_weights")[u"weight_infos"][0][u"weight"]
                                     .toDouble();
            QVERIFY2(found == answered || found == asked,
                     qPrintable(u"%1 was found, %2 was answered"_s.arg(found).arg(answered)));
            answered = found;
        }
    }

    void aDamagedRegistryIsNamed()
    {
        startMaster();
        QCOMPARE(postJson(m_master->port(), "/api/v1", weightCall(2)).status(), 200);
        m_master->stop();
        QFile log(m_master->workDir() + u"/registry/log-0"_s);
        QVERIFY(log.open(QIODevice::ReadWrite));
        log.seek(20);
        const QByteArray byte = log.read(1);
        log.seek(20);
        log.write(QByteArray(1, char(byte.at(0) ^ 1)));
        log.close();
        (void)m_master->start({}); // it may answer /health before it has read the registry
        QTRY_VERIFY(!m_master->isRunning());
        const QByteArray said = m_master->logTail();
        QVERIFY2(said.contains("registry/log-0' is damaged"), said);
    }

    void twoMastersDoNotShareAWorkDir()
    {
        startMaster();
        Daemon second(u"mesos-master"_s, m_folder.filePath(u"master"_s));
        (void)second.start({}); // it may answer /health before it has tried the registry
        QTRY_VERIFY(!second.isRunning());
        QVERIFY2(second.logTail().contains("another master"), second.logTail());
    }
};

QTEST_GUILESS_MAIN(TestMasterRestart)
#include "tst_master_restart.moc"
