// Facts that schedulers, executors, operator clients, dashboards and exporters written for Mesos
// rely on; at least one of them breaks without each. Real daemons, raw sockets where the bytes
// matter.

#include <QtTest>

#include "tests/system/framework.h"

using namespace meseta::test;
using namespace Qt::StringLiterals;

class TestClientFacts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup();

    // streams
    void fact01_oneChunkPerRecord();
    void fact02_recordsAreOneAsciiLine();
    void fact03_streamsAreChunkedInSpiteOfConnectionClose();
    void fact04_heartbeatFollowsAtOnceAndItsIntervalIsTold();
    void fact05_inputOfAContainerInOddPieces();
    // headers
    void fact06_lastOfRepeatedHeadersWins();
    void fact07_noAcceptMeansJsonAndNamesComeInAnyCase();
    void fact08_bodiesComeInChunksAndWithTrailingNewline();
    void fact09_gzipFrom1024BytesButNoStreams();
    void fact10_authorizationIsIgnored();
    // JSON input
    void fact11_nullIsAbsent();
    void fact12_unknownFieldsAreIgnored();
    void fact13_numbersEnumsBytes();
    void fact14_emptyIdIsNoId();
    void fact15_emptyCallsAreAccepted();
    // routing
    void fact16_longestPrefix_data();
    void fact16_longestPrefix();
    void fact17_redirectOfTheLeader();
    void fact18_statusCodes();
    // content
    void fact19_versionIsDottedIntegers();
    void fact20_oldOffersHaveNoAllocationInfo();
    void fact21_httpFrameworksHaveNoPid();
    void fact22_resourcesInState();
    void fact23_agentPid();
    void fact24_newStatesOnlyForThoseWhoAsked();
    void fact25_executorEnvironment();
    void fact26_executorSubscribeNeedsItsBody();
    void fact27_jsonpAndAllTasksAndWebUi();
    void fact28_leaderIsToldInParts();
    void fact29_waitForAContainerNobodyKnows();
    void fact30_agentFlagsOfOthersTools();
    void fact31_sandboxesByPath();

private:
    quint16 master() const { return m_cluster->masterPort(); }
    quint16 agent() const { return m_cluster->agentPort(); }
    Answer health(const QList<QByteArray> &headers,
                  const QByteArray &body = R"({"type":"GET_HEALTH"})") const
    {
        return exchange(master(), "POST /api/v1", headers, body);
    }

    std::unique_ptr<Cluster> m_cluster;
};

namespace {

constexpr auto kJson = "Content-Type: application/json";

QJsonObject part(const QJsonObject &object, std::initializer_list<const char *> path)
{
    QJsonObject at = object;
    for (const char *name : path)
        at = at.value(QLatin1String(name)).toObject();
    return at;
}

} // namespace

void TestClientFacts::initTestCase()
{
    m_cluster = std::make_unique<Cluster>();
    QFile page(m_cluster->folder() + u"/index.html"_s);
    QVERIFY(page.open(QIODevice::WriteOnly) && page.write("<!DOCTYPE html>\n") > 0);
    page.close();
    const auto master = m_cluster->startMaster(
        {u"--webui_dir="_s + m_cluster->folder(), u"--allocation_interval=50ms"_s});
    QVERIFY2(master, master ? "" : master.error().message.c_str());
    const auto agent = m_cluster->startAgent();
    QVERIFY2(agent, agent ? "" : agent.error().message.c_str());
}

void TestClientFacts::cleanup()
{
    if (QTest::currentTestFailed())
        qWarning("%s", m_cluster->logTails().constData());
}

void TestClientFacts::fact01_oneChunkPerRecord()
{
    Framework framework(*m_cluster, u"chunks"_s);
    QVERIFY(!framework.await("SUBSCRIBED").isEmpty());
    QVERIFY(!framework.await("OFFERS").isEmpty());
    QVERIFY(framework.stream().chunks.size() >= 3);
    QVERIFY(!framework.stream().badlyFramed);
}

