#pragma once

#include <optional>

#include <QNetworkAccessManager>
#include <QObject>
#include <QTimer>

#include "mesos/v1/agent/agent.pb.h"

namespace meseta::console {

/// What containers use, as an agent measures it: of one executor, or of the whole agent.
struct Usage
{
    double cpus = -1; ///< busy CPUs since the measure before; below 0: not known yet
    double cpuLimit = 0;
    double memory = 0; ///< MiB
    double memoryLimit = 0;
    int containers = 0;
};

/// Turns two answers to GET_CONTAINERS into a usage: rates need two measures.
class UsageMeter
{
public:
    /// Empty ids: all containers.
    void watch(const QString &frameworkId, const QString &executorId);
    Usage take(const mesos::v1::agent::Response::GetContainers &containers);

private:
    std::string m_framework;
    std::string m_executor;
    double m_lastTime = 0;
    double m_lastBusy = 0;
};

/// Asks an agent every two seconds while it is started. Source: Mesos agent operator API,
/// GET_CONTAINERS.
class UsageProbe : public QObject
{
    Q_OBJECT
public:
    explicit UsageProbe(QObject *parent = nullptr);

    void start(const QString &agent, const QString &frameworkId, const QString &executorId);
    void stop();

Q_SIGNALS:
    void measured(const meseta::console::Usage &usage);

private:
    void ask();

    QNetworkAccessManager m_network;
    QTimer m_timer;
    UsageMeter m_meter;
    QString m_agent;
    int m_generation = 0;
    bool m_busy = false;
};

} // namespace meseta::console
