#include <QJsonArray>
#include <QTest>
#include <QUrl>

#include "tests/system/support/docker_cluster.h"
#include "tests/system/support/event_stream.h"
#include "tests/system/support/execute.h"
#include "tests/system/support/scheduler.h"

using namespace meseta;
using namespace meseta::test;

namespace {

QStringList redisLine()
{
    return {QStringLiteral("--name=test"), QStringLiteral("--docker_image=library/redis"),
            QStringLiteral("--containerizer=docker"), QStringLiteral("--shell=false")};
}

/// A Docker task of its own words.
QJsonObject dockerTask(const QString &name, const QString &image)
{
    auto task =
        json("{'resources':[{'name':'cpus','type':'SCALAR','scalar':{'value':0.1}},"
             "{'name':'mem','type':'SCALAR','scalar':{'value':64}}],'command':{'shell':false}}");
    task[QStringLiteral("name")] = name;
    task[QStringLiteral("task_id")] = QJsonObject{{QStringLiteral("value"), name}};
    task[QStringLiteral("container")] =
        QJsonObject{{QStringLiteral("type"), QStringLiteral("DOCKER")},
                    {QStringLiteral("docker"),
                     QJsonObject{{QStringLiteral("image"), image},
                                 {QStringLiteral("network"), QStringLiteral("HOST")}}}};
    return task;
}

QJsonObject shellTask(const QString &name, const QString &script)
{
    auto task = dockerTask(name, QStringLiteral("library/redis"));
    auto docker = task[QStringLiteral("container")].toObject();
    auto image = docker[QStringLiteral("docker")].toObject();
    image[QStringLiteral("parameters")] =
        QJsonArray{QJsonObject{{QStringLiteral("key"), QStringLiteral("entrypoint")},
                               {QStringLiteral("value"), QStringLiteral("/bin/sh")}}};
    docker[QStringLiteral("docker")] = image;
    task[QStringLiteral("container")] = docker;
    task[QStringLiteral("command")] =
        QJsonObject{{QStringLiteral("shell"), false},
                    {QStringLiteral("arguments"), QJsonArray{QStringLiteral("-c"), script}}};
    return task;
}

} // namespace

/// Docker tasks as a user launches them: mesos-execute, master, agent, engine and registry, all of
/// them real.
class DockerTasksTest : public QObject
{
    Q_OBJECT

    DockerCluster m_cluster;

    QJsonObject findTask(const QString &name) const;
    QByteArray sandboxFile(const QString &name, const QByteArray &file) const;

private Q_SLOTS:
    void initTestCase();
    void cleanup();
    void redisFromTheDocumentedLine();
    void tellsHowThePullGoesOn();
    void bridgeWithPortAndHealthCheck();
    void checksAskTheContainerItself();
    void checkTellsWhatItFound();
    void neitherSessionsNorAttachments();
    void limitsFollowTheTasksOfAnExecutor();
    void unhealthyContainerIsKilled();
    void exitCodeOfTheEntrypoint();
    void successOfTheEntrypoint();
    void overItsMemory();
    void killedAfterATime();
};

void DockerTasksTest::initTestCase()
{
    if (const auto missing = DockerCluster::missing(); !missing.isEmpty())
        MESETA_MISSING(missing);
    const auto started = m_cluster.start();
    QVERIFY2(started, started ? "" : started.error().message.c_str());
}

/// The next function counts containers, too.
void DockerTasksTest::cleanup()
{
    QTRY_COMPARE_WITH_TIMEOUT(m_cluster.containers(true), QStringList(), 60000);
}

/// The task as /state shows it.
QJsonObject DockerTasksTest::findTask(const QString &name) const
{
    const auto state = getJson(m_cluster.masterPort(), "/state");
    for (const auto *list : {"frameworks", "completed_frameworks"}) {
        for (const auto &framework : state.value(QLatin1String(list)).toArray()) {
            for (const auto *tasks : {"tasks", "completed_tasks"}) {
                for (const auto &task : framework[QLatin1String(tasks)].toArray()) {
                    if (task[u"name"].toString() == name)
                        return task.toObject();
                }
            }
        }
    }
    return {};
}