void TestClientFacts::fact02_recordsAreOneAsciiLine()
{
    EventStream events(master(), "/api/v1", json("{'type':'SUBSCRIBE'}"));
    QTRY_VERIFY((events.poll(), !events.chunks.isEmpty()));
    Framework framework(*m_cluster, u"K\u00e4se\n\u4f60"_s);
    QVERIFY(!framework.await("SUBSCRIBED").isEmpty());
    const auto added = [&] {
        events.poll();
        return std::find_if(
            events.chunks.begin(), events.chunks.end(),
            [](const QByteArray &chunk) { return chunk.contains("FRAMEWORK_ADDED"); });
    };
    QTRY_VERIFY(added() != events.chunks.end());
    const QByteArray chunk = *added();
    QCOMPARE(chunk.count('\n'), 1); // after the length
    QVERIFY(std::all_of(chunk.begin(), chunk.end(), [](char c) { return (c & 0x80) == 0; }));
    QVERIFY(chunk.toLower().contains("k\\u00e4se\\n\\u4f60"));
}

void TestClientFacts::fact03_streamsAreChunkedInSpiteOfConnectionClose()
{
    RawClient client(master());
    client.send("POST /api/v1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: "
                "application/json\r\nContent-Length: 20\r\n\r\n{\"type\":\"SUBSCRIBE\"}");
    const RawClient::Answer head = client.readAnswer(true);
    QCOMPARE(head.status(), 200);
    QCOMPARE(head.header("Transfer-Encoding"), QByteArray("chunked"));
    QVERIFY(client.readUntil("SUBSCRIBED").contains("SUBSCRIBED"));
}

void TestClientFacts::fact04_heartbeatFollowsAtOnceAndItsIntervalIsTold()
{
    Framework framework(*m_cluster, u"heartbeats"_s);
    const QJsonObject subscribed = framework.await("SUBSCRIBED");
    QCOMPARE(part(subscribed, {"subscribed"}).value("heartbeat_interval_seconds"_L1).toDouble(),
             15.0);
    QVERIFY(!framework.await("HEARTBEAT").isEmpty());
}

void TestClientFacts::fact05_inputOfAContainerInOddPieces()
{
    Framework framework(*m_cluster, u"input"_s);
    QVERIFY(!framework.await("SUBSCRIBED").isEmpty());
    QVERIFY(framework.launch("input", u"sleep 1000"_s));
    const QByteArray container =
        QByteArray(part(framework.awaitStatus(), {"container_status", "container_id"})
                       .value("value"_L1)
                       .toString()
                       .toUtf8());
    QVERIFY(!container.isEmpty());
    const QByteArray record =
        R"({"type":"ATTACH_CONTAINER_INPUT","attach_container_input":{"type":"CONTAINER_ID","container_id":{"value":")"
        + container + R"("}}})";
    RawClient client(agent());
    client.send("POST /api/v1 HTTP/1.1\r\nHost: x\r\nContent-Type: "
                "application/recordio\r\nMessage-Content-Type: application/json\r\n"
                "Accept: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (const QByteArray &piece : {QByteArray::number(record.size()), QByteArray("\n"), record})
        client.send(QByteArray::number(piece.size(), 16) + "\r\n" + piece
                    + "\r\n"); // the request stays open
    const RawClient::Answer answer = client.readAnswer();
    QCOMPARE(answer.status(), 500);
    QCOMPARE(answer.body, QByteArray("I/O switchboard server was disabled for this container"));
}

void TestClientFacts::fact06_lastOfRepeatedHeadersWins()
{
    QCOMPARE(health({kJson, "Accept: text/html", "Accept: application/json"}).status(), 200);
    QCOMPARE(health({kJson, "Accept: application/json", "Accept: text/html"}).status(), 406);
}

