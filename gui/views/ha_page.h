#pragma once

#include <QTimer>
#include <QWidget>

#include "gui/session/ensemble.h"

class QGridLayout;
class QLabel;

namespace meseta::console {

class Card;
class Cluster;
class FailoverLanes;

/// The masters: who leads, how the ZooKeeper ensemble below them fares, and how long each change of
/// the leader took, as the console saw it.
class HaPage : public QWidget
{
    Q_OBJECT
public:
    explicit HaPage(Cluster &cluster, QWidget *parent = nullptr);

    void setShown(bool shown); ///< probes the ensemble only while somebody looks
    EnsembleProbe &probe() { return m_probe; }

protected:
    void changeEvent(QEvent *event) override;

private:
    void askMaster();
    void refresh();
    void showServers();
    void translate();

    Cluster &m_cluster;
    EnsembleProbe m_probe;
    QString m_zk;
    double m_elected = 0;
    bool m_shown = false;
    QLabel *m_title;
    QLabel *m_leaderTitle;
    QLabel *m_leader;
    QLabel *m_ensembleTitle;
    QLabel *m_ensembleHint;
    QGridLayout *m_servers;
    QWidget *m_serverArea;
    QLabel *m_lanesTitle;
    FailoverLanes *m_lanes;
};

} // namespace meseta::console
