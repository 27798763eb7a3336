#include "fake_master.h"

#include <QDirIterator>
#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpSocket>

#include "mesos/v1/agent/agent.pb.h"

using namespace meseta;
using namespace meseta::agent;

/// The agent's operator API and GET endpoints of the real program, with one running and one
/// finished task.
class TestAgentOperatorApi : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void reads_data();
    void reads();
    void tasksAndExecutors();
    void containers();
    void protobufAnswers();
    void mediaTypeRules_data();
    void mediaTypeRules();
    void containerCalls_data();
    void containerCalls();
    void attachInputInOddPieces();
    void nestedContainers();
    void legacyState();
    void legacyContainers();
    void statisticsTwiceASecond();
    void sandboxUnderThreeNames();
    void metrics();
    void jsonp();

private:
    http::Response post(const QByteArray &body)
    {
        return m_agent->call(jsonCall("/api/v1", body), port());
    }
    http::Response get(const QByteArray &target);
    QJsonObject json(const http::Response &response)
    {
        return QJsonDocument::fromJson(response.body).object();
    }
    int port() const { return m_master.agentPid().port; }

    QTemporaryDir m_dir;
    FakeMaster m_master;
    std::unique_ptr<AgentProcess> m_agent;
    QByteArray m_container;
};

http::Response TestAgentOperatorApi::get(const QByteArray &target)
{
    http::Request request;
    request.method = "GET";
    request.target = target;
    return m_agent->call(request, port());
}

void TestAgentOperatorApi::initTestCase()
{
    m_agent = std::make_unique<AgentProcess>(m_dir.path());
    QVERIFY(m_agent->start(m_master.port(),
                           {QStringLiteral("--attributes=rack:r7;slots:4;range:[1-5]")}));
    QTRY_VERIFY_WITH_TIMEOUT(m_master.registrations >= 1, 10000);
    m_master.launch(m_master.task("done", "true"));
    m_master.launch(m_master.task("run", "echo hello; sleep 1000"));
    QTRY_VERIFY_WITH_TIMEOUT(m_master.states("done").endsWith(QStringLiteral("TASK_FINISHED")),
                             10000);
    QTRY_COMPARE(m_master.states("run"), QStringLiteral("TASK_STARTING TASK_RUNNING"));
    m_container =
        QByteArray::fromStdString(m_master.last("run").container_status().container_id().value());
    QVERIFY(!m_container.isEmpty());
}

void TestAgentOperatorApi::reads_data()
{
    QTest::addColumn<QByteArray>("type");
    for (const char *type : {"GET_HEALTH", "GET_FLAGS", "GET_VERSION", "GET_LOGGING_LEVEL",
                             "GET_STATE", "GET_FRAMEWORKS", "GET_EXECUTORS", "GET_OPERATIONS",
                             "GET_TASKS", "GET_AGENT", "GET_RESOURCE_PROVIDERS", "GET_CONTAINERS"})
        QTest::newRow(type) << QByteArray(type);
}

void TestAgentOperatorApi::reads()
{
    QFETCH(QByteArray, type);
    const http::Response answer = post("{\"type\":\"" + type + "\"}");
    QCOMPARE(answer.status, 200);
    const QJsonObject object = json(answer);
    QCOMPARE(object.value(QLatin1String("type")).toString().toLatin1(), type);
    QVERIFY2(object.contains(QString::fromLatin1(type.toLower())), answer.body);
}