/// A file of the task's sandbox, as dashboards read it: the directory from the agent's /state, the
/// text by /files/read.
QByteArray DockerTasksTest::sandboxFile(const QString &name, const QByteArray &file) const
{
    const auto state = getJson(m_cluster.agentPort(), "/state");
    for (const auto *frameworks : {"frameworks", "completed_frameworks"}) {
        for (const auto &framework : state.value(QLatin1String(frameworks)).toArray()) {
            for (const auto *executors : {"executors", "completed_executors"}) {
                for (const auto &executor : framework[QLatin1String(executors)].toArray()) {
                    if (executor[u"id"].toString() != name)
                        continue;
                    const QByteArray path = executor[u"directory"].toString().toUtf8() + '/' + file;
                    return getJson(m_cluster.agentPort(),
                                   "/files/read?offset=0&length=10000&path="
                                       + path.toPercentEncoding())
                        .value(u"data")
                        .toString()
                        .toUtf8();
                }
            }
        }
    }
    return "no such executor";
}

void DockerTasksTest::redisFromTheDocumentedLine()
{
    if (!QTest::qWaitFor([] { return !acceptsConnections(6379); }, 60000))
        MESETA_MISSING(
            QStringLiteral("the port 6379, on which Redis listens of its own accord, is in use"));
    const auto removed = m_cluster.engine().removeImage(QStringLiteral("library/redis"));
    QVERIFY2(removed, removed ? "" : removed.error().message.c_str());
    m_cluster.engine().removeImage(m_cluster.registry().host() + QStringLiteral("/library/redis"));
    EventStream events(m_cluster.masterPort(), "/meseta/v1", json("{'type':'SUBSCRIBE'}"));
    QTRY_COMPARE_WITH_TIMEOUT(events.ofType("SUBSCRIBED").size(), 1, 30000);

    Execute execute(m_cluster.masterPort());
    execute.start(redisLine());
    QVERIFY2(execute.says("TASK_RUNNING"), execute.output() + m_cluster.logTails());
    QTRY_COMPARE_WITH_TIMEOUT(pingRedis(6379), QByteArray("+PONG"), 30000);

    QVERIFY(execute.output().contains("TASK_STARTING"));
    QVERIFY2(execute.output().contains("Pulling library/redis"), execute.output());
    QTRY_VERIFY_WITH_TIMEOUT(!events.ofType("TASK_PROGRESS").isEmpty(), 30000);
    QCOMPARE(
        events.ofType("TASK_PROGRESS").first()[u"task_progress"][u"task_id"][u"value"].toString(),
        QStringLiteral("test"));
    QTRY_COMPARE_WITH_TIMEOUT(findTask(QStringLiteral("test")).value(u"state").toString(),
                              QStringLiteral("TASK_RUNNING"), 30000);
    QCOMPARE(findTask(QStringLiteral("test")).value(u"container")[u"docker"][u"image"].toString(),
             QStringLiteral("library/redis"));
    QTRY_VERIFY_WITH_TIMEOUT(
        sandboxFile(QStringLiteral("test"), "stdout").contains("Ready to accept connections"),
        30000);
    QCOMPARE(m_cluster.containers(true).size(), 1);
    QVERIFY2(m_cluster.containers(true).first().startsWith(u"/mesos-"),
             qPrintable(m_cluster.containers(true).first()));

    execute.interrupt();
    QVERIFY2(execute.exitCode() == 1, execute.output());
    QVERIFY2(execute.output().contains("TASK_KILLED"), execute.output());
    QTRY_COMPARE_WITH_TIMEOUT(m_cluster.containers(true), QStringList(), 30000);
    QTRY_COMPARE_WITH_TIMEOUT(pingRedis(6379), QByteArray(), 30000);
    QTRY_COMPARE_WITH_TIMEOUT(findTask(QStringLiteral("test")).value(u"state").toString(),
                              QStringLiteral("TASK_KILLED"), 30000);
}

void DockerTasksTest::tellsHowThePullGoesOn()
{
    const auto published = m_cluster.publishLarge(QStringLiteral("library/large"), 24);
    QVERIFY2(published, published ? "" : published.error().message.c_str());
    EventStream events(m_cluster.masterPort(), "/meseta/v1", json("{'type':'SUBSCRIBE'}"));
    QTRY_COMPARE_WITH_TIMEOUT(events.ofType("SUBSCRIBED").size(), 1, 30000);

    Execute execute(m_cluster.masterPort());
    execute.startTask(dockerTask(QStringLiteral("large"), QStringLiteral("library/large")));
    QVERIFY2(execute.says("TASK_RUNNING", 60000), execute.output() + m_cluster.logTails());
    QTRY_VERIFY_WITH_TIMEOUT(!events.ofType("TASK_PROGRESS").isEmpty(), 30000);
    const auto told = events.ofType("TASK_PROGRESS");
    for (const auto &event : told)
        QVERIFY(event[u"task_progress"][u"message"].toString().contains(u"library/large"));
    execute.interrupt();
    QCOMPARE(execute.exitCode(), 1);
}

