// Health checks of plain containers in a network of their own (network/cni): Redis listens on its
// container's loopback address, where only the container itself reaches it. Master and agent run in
// a network namespace of this test, so that nothing of it is seen on the machine.

#include <QStandardPaths>
#include <QtTest>

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include "daemons/agent/containerizer/native/isolators/cni/network_namespace.h"
#include "tests/support/missing.h"
#include "tests/system/framework.h"

using namespace meseta;
using namespace meseta::test;
using namespace Qt::StringLiterals;

class TestChecksInNetworks : public QObject
{
    Q_OBJECT

    std::unique_ptr<Cluster> m_cluster;
    std::unique_ptr<Framework> m_framework;

    static QString cgroup() { return u"meseta-checks-%1"_s.arg(::getpid()); }

    /// Redis at 127.0.0.1:7777 of its container, and a check of this port.
    bool launch(const QByteArray &name, int port)
    {
        const QJsonObject offer = m_framework->awaitOffer();
        QJsonObject task =
            json("{'name':'" + name + "','task_id':{'value':'" + name
                 + "'},'resources':[{'name':'cpus','type':'SCALAR','scalar':{'value':0.1}},"
                   "{'name':'mem','type':'SCALAR','scalar':{'value':64}}],"
                   "'container':{'type':'MESOS','network_infos':[{'name':'inside'}]},"
                   "'health_check':{'type':'TCP','tcp':{'port':"
                 + QByteArray::number(port)
                 + "},'delay_seconds':0,'interval_seconds':0.2,'grace_period_seconds':"
                 + (port == 7777 ? "60" : "0") + ",'consecutive_failures':3}}");
        task.insert("command"_L1,
                    QJsonObject{{u"value"_s,
                                 u"exec redis-server --bind 127.0.0.1 --port 7777 --save ''"_s}});
        task.insert("agent_id"_L1, offer.value("agent_id"_L1));
        return m_framework->accept({offer.value("id"_L1)}, {task}) == 202;
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (::geteuid() != 0 || !QFileInfo(u"/usr/lib/cni/bridge"_s).exists()
            || QStandardPaths::findExecutable(u"redis-server"_s).isEmpty())
            MESETA_MISSING(u"needs root, the CNI plugins and redis-server"_s);
        QCOMPARE(::unshare(CLONE_NEWNET | CLONE_NEWNS), 0);
        QCOMPARE(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
        QVERIFY(agent::bringUpLoopback("/proc/thread-self/ns/net"));

        m_cluster = std::make_unique<Cluster>();
        const QString networks = m_cluster->folder() + u"/cni"_s;
        QVERIFY(QDir().mkpath(networks));
        QFile network(networks + u"/inside.conf"_s);
        QVERIFY(network.open(QIODevice::WriteOnly));
        network.write(QByteArray(R"({"name": "inside", "type": "bridge", "bridge": "mesetabr1",
            "isGateway": true, "cniVersion": "0.3.1", "ipam": {"type": "host-local",
            "dataDir": "%", "subnet": "10.99.3.0/24"}})")
                          .replace('%', networks.toUtf8() + "/ipam"));
        network.close();
        const auto master = m_cluster->startMaster();
        QVERIFY2(master, master ? "" : master.error().message.c_str());
        const auto agent = m_cluster->startAgent(
            {u"--isolation=filesystem/linux,network/cni"_s, u"--launcher=linux"_s,
             u"--network_cni_plugins_dir=/usr/lib/cni"_s,
             u"--network_cni_config_dir=%1"_s.arg(networks), u"--cgroups_root="_s + cgroup()});
        QVERIFY2(agent, agent ? "" : agent.error().message.c_str());
        m_framework = std::make_unique<Framework>(*m_cluster, u"checks"_s);
        QVERIFY(!m_framework->await("SUBSCRIBED").isEmpty());
    }

    void cleanup()
    {
        if (QTest::currentTestFailed() && m_cluster)
            qWarning("%s", m_cluster->logTails().constData());
    }

    void cleanupTestCase()
    {
        m_framework.reset();
        m_cluster.reset();
        const QDir groups(u"/sys/fs/cgroup"_s);
        for (const QString &hierarchy : groups.entryList(QDir::Dirs | QDir::NoDotAndDotDot))
            groups.rmdir(hierarchy + u'/' + cgroup());
        groups.rmdir(cgroup());
    }

    void aServerOnTheContainersLoopbackIsHealthy()
    {
        QVERIFY(launch("inward", 7777));
        QJsonObject status;
        do {
            status = m_framework->awaitStatus();
            QVERIFY2(!status.isEmpty(), "no status came that tells of the health");
        } while (!status.contains("healthy"_L1));
        QVERIFY2(status.value("healthy"_L1).toBool(),
                 qPrintable(status.value("message"_L1).toString()));
        QCOMPARE(m_framework->call("{'type':'KILL','kill':{'task_id':{'value':'inward'}}}"), 202);
        QVERIFY(m_framework->awaitState(u"TASK_KILLED"_s));
    }

    void anotherPortIsNot()
    {
        QVERIFY(launch("elsewhere", 7778));
        QJsonObject status;
        do {
            status = m_framework->awaitStatus();
            QVERIFY2(!status.isEmpty(), "no status came that tells of the health");
        } while (!status.contains("healthy"_L1));
        QVERIFY(!status.value("healthy"_L1).toBool());
        const QString message = status.value("message"_L1).toString();
        QVERIFY2(message.contains("no connection to 127.0.0.1:7778: Connection refused"_L1),
                 qPrintable(message));
        QVERIFY(m_framework->awaitState(u"TASK_KILLED"_s));
    }
};

QTEST_GUILESS_MAIN(TestChecksInNetworks)
#include "tst_checks_in_networks.moc"