void TestAgentOperatorApi::tasksAndExecutors()
{
    const QJsonObject tasks =
        json(post(R"({"type":"GET_TASKS"})")).value(QLatin1String("get_tasks")).toObject();
    for (const char *list :
         {"pending_tasks", "queued_tasks", "launched_tasks", "terminated_tasks", "completed_tasks"})
        QVERIFY2(tasks.contains(QLatin1String(list)), list); // written even when empty
    const QJsonArray launched = tasks.value(QLatin1String("launched_tasks")).toArray();
    QCOMPARE(launched.size(), 1);
    const QJsonObject task = launched[0].toObject();
    QCOMPARE(task.value(QLatin1String("state")).toString(), QStringLiteral("TASK_RUNNING"));
    QCOMPARE(task.value(QLatin1String("status_update_state")).toString(),
             QStringLiteral("TASK_RUNNING"));
    QCOMPARE(task.value(QLatin1String("statuses")).toArray().size(), 2);
    QVERIFY(!task.contains(QLatin1String("executor_id")));
    QCOMPARE(tasks.value(QLatin1String("completed_tasks")).toArray().size(), 1);

    const QJsonObject executors =
        json(post(R"({"type":"GET_EXECUTORS"})")).value(QLatin1String("get_executors")).toObject();
    const QJsonObject info = executors.value(QLatin1String("executors"))
                                 .toArray()[0]
                                 .toObject()
                                 .value(QLatin1String("executor_info"))
                                 .toObject();
    QCOMPARE(info.value(QLatin1String("name")).toString(),
             QStringLiteral("Command Executor (Task: run) (Command: sh -c 'echo hello; ...')"));
    QCOMPARE(executors.value(QLatin1String("completed_executors")).toArray().size(), 1);
}

void TestAgentOperatorApi::containers()
{
    const QJsonObject answer =
        json(post(R"({"type":"GET_CONTAINERS","get_containers":{"show_nested":true}})"));
    const QJsonArray list = answer.value(QLatin1String("get_containers"))
                                .toObject()
                                .value(QLatin1String("containers"))
                                .toArray();
    QCOMPARE(list.size(), 1);
    const QJsonObject container = list[0].toObject();
    QCOMPARE(container.value(QLatin1String("executor_id"))
                 .toObject()
                 .value(QLatin1String("value"))
                 .toString(),
             QStringLiteral("run"));
    QVERIFY(container.value(QLatin1String("container_status"))
                .toObject()
                .value(QLatin1String("executor_pid"))
                .toInt()
            > 1);
    QVERIFY(container.value(QLatin1String("resource_statistics"))
                .toObject()
                .contains(QLatin1String("timestamp")));
}

void TestAgentOperatorApi::protobufAnswers()
{
    mesos::v1::agent::Call call;
    call.set_type(mesos::v1::agent::Call::GET_AGENT);
    http::Request request;
    request.method = "POST";
    request.target = "/slave(1)/api/v1";
    request.headers.add("Content-Type", "application/x-protobuf");
    request.headers.add("Accept", "application/x-protobuf");
    request.body = QByteArray::fromStdString(call.SerializeAsString());
    const http::Response answer = m_agent->call(request, port());
    QCOMPARE(answer.status, 200);
    QCOMPARE(answer.headers.value("Content-Type"), QByteArray("application/x-protobuf"));
    mesos::v1::agent::Response response;
    QVERIFY(response.ParseFromString(answer.body.toStdString()));
    QCOMPARE(response.get_agent().agent_info().hostname(), std::string("agent.example"));
    QCOMPARE(response.get_agent().agent_info().id().value(), std::string("M-S0"));
    QCOMPARE(response.get_agent().agent_info().attributes_size(), 3);
}