void DockerTasksTest::bridgeWithPortAndHealthCheck()
{
    auto task = dockerTask(QStringLiteral("bridged"), QStringLiteral("library/redis"));
    auto resources = task[QStringLiteral("resources")].toArray();
    resources.append(
        json("{'name':'ports','type':'RANGES','ranges':{'range':[{'begin':40011,'end':40011}]}}"));
    task[QStringLiteral("resources")] = resources;
    task[QStringLiteral("container")] = json(
        "{'type':'DOCKER','docker':{'image':'library/redis','network':'BRIDGE','port_mappings':"
        "[{'host_port':40011,'container_port':6379,'protocol':'tcp'}]}}");
    task[QStringLiteral("health_check")] =
        json("{'type':'TCP','tcp':{'port':6379},'delay_seconds':0,'interval_seconds':0.2}");

    Execute execute(m_cluster.masterPort());
    execute.startTask(task);
    QVERIFY2(execute.says("healthy?: 1"), execute.output() + m_cluster.logTails());
    QTRY_COMPARE_WITH_TIMEOUT(pingRedis(40011), QByteArray("+PONG"), 30000);
    QTRY_COMPARE_WITH_TIMEOUT(findTask(QStringLiteral("bridged"))
                                  .value(u"statuses")
                                  .toArray()
                                  .last()[u"healthy"]
                                  .toBool(),
                              true, 30000);
    execute.interrupt();
    QCOMPARE(execute.exitCode(), 1);
    QTRY_COMPARE_WITH_TIMEOUT(pingRedis(40011), QByteArray(), 30000);
}

/// Redis on the loopback address of a network of its own: nobody outside reaches it, its checks do.
void DockerTasksTest::checksAskTheContainerItself()
{
    const auto start = [](Execute &execute, const QByteArray &name, const QByteArray &check) {
        auto task = dockerTask(QString::fromLatin1(name), QStringLiteral("library/redis"));
        task[QStringLiteral("command")] =
            json("{'shell':false,'arguments':['--bind','127.0.0.1']}");
        task[QStringLiteral("container")] =
            json("{'type':'DOCKER','docker':{'image':'library/redis','network':'BRIDGE'}}");
        task[QStringLiteral("health_check")] =
            json("{" + check + ",'delay_seconds':0,'interval_seconds':0.2}");
        execute.startTask(task);
    };
    for (const QByteArray check :
         {"'type':'TCP','tcp':{'port':6379}",
          "'type':'COMMAND','command':{'value':'test $(redis-cli -h 127.0.0.1 ping) = PONG'}"}) {
        Execute execute(m_cluster.masterPort());
        start(execute, "inward", check);
        QVERIFY2(execute.says("healthy?: 1"), execute.output() + m_cluster.logTails());
        execute.interrupt();
        QCOMPARE(execute.exitCode(), 1);
    }
    Execute execute(m_cluster.masterPort());
    start(execute, "elsewhere",
          "'type':'TCP','tcp':{'port':6380},'grace_period_seconds':0,'consecutive_failures':2");
    QCOMPARE(execute.exitCode(), 1);
    QVERIFY2(execute.output().contains("no connection to 127.0.0.1:6380: Connection refused"),
             execute.output());
    QVERIFY2(execute.output().contains("TASK_KILLED"), execute.output());
}

void DockerTasksTest::checkTellsWhatItFound()
{
    auto task = shellTask(QStringLiteral("checked"), QStringLiteral("sleep 600"));
    task[QStringLiteral("check")] =
        json("{'type':'COMMAND','command':{'command':{'value':'exit 3'}},'delay_seconds':0,"
             "'interval_seconds':0.2}");
    Execute execute(m_cluster.masterPort());
    execute.startTask(task);
    QVERIFY2(execute.says("REASON_TASK_CHECK_STATUS_UPDATED"),
             execute.output() + m_cluster.logTails());
    QVERIFY2(execute.output().contains("exit_code") && execute.output().contains(":3}"),
             execute.output());
    execute.interrupt();
    QCOMPARE(execute.exitCode(), 1);
}

