#include <QtTest>

#include <unistd.h>

#include "tests/support/missing.h"
#include "tests/support/zookeeper/ensemble.h"
#include "tests/system/ha/acting_probe.h"
#include "tests/system/ha/ha_scheduler.h"
#include "tests/system/ha/network_lab.h"

using namespace meseta;
using namespace meseta::test;

namespace {

constexpr quint16 masterPort = 5050;
constexpr quint16 agentPort = 5051;
constexpr int sessionTimeoutMs = 3000;
constexpr int lastingTasks = 3;
const QStringList masterMachines{QStringLiteral("m1"), QStringLiteral("m2"), QStringLiteral("m3")};
const QStringList agentMachines{QStringLiteral("a1"), QStringLiteral("a2")};

/// A daemon on a machine of the lab.
class LabDaemon
{
public:
    ~LabDaemon()
    {
        m_process.terminate();
        if (!m_process.waitForFinished(30000))
            m_process.kill();
        m_process.waitForFinished();
    }

    bool start(const NetworkLab &lab, const QString &machine, const QStringList &command,
               const QString &log)
    {
        m_process.setProcessChannelMode(QProcess::MergedChannels);
        m_process.setStandardOutputFile(log);
        QStringList words = lab.on(machine, command);
        m_process.start(words.takeFirst(), words);
        return m_process.waitForStarted();
    }
    bool isRunning() const { return m_process.state() == QProcess::Running; }

private:
    QProcess m_process;
};

} // namespace

/// Masters, agents and ZooKeeper on machines of their own, with cuts between them. Never do two
/// masters act, running tasks are not touched, and all heals by itself.
class TestHaPartitions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup();
    void theLeaderLosesZooKeeper_data();
    void theLeaderLosesZooKeeper();
    void theLeaderLosesAgents();
    void theLeaderLosesEverything();

private:
    QString leader() const;
    QByteArray stateOf(const QString &machine);
    int registeredAgents();
    QStringList flagsOf(const QString &machine, quint16 port) const;

    QTemporaryDir m_folder;
    QtClock m_clock;
    NetworkLab m_lab{QStringList{QStringLiteral("zk"), QStringLiteral("test")} + masterMachines
                     + agentMachines};
    std::unique_ptr<ServerProcess> m_zookeeper;
    std::vector<std::unique_ptr<LabDaemon>> m_daemons;
    std::unique_ptr<zookeeper::Session> m_session;
    std::unique_ptr<zookeeper::Detector> m_detector;
    std::unique_ptr<HaScheduler> m_scheduler;
    std::unique_ptr<ActingProbe> m_probe;
    std::unique_ptr<http::Client> m_client;
};

QStringList TestHaPartitions::flagsOf(const QString &machine, quint16 port) const
{
    const QString ip = m_lab.address(machine);
    return {QStringLiteral("--ip=") + ip, QStringLiteral("--hostname=") + ip,
            QStringLiteral("--port=%1").arg(port),
            QStringLiteral("--work_dir=") + m_folder.filePath(machine)};
}

