#pragma once

#include <QHash>
#include <QNetworkAccessManager>
#include <QObject>
#include <QTimer>

#include "gui/inspect/usage_probe.h"

namespace meseta::console {

class Replica;

/// What the containers of a whole cluster use, as its agents measure it: asks a few agents each
/// second, in turn, so that ten thousand of them are no burden; what is summed up is of those that
/// have answered. Source: Mesos agent operator API, GET_CONTAINERS.
class ClusterUsage : public QObject
{
    Q_OBJECT
public:
    /// Rounds follow each other after `interval`.
    explicit ClusterUsage(const Replica &replica, QObject *parent = nullptr,
                          std::chrono::milliseconds interval = std::chrono::seconds(2));

    void start();
    void stop();

    struct Sum
    {
        double cpus = 0;
        double memory = 0; ///< MiB
        int measured = 0; ///< agents
        int agents = 0; ///< that are active
    };
    const Sum &sum() const { return m_sum; }

Q_SIGNALS:
    void changed();

private:
    struct Measured
    {
        UsageMeter meter;
        Usage usage;
        bool busy = false;
        bool known = false;
    };

    void askSome();
    void ask(const QString &agentId, const QString &address);
    void sumUp();

    const Replica &m_replica;
    QNetworkAccessManager m_network;
    QHash<QString, Measured> m_agents;
    QTimer m_timer;
    int m_nextSlot = 0;
    int m_generation = 0;
    Sum m_sum;
};

} // namespace meseta::console