void TestClientFacts::fact07_noAcceptMeansJsonAndNamesComeInAnyCase()
{
    QCOMPARE(health({kJson}).header("Content-Type"), QByteArray("application/json"));
    Framework framework(*m_cluster, u"case"_s);
    QVERIFY(!framework.await("SUBSCRIBED").isEmpty());
    const QByteArray revive =
        R"({"type":"REVIVE","framework_id":{"value":")" + framework.id().toUtf8() + R"("}})";
    QCOMPARE(exchange(master(), "POST /api/v1/scheduler",
                      {"CONTENT-TYPE: application/json",
                       "mesos-stream-id: " + framework.stream().streamId},
                      revive)
                 .status(),
             202);
    RawClient client(master());
    client.send("POST /api/v1 HTTP/1.1\r\nhost: x\r\ncontent-type: "
                "application/json\r\ncontent-length: 20\r\n\r\n{\"type\":\"SUBSCRIBE\"}");
    QCOMPARE(client.readAnswer(true).header("Content-Type"), QByteArray("application/json"));
}

void TestClientFacts::fact08_bodiesComeInChunksAndWithTrailingNewline()
{
    QCOMPARE(health({kJson}, "{\"type\":\"GET_HEALTH\"}\n").status(), 200);
    RawClient client(master());
    client.send("POST /api/v1 HTTP/1.1\r\nHost: x\r\nContent-Type: "
                "application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.sendOneByOne("8\r\n{\"type\":\r\nd\r\n\"GET_HEALTH\"}\r\n0\r\n\r\n");
    QCOMPARE(client.readAnswer().status(), 200);
    QCOMPARE(exchange(master(), "GET /state", {kJson}).status(), 200);
}

void TestClientFacts::fact09_gzipFrom1024BytesButNoStreams()
{
    const QList<QByteArray> gzip{"Accept-Encoding: gzip"};
    QCOMPARE(exchange(master(), "GET /flags", gzip).header("Content-Encoding"), QByteArray("gzip"));
    QCOMPARE(exchange(master(), "GET /version", gzip).header("Content-Encoding"), QByteArray());
    RawClient client(master());
    client.send("POST /api/v1 HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nContent-Type: "
                "application/json\r\nContent-Length: 20\r\n\r\n{\"type\":\"SUBSCRIBE\"}");
    QCOMPARE(client.readAnswer(true).header("Content-Encoding"), QByteArray());
}

void TestClientFacts::fact10_authorizationIsIgnored()
{
    QCOMPARE(health({kJson, "Authorization: Basic dXNlcjpwYXNz"}).status(), 200);
    QCOMPARE(health({kJson, "Authorization: token=abc"}).status(), 200);
    QCOMPARE(exchange(agent(), "GET /state", {"Authorization: token=abc"}).status(), 200);
}

void TestClientFacts::fact11_nullIsAbsent()
{
    Framework framework(
        *m_cluster, u"null"_s,
        json("{'id':null,'checkpoint':null,'role':null,'capabilities':null,'labels':null}"));
    QVERIFY(!framework.await("SUBSCRIBED").isEmpty());
    QCOMPARE(framework.call("{'type':'REVIVE','revive':null,'kill':null}"), 202);
}

void TestClientFacts::fact12_unknownFieldsAreIgnored()
{
    Framework framework(*m_cluster, u"unknown"_s, json("{'colour':'blue','nested':{'x':[1,2]}}"));
    QVERIFY(!framework.await("SUBSCRIBED").isEmpty());
    QCOMPARE(framework.call("{'type':'REVIVE','foo':{'bar':1}}"), 202);
}

void TestClientFacts::fact13_numbersEnumsBytes()
{
    Framework framework(*m_cluster, u"numbers"_s,
                        json("{'capabilities':[{'type':'PARTITION_AWARE'}]}"));
    QVERIFY(!framework.await("SUBSCRIBED").isEmpty());
    const QByteArray decline = R"({"type":"DECLINE","framework_id":{"value":")"
        + framework.id().toUtf8()
        + R"("},"decline":{"offer_ids":[],"filters":{"refuse_seconds":3.6e+06}}})";
    const QByteArray stream = "Mesos-Stream-Id: " + framework.stream().streamId;
    QCOMPARE(exchange(master(), "POST /api/v1/scheduler", {kJson, stream}, decline).status(), 202);
    QCOMPARE(framework.call("{'type':'ACKNOWLEDGE','acknowledge':{'agent_id':{'value':'a'},'task_"
                            "id':{'value':'t'},'uuid':'lmur2tSYQdK5oQ0LFNJoTw=='}}"),
             202);
    QCOMPARE(framework.call("{'type':'ACKNOWLEDGE','acknowledge':{'agent_id':{'value':'a'},'task_"
                            "id':{'value':'t'},'uuid':'!!!'}}"),
             400);
}

