#include <QTest>

#include <unistd.h>

#include "tests/support/docker_engine.h"
#include "tests/support/missing.h"
#include "tests/system/framework.h"

using namespace meseta;
using namespace meseta::test;
using namespace Qt::StringLiterals;

/// Persistent volumes, seen by those who look at a sandbox from outside: what a task keeps in one
/// is found under the sandbox's path, whether the volume is mounted in the container alone, linked,
/// or bound by Docker; in its parent's and its own sandbox for a task of a group.
class VolumesInFilesTest : public QObject
{
    Q_OBJECT

    TestDockerEngine m_engine;

    QStringList agentFlags(const QString &kind) const;
    static QJsonArray operations(const QString &kind, const QJsonValue &agentId, const QString &id);

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { m_engine.remove(); }
    void areFoundUnderTheSandbox_data();
    void areFoundUnderTheSandbox();
};

namespace {

/// What a task writes, and waits.
const QString script =
    u"echo kept > $MESOS_SANDBOX/data/file; echo more > $MESOS_SANDBOX/data/other; "
    u"echo done; exec sleep 1000"_s;

QJsonArray namesOf(const QJsonArray &files)
{
    QJsonArray names;
    for (const auto &file : files)
        names.append(file[u"path"].toString().section(u'/', -1));
    return names;
}

QJsonArray list(quint16 port, const QString &path)
{
    const QJsonObject call{{u"type"_s, u"LIST_FILES"_s},
                           {u"list_files"_s, QJsonObject{{u"path"_s, path}}}};
    return namesOf(operatorCall(port, call)[u"list_files"][u"file_infos"].toArray());
}

QJsonArray browse(quint16 port, const QString &path)
{
    const Answer answer = get(port, "/files/browse?path=" + path.toUtf8().toPercentEncoding());
    return namesOf(QJsonDocument::fromJson(answer.body).array());
}

QByteArray read(quint16 port, const QString &path)
{
    const QJsonObject wish{{u"path"_s, path}, {u"offset"_s, 0}};
    const QJsonObject answer =
        operatorCall(port, {{u"type"_s, u"READ_FILE"_s}, {u"read_file"_s, wish}});
    return QByteArray::fromBase64(answer[u"read_file"][u"data"].toString().toLatin1());
}

/// What the one executor of a kind ("executors", "completed_executors") tells of itself.
QJsonValue executorOf(quint16 port, const QString &frameworks, const QString &executors)
{
    return getJson(port, "/state").value(frameworks)[0][executors][0];
}

} // namespace

void VolumesInFilesTest::initTestCase()
{
    if (::geteuid() != 0)
        MESETA_MISSING(u"volumes are mounted by root only"_s);
    if (const QString missing = TestDockerEngine::missing(); !missing.isEmpty())
        MESETA_MISSING(missing);
    for (const Result<> &done : {m_engine.start(), m_engine.buildRedis()})
        QVERIFY2(done, done ? "" : done.error().message.c_str());
}

QStringList VolumesInFilesTest::agentFlags(const QString &kind) const
{
    QStringList flags{u"--resources=cpus:4;mem:1024;disk:512;disk(keeper):64"_s};
    if (kind == u"docker")
        return flags << u"--containerizers=docker"_s << u"--docker_socket="_s + m_engine.socket();
    if (kind != u"linked")
        flags << u"--launcher=linux"_s << u"--isolation=filesystem/linux"_s;
    return flags << u"--containerizers=mesos"_s;
}

