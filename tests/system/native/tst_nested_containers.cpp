#include <csignal>

#include <QDirIterator>
#include <QJsonArray>
#include <QTest>

#include <unistd.h>

#include "tests/support/daemons.h"
#include "tests/support/missing.h"
#include "tests/system/support/scheduler.h"

using namespace meseta;
using namespace meseta::test;

/// Tasks of a group live in what their executor's container has: its network and its cgroups, its
/// IPC and process namespaces as they ask for them; and what they may use together follows them.
class NestedContainersTest : public QObject
{
    Q_OBJECT

    Cluster m_cluster;
    std::unique_ptr<Scheduler> m_scheduler;
    const QString m_group = QStringLiteral("meseta-nested-%1").arg(::getpid());

    bool writeNetwork() const;
    QJsonObject executor(bool ownNetwork) const;
    int launchGroup(const QJsonObject &executor, const QList<QJsonObject> &tasks);
    QByteArrayList linesOf(const QString &task) const;
    QString rootContainer() const;
    qint64 memoryLimit() const;

private Q_SLOTS:
    void initTestCase();
    void cleanup();
    void cleanupTestCase();
    void tasksShareWhatTheyAskFor();
    void memoryFollowsTheTasks();
    void aContainerInsideAnother();
};

namespace {

const char *const isolation = "--isolation=filesystem/linux,cgroups/cpu,cgroups/mem,"
                              "namespaces/pid,namespaces/ipc,network/cni";

/// Says which namespaces it is in, then waits.
QJsonObject curiousTask(const QString &name, const char *linuxInfo = nullptr)
{
    QJsonObject task =
        commandTask(name,
                    QStringLiteral("for n in net pid ipc cgroup; do readlink /proc/self/ns/$n; "
                                   "done; df -k /dev/shm | tail -1; echo done; exec sleep 1000"));
    if (linuxInfo != nullptr)
        task[u"container"] = QJsonObject{{QStringLiteral("type"), QStringLiteral("MESOS")},
                                         {QStringLiteral("linux_info"), json(linuxInfo)}};
    return task;
}

QByteArray namespaceOf(const QByteArrayList &lines, const char *kind)
{
    for (const QByteArray &line : lines) {
        if (line.startsWith(kind) && line[static_cast<qsizetype>(qstrlen(kind))] == ':')
            return line;
    }
    return "none";
}

QByteArray ownNamespace(const char *kind)
{
    return QFile::symLinkTarget(QStringLiteral("/proc/self/ns/") + QLatin1String(kind))
        .section(QLatin1Char('/'), -1)
        .toUtf8();
}

} // namespace

/// A network that nobody else is in: nothing of it is seen on this machine.
bool NestedContainersTest::writeNetwork() const
{
    QDir(m_cluster.folder()).mkpath(QStringLiteral("cni"));
    QFile file(m_cluster.folder() + QStringLiteral("/cni/alone.conf"));
    return file.open(QIODevice::WriteOnly)
        && file.write(R"({"cniVersion": "0.3.1", "name": "alone", "type": "loopback"})") > 0;
}

QJsonObject NestedContainersTest::executor(bool ownNetwork) const
{
    QJsonObject info{{QStringLiteral("type"), QStringLiteral("DEFAULT")},
                     {QStringLiteral("executor_id"), idOf(QStringLiteral("group"))},
                     {QStringLiteral("framework_id"), idOf(m_scheduler->id())},
                     {QStringLiteral("resources"),
                      QJsonArray{scalar("cpus", 0.1), scalar("mem", 32), scalar("disk", 10)}}};
    if (ownNetwork)
        info[u"container"] = json("{'type':'MESOS','network_infos':[{'name':'alone'}]}");
    return info;
}

int NestedContainersTest::launchGroup(const QJsonObject &executor, const QList<QJsonObject> &tasks)
{
    const QJsonObject offer = m_scheduler->takeOffer();
    QJsonArray infos;
    for (QJsonObject task : tasks) {
        task[u"agent_id"] = offer.value(u"agent_id");
        infos.append(task);
    }
    const QJsonObject group{
        {QStringLiteral("executor"), executor},
        {QStringLiteral("task_group"), QJsonObject{{QStringLiteral("tasks"), infos}}}};
    const QJsonObject operation{{QStringLiteral("type"), QStringLiteral("LAUNCH_GROUP")},
                                {QStringLiteral("launch_group"), group}};
    const QJsonObject accept{
        {QStringLiteral("offer_ids"), QJsonArray{offer.value(u"id")}},
        {QStringLiteral("operations"), QJsonArray{operation}},
        {QStringLiteral("filters"), QJsonObject{{QStringLiteral("refuse_seconds"), 0}}}};
    return m_scheduler->call(
        {{QStringLiteral("type"), QStringLiteral("ACCEPT")}, {QStringLiteral("accept"), accept}});
}