void TestClientFacts::fact14_emptyIdIsNoId()
{
    QJsonObject call =
        json("{'type':'SUBSCRIBE','framework_id':{'value':''},'subscribe':{'framework_info':{'user'"
             ":'root','name':'empty id','id':{'value':''}}}}");
    EventStream stream(master(), "/api/v1/scheduler", call);
    QTRY_VERIFY((stream.poll(), !stream.events.empty()));
    QVERIFY(!part(stream.events.front(), {"subscribed", "framework_id"})
                 .value("value"_L1)
                 .toString()
                 .isEmpty());
}

void TestClientFacts::fact15_emptyCallsAreAccepted()
{
    Framework framework(*m_cluster, u"empty calls"_s);
    QVERIFY(!framework.await("SUBSCRIBED").isEmpty());
    QCOMPARE(framework.call("{'type':'DECLINE','decline':{'offer_ids':[]}}"), 202);
    QCOMPARE(framework.call("{'type':'SUPPRESS'}"), 202);
    QCOMPARE(framework.call("{'type':'REVIVE'}"), 202);
    const QJsonObject offer = framework.awaitOffer();
    QVERIFY(!offer.isEmpty());
    QCOMPARE(framework.accept({offer.value("id"_L1)}, {}), 202);
}

void TestClientFacts::fact16_longestPrefix_data()
{
    QTest::addColumn<bool>("ofAgent");
    QTest::addColumn<QByteArray>("request");
    for (const char *path : {"POST /api/v1", "POST /api/v1/", "POST /api/v1/anything",
                             "POST /master/api/v1", "GET /state", "GET /master/state",
                             "GET /state/", "GET /state?unknown=1&_=2", "GET /metrics/snapshot"})
        QTest::addRow("master: %s", path) << false << QByteArray(path);
    for (const char *path : {"POST /api/v1", "POST /slave(1)/api/v1", "GET /state",
                             "GET /slave(1)/state", "GET /slave(1)/state?x=y", "GET /containers"})
        QTest::addRow("agent: %s", path) << true << QByteArray(path);
}

void TestClientFacts::fact16_longestPrefix()
{
    QFETCH(bool, ofAgent);
    QFETCH(QByteArray, request);
    const QByteArray body = request.startsWith("POST") ? R"({"type":"GET_HEALTH"})" : "";
    const Answer answer = exchange(ofAgent ? agent() : master(), request, {kJson}, body);
    QCOMPARE(answer.status(), 200);
    QCOMPARE(exchange(master(), "GET /state.json").status(), 404);
}

void TestClientFacts::fact17_redirectOfTheLeader()
{
    const QByteArray here = "//127.0.0.1:" + QByteArray::number(master());
    for (const QByteArray &method : {QByteArray("GET"), QByteArray("HEAD")}) {
        const Answer answer = exchange(master(), method + " /redirect");
        QCOMPARE(answer.status(), 307);
        QCOMPARE(answer.header("Location"), here);
    }
    QCOMPARE(get(master(), "/").status(), 200); // where it leads
    QCOMPARE(get(master(), "/version").status(), 200);
    QCOMPARE(get(master(), "/health").status(), 200);
}