/// As Mesos: they are for containers of its own, and what does not work is said.
void DockerTasksTest::neitherSessionsNorAttachments()
{
    Execute execute(m_cluster.masterPort());
    execute.startTask(shellTask(QStringLiteral("closed"), QStringLiteral("sleep 600")));
    QVERIFY2(execute.says("TASK_RUNNING"), execute.output() + m_cluster.logTails());
    const auto shown = operatorCall(m_cluster.agentPort(), json("{'type':'GET_CONTAINERS'}"));
    const auto id = shown[u"get_containers"][u"containers"][0][u"container_id"];
    QVERIFY(!id[u"value"].toString().isEmpty());
    const QJsonObject inside{{QStringLiteral("value"), QStringLiteral("inside")},
                             {QStringLiteral("parent"), id}};
    const auto ask = [&](const char *type, const char *member, QJsonObject call,
                         const QJsonValue &container) {
        call[u"container_id"] = container;
        return postJson(
            m_cluster.agentPort(), "/api/v1",
            {{QStringLiteral("type"), QLatin1String(type)}, {QLatin1String(member), call}});
    };
    const auto session = ask("LAUNCH_NESTED_CONTAINER_SESSION", "launch_nested_container_session",
                             json("{'command':{'value':'true'}}"), inside);
    QVERIFY2(session.statusLine.contains(" 400 "), session.statusLine + session.body);
    QVERIFY2(session.body.contains("docker exec"), session.body);
    const auto nested = ask("LAUNCH_NESTED_CONTAINER", "launch_nested_container",
                            json("{'command':{'value':'true'}}"), inside);
    QVERIFY2(nested.statusLine.contains(" 400 "), nested.statusLine + nested.body);
    const auto attached = ask("ATTACH_CONTAINER_OUTPUT", "attach_container_output", {}, id);
    QVERIFY2(attached.statusLine.contains(" 500 "), attached.statusLine + attached.body);
    QVERIFY2(attached.body.contains("docker"), attached.body);
    execute.interrupt();
    QVERIFY2(execute.exitCode() == 1, execute.output()); // nothing of it did it any harm
    QVERIFY2(execute.output().contains("TASK_KILLED"), execute.output());
}

/// The executor itself is the test; its container only sleeps.
void DockerTasksTest::limitsFollowTheTasksOfAnExecutor()
{
    Scheduler scheduler(m_cluster.masterPort());
    QVERIFY(scheduler.subscribe());
    auto executor = shellTask(QStringLiteral("worker"), QStringLiteral("sleep 600"));
    executor.remove(QStringLiteral("task_id"));
    executor[u"type"] = QStringLiteral("CUSTOM");
    executor[u"executor_id"] = idOf(QStringLiteral("worker"));
    executor[u"framework_id"] = idOf(scheduler.id());
    executor[u"resources"] = QJsonArray{scalar("cpus", 0.1), scalar("mem", 64)};
    const auto launch = [&](const char *name) {
        QJsonObject task{
            {QStringLiteral("name"), QLatin1String(name)},
            {QStringLiteral("task_id"), idOf(QLatin1String(name))},
            {QStringLiteral("executor"), executor},
            {QStringLiteral("resources"), QJsonArray{scalar("cpus", 0.4), scalar("mem", 32)}}};
        return scheduler.launch(scheduler.takeOffer(), {task});
    };
    const auto limit = [&](QStringView name) {
        const auto names = m_cluster.containers(true);
        const auto reply =
            m_cluster.engine().request("GET", "/containers" + names.value(0).toLatin1() + "/json");
        const auto inspect = QJsonDocument::fromJson(reply ? reply->body : QByteArray());
        return inspect[u"HostConfig"][name].toInteger();
    };
    QCOMPARE(launch("one"), 202);
    QTRY_COMPARE_WITH_TIMEOUT(limit(u"CpuShares"), 512, 30000);
    QCOMPARE(limit(u"Memory"), 96 << 20);

    const QJsonObject info{{QStringLiteral("framework_id"), idOf(scheduler.id())},
                           {QStringLiteral("executor_id"), idOf(QStringLiteral("worker"))},
                           {QStringLiteral("type"), QStringLiteral("SUBSCRIBE")},
                           {QStringLiteral("subscribe"), QJsonObject()}};
    EventStream events(m_cluster.agentPort(), "/slave(1)/api/v1/executor", info);
    QTRY_COMPARE_WITH_TIMEOUT(events.ofType("LAUNCH").size(), 1, 30000);
    QCOMPARE(launch("two"), 202);
    QTRY_COMPARE_WITH_TIMEOUT(events.ofType("LAUNCH").size(), 2, 30000);
    QCOMPARE(limit(u"Memory"), 128 << 20); // before the task is there
    QCOMPARE(limit(u"CpuShares"), 921);
    QCOMPARE(scheduler.teardown(), 202);
    QTRY_COMPARE_WITH_TIMEOUT(m_cluster.containers(true), QStringList(), 30000);
}