/// What a task wrote, once it is complete.
QByteArrayList NestedContainersTest::linesOf(const QString &task) const
{
    const QJsonObject status = m_scheduler->lastStatus(task);
    const QString id = status[u"container_status"][u"container_id"][u"value"].toString();
    QByteArrayList lines;
    const auto read = [&] {
        QDirIterator it(m_cluster.folder(), {id}, QDir::Dirs, QDirIterator::Subdirectories);
        while (it.hasNext()) {
            QFile out(it.next() + QStringLiteral("/stdout"));
            if (out.open(QIODevice::ReadOnly))
                lines = out.readAll().split('\n');
        }
        return lines.contains("done");
    };
    if (!QTest::qWaitFor(read, 20000))
        qWarning("task %s has not come to its end", qPrintable(task));
    return lines;
}

QString NestedContainersTest::rootContainer() const
{
    const QJsonObject answer =
        operatorCall(m_cluster.agentPort(), json("{'type':'GET_CONTAINERS'}"));
    return answer[u"get_containers"][u"containers"][0][u"container_id"][u"value"].toString();
}

qint64 NestedContainersTest::memoryLimit() const
{
    for (const char *pattern :
         {"/sys/fs/cgroup/memory/%1/%2/memory.limit_in_bytes", "/sys/fs/cgroup/%1/%2/memory.max"}) {
        QFile file(QLatin1String(pattern).toString().arg(m_group, rootContainer()));
        if (file.open(QIODevice::ReadOnly))
            return file.readAll().trimmed().toLongLong() / 1048576;
    }
    return -1;
}

void NestedContainersTest::initTestCase()
{
    if (::geteuid() != 0 || !QFile::exists(QStringLiteral("/usr/lib/cni/loopback")))
        MESETA_MISSING(QStringLiteral("needs root and the CNI plugins"));
    QVERIFY(m_cluster.startMaster());
    QVERIFY(writeNetwork());
    QVERIFY2(m_cluster.startAgent(
                 {QStringLiteral("--containerizers=mesos"), QString::fromLatin1(isolation),
                  QStringLiteral("--launcher=linux"), QStringLiteral("--cgroups_root=") + m_group,
                  QStringLiteral("--network_cni_plugins_dir=/usr/lib/cni"),
                  QStringLiteral("--network_cni_config_dir=") + m_cluster.folder()
                      + QStringLiteral("/cni")}),
             m_cluster.logTails());
    m_scheduler = std::make_unique<Scheduler>(m_cluster.masterPort());
    QVERIFY(m_scheduler->subscribe());
}

/// Ends the executor of the test: nothing of it stays.
void NestedContainersTest::cleanup()
{
    if (!m_scheduler)
        return;
    for (const char *task : {"a", "b", "c", "d", "e", "f", "g", "h"})
        m_scheduler->kill(QLatin1String(task));
    QTRY_COMPARE_WITH_TIMEOUT(rootContainer(), QString(), 30000);
}

void NestedContainersTest::cleanupTestCase()
{
    m_scheduler.reset();
    if (m_cluster.folder().isEmpty())
        return;
    QDir groups(QStringLiteral("/sys/fs/cgroup"));
    for (const QString &hierarchy : groups.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        const QString folder = groups.filePath(hierarchy + QLatin1Char('/') + m_group);
        QTRY_COMPARE_WITH_TIMEOUT(QDir(folder).entryList(QDir::Dirs | QDir::NoDotAndDotDot),
                                  QStringList(), 30000);
        groups.rmdir(folder);
    }
}