void TestAgentOperatorApi::mediaTypeRules_data()
{
    using Fields = QList<QPair<QByteArray, QByteArray>>;
    QTest::addColumn<Fields>("headers");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("status");
    const QByteArray json = "application/json", recordio = "application/recordio";
    const QByteArray health = R"({"type":"GET_HEALTH"})";
    const QByteArray input =
        R"({"type":"ATTACH_CONTAINER_INPUT","attach_container_input":{"type":"CONTAINER_ID","container_id":{"value":"x"}}})";
    const auto row = [](const char *name, const Fields &headers, const QByteArray &body,
                        int status) { QTest::newRow(name) << headers << body << status; };
    row("no Content-Type", {}, health, 400);
    row("text", {{"Content-Type", "text/plain"}}, health, 415);
    row("recordio without Message-Content-Type", {{"Content-Type", recordio}}, "x", 400);
    row("bad Message-Content-Type",
        {{"Content-Type", recordio}, {"Message-Content-Type", "text/plain"}}, "x", 415);
    row("JSON with Message-Content-Type", {{"Content-Type", json}, {"Message-Content-Type", json}},
        health, 415);
    row("recordio request for GET_HEALTH",
        {{"Content-Type", recordio}, {"Message-Content-Type", json}}, "21\n" + health, 415);
    row("recordio answer for GET_HEALTH", {{"Content-Type", json}, {"Accept", recordio}}, health,
        406);
    row("Message-Accept without recordio",
        {{"Content-Type", json}, {"Accept", json}, {"Message-Accept", json}}, health, 406);
    row("Accept of nothing we speak", {{"Content-Type", json}, {"Accept", "text/html"}}, health,
        406);
    row("ATTACH_CONTAINER_INPUT as JSON", {{"Content-Type", json}}, input, 415);
    row("first record no CONTAINER_ID",
        {{"Content-Type", recordio}, {"Message-Content-Type", json}},
        "151\n"
        R"({"type":"ATTACH_CONTAINER_INPUT","attach_container_input":{"type":"PROCESS_IO","process_io":{"type":"DATA","data":{"type":"STDIN","data":"aGVsbG8K"}}}})",
        400);
    row("input for an unknown container",
        {{"Content-Type", recordio}, {"Message-Content-Type", json}},
        QByteArray::number(input.size()) + "\n" + input, 404);
    row("empty recordio body", {{"Content-Type", recordio}, {"Message-Content-Type", json}}, "",
        400);
    row("a JSON type parameter", {{"Content-Type", "application/json; charset=utf-8"}}, health,
        415);
}

void TestAgentOperatorApi::mediaTypeRules()
{
    using Fields = QList<QPair<QByteArray, QByteArray>>;
    QFETCH(Fields, headers);
    QFETCH(QByteArray, body);
    QFETCH(int, status);
    http::Request request;
    request.method = "POST";
    request.target = "/api/v1";
    for (const auto &[name, value] : headers)
        request.headers.add(name, value);
    request.body = body;
    const http::Response answer = m_agent->call(request, port());
    QCOMPARE(answer.status, status);
    QVERIFY(!answer.body.isEmpty());
}

void TestAgentOperatorApi::containerCalls_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("status");
    const QByteArray unknown = R"({"container_id":{"value":"zz","parent":{"value":"nope"}}})";
    QTest::newRow("attach output") << QByteArray(
        R"({"type":"ATTACH_CONTAINER_OUTPUT","attach_container_output":{"container_id":{"value":"@"}}})")
                                   << 500;
    QTest::newRow("attach output, in an unknown one") << QByteArray(
        R"({"type":"ATTACH_CONTAINER_OUTPUT","attach_container_output":)" + unknown + "}")
                                                      << 404;
    QTest::newRow("attach output, unknown") << QByteArray(
        R"({"type":"ATTACH_CONTAINER_OUTPUT","attach_container_output":{"container_id":{"value":"zz","parent":{"value":"@"}}}})")
                                            << 500;
    QTest::newRow("session in an unknown container") << QByteArray(
        R"({"type":"LAUNCH_NESTED_CONTAINER_SESSION","launch_nested_container_session":)" + unknown
        + "}") << 400;
    QTest::newRow("session with an image") << QByteArray(
        R"({"type":"LAUNCH_NESTED_CONTAINER_SESSION","launch_nested_container_session":{"container_id":{"value":"x","parent":{"value":"@"}},"command":{"value":"true"},"container":{"type":"MESOS","mesos":{"image":{"type":"DOCKER","docker":{"name":"i"}}}}}})")
                                           << 400;
    QTest::newRow("wait, unknown")
        << QByteArray(R"({"type":"WAIT_NESTED_CONTAINER","wait_nested_container":)" + unknown + "}")
        << 404;
    QTest::newRow("kill, unknown")
        << QByteArray(R"({"type":"KILL_CONTAINER","kill_container":)" + unknown + "}") << 404;
    QTest::newRow("remove, unknown")
        << QByteArray(R"({"type":"REMOVE_CONTAINER","remove_container":)" + unknown + "}") << 200;
    QTest::newRow("launch") << QByteArray(
        R"({"type":"LAUNCH_CONTAINER","launch_container":{"container_id":{"value":"n","parent":{"value":"@"}},"command":{"value":"true"}}})")
                            << 200;
    QTest::newRow("launch a standalone container") << QByteArray(
        R"({"type":"LAUNCH_CONTAINER","launch_container":{"container_id":{"value":"n"},"command":{"value":"true"},"resources":[{"name":"cpus","type":"SCALAR","scalar":{"value":0.1}}]}})")
                                                   << 200;
    QTest::newRow("launch in an unknown container") << QByteArray(
        R"({"type":"LAUNCH_NESTED_CONTAINER","launch_nested_container":{"container_id":{"value":"x","parent":{"value":"nope"}},"command":{"value":"true"}}})")
                                                    << 400;
    QTest::newRow("launch of a Docker image inside") << QByteArray(
        R"({"type":"LAUNCH_NESTED_CONTAINER","launch_nested_container":{"container_id":{"value":"x","parent":{"value":"@"}},"container":{"type":"DOCKER","docker":{"image":"i"}}}})")
                                                     << 400;
    QTest::newRow("launch of what cannot run") << QByteArray(
        R"({"type":"LAUNCH_NESTED_CONTAINER","launch_nested_container":{"container_id":{"value":"y","parent":{"value":"@"}},"command":{"value":"true","user":"nobody-here"}}})")
                                               << 400;
    QTest::newRow("id with slash") << QByteArray(
        R"({"type":"LAUNCH_NESTED_CONTAINER","launch_nested_container":{"container_id":{"value":"a/b","parent":{"value":"@"}},"command":{"value":"true"}}})")
                                   << 400;
    QTest::newRow("without member") << QByteArray(R"({"type":"WAIT_CONTAINER"})") << 400;
    QTest::newRow("provider config") << QByteArray(
        R"({"type":"REMOVE_RESOURCE_PROVIDER_CONFIG","remove_resource_provider_config":{"type":"a","name":"b"}})")
                                     << 501;
}

