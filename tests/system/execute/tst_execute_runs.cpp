#include <QDirIterator>
#include <QFile>
#include <QJsonArray>
#include <QTest>

#include "tests/support/daemons.h"
#include "tests/system/support/event_stream.h"
#include "tests/system/support/execute.h"
#include "tests/system/support/scheduler.h"

using namespace meseta;
using namespace meseta::test;

/// mesos-execute against a real cluster: what it prints, how Ctrl-C works, what its exit code
/// tells.
class ExecuteRunsTest : public QObject
{
    Q_OBJECT

    Cluster m_cluster;

private Q_SLOTS:
    void initTestCase();
    void success();
    void failure();
    void taskAtATerminal();
    void taskGroup();
    void taskGroupOfWhichOneFails();
    void interruptKillsTheTask();
    void interruptBeforeAnOffer();
    void asksForTooMuch();
    void taskFromAFile();
    void acceptOfTooMuch();
};

void ExecuteRunsTest::initTestCase()
{
    QVERIFY(m_cluster.startMaster());
    QVERIFY2(m_cluster.startAgent(), m_cluster.logTails());
}

void ExecuteRunsTest::success()
{
    for (const char *type : {"protobuf", "json"}) {
        Execute execute(m_cluster.masterPort());
        execute.start({QStringLiteral("--name=good"), QStringLiteral("--command=echo hello"),
                       QStringLiteral("--content_type=") + QLatin1String(type)});
        QVERIFY2(execute.exitCode() == 0, execute.output());
        const QByteArray output = execute.output();
        QVERIFY2(output.startsWith("Subscribed with ID "), output);
        qsizetype at = 0;
        for (const char *step : {"Submitted task 'good' to agent '",
                                 "Received status update TASK_STARTING for task 'good'",
                                 "Received status update TASK_RUNNING for task 'good'",
                                 "Received status update TASK_FINISHED for task 'good'",
                                 "  source: SOURCE_EXECUTOR"}) {
            at = output.indexOf(step, at);
            QVERIFY2(at > 0, output);
        }
    }
}

void ExecuteRunsTest::failure()
{
    Execute execute(m_cluster.masterPort());
    execute.start({QStringLiteral("--name=bad"), QStringLiteral("--command=exit 7")});
    QCOMPARE(execute.exitCode(), 1);
    QVERIFY2(execute.output().contains("TASK_FAILED"), execute.output());
    QVERIFY2(execute.output().contains("Command exited with status 7"), execute.output());
}

