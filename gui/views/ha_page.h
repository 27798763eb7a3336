#pragma once

#include <memory>

#include <QHash>
#include <QNetworkAccessManager>
#include <QTimer>
#include <QWidget>

#include "gui/model/failover_check.h"
#include "gui/session/contender_watch.h"
#include "gui/session/ensemble.h"

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace meseta::console {

class AnswerList;
class Cluster;
class FactTable;
class FailoverLanes;

/// The masters: who leads and who stands by, whether a failover would work now, how the ZooKeeper
/// ensemble below them fares, and how long each change of the leader took, as the console saw it.
class HaPage : public QWidget
{
    Q_OBJECT
public:
    explicit HaPage(Cluster &cluster, QWidget *parent = nullptr);

    void setShown(bool shown); ///< asks around only while somebody looks
    EnsembleProbe &probe() { return m_probe; }
    FailoverFacts facts() const;
    const ContenderWatch *contenders() const { return m_watch.get(); }
    bool knowsFlags() const { return m_flagsKnown; } ///< the leader has told its own

protected:
    void changeEvent(QEvent *event) override;

private:
    void layOut();
    void askMaster();
    void takeFlags(const QHash<QString, QString> &flags);
    void watchEnsemble();
    void askStandbys();
    void refresh();
    void showLeader();
    void showContenders();
    void showServers();
    void showCheck();
    void showLanes();
    void translate();

    Cluster &m_cluster;
    EnsembleProbe m_probe;
    std::unique_ptr<ContenderWatch> m_watch; ///< while the page is shown
    QNetworkAccessManager m_network;
    QHash<QString, bool> m_healthy; ///< standbys that were asked, by address
    QTimer m_tick; ///< ages, and the standbys' health
    QString m_zk;
    bool m_flagsKnown = false;
    bool m_registryKept = false;
    double m_elected = 0;
    int m_ticks = 0;
    bool m_shown = false;
    QLabel *m_title;
    QLabel *m_leaderTitle;
    QLabel *m_leader;
    QLabel *m_checkTitle;
    AnswerList *m_verdict;
    AnswerList *m_check;
    QPushButton *m_checkAgain;
    QPushButton *m_checkAll; ///< also what is well
    QLabel *m_contendersTitle;
    FactTable *m_contenders;
    QLabel *m_ensembleTitle;
    FactTable *m_servers;
    QLabel *m_lanesTitle;
    FailoverLanes *m_lanes;
};

} // namespace meseta::console