void TestHaPartitions::initTestCase()
{
    if (!hasZookeeper())
        MESETA_MISSING(QStringLiteral("ZooKeeper (apt install zookeeper)"));
    if (::geteuid() != 0)
        MESETA_MISSING(QStringLiteral("root, for network namespaces"));
    const auto made = m_lab.make();
    QVERIFY2(made, made ? "" : made.error().message.c_str());
    const auto entered = m_lab.enter(QStringLiteral("test"));
    QVERIFY2(entered, entered ? "" : entered.error().message.c_str());

    const QString zk = m_lab.address(QStringLiteral("zk"));
    QFile configuration(m_folder.filePath(QStringLiteral("zoo.cfg")));
    QVERIFY(configuration.open(QIODevice::WriteOnly));
    configuration.write("tickTime=200\nclientPort=2181\nadmin.enableServer=false\nforceSync=no\n"
                        "dataDir="
                        + m_folder.filePath(QStringLiteral("zk")).toUtf8() + "\n");
    configuration.close();
    QStringList command =
        m_lab.on(QStringLiteral("zk"),
                 {QStringLiteral("java"), QStringLiteral("-Xmx96m"), QStringLiteral("-cp"),
                  QStringLiteral("/etc/zookeeper/conf_example:/usr/share/java/zookeeper.jar"),
                  QStringLiteral("org.apache.zookeeper.server.quorum.QuorumPeerMain"),
                  configuration.fileName()});
    m_zookeeper = std::make_unique<ServerProcess>();
    const QString program = command.takeFirst();
    const auto up = m_zookeeper->start(program, command, [&] {
        QTcpSocket socket;
        socket.connectToHost(zk, 2181);
        return socket.waitForConnected(3000);
    });
    QVERIFY2(up, up ? "" : up.error().message.c_str());

    const QString url = QStringLiteral("zk://%1:2181/mesos").arg(zk);
    const QString bin = qEnvironmentVariable("MESETA_BIN_DIR");
    QList<http::Endpoint> masters;
    for (const QString &machine : masterMachines) {
        m_daemons.push_back(std::make_unique<LabDaemon>());
        QVERIFY(m_daemons.back()->start(
            m_lab, machine,
            QStringList{bin + QStringLiteral("/mesos-master"), QStringLiteral("--zk=") + url,
                        QStringLiteral("--quorum=2"),
                        QStringLiteral("--zk_session_timeout=%1ms").arg(sessionTimeoutMs),
                        QStringLiteral("--agent_ping_timeout=1secs")}
                + flagsOf(machine, masterPort),
            m_folder.filePath(machine + QStringLiteral(".log"))));
        masters += http::Endpoint::tcp(m_lab.address(machine), masterPort);
    }
    for (const QString &machine : agentMachines) {
        m_daemons.push_back(std::make_unique<LabDaemon>());
        QVERIFY(m_daemons.back()->start(
            m_lab, machine,
            QStringList{bin + QStringLiteral("/mesos-agent"), QStringLiteral("--master=") + url,
                        QStringLiteral("--zk_session_timeout=%1ms").arg(sessionTimeoutMs),
                        QStringLiteral("--runtime_dir=")
                            + m_folder.filePath(machine + QStringLiteral("-run")),
                        QStringLiteral("--no-systemd_enable_support"),
                        QStringLiteral("--launcher=posix"),
                        QStringLiteral("--isolation=posix/cpu,posix/mem"),
                        QStringLiteral("--launcher_dir=") + bin,
                        QStringLiteral("--resources=cpus:8;mem:4096;disk:4096")}
                + flagsOf(machine, agentPort),
            m_folder.filePath(machine + QStringLiteral(".log"))));
    }
    m_client = std::make_unique<http::Client>();
    m_session = std::make_unique<zookeeper::Session>(*zookeeper::Url::parse(url.toStdString()),
                                                     zookeeper::SessionOptions{}, m_clock);
    m_detector = std::make_unique<zookeeper::Detector>(*m_session, "/mesos", m_clock);
    m_session->open();
    m_detector->start();
    m_probe = std::make_unique<ActingProbe>();
    m_probe->watch(masters);
    m_scheduler = std::make_unique<HaScheduler>(url, m_folder.filePath(QStringLiteral("starts")));
    m_scheduler->launchLasting(lastingTasks);
    QTRY_COMPARE_WITH_TIMEOUT(m_scheduler->lastingRunning(), lastingTasks, 30000);
}

void TestHaPartitions::cleanup()
{
    if (!m_scheduler)
        return;
    for (const QString &machine : masterMachines)
        QVERIFY(m_lab.heal(machine));
    QTRY_VERIFY_WITH_TIMEOUT(!leader().isEmpty() && !stateOf(leader()).isEmpty(), 30000);
    QTRY_COMPARE_WITH_TIMEOUT(registeredAgents(), int(agentMachines.size()), 60000);
    QTRY_VERIFY_WITH_TIMEOUT(m_scheduler->isSubscribed(), 30000);
    QTRY_COMPARE_WITH_TIMEOUT(m_scheduler->lastingRunning(), lastingTasks, 30000);
    const int before = m_scheduler->finished();
    m_scheduler->keepGoing(3);
    QTRY_VERIFY_WITH_TIMEOUT(m_scheduler->finished() > before, 30000);
    m_scheduler->keepGoing(0);
    QTRY_COMPARE_WITH_TIMEOUT(m_scheduler->open(), 0, 30000);
    const QStringList broken = m_scheduler->violations() + m_probe->violations();
    QVERIFY2(broken.isEmpty(), qPrintable(broken.join(u'\n')));
    for (const auto &daemon : m_daemons)
        QVERIFY(daemon->isRunning());
}

