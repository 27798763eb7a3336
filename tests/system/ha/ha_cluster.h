#pragma once

#include <memory>
#include <vector>

#include "common/base/qt_clock.h"
#include "common/zookeeper/detector.h"
#include "common/zookeeper/session.h"
#include "tests/support/daemons.h"
#include "tests/support/zookeeper/ensemble.h"

namespace meseta::test {

/// Three masters, agents and a ZooKeeper ensemble of three, set up as docs/operations.md says.
class HaCluster
{
public:
    explicit HaCluster(int sessionTimeoutMs) : m_sessionTimeoutMs(sessionTimeoutMs) { }
    ~HaCluster();

    Result<> start(int masters = 3, int agents = 3);

    /// A master that died gets a successor with the same work_dir, on another port.
    Result<> startMaster(int index);
    Daemon &master(int index) { return *m_masters.at(static_cast<std::size_t>(index)); }
    int masters() const { return static_cast<int>(m_masters.size()); }
    Daemon &agent(int index) { return *m_agents.at(static_cast<std::size_t>(index)); }
    int agents() const { return static_cast<int>(m_agents.size()); }
    ZookeeperEnsemble &ensemble() { return m_ensemble; }

    /// The master that leads as ZooKeeper tells it; -1: none of these.
    int leader() const;
    /// The master that leads and answers.
    int awaitLeader(int milliseconds = 60000);
    /// How many agents are registered with the one that leads now.
    int registeredAgents();

    QString url() const { return m_ensemble.url(QStringLiteral("/mesos")); }
    QString file(const QString &name) const { return m_folder.filePath(name); }
    QByteArray logTails() const;

private:
    QTemporaryDir m_folder;
    int m_sessionTimeoutMs;
    QtClock m_clock;
    ZookeeperEnsemble m_ensemble{3};
    std::unique_ptr<zookeeper::Session> m_session;
    std::unique_ptr<zookeeper::Detector> m_detector;
    std::vector<std::unique_ptr<Daemon>> m_masters;
    std::vector<std::unique_ptr<Daemon>> m_agents;
};

} // namespace meseta::test