void TestAgentOperatorApi::containerCalls()
{
    QFETCH(QByteArray, body);
    QFETCH(int, status);
    const http::Response answer = post(body.replace("@", m_container));
    QCOMPARE(answer.status, status);
    if (QByteArray(QTest::currentDataTag()) == "attach output") // a text that clients compare
        QCOMPARE(answer.body, QByteArray("I/O switchboard server was disabled for this container"));
    else
        QVERIFY(status == 200 || !answer.body.isEmpty());
}

void TestAgentOperatorApi::attachInputInOddPieces()
{
    const QByteArray record =
        R"({"type":"ATTACH_CONTAINER_INPUT","attach_container_input":{"type":"CONTAINER_ID","container_id":{"value":")"
        + m_container + R"("}}})";
    QTcpSocket socket;
    socket.connectToHost(QHostAddress::LocalHost, static_cast<quint16>(port()));
    QVERIFY(socket.waitForConnected());
    socket.write("POST /api/v1 HTTP/1.1\r\nHost: a\r\nContent-Type: application/recordio\r\n"
                 "Message-Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
    const auto chunk = [&socket](const QByteArray &bytes) {
        socket.write(QByteArray::number(bytes.size(), 16) + "\r\n" + bytes + "\r\n");
        socket.waitForBytesWritten();
    };
    // The length's digits, the newline and the record each in a chunk of its own; the request stays
    // open.
    chunk(QByteArray::number(record.size()));
    chunk("\n");
    chunk(record);
    QByteArray answer;
    QTRY_VERIFY((answer += socket.readAll()).contains("was disabled for this container"));
    QVERIFY(answer.startsWith("HTTP/1.1 500"));
}