void TestClientFacts::fact18_statusCodes()
{
    Framework framework(*m_cluster, u"statuses"_s);
    QVERIFY(!framework.await("SUBSCRIBED").isEmpty());
    const QJsonObject reconcile{{u"type"_s, u"RECONCILE"_s},
                                {u"framework_id"_s, QJsonObject{{u"value"_s, framework.id()}}},
                                {u"reconcile"_s, QJsonObject()}};
    const Answer accepted = postJson(master(), "/api/v1/scheduler", reconcile,
                                     {"Mesos-Stream-Id: " + framework.stream().streamId});
    QCOMPARE(accepted.status(), 202);
    QCOMPARE(accepted.body, QByteArray());
    QCOMPARE(postJson(master(), "/api/v1", json("{'type':'GET_AGENTS'}")).status(), 200);
    const QByteArray teardown = "{'type':'TEARDOWN','teardown':{'framework_id':{'value':'"
        + framework.id().toUtf8() + "'}}}";
    QCOMPARE(postJson(master(), "/api/v1", json(teardown)).status(), 200);
}

void TestClientFacts::fact19_versionIsDottedIntegers()
{
    for (const quint16 port : {master(), agent()}) {
        const QString version = getJson(port, "/version").value("version"_L1).toString();
        QVERIFY2(QRegularExpression(u"^[0-9]+\\.[0-9]+\\.[0-9]+$"_s).match(version).hasMatch(),
                 qPrintable(version));
    }
}

void TestClientFacts::fact20_oldOffersHaveNoAllocationInfo()
{
    Framework framework(*m_cluster, u"old"_s);
    QVERIFY(!framework.await("SUBSCRIBED").isEmpty());
    const QJsonObject offer = framework.awaitOffer();
    QVERIFY(!offer.contains("allocation_info"_L1));
    const QJsonArray resources = offer.value("resources"_L1).toArray();
    QVERIFY(!resources.isEmpty());
    for (const QJsonValue &resource : resources) {
        QVERIFY(!resource.toObject().contains("allocation_info"_L1));
        QCOMPARE(resource.toObject().value("role"_L1).toString(), u"*"_s);
    }
    QJsonObject task = json("{'name':'t','task_id':{'value':'t'},'command':{'value':'true'}}");
    task.insert("agent_id"_L1, offer.value("agent_id"_L1));
    task.insert("resources"_L1, resources); // as they came, without allocation_info
    QCOMPARE(framework.accept({offer.value("id"_L1)}, {task}), 202);
    QVERIFY(framework.awaitState(u"TASK_FINISHED"_s));
}

void TestClientFacts::fact21_httpFrameworksHaveNoPid()
{
    Framework framework(*m_cluster, u"no pid"_s);
    QVERIFY(!framework.await("SUBSCRIBED").isEmpty());
    const QJsonArray frameworks = getJson(master(), "/state").value("frameworks"_L1).toArray();
    QVERIFY(!frameworks.isEmpty());
    for (const QJsonValue &one : frameworks)
        QVERIFY(!one.toObject().contains("pid"_L1));
}

void TestClientFacts::fact22_resourcesInState()
{
    const QJsonObject agent =
        getJson(master(), "/state").value("slaves"_L1).toArray().first().toObject();
    const QJsonObject resources = agent.value("resources"_L1).toObject();
    QCOMPARE(resources.value("ports"_L1), QJsonValue(u"[31000-32000]"_s));
    for (const auto name : {"cpus"_L1, "mem"_L1, "disk"_L1, "gpus"_L1}) {
        QVERIFY(resources.value(name).isDouble());
        QVERIFY(part(agent, {"used_resources"}).value(name).isDouble());
    }
    QCOMPARE(resources.value("gpus"_L1).toDouble(), 0.0);
}

void TestClientFacts::fact23_agentPid()
{
    const QJsonObject one =
        getJson(master(), "/slaves").value("slaves"_L1).toArray().first().toObject();
    QCOMPARE(one.value("pid"_L1).toString(), u"slave(1)@127.0.0.1:%1"_s.arg(agent()));
    QCOMPARE(get(agent(), "/slave(1)/state").status(), 200);
}

