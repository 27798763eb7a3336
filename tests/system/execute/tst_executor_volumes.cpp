#include <QFile>
#include <QJsonArray>
#include <QTest>

#include <unistd.h>

#include "tests/support/daemons.h"
#include "tests/support/missing.h"
#include "tests/support/mounts.h"
#include "tests/system/support/scheduler.h"

using namespace meseta;
using namespace meseta::test;
using namespace Qt::StringLiterals;

/// A custom executor that runs already gets the persistent volumes of later tasks, keeps them over
/// a restart of its agent, and loses them with their tasks; the data stay.
class ExecutorVolumesTest : public QObject
{
    Q_OBJECT

    std::unique_ptr<Cluster> m_cluster;
    std::unique_ptr<Scheduler> m_scheduler;
    QStringList m_flags;

    QJsonObject task(const QString &name, const QByteArray &script, bool withVolume) const;
    int createAndLaunch(const QJsonObject &offer, const QJsonObject &task);
    QString ends(const QString &name, const QByteArray &script, bool withVolume);
    QString volumePath() const;
    void restartAgent();

private Q_SLOTS:
    void initTestCase();
    void laterTasksHaveTheirVolumes_data();
    void laterTasksHaveTheirVolumes();
    void cleanup();
};

namespace {

/// What is free while the executor and its first task run, and nothing else.
constexpr double allFree = 3.75;

const QJsonObject volume =
    json("{'name':'disk','type':'SCALAR','scalar':{'value':16},'reservations':[{'type':'STATIC',"
         "'role':'keeper'}],'disk':{'persistence':{'id':'kept'},'volume':{'mode':'RW',"
         "'container_path':'data'}}}");

} // namespace

void ExecutorVolumesTest::initTestCase()
{
    if (::geteuid() != 0)
        MESETA_MISSING(u"volumes are mounted by root only"_s);
}

QJsonObject ExecutorVolumesTest::task(const QString &name, const QByteArray &script,
                                      bool withVolume) const
{
    QJsonObject task = commandTask(name, {});
    task.remove(u"command"_s);
    task[u"executor"_s] = QJsonObject{
        {u"type"_s, u"CUSTOM"_s},
        {u"executor_id"_s, idOf(u"worker"_s)},
        {u"framework_id"_s, idOf(m_scheduler->id())},
        {u"resources"_s, QJsonArray{scalar("cpus", 0.1), scalar("mem", 32)}},
        {u"command"_s,
         QJsonObject{
             {u"value"_s, QString(qEnvironmentVariable("MESETA_BIN_DIR") + u"/test_executor"_s)}}}};
    if (!script.isEmpty())
        task[u"data"_s] = QString::fromLatin1(script.toBase64());
    if (withVolume)
        task[u"resources"_s] = QJsonArray{scalar("cpus", 0.1), scalar("mem", 32), volume};
    return task;
}

int ExecutorVolumesTest::createAndLaunch(const QJsonObject &offer, const QJsonObject &task)
{
    QJsonObject launched = task;
    launched[u"agent_id"_s] = offer[u"agent_id"];
    const QJsonArray operations{
        QJsonObject{{u"type"_s, u"CREATE"_s},
                    {u"create"_s, QJsonObject{{u"volumes"_s, QJsonArray{volume}}}}},
        QJsonObject{{u"type"_s, u"LAUNCH"_s},
                    {u"launch"_s, QJsonObject{{u"task_infos"_s, QJsonArray{launched}}}}}};
    return m_scheduler->call({{u"type"_s, u"ACCEPT"_s},
                              {u"accept"_s,
                               QJsonObject{{u"offer_ids"_s, QJsonArray{offer[u"id"]}},
                                           {u"operations"_s, operations},
                                           {u"filters"_s, json("{'refuse_seconds':0}")}}}});
}

/// What a task's script wrote, once it has ended well.
QString ExecutorVolumesTest::ends(const QString &name, const QByteArray &script, bool withVolume)
{
    if (m_scheduler->launch(m_scheduler->takeOffer(allFree), {task(name, script, withVolume)})
        != 202)
        return u"not accepted"_s;
    if (!m_scheduler->sees(name, "TASK_FINISHED"))
        return m_scheduler->states(name)
            + m_scheduler->lastStatus(name).value(u"message").toString()
            + QString::fromUtf8(m_cluster->logTails());
    return m_scheduler->lastStatus(name).value(u"message").toString();
}

