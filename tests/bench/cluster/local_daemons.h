#pragma once

#include <memory>

#include <QProcess>
#include <QTemporaryDir>

#include "common/base/result.h"

namespace meseta::bench {

/// A mesos-master and agents of our own build, on free loopback ports, ended with this object.
class LocalDaemons
{
public:
    LocalDaemons();
    ~LocalDaemons();

    Result<> startMaster();
    Result<> startAgent(const QStringList &flags = {});

    quint16 masterPort() const { return m_masterPort; }
    qint64 masterPid() const { return m_master ? m_master->processId() : 0; }
    qint64 agentPid() const { return m_agent ? m_agent->processId() : 0; }

private:
    std::unique_ptr<QProcess> start(const QString &program, const QStringList &arguments,
                                    quint16 port);

    QTemporaryDir m_scratch;
    std::unique_ptr<QProcess> m_master;
    std::unique_ptr<QProcess> m_agent;
    quint16 m_masterPort = 0;
};

} // namespace meseta::bench