void TestClientFacts::fact24_newStatesOnlyForThoseWhoAsked()
{
    Framework framework(*m_cluster, u"old states"_s);
    QVERIFY(!framework.await("SUBSCRIBED").isEmpty());
    QCOMPARE(framework.call(
                 "{'type':'RECONCILE','reconcile':{'tasks':[{'task_id':{'value':'nobody'}}]}}"),
             202);
    QCOMPARE(framework.awaitStatus().value("state"_L1).toString(), u"TASK_LOST"_s);
    QVERIFY(framework.launch("killed", u"sleep 1000"_s));
    QVERIFY(framework.awaitState(u"TASK_RUNNING"_s));
    QCOMPARE(framework.call("{'type':'KILL','kill':{'task_id':{'value':'killed'}}}"), 202);
    QCOMPARE(framework.awaitStatus().value("state"_L1).toString(),
             u"TASK_KILLED"_s); // no TASK_KILLING before
}

void TestClientFacts::fact25_executorEnvironment()
{
    for (const bool checkpoints : {false, true}) {
        Framework framework(*m_cluster, u"environment"_s,
                            QJsonObject{{u"checkpoint"_s, checkpoints}});
        QVERIFY(!framework.await("SUBSCRIBED").isEmpty());
        QVERIFY(framework.launch("environment", u"env"_s));
        QVERIFY(framework.awaitState(u"TASK_FINISHED"_s));
        const QByteArray path =
            "/frameworks/" + framework.id().toUtf8() + "/executors/environment/runs/latest/stdout";
        const QStringList lines = getJson(agent(), "/files/read?offset=0&length=10000&path=" + path)
                                      .value("data"_L1)
                                      .toString()
                                      .split(u'\n');
        const auto value = [&](const QString &name) {
            const QStringList found = lines.filter(QRegularExpression(u"^"_s + name + u"="_s));
            return found.isEmpty() ? QString() : found.first().section(u'=', 1);
        };
        QCOMPARE(value(u"MESOS_FRAMEWORK_ID"_s), framework.id());
        QCOMPARE(value(u"MESOS_EXECUTOR_ID"_s), u"environment"_s);
        QCOMPARE(value(u"MESOS_AGENT_ENDPOINT"_s), u"127.0.0.1:%1"_s.arg(agent()));
        QCOMPARE(value(u"MESOS_SLAVE_PID"_s), u"slave(1)@127.0.0.1:%1"_s.arg(agent()));
        QCOMPARE(value(u"MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD"_s), u"5secs"_s);
        QCOMPARE(value(u"MESOS_HTTP_COMMAND_EXECUTOR"_s), u"0"_s);
        QCOMPARE(value(u"MESOS_CHECKPOINT"_s), checkpoints ? u"1"_s : u"0"_s);
        QCOMPARE(value(u"MESOS_RECOVERY_TIMEOUT"_s), checkpoints ? u"15mins"_s : QString());
        QCOMPARE(value(u"MESOS_SUBSCRIPTION_BACKOFF_MAX"_s), checkpoints ? u"2secs"_s : QString());
        QVERIFY(!value(u"MESOS_SLAVE_ID"_s).isEmpty());
        QCOMPARE(value(u"MESOS_DIRECTORY"_s), value(u"MESOS_SANDBOX"_s));
        QVERIFY(QDir(value(u"MESOS_SANDBOX"_s)).exists());
    }
}

void TestClientFacts::fact26_executorSubscribeNeedsItsBody()
{
    const Answer answer = postJson(
        agent(), "/api/v1/executor",
        json("{'type':'SUBSCRIBE','framework_id':{'value':'f'},'executor_id':{'value':'e'}}"));
    QCOMPARE(answer.status(), 400);
}

void TestClientFacts::fact27_jsonpAndAllTasksAndWebUi()
{
    for (const QByteArray path : {"/state", "/state-summary", "/slaves", "/frameworks", "/tasks",
                                  "/roles", "/metrics/snapshot", "/version", "/flags"}) {
        const Answer answer = get(master(), path + "?jsonp=cb");
        QCOMPARE(answer.header("Content-Type"), QByteArray("text/javascript"));
        QVERIFY2(answer.body.startsWith("cb(") && answer.body.endsWith(")"), path);
    }
    for (const QByteArray path : {"/state?jsonp=cb", "/monitor/statistics?jsonp=cb",
                                  "/containers?jsonp=cb", "/files/debug?jsonp=cb"})
        QVERIFY2(get(agent(), path).body.startsWith("cb("), path);
    QVERIFY(getJson(master(), "/tasks?limit=-1").contains("tasks"_L1));
    QCOMPARE(get(master(), "/").body, QByteArray("<!DOCTYPE html>\n"));
    QCOMPARE(part(getJson(master(), "/state"), {"leader_info"}).value("hostname"_L1).toString(),
             u"127.0.0.1"_s);
}