/// As in Mesos the terminal is the task's: whoever wants to type there attaches to its container.
void ExecuteRunsTest::taskAtATerminal()
{
    Execute execute(m_cluster.masterPort());
    execute.start({QStringLiteral("--name=terminal"), QStringLiteral("--tty"),
                   QStringLiteral("--command=tty; read word; echo $word heard; test -t 2")});
    QVERIFY2(execute.says("TASK_RUNNING"), execute.output() + m_cluster.logTails());
    const auto shown =
        operatorCall(m_cluster.agentPort(),
                     json("{'type':'GET_CONTAINERS','get_containers':{'show_nested':false}}"));
    const auto id = shown[u"get_containers"][u"containers"][0][u"container_id"];
    EventStream output(m_cluster.agentPort(), "/api/v1",
                       {{QStringLiteral("type"), QStringLiteral("ATTACH_CONTAINER_OUTPUT")},
                        {QStringLiteral("attach_container_output"),
                         QJsonObject{{QStringLiteral("container_id"), id}}}});
    QTRY_COMPARE_WITH_TIMEOUT(output.status(), 200, 20000);

    const auto record = [](const QJsonObject &input) {
        const QByteArray text =
            QJsonDocument({{QStringLiteral("type"), QStringLiteral("ATTACH_CONTAINER_INPUT")},
                           {QStringLiteral("attach_container_input"), input}})
                .toJson(QJsonDocument::Compact);
        return QByteArray::number(text.size()) + '\n' + text;
    };
    const QJsonObject to{{QStringLiteral("type"), QStringLiteral("CONTAINER_ID")},
                         {QStringLiteral("container_id"), id}};
    const QJsonObject typed = json("{'type':'PROCESS_IO','process_io':{'type':'DATA','data':"
                                   "{'type':'STDIN','data':'d29yZAo='}}}"); // "word\n"
    const auto answer =
        exchange(m_cluster.agentPort(), "POST /api/v1",
                 {"Content-Type: application/recordio", "Message-Content-Type: application/json"},
                 record(to) + record(typed));
    QVERIFY2(answer.statusLine.contains(" 200 "), answer.statusLine + answer.body);
    QVERIFY2(execute.exitCode() == 0, execute.output());
    QTRY_VERIFY_WITH_TIMEOUT(output.hasEnded(), 20000);
    QByteArray told;
    for (const QJsonObject &piece : std::as_const(output.records))
        told += QByteArray::fromBase64(piece[u"data"][u"data"].toString().toLatin1());
    QVERIFY2(told.contains("word heard"), told);
    QDirIterator it(m_cluster.folder(), {QStringLiteral("terminal")}, QDir::Dirs,
                    QDirIterator::Subdirectories);
    QVERIFY(it.hasNext());
    QFile kept(it.next() + QStringLiteral("/runs/latest/stdout"));
    QVERIFY(kept.open(QIODevice::ReadOnly));
    QVERIFY(kept.readAll().startsWith("/dev/pts/"));
}

namespace {

QString groupFlag(const char *first, const char *second)
{
    const auto task = [](const char *id, const char *command) {
        return QStringLiteral(
                   R"({"name":"%1","task_id":{"value":"%1"},"command":{"value":"%2"},"resources":[)"
                   R"({"name":"cpus","type":"SCALAR","scalar":{"value":0.1}},)"
                   R"({"name":"mem","type":"SCALAR","scalar":{"value":32}}]})")
            .arg(QLatin1String(id), QLatin1String(command));
    };
    return QStringLiteral("--task_group={\"tasks\":[") + task("one", first) + u','
        + task("two", second) + QStringLiteral("]}");
}

} // namespace

void ExecuteRunsTest::taskGroup()
{
    Execute execute(m_cluster.masterPort());
    execute.start({groupFlag("echo first", "echo second >&2; sleep 0.3")});
    QVERIFY2(execute.exitCode() == 0, execute.output());
    const QByteArray output = execute.output();
    QVERIFY2(output.contains("Submitted task group with tasks [ one, two ] to agent '"), output);
    for (const char *task : {"one", "two"}) {
        for (const char *state : {"STARTING", "RUNNING", "FINISHED"})
            QVERIFY2(output.contains("Received status update TASK_" + QByteArray(state)
                                     + " for task '" + task + "'"),
                     output);
    }
    // Each has a sandbox of its own below the executor's.
    QDirIterator files(m_cluster.agent(0).workDir(), {QStringLiteral("stdout")}, QDir::Files,
                       QDirIterator::Subdirectories);
    QByteArray said;
    while (files.hasNext()) {
        QFile file(files.next());
        if (file.fileName().contains(u"/default-executor/runs/")
            && file.fileName().contains(u"/containers/") && file.open(QIODevice::ReadOnly))
            said += file.readAll();
    }
    QVERIFY2(said.contains("first\n"), said);
}

void ExecuteRunsTest::taskGroupOfWhichOneFails()
{
    Execute execute(m_cluster.masterPort());
    execute.start({groupFlag("sleep 0.3; exit 4", "sleep 600")});
    QCOMPARE(execute.exitCode(), 1);
    const QByteArray output = execute.output();
    QVERIFY2(output.contains("Command exited with status 4"), output);
    QVERIFY2(output.contains("Received status update TASK_KILLING for task 'two'"), output);
    QVERIFY2(output.contains("Received status update TASK_KILLED for task 'two'"), output);
}

