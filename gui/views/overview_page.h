#pragma once

#include <QWidget>

#include "gui/model/object_ref.h"
#include "gui/model/replica.h"

class QLabel;
class QPushButton;

namespace meseta::console {

class ClusterUsage;
class EventList;
class Gauge;
class StateBar;
class TrendChart;

/// The cluster at a glance: what it has, what is allocated and on offer, how its tasks fare, and
/// what happened last.
class OverviewPage : public QWidget
{
    Q_OBJECT
public:
    explicit OverviewPage(const Replica &replica, QWidget *parent = nullptr);
    void refresh();
    void setStale(bool stale);
    void setCanLaunch(bool can); ///< offers it, where nothing runs yet
    void setLive(bool live); ///< false for recordings: nobody is asked

Q_SIGNALS:
    void linkChosen(const meseta::console::ObjectRef &object);
    void tasksWanted(const QString &filter); ///< the tasks page, filtered
    void launchWanted();

protected:
    void changeEvent(QEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void translate();
    void sample(const ClusterFigures &sums);

    const Replica &m_replica;
    QLabel *m_title;
    QLabel *m_subtitle;
    Gauge *m_cpus;
    Gauge *m_memory;
    Gauge *m_disk;
    StateBar *m_states;
    TrendChart *m_trend;
    EventList *m_events;
    QLabel *m_tasksTitle;
    QPushButton *m_launch;
    QLabel *m_trendTitle;
    QLabel *m_eventsTitle;
    ClusterUsage *m_usage;
    bool m_live = true;
    bool m_canLaunch = false;
    qint64 m_sampledAt = 0;
    bool m_wasShown = false;
};

} // namespace meseta::console