void TestAgentOperatorApi::nestedContainers()
{
    const QByteArray id = R"({"value":"deep","parent":{"value":"@"}})";
    const auto call = [&](const char *type, const char *member, const char *more = "") {
        QByteArray body = R"({"type":")" + QByteArray(type) + R"(",")" + member
            + R"(":{"container_id":)" + id + more + "}}";
        return post(body.replace("@", m_container));
    };
    const auto launch = [&] {
        return call(
            "LAUNCH_NESTED_CONTAINER", "launch_nested_container",
            R"(,"command":{"value":"echo inside; trap 'exit 10' USR1; sleep 1000 & wait"})");
    };
    QCOMPARE(launch().status, 200);
    QCOMPARE(launch().status, 202); // there is one of that name
    const auto shown = [&] {
        return json(post(R"({"type":"GET_CONTAINERS","get_containers":{"show_nested":true}})"))
            .value(QLatin1String("get_containers"))
            .toObject()
            .value(QLatin1String("containers"))
            .toArray();
    };
    const QJsonArray containers = shown();
    const auto deep = std::find_if(containers.begin(), containers.end(), [](const auto &one) {
        return one.toObject()[QLatin1String("container_id")][QLatin1String("value")].toString()
            == QStringLiteral("deep");
    });
    QVERIFY(deep != containers.end());
    QVERIFY(!deep->toObject().contains(QLatin1String("framework_id")));
    QCOMPARE(deep->toObject()[QLatin1String("container_status")][QLatin1String("container_id")]
                             [QLatin1String("parent")][QLatin1String("value")]
                                 .toString()
                                 .toLatin1(),
             m_container);
    QCOMPARE(call("REMOVE_NESTED_CONTAINER", "remove_nested_container").status, 500); // it runs

    QDirIterator runs(m_dir.path() + QStringLiteral("/data/slaves"),
                      {QString::fromLatin1(m_container)}, QDir::Dirs, QDirIterator::Subdirectories);
    QVERIFY(runs.hasNext());
    const QString stdoutPath = runs.next() + QStringLiteral("/containers/deep/stdout");
    const auto said = [&stdoutPath] {
        QFile file(stdoutPath);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    QTRY_COMPARE(said(), QByteArray("inside\n"));

    QCOMPARE(call("KILL_NESTED_CONTAINER", "kill_nested_container", ",\"signal\":10").status, 200);
    for (int again = 0; again < 2; ++again) {
        const http::Response end = call("WAIT_NESTED_CONTAINER", "wait_nested_container");
        QCOMPARE(end.status, 200);
        QCOMPARE(json(end),
                 (QJsonObject{{QStringLiteral("type"), QStringLiteral("WAIT_NESTED_CONTAINER")},
                              {QStringLiteral("wait_nested_container"),
                               QJsonObject{{QStringLiteral("exit_status"), 10 << 8}}}}));
    }
    QCOMPARE(call("KILL_CONTAINER", "kill_container").status, 404);
    QVERIFY(QFile::exists(stdoutPath));
    QCOMPARE(call("REMOVE_CONTAINER", "remove_container").status, 200);
    QVERIFY(!QFile::exists(QFileInfo(stdoutPath).path())); // its sandbox goes along
    QCOMPARE(call("WAIT_CONTAINER", "wait_container").status, 404);
    QCOMPARE(shown().size(), 1); // the task's own
}

void TestAgentOperatorApi::legacyState()
{
    const http::Response answer = get("/slave(1)/state");
    QCOMPARE(answer.status, 200);
    const QJsonObject state = json(answer);
    for (const char *key : {"version",
                            "build_date",
                            "build_time",
                            "build_user",
                            "start_time",
                            "id",
                            "pid",
                            "hostname",
                            "capabilities",
                            "resources",
                            "reserved_resources",
                            "unreserved_resources",
                            "reserved_resources_full",
                            "unreserved_resources_full",
                            "reserved_resources_allocated",
                            "unreserved_resources_allocated",
                            "resource_providers",
                            "attributes",
                            "master_hostname",
                            "flags",
                            "frameworks",
                            "completed_frameworks"})
        QVERIFY2(state.contains(QLatin1String(key)), key);
    QCOMPARE(state.value(QLatin1String("pid")).toString(),
             QStringLiteral("slave(1)@127.0.0.1:%1").arg(port()));
    const QJsonObject resources = state.value(QLatin1String("resources")).toObject();
    QCOMPARE(resources.value(QLatin1String("cpus")).toDouble(), 4.0);
    QCOMPARE(resources.value(QLatin1String("gpus")).toDouble(), 0.0);
    QCOMPARE(resources.value(QLatin1String("ports")).toString(), QStringLiteral("[31000-32000]"));
    const QJsonObject attributes = state.value(QLatin1String("attributes")).toObject();
    QCOMPARE(attributes.value(QLatin1String("rack")).toString(), QStringLiteral("r7"));
    QCOMPARE(attributes.value(QLatin1String("slots")).toDouble(), 4.0);
    QCOMPARE(attributes.value(QLatin1String("range")).toString(), QStringLiteral("[1-5]"));
    const QJsonObject framework = state.value(QLatin1String("frameworks")).toArray()[0].toObject();
    QCOMPARE(framework.value(QLatin1String("role")).toString(), QStringLiteral("*"));
    const QJsonObject executor =
        framework.value(QLatin1String("executors")).toArray()[0].toObject();
    QCOMPARE(executor.value(QLatin1String("container")).toString().toLatin1(), m_container);
    QCOMPARE(executor.value(QLatin1String("tasks"))
                 .toArray()[0]
                 .toObject()
                 .value(QLatin1String("executor_id"))
                 .toString(),
             QString());
    QCOMPARE(framework.value(QLatin1String("completed_executors")).toArray().size(), 1);
}