/// The machine of the master that leads as ZooKeeper tells it.
QString TestHaPartitions::leader() const
{
    const auto &info = m_detector->leader();
    for (const QString &machine : masterMachines) {
        if (info && m_lab.address(machine).toStdString() == info->address().ip())
            return machine;
    }
    return {};
}

/// What a master says of its agents; empty unless it acts as the leader.
QByteArray TestHaPartitions::stateOf(const QString &machine)
{
    http::Request request;
    request.method = "GET";
    request.target = "/slaves";
    http::CallOptions options;
    options.timeout = std::chrono::seconds(10);
    std::optional<QByteArray> body;
    m_client->call(
        http::Endpoint::tcp(m_lab.address(machine), masterPort), request,
        [&body](const Result<http::Response> &answer) {
            body = answer && answer->status == 200 ? answer->body : QByteArray();
        },
        options);
    (void)QTest::qWaitFor([&] { return body.has_value(); }, 20000);
    return body.value_or(QByteArray());
}

int TestHaPartitions::registeredAgents()
{
    return leader().isEmpty() ? 0 : int(stateOf(leader()).count("\"active\":true"));
}

void TestHaPartitions::theLeaderLosesZooKeeper_data()
{
    QTest::addColumn<int>("way");
    QTest::newRow("both ways") << int(NetworkLab::Way::Both);
    QTest::newRow("hears nothing") << int(NetworkLab::Way::In);
    QTest::newRow("is not heard") << int(NetworkLab::Way::Out);
}

void TestHaPartitions::theLeaderLosesZooKeeper()
{
    QFETCH(int, way);
    QTRY_VERIFY_WITH_TIMEOUT(!leader().isEmpty(), 30000);
    const QString before = leader();
    QVERIFY(m_lab.cut(before, QStringLiteral("zk"), NetworkLab::Way(way)));
    QTRY_VERIFY_WITH_TIMEOUT(!leader().isEmpty() && leader() != before, 30000);
    QVERIFY(stateOf(before).isEmpty()); // reachable, and silent
    QTRY_VERIFY_WITH_TIMEOUT(!stateOf(leader()).isEmpty(), 30000);
    QTRY_COMPARE_WITH_TIMEOUT(m_scheduler->lastingRunning(), lastingTasks, 30000);
}

void TestHaPartitions::theLeaderLosesAgents()
{
    const QString before = leader();
    for (const QString &agent : agentMachines)
        QVERIFY(m_lab.cut(before, agent));
    // It leads on; agents that do not answer are unreachable after five missing answers.
    QTRY_COMPARE_WITH_TIMEOUT(registeredAgents(), 0, 30000);
    QCOMPARE(leader(), before);
    // Their tasks are told unreachable, and running again when they are back.
    QTRY_COMPARE_WITH_TIMEOUT(m_scheduler->lastingUnreachable(), lastingTasks, 30000);
}

void TestHaPartitions::theLeaderLosesEverything()
{
    const QString before = leader();
    for (const QString &machine :
         QStringList{QStringLiteral("zk")} + agentMachines + masterMachines) {
        if (machine != before)
            QVERIFY(m_lab.cut(before, machine));
    }
    QTRY_VERIFY_WITH_TIMEOUT(!leader().isEmpty() && leader() != before, 30000);
    QTRY_COMPARE_WITH_TIMEOUT(registeredAgents(), int(agentMachines.size()), 30000);
}

QTEST_GUILESS_MAIN(TestHaPartitions)
#include "tst_ha_partitions.moc"