void DockerTasksTest::unhealthyContainerIsKilled()
{
    auto task = shellTask(QStringLiteral("deaf"), QStringLiteral("sleep 600"));
    task[QStringLiteral("health_check")] =
        json("{'type':'TCP','tcp':{'port':40012},'delay_seconds':0,'interval_seconds':0.1,"
             "'timeout_seconds':1,'grace_period_seconds':0,'consecutive_failures':2}");
    Execute execute(m_cluster.masterPort());
    execute.startTask(task);
    QCOMPARE(execute.exitCode(), 1);
    QVERIFY2(execute.output().contains("healthy?: 0"), execute.output());
    QVERIFY2(execute.output().contains("TASK_KILLED"), execute.output());
}

void DockerTasksTest::exitCodeOfTheEntrypoint()
{
    const auto published =
        m_cluster.publishScript(QStringLiteral("library/three"), "echo about to leave; exit 3");
    QVERIFY2(published, published ? "" : published.error().message.c_str());
    Execute execute(m_cluster.masterPort());
    execute.start({QStringLiteral("--name=three"), QStringLiteral("--docker_image=library/three"),
                   QStringLiteral("--containerizer=docker"), QStringLiteral("--shell=false")});
    QCOMPARE(execute.exitCode(), 1);
    QVERIFY2(execute.output().contains("TASK_FAILED"), execute.output());
    QVERIFY2(execute.output().contains("Container exited with status 3"), execute.output());
    QVERIFY2(!execute.output().contains("reason:"), execute.output()); // its own doing
    QTRY_COMPARE_WITH_TIMEOUT(sandboxFile(QStringLiteral("three"), "stdout"),
                              QByteArray("about to leave\n"), 30000);
}

void DockerTasksTest::successOfTheEntrypoint()
{
    Execute execute(m_cluster.masterPort());
    execute.startTask(shellTask(QStringLiteral("fine"), QStringLiteral("echo out; echo err >&2")));
    QCOMPARE(execute.exitCode(), 0);
    QVERIFY2(execute.output().contains("TASK_FINISHED"), execute.output());
    QTRY_COMPARE_WITH_TIMEOUT(sandboxFile(QStringLiteral("fine"), "stdout"), QByteArray("out\n"),
                              30000);
    QTRY_COMPARE_WITH_TIMEOUT(sandboxFile(QStringLiteral("fine"), "stderr"), QByteArray("err\n"),
                              30000);
}

void DockerTasksTest::overItsMemory()
{
    auto task = shellTask(QStringLiteral("hungry"),
                          QStringLiteral("head -c 200m /dev/zero | tail > /dev/null"));
    auto container = task[QStringLiteral("container")].toObject();
    auto docker = container[QStringLiteral("docker")].toObject();
    auto parameters = docker[QStringLiteral("parameters")].toArray();
    parameters.append(json("{'key':'memory-swap','value':'64m'}"));
    docker[QStringLiteral("parameters")] = parameters;
    container[QStringLiteral("docker")] = docker;
    task[QStringLiteral("container")] = container;

    Execute execute(m_cluster.masterPort());
    execute.startTask(task);
    QCOMPARE(execute.exitCode(), 1);
    QVERIFY2(execute.output().contains("TASK_FAILED"), execute.output());
    QVERIFY2(execute.output().contains("REASON_CONTAINER_LIMITATION_MEMORY"), execute.output());
    QVERIFY2(execute.output().contains("resource limit violation: mem"), execute.output());
}

void DockerTasksTest::killedAfterATime()
{
    Execute execute(m_cluster.masterPort());
    execute.start(redisLine() + QStringList{QStringLiteral("--kill_after=500ms")});
    QCOMPARE(execute.exitCode(), 1);
    QVERIFY2(execute.output().contains("TASK_KILLED"), execute.output());
}

QTEST_GUILESS_MAIN(DockerTasksTest)
#include "tst_docker_tasks.moc"