/// Without ZooKeeper (not offered today) the same MasterInfo is told by GET_MASTER.
void TestClientFacts::fact28_leaderIsToldInParts()
{
    const QJsonObject info =
        part(operatorCall(master(), json("{'type':'GET_MASTER'}")), {"get_master", "master_info"});
    QCOMPARE(part(info, {"address"}).value("ip"_L1).toString(), u"127.0.0.1"_s);
    QCOMPARE(part(info, {"address"}).value("port"_L1).toInt(), int(master()));
    QCOMPARE(info.value("ip"_L1).toDouble(), 16777343.0);
    QCOMPARE(info.value("port"_L1).toInt(), int(master()));
    QCOMPARE(info.value("pid"_L1).toString(), u"master@127.0.0.1:%1"_s.arg(master()));
    QCOMPARE(info.value("hostname"_L1).toString(), u"127.0.0.1"_s);
    QVERIFY(!info.value("id"_L1).toString().isEmpty());
}

/// Standalone and nested containers, whose exit status it tells, are not offered today.
void TestClientFacts::fact29_waitForAContainerNobodyKnows()
{
    const Answer answer = postJson(
        agent(), "/api/v1",
        json("{'type':'WAIT_CONTAINER','wait_container':{'container_id':{'value':'nobody'}}}"));
    QVERIFY2(answer.status() == 404 || answer.status() == 501, answer.statusLine);
}

void TestClientFacts::fact30_agentFlagsOfOthersTools()
{
    QTemporaryDir folder;
    Daemon other(u"mesos-agent"_s, folder.path());
    const auto started = other.start({u"--master=127.0.0.1:%1"_s.arg(master()),
                                      u"--runtime_dir=%1/run"_s.arg(folder.path()),
                                      u"--systemd_enable_support=false"_s,
                                      u"--launcher_dir="_s + qEnvironmentVariable("MESETA_BIN_DIR"),
                                      u"--resources=cpus:1;mem:64"_s});
    QVERIFY2(started, started ? "" : started.error().message.c_str());
}

void TestClientFacts::fact31_sandboxesByPath()
{
    Framework framework(*m_cluster, u"sandboxes"_s);
    QVERIFY(!framework.await("SUBSCRIBED").isEmpty());
    QVERIFY(framework.launch("boxed", u"echo out; echo err >&2"_s));
    const QJsonObject first = framework.awaitStatus();
    QVERIFY(framework.awaitState(u"TASK_FINISHED"_s));
    const QString agentId = part(first, {"agent_id"}).value("value"_L1).toString();
    const QString runs = u"%1/slaves/%2/frameworks/%3/executors/boxed/runs/"_s.arg(
        m_cluster->agent().workDir(), agentId, framework.id());
    const QString container =
        part(first, {"container_status", "container_id"}).value("value"_L1).toString();
    for (const QString &run : {container, u"latest"_s}) {
        QFile out(runs + run + u"/stdout"_s);
        QVERIFY2(out.open(QIODevice::ReadOnly), qPrintable(out.fileName()));
        QVERIFY(out.readAll().contains("out\n"));
        QFile err(runs + run + u"/stderr"_s);
        QVERIFY(err.open(QIODevice::ReadOnly) && err.readAll().contains("err\n"));
        QCOMPARE(get(agent(), "/files/browse?path=" + (runs + run).toUtf8()).status(), 200);
    }
}

QTEST_GUILESS_MAIN(TestClientFacts)
#include "tst_client_facts.moc"