QString ExecutorVolumesTest::volumePath() const
{
    return m_cluster->agent().workDir() + u"/volumes/roles/keeper/kept"_s;
}

void ExecutorVolumesTest::restartAgent()
{
    const auto registered = [this] {
        return m_cluster->agent().logTail(10'000'000).count("registered with");
    };
    const auto before = registered();
    m_cluster->agent().kill();
    QVERIFY2(m_cluster->agent().start(m_flags + QStringList{u"--no-systemd_enable_support"_s}),
             m_cluster->logTails());
    QTRY_VERIFY2_WITH_TIMEOUT(registered() > before, m_cluster->logTails(), 30000);
}

void ExecutorVolumesTest::laterTasksHaveTheirVolumes_data()
{
    QTest::addColumn<QStringList>("isolation");
    QTest::newRow("mounted") << QStringList{u"--launcher=linux"_s,
                                            u"--isolation=filesystem/linux"_s};
    QTest::newRow("linked") << QStringList{u"--launcher=posix"_s,
                                           u"--isolation=filesystem/posix"_s};
}

void ExecutorVolumesTest::laterTasksHaveTheirVolumes()
{
    QFETCH(QStringList, isolation);
    m_cluster = std::make_unique<Cluster>();
    QVERIFY(m_cluster->startMaster());
    m_flags = QStringList{u"--master=127.0.0.1:%1"_s.arg(m_cluster->masterPort()),
                          u"--runtime_dir="_s + m_cluster->folder() + u"/run"_s,
                          u"--registration_backoff_factor=10ms"_s,
                          u"--resources=cpus:4;mem:1024;disk:512;disk(keeper):64"_s}
        + isolation;
    QVERIFY2(m_cluster->startAgent(m_flags), m_cluster->logTails());
    m_scheduler = std::make_unique<Scheduler>(m_cluster->masterPort());
    m_scheduler->setRole(u"keeper"_s);
    m_scheduler->setFailoverTimeout(60); // with checkpointing
    QVERIFY(m_scheduler->subscribe({u"MULTI_ROLE"_s, u"RESERVATION_REFINEMENT"_s}));

    QCOMPARE(createAndLaunch(m_scheduler->takeOffer(allFree), task(u"first"_s, {}, false)), 202);
    QVERIFY2(m_scheduler->sees(u"first"_s, "TASK_RUNNING"), m_cluster->logTails());
    QCOMPARE(ends(u"second"_s, "echo kept > data/note && cat data/note", true), u"kept\n"_s);
    QVERIFY(QFile::exists(volumePath() + u"/note"_s));
    QCOMPARE(ends(u"third"_s, "test -e data || echo gone", false), u"gone\n"_s);
    QCOMPARE(ends(u"fourth"_s, "cat data/note", true), u"kept\n"_s);

    const QByteArray waiting = "while [ ! -e data/go ]; do sleep 0.1; done; cat data/note";
    QCOMPARE(
        m_scheduler->launch(m_scheduler->takeOffer(allFree), {task(u"fifth"_s, waiting, true)}),
        202);
    QVERIFY2(m_scheduler->sees(u"fifth"_s, "TASK_RUNNING"), m_cluster->logTails());
    restartAgent();
    QFile go(volumePath() + u"/go"_s);
    QVERIFY(go.open(QIODevice::WriteOnly));
    QVERIFY2(m_scheduler->sees(u"fifth"_s, "TASK_FINISHED"), m_cluster->logTails());
    QCOMPARE(m_scheduler->lastStatus(u"fifth"_s).value(u"message").toString(), u"kept\n"_s);
    QCOMPARE(ends(u"sixth"_s, "test -e data || echo gone", false), u"gone\n"_s);
    QCOMPARE(m_scheduler->states(u"first"_s), u"TASK_RUNNING"_s); // the executor is the same
}

void ExecutorVolumesTest::cleanup()
{
    if (!m_scheduler || m_scheduler->id().isEmpty())
        return;
    QCOMPARE(m_scheduler->teardown(), 202);
    const auto executors = [this] {
        return getJson(m_cluster->agentPort(), "/state").value(u"frameworks").toArray();
    };
    QTRY_COMPARE_WITH_TIMEOUT(executors(), QJsonArray(), 60000);
    QCOMPARE(mountsOf({m_cluster->folder()}), QByteArrayList());
    m_scheduler.reset();
    m_cluster.reset();
}

QTEST_GUILESS_MAIN(ExecutorVolumesTest)
#include "tst_executor_volumes.moc"
