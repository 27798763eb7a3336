#pragma once

#include <functional>

#include <QTimer>

#include "gui/session/cluster.h"
#include "gui/views/cluster_view.h"
#include "tests/bench/console/busy_application.h"
#include "tests/bench/console/figures.h"

/// A recording of the large cluster: opened, scrubbed with each page in front.
class PastPhase : public QObject
{
public:
    PastPhase(BusyApplication &application, Figures &figures, const QString &path,
              std::function<void()> done);

private:
    void show(meseta::console::EventFile::Opened file);
    void wander();

    BusyApplication &m_application;
    Figures &m_figures;
    std::function<void()> m_done;
    meseta::console::Cluster m_cluster;
    std::unique_ptr<meseta::console::ClusterView> m_view;
    QTimer m_timer;
    QElapsedTimer m_way;
    qint64 m_longest = 0;
    int m_moment = 0;
};