void TestAgentOperatorApi::legacyContainers()
{
    const QJsonArray all = QJsonDocument::fromJson(get("/containers").body).array();
    QCOMPARE(all.size(), 1);
    QCOMPARE(all[0].toObject().value(QLatin1String("container_id")).toString().toLatin1(),
             m_container);
    QCOMPARE(get("/containers?container_id=" + m_container).status, 200);
    QCOMPARE(get("/containers?executor_id=run").status, 400);
    QCOMPARE(QJsonDocument::fromJson(get("/containers?framework_id=nope").body).array().size(), 0);
    const QJsonObject statistics =
        QJsonDocument::fromJson(get("/monitor/statistics").body).array()[0].toObject();
    QVERIFY(statistics.contains(QLatin1String("statistics")));
    QVERIFY(!statistics.contains(QLatin1String("status")));
}

void TestAgentOperatorApi::statisticsTwiceASecond()
{
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < 3; ++i) // what comes too early waits, and is not refused
        QCOMPARE(get("/monitor/statistics").status, 200);
    QVERIFY2(timer.elapsed() >= 990, QByteArray::number(timer.elapsed()).constData());
}

void TestAgentOperatorApi::sandboxUnderThreeNames()
{
    const QByteArray runs =
        m_dir.path().toUtf8() + "/data/slaves/M-S0/frameworks/M-0000/executors/run/runs/";
    for (const QByteArray &path : {runs + m_container, runs + "latest",
                                   QByteArray("/frameworks/M-0000/executors/run/runs/latest")}) {
        const http::Response answer =
            get("/files/read?path=" + path + "/stdout&offset=0&length=100");
        QCOMPARE(answer.status, 200);
        QCOMPARE(json(answer).value(QLatin1String("data")).toString(), QStringLiteral("hello\n"));
    }
    QCOMPARE(get("/files/browse?path=/frameworks/M-0000/executors/none/runs/latest").status, 404);
}

void TestAgentOperatorApi::metrics()
{
    const QJsonObject metrics = json(get("/metrics/snapshot"));
    QCOMPARE(metrics.value(QLatin1String("slave/registered")).toDouble(), 1.0);
    QCOMPARE(metrics.value(QLatin1String("slave/tasks_running")).toDouble(), 1.0);
    QCOMPARE(metrics.value(QLatin1String("slave/tasks_finished")).toDouble(), 1.0);
    QCOMPARE(metrics.value(QLatin1String("slave/executors_running")).toDouble(), 1.0);
    QCOMPARE(metrics.value(QLatin1String("slave/cpus_total")).toDouble(), 4.0);
    for (const char *key :
         {"slave/uptime_secs", "slave/valid_status_updates", "gc/path_removals_pending",
          "containerizer/fetcher/cache_size_total_bytes", "system/cpus_total"})
        QVERIFY2(metrics.contains(QLatin1String(key)), key);
}

void TestAgentOperatorApi::jsonp()
{
    const http::Response answer = get("/state?jsonp=cb");
    QVERIFY(answer.body.startsWith("cb({"));
    QCOMPARE(answer.headers.value("Content-Type"), QByteArray("text/javascript"));
}

QTEST_GUILESS_MAIN(TestAgentOperatorApi)
#include "tst_agent_operator_api.moc"
