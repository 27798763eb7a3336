#pragma once

#include <functional>

#include <QTimer>

#include "gui/session/cluster.h"
#include "gui/views/cluster_view.h"
#include "tests/bench/console/busy_application.h"

/// A recording of the large cluster: opened, scrubbed with each page in front, played.
class PastPhase : public QObject
{
public:
    PastPhase(BusyApplication &application, const QString &path, std::function<void()> done);

private:
    void wander();

    BusyApplication &m_application;
    std::function<void()> m_done;
    meseta::console::Cluster m_cluster;
    std::unique_ptr<meseta::console::ClusterView> m_view;
    QTimer m_timer;
    QElapsedTimer m_way;
    qint64 m_longest = 0;
    int m_moment = 0;
};
