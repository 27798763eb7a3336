#include "tests/system/ha/ha_cluster.h"
#include "tests/support/signals.h"

#include <csignal>

#include <QJsonArray>
#include <QTest>

namespace meseta::test {

HaCluster::~HaCluster()
{
    // What a test stopped has to run to be ended.
    for (const auto &one : m_masters) {
        if (one->isRunning())
            signalProcess(one->pid(), SIGCONT);
    }
    m_agents.clear();
    m_masters.clear();
}

Result<> HaCluster::start(int masters, int agents)
{
    if (auto started = m_ensemble.start(); !started)
        return started;
    m_session = std::make_unique<zookeeper::Session>(*zookeeper::Url::parse(url().toStdString()),
                                                     zookeeper::SessionOptions{}, m_clock);
    m_detector = std::make_unique<zookeeper::Detector>(*m_session, "/mesos", m_clock);
    m_session->open();
    m_detector->start();
    m_masters.resize(static_cast<std::size_t>(masters));
    for (int i = 0; i < masters; ++i) {
        if (auto started = startMaster(i); !started)
            return started;
    }
    for (int i = 0; i < agents; ++i) {
        const QString folder = m_folder.filePath(QStringLiteral("agent%1").arg(i));
        m_agents.push_back(std::make_unique<Daemon>(QStringLiteral("mesos-agent"), folder));
        auto started = m_agents.back()->start(
            {QStringLiteral("--master=") + url(),
             QStringLiteral("--runtime_dir=%1/run").arg(folder),
             QStringLiteral("--no-systemd_enable_support"), QStringLiteral("--launcher=posix"),
             QStringLiteral("--isolation=posix/cpu,posix/mem"),
             QStringLiteral("--launcher_dir=") + qEnvironmentVariable("MESETA_BIN_DIR"),
             QStringLiteral("--resources=cpus:8;mem:4096;disk:4096")});
        if (!started)
            return started;
    }
    if (QTest::qWaitFor([this] { return registeredAgents() == this->agents(); }, 60000))
        return {};
    return fail("the agents did not register: " + logTails().toStdString());
}

Result<> HaCluster::startMaster(int index)
{
    auto &master = m_masters.at(static_cast<std::size_t>(index));
    master = std::make_unique<Daemon>(QStringLiteral("mesos-master"),
                                      m_folder.filePath(QStringLiteral("master%1").arg(index)));
    return master->start({QStringLiteral("--zk=") + url(), QStringLiteral("--quorum=2"),
                          QStringLiteral("--zk_session_timeout=%1ms").arg(m_sessionTimeoutMs)});
}

int HaCluster::leader() const
{
    const auto &info = m_detector->leader();
    for (int i = 0; info && i < masters(); ++i) {
        if (m_masters[static_cast<std::size_t>(i)]->port() == info->port())
            return i;
    }
    return -1;
}

int HaCluster::awaitLeader(int milliseconds)
{
    const auto answers = [this] {
        const int index = leader();
        return index >= 0 && master(index).isRunning()
            && get(master(index).port(), "/master/state-summary").status() == 200;
    };
    return QTest::qWaitFor(answers, milliseconds) ? leader() : -1;
}

int HaCluster::registeredAgents()
{
    const int index = leader();
    if (index < 0)
        return 0;
    int active = 0;
    const auto slaves =
        getJson(master(index).port(), "/slaves").value(QStringLiteral("slaves")).toArray();
    for (const auto &slave : slaves)
        active += slave[u"active"].toBool() ? 1 : 0;
    return active;
}

QByteArray HaCluster::logTails() const
{
    QByteArray text;
    for (const auto &one : m_masters)
        text += one->logTail();
    for (const auto &one : m_agents)
        text += one->logTail(1500);
    return text;
}

} // namespace meseta::test
