#pragma once

#include "tests/support/daemons.h"
#include "tests/support/docker_engine.h"
#include "tests/support/registry.h"

namespace meseta::test {

/// A master and an agent with a Docker engine of their own, which pulls from a registry of their
/// own as if it were Docker Hub. The registry holds `library/redis`, and what a test pushes.
class DockerCluster
{
public:
    ~DockerCluster();

    /// What is missing to run one; empty when nothing is.
    static QString missing();

    /// Engine, registry with Redis, master and agent.
    Result<> start();

    /// An agent as the documentation starts one: GLOG_v=1, both containerizers, ports 40001 to
    /// 44000.
    Result<> startAgent();
    Daemon &agent() { return *m_agent; }
    Daemon &master() { return *m_master; }
    quint16 masterPort() const { return m_master->port(); }
    quint16 agentPort() const { return m_agent->port(); }

    TestDockerEngine &engine() { return m_engine; }
    TestRegistry &registry() { return m_registry; }

    /// Makes an image out of Redis' that runs this script instead, pushes it and forgets it
    /// locally.
    Result<> publishScript(const QString &repository, const QByteArray &script);
    /// The same with a layer that is as large as this, and does not compress.
    Result<> publishLarge(const QString &repository, int megabytes);

    /// Names of the engine's containers ("/mesos-…"), running or not.
    QStringList containers(bool running);
    /// The tail of what the daemons said, for failures.
    QByteArray logTails() const;

private:
    Result<QByteArray> commit(const QByteArray &script, bool run, const QString &repository,
                              const QByteArray &changes);
    Result<> publish(const QString &repository);

    QTemporaryDir m_folder;
    TestDockerEngine m_engine;
    TestRegistry m_registry;
    std::unique_ptr<Daemon> m_master;
    std::unique_ptr<Daemon> m_agent;
};

/// What answers a PING to Redis on this port of 127.0.0.1; empty when nobody does.
QByteArray pingRedis(quint16 port);

} // namespace meseta::test