/// Makes the volume and launches a task that keeps something in it.
QJsonArray VolumesInFilesTest::operations(const QString &kind, const QJsonValue &agentId,
                                          const QString &framework)
{
    const auto volume =
        json("{'name':'disk','type':'SCALAR','scalar':{'value':16},'reservations':[{'type':"
             "'STATIC','role':'keeper'}],'disk':{'persistence':{'id':'kept'},'volume':{'mode':"
             "'RW','container_path':'data'}}}");
    auto task = json("{'name':'t','task_id':{'value':'t'}}");
    const auto cpus = json("{'name':'cpus','type':'SCALAR','scalar':{'value':0.1}}");
    const auto mem = json("{'name':'mem','type':'SCALAR','scalar':{'value':32}}");
    task[u"agent_id"] = agentId;
    task[u"resources"] = QJsonArray{cpus, mem, volume};
    task[u"command"] = QJsonObject{{u"value"_s, script}};
    if (kind == u"docker")
        task[u"container"] = json("{'type':'DOCKER','docker':{'image':'library/redis'}}");
    const QJsonObject create{{u"type"_s, u"CREATE"_s},
                             {u"create"_s, QJsonObject{{u"volumes"_s, QJsonArray{volume}}}}};
    if (kind != u"group")
        return {create,
                QJsonObject{{u"type"_s, u"LAUNCH"_s},
                            {u"launch"_s, QJsonObject{{u"task_infos"_s, QJsonArray{task}}}}}};
    const QJsonObject executor{
        {u"type"_s, u"DEFAULT"_s},
        {u"executor_id"_s, QJsonObject{{u"value"_s, u"group"_s}}},
        {u"framework_id"_s, QJsonObject{{u"value"_s, framework}}},
        {u"resources"_s,
         QJsonArray{cpus, mem, json("{'name':'disk','type':'SCALAR','scalar':{'value':8}}")}}};
    const QJsonObject group{{u"executor"_s, executor},
                            {u"task_group"_s, QJsonObject{{u"tasks"_s, QJsonArray{task}}}}};
    return {create, QJsonObject{{u"type"_s, u"LAUNCH_GROUP"_s}, {u"launch_group"_s, group}}};
}

void VolumesInFilesTest::areFoundUnderTheSandbox_data()
{
    QTest::addColumn<QString>("place"); ///< of the task's sandbox in its run's
    QTest::newRow("mounted") << QString();
    QTest::newRow("linked") << QString();
    QTest::newRow("docker") << QString();
    QTest::newRow("group") << u"/tasks/t"_s;
}

void VolumesInFilesTest::areFoundUnderTheSandbox()
{
    QFETCH(QString, place);
    const QString kind = QString::fromLatin1(QTest::currentDataTag());
    Cluster cluster;
    QVERIFY(cluster.startMaster());
    QVERIFY2(cluster.startAgent(agentFlags(kind)), cluster.logTails());
    const quint16 port = cluster.agentPort();
    Framework framework(cluster, u"keeper"_s,
                        json("{'roles':['keeper'],'capabilities':[{'type':'MULTI_ROLE'},"
                             "{'type':'RESERVATION_REFINEMENT'}]}"));
    QVERIFY(!framework.await("SUBSCRIBED").isEmpty());
    const QJsonObject offer = framework.awaitOffer();
    const QJsonObject accept{
        {u"offer_ids"_s, QJsonArray{offer[u"id"]}},
        {u"operations"_s, operations(kind, offer[u"agent_id"], framework.id())},
        {u"filters"_s, json("{'refuse_seconds':0}")}};
    QCOMPARE(framework.call({{u"type"_s, u"ACCEPT"_s}, {u"accept"_s, accept}}), 202);
    QVERIFY2(framework.awaitState(u"TASK_RUNNING"_s), cluster.logTails());

    const QJsonValue executor = executorOf(port, u"frameworks"_s, u"executors"_s);
    const QString run = executor[u"directory"].toString(), sandbox = run + place;
    QTRY_COMPARE_WITH_TIMEOUT(read(port, sandbox + u"/stdout"_s).right(5), QByteArray("done\n"),
                              30000);
    QVERIFY(list(port, sandbox).contains(u"data"_s));
    const QString latest = u"/frameworks/%1/executors/%2/runs/latest%3"_s.arg(
        framework.id(), executor[u"id"].toString(), place);
    for (const QString &path : {sandbox, latest}) {
        const QJsonArray both{u"file"_s, u"other"_s};
        QCOMPARE(list(port, path + u"/data"_s), both);
        QCOMPARE(browse(port, path + u"/data"_s), both);
        QCOMPARE(read(port, path + u"/data/file"_s), QByteArray("kept\n"));
        QCOMPARE(read(port, path + u"/data/../../../../../../../../../../etc/passwd"_s),
                 QByteArray());
    }

    QCOMPARE(framework.call("{'type':'KILL','kill':{'task_id':{'value':'t'}}}"), 202);
    QVERIFY2(framework.awaitState(u"TASK_KILLED"_s), cluster.logTails());
    QTRY_VERIFY_WITH_TIMEOUT(executorOf(port, u"frameworks"_s, u"executors"_s).isUndefined(),
                             60000);
    // It is nobody's now: the next task may be another framework's.
    QCOMPARE(read(port, sandbox + u"/data/file"_s), QByteArray());
    QVERIFY(read(port, sandbox + u"/stdout"_s).endsWith("done\n"));
}

QTEST_GUILESS_MAIN(VolumesInFilesTest)
#include "tst_volumes_in_files.moc"