void NestedContainersTest::tasksShareWhatTheyAskFor()
{
    launchGroup(executor(true),
                {curiousTask(QStringLiteral("a")),
                 curiousTask(QStringLiteral("b"), "{'share_pid_namespace':true}"),
                 curiousTask(QStringLiteral("c"), "{'ipc_mode':'PRIVATE','shm_size':8}"),
                 curiousTask(QStringLiteral("d"),
                             "{'share_pid_namespace':true,'ipc_mode':'SHARE_PARENT'}")});
    for (const char *task : {"a", "b", "c", "d"})
        QVERIFY2(m_scheduler->sees(QLatin1String(task), "TASK_RUNNING"),
                 m_scheduler->states(QLatin1String(task)).toUtf8() + m_cluster.logTails());
    const auto a = linesOf(QStringLiteral("a"));
    const auto b = linesOf(QStringLiteral("b"));
    const auto c = linesOf(QStringLiteral("c"));
    const auto d = linesOf(QStringLiteral("d"));

    // One network, and not the machine's.
    for (const auto &lines : {b, c, d})
        QCOMPARE(namespaceOf(lines, "net"), namespaceOf(a, "net"));
    QVERIFY(namespaceOf(a, "net") != ownNamespace("net"));

    // Those that ask for it see the processes of each other, the others only their own.
    QCOMPARE(namespaceOf(b, "pid"), namespaceOf(d, "pid"));
    QVERIFY(namespaceOf(b, "pid") != ownNamespace("pid"));
    QVERIFY(namespaceOf(a, "pid") != namespaceOf(b, "pid"));
    QVERIFY(namespaceOf(c, "pid") != namespaceOf(a, "pid"));

    // IPC is that of the executor's container, but for the one that keeps its own.
    QVERIFY(namespaceOf(a, "ipc") != ownNamespace("ipc"));
    QCOMPARE(namespaceOf(b, "ipc"), namespaceOf(a, "ipc"));
    QCOMPARE(namespaceOf(d, "ipc"), namespaceOf(a, "ipc"));
    QVERIFY(namespaceOf(c, "ipc") != namespaceOf(a, "ipc"));
    QVERIFY2(std::any_of(c.begin(), c.end(), // 8 MB of its own
                         [](const QByteArray &line) {
                             return line.startsWith("tmpfs") && line.contains(" 8192 ");
                         }),
             c.join('\n'));
}

void NestedContainersTest::memoryFollowsTheTasks()
{
    launchGroup(executor(false), {curiousTask(QStringLiteral("e"))});
    QVERIFY2(m_scheduler->sees(QStringLiteral("e"), "TASK_RUNNING"), m_cluster.logTails());
    QCOMPARE(memoryLimit(), 64); // 32 for the executor, 32 for the task
    launchGroup(executor(false),
                {curiousTask(QStringLiteral("f")), curiousTask(QStringLiteral("g"))});
    QVERIFY2(m_scheduler->sees(QStringLiteral("g"), "TASK_RUNNING"), m_cluster.logTails());
    QCOMPARE(memoryLimit(), 128);
    m_scheduler->kill(QStringLiteral("f"));
    QVERIFY(m_scheduler->sees(QStringLiteral("g"), "TASK_KILLED"));
    // As in Mesos the hard limit of a running container is never taken back: only what is kept for
    // it shrinks.
    QTRY_COMPARE_WITH_TIMEOUT(memoryLimit(), 128, 30000);
}

/// On the agent's API, inside the container of a task: the same network, and not its processes.
void NestedContainersTest::aContainerInsideAnother()
{
    launchGroup(executor(true), {curiousTask(QStringLiteral("h"))});
    QVERIFY2(m_scheduler->sees(QStringLiteral("h"), "TASK_RUNNING"), m_cluster.logTails());
    const QJsonObject parent =
        m_scheduler->lastStatus(QStringLiteral("h"))[u"container_status"][u"container_id"]
            .toObject();
    const QJsonObject id{{QStringLiteral("value"), QStringLiteral("inner")},
                         {QStringLiteral("parent"), parent}};
    const QJsonObject call{
        {QStringLiteral("type"), QStringLiteral("LAUNCH_NESTED_CONTAINER")},
        {QStringLiteral("launch_nested_container"),
         QJsonObject{
             {QStringLiteral("container_id"), id},
             {QStringLiteral("command"),
              json("{'value':'readlink /proc/self/ns/net /proc/self/ns/ipc > inner.txt'}")}}}};
    const Answer answer = postJson(m_cluster.agentPort(), "/api/v1", call);
    QVERIFY2(answer.status() == 200, answer.body);
    QByteArray inner;
    QTRY_VERIFY_WITH_TIMEOUT(([&] {
                                 QDirIterator it(m_cluster.folder(), {QStringLiteral("inner.txt")},
                                                 QDir::Files, QDirIterator::Subdirectories);
                                 QFile file(it.hasNext() ? it.next() : QString());
                                 inner =
                                     file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
                                 return inner.count('\n') == 2;
                             }()),
                             30000);
    const auto a = linesOf(QStringLiteral("h"));
    QCOMPARE(inner, namespaceOf(a, "net") + '\n' + namespaceOf(a, "ipc") + '\n');
}

QTEST_GUILESS_MAIN(NestedContainersTest)
#include "tst_nested_containers.moc"