void ExecuteRunsTest::interruptKillsTheTask()
{
    Execute execute(m_cluster.masterPort());
    execute.start({QStringLiteral("--name=long"), QStringLiteral("--command=sleep 600")});
    QVERIFY2(execute.says("TASK_RUNNING"), execute.output());
    execute.interrupt();
    QCOMPARE(execute.exitCode(), 1);
    QVERIFY2(execute.output().contains("TASK_KILLED"), execute.output());
    QTRY_COMPARE(getJson(m_cluster.masterPort(), "/state-summary")
                     .value(u"slaves")[0][u"used_resources"][u"cpus"]
                     .toDouble(),
                 0.0);
}

void ExecuteRunsTest::interruptBeforeAnOffer()
{
    Execute execute(m_cluster.masterPort());
    execute.start({QStringLiteral("--name=never"), QStringLiteral("--command=true"),
                   QStringLiteral("--role=nobody"), QStringLiteral("--resources=cpus:77")});
    QVERIFY2(execute.says("Subscribed"), execute.output());
    execute.interrupt();
    QCOMPARE(execute.exitCode(), 1);
    QVERIFY2(execute.output().contains("was not launched yet"), execute.output());
}

void ExecuteRunsTest::asksForTooMuch()
{
    Execute execute(m_cluster.masterPort());
    execute.start({QStringLiteral("--name=greedy"), QStringLiteral("--command=true"),
                   QStringLiteral("--resources=cpus:100;mem:32")});
    QVERIFY2(execute.says("Waiting for an offer of"), execute.output());
    QVERIFY2(execute.says("too small"), execute.output());
    QVERIFY2(execute.output().contains("cpus:100"), execute.output()); // what it wants
    QVERIFY2(execute.output().contains("cpus:4"), execute.output()); // what there is
    execute.interrupt();
    QCOMPARE(execute.exitCode(), 1);
}

void ExecuteRunsTest::taskFromAFile()
{
    QFile file(m_cluster.folder() + QStringLiteral("/task.json"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(
        QJsonDocument(commandTask(QStringLiteral("filed"), QStringLiteral("true"))).toJson());
    file.close();
    Execute execute(m_cluster.masterPort());
    execute.start({QStringLiteral("--task=file://") + file.fileName()});
    QVERIFY2(execute.exitCode() == 0, execute.output());
    QVERIFY2(execute.output().contains("TASK_FINISHED for task 'filed'"), execute.output());
}

/// The other way to ask for too much: accept an offer for more than it holds.
void ExecuteRunsTest::acceptOfTooMuch()
{
    Scheduler scheduler(m_cluster.masterPort());
    QVERIFY(scheduler.subscribe());
    auto offer = scheduler.takeOffer();
    QVERIFY(!offer.isEmpty());
    QCOMPARE(
        scheduler.launch(offer, {commandTask(QStringLiteral("huge"), QStringLiteral("true"), 100)}),
        202);
    QVERIFY(scheduler.sees(QStringLiteral("huge"), "TASK_ERROR"));
    const auto status = scheduler.lastStatus(QStringLiteral("huge"));
    QCOMPARE(status.value(u"reason").toString(), QStringLiteral("REASON_TASK_INVALID"));
    QCOMPARE(status.value(u"source").toString(), QStringLiteral("SOURCE_MASTER"));
    QVERIFY2(status.value(u"message").toString().contains(u"cpus"),
             qPrintable(status.value(u"message").toString()));
    offer = scheduler.takeOffer();
    QCOMPARE(
        scheduler.launch(offer, {commandTask(QStringLiteral("modest"), QStringLiteral("true"))}),
        202);
    QVERIFY(scheduler.sees(QStringLiteral("modest"), "TASK_FINISHED"));
    QCOMPARE(scheduler.teardown(), 202);
}

QTEST_GUILESS_MAIN(ExecuteRunsTest)
#include "tst_execute_runs.moc"
