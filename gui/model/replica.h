#pragma once

#include <QObject>
#include <QTimer>

#include "gui/model/row_store.h"
#include "gui/model/rows.h"
#include "meseta/v1/meseta.pb.h"
#include "mesos/v1/master/master.pb.h"

namespace meseta::console {

/// Sums over a cluster, for the overview.
struct ClusterFigures
{
    Amounts total;
    Amounts allocated;
    Amounts offered;
    int agents = 0;
    int activeAgents = 0;
    int frameworks = 0;
    int offers = 0;
    int runningTasks = 0;
    int waitingTasks = 0; ///< staging, starting, killing
    int finishedTasks = 0; ///< terminal, as far as they were seen or are remembered by the master
    int failedTasks = 0; ///< of these, failed, lost, errors and dropped
};

/// The console's copy of a cluster, fed by the events of a session and read by all pages. Holds no
/// widgets and calls no network. Changes are gathered and told once per flush, so that a storm of
/// events costs the views one update.
class Replica : public QObject
{
    Q_OBJECT
public:
    explicit Replica(QObject *parent = nullptr);

    /// Longest time between a change and its `changed` signal. Zero: only `flush` tells.
    void setFlushInterval(std::chrono::milliseconds interval);

    void apply(const ::meseta::v1::Event &event);
    void clear();
    void flush();

    const RowStore<AgentRow> &agents() const { return m_agents; }
    const RowStore<OfferRow> &offers() const { return m_offers; }
    const RowStore<FrameworkRow> &frameworks() const { return m_frameworks; }
    const RowStore<TaskRow> &tasks() const { return m_tasks; }
    ClusterFigures figures() const;

    QString clusterName() const { return m_clusterName; }
    QString masterText() const { return m_masterText; } ///< "host:port, version"

    static QString taskKey(const QString &frameworkId, const QString &taskId);

Q_SIGNALS:
    void agentsChanged(const meseta::console::RowChanges &changes);
    void offersChanged(const meseta::console::RowChanges &changes);
    void frameworksChanged(const meseta::console::RowChanges &changes);
    void tasksChanged(const meseta::console::RowChanges &changes);
    void flushed(); ///< after those of one flush
    /// A task's state or message is news: told at once, for logs and notifications.
    void taskNews(const QString &taskKey);

private:
    void applyMesos(const mesos::v1::master::Event &event);
    void applySnapshot(const ::meseta::v1::Event::Subscribed &subscribed);
    void mergeState(const mesos::v1::master::Response::GetState &state);
    void putAgent(const mesos::v1::master::Response::GetAgents::Agent &agent);
    void putFramework(const mesos::v1::master::Response::GetFrameworks::Framework &framework);
    void putOffer(const mesos::v1::Offer &offer, double time);
    void putTask(const mesos::v1::Task &task, bool removed);
    void updateTask(const QString &frameworkId, const mesos::v1::TaskStatus &status,
                    mesos::v1::TaskState state);
    void showProgress(const ::meseta::v1::Event::TaskProgress &progress);
    void markRemoved(const QString &key);
    void forgetOldTasks();
    void schedule();

    RowStore<AgentRow> m_agents;
    RowStore<OfferRow> m_offers;
    RowStore<FrameworkRow> m_frameworks;
    RowStore<TaskRow> m_tasks;
    QStringList m_removedTasks; ///< oldest first; bounded
    QString frameworkName(const QString &id) const;

    QHash<QString, QString> m_endedFrameworks; ///< names by id, of frameworks that are no more
    QString m_clusterName;
    QString m_masterText;
    QTimer m_flush;
};

} // namespace meseta::console
