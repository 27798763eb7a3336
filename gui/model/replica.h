#pragma once

#include <array>
#include <limits>
#include <memory>
#include <optional>

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include "gui/model/row_store.h"
#include "gui/model/rows.h"
#include "gui/model/snapshot_reader.h"
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
    int frameworks = 0; ///< that have not ended
    int offers = 0;
    int runningTasks = 0;
    int waitingTasks = 0; ///< staging, starting, killing
    int finishedTasks = 0; ///< terminal, as far as they were seen or are remembered by the master
    int failedTasks = 0; ///< of these, failed, lost, errors and dropped
    int unreachableTasks = 0;
};

/// What operators have set for a role.
struct RoleSettings
{
    double weight = 1;
    QString guarantee;
    QString limit;
    Amounts guaranteed;
    std::optional<Amounts> limited; ///< below 0 of a kind: no limit of it
};

/// The console's copy of a cluster, fed by the events of a session and read by all pages. Holds no
/// widgets and calls no network. Changes are gathered and told once per flush, so that a storm of
/// events costs the views one update; one kind of rows is told in a frame. A snapshot that comes
/// after another is taken as what it changed.
class Replica : public QObject
{
    Q_OBJECT
public:
    explicit Replica(QObject *parent = nullptr);

    /// Longest time between a change and its `changed` signal. Zero: only `flush` tells.
    void setFlushInterval(std::chrono::milliseconds interval);

    void apply(const ::meseta::v1::Event &event);

    /// A snapshot piece by piece, for one that is large: begin, pieces in the reader's order, then
    /// end until it says that it is done (each call looks at so many rows at most, for those that
    /// the snapshot did not name). Nothing else may be applied in between, but any of it be shown.
    void beginSnapshot(const SnapshotHead &head);
    void takePiece(SnapshotPiece &&piece);
    bool endSnapshot(int mostRows = std::numeric_limits<int>::max());
    /// How far the snapshot that is being taken has come; nothing: none is.
    struct Loading
    {
        int tasks = 0;
        int ofTasks = 0;
    };
    const std::optional<Loading> &loading() const { return m_loading; }

    /// How many rows the master told of, at least, that are not held, since there are more than any
    /// cluster has: they are in no table and no sum.
    const LeftOut &leftOut() const { return m_leftOut; }

    /// Notes in the event log that the console lost or found the master.
    void noteConnection(bool connected, const QString &master, const QString &detail);
    void setRoleSettings(const QHash<QString, RoleSettings> &settings);
    void clear();
    void flush();
    /// The same, one kind of rows in a frame when much has changed. `flushed` is told before too:
    /// sums and counts do not wait for the rows.
    void flushInFrames();

    const RowStore<AgentRow> &agents() const { return m_agents; }
    const RowStore<OfferRow> &offers() const { return m_offers; }
    const RowStore<OfferFlowRow> &offerFlows() const { return m_flows; }
    const RowStore<FrameworkRow> &frameworks() const { return m_frameworks; }
    const RowStore<TaskRow> &tasks() const { return m_tasks; }
    const RowStore<RoleRow> &roles() const { return m_roles; }
    const RowStore<EventRow> &events() const { return m_events; }
    std::vector<const EventRow *> newestEvents(int most) const; ///< newest first
    const ClusterFigures &figures() const; ///< summed up when something has changed since

    QString clusterName() const { return m_clusterName; }
    QString masterText() const { return m_masterText; } ///< "host:port"
    QString masterVersion() const { return m_masterVersion; }
    QString masterId() const { return m_masterId; }

    /// Seconds since the epoch: the clock, or the moment that is shown of a recording.
    double now() const;
    void setNow(double secondsSinceEpoch) { m_shownTime = secondsSinceEpoch; } ///< 0: the clock

    /// All that it holds, to come back to; costs little, then for each row that changes.
    struct State;
    std::shared_ptr<const State> save() const;
    void restore(const State &state); ///< the next flush tells the difference

    static QString taskKey(const QString &frameworkId, const QString &taskId);

Q_SIGNALS:
    void agentsChanged(const meseta::console::RowChanges &changes);
    void offersChanged(const meseta::console::RowChanges &changes);
    void offerFlowsChanged(const meseta::console::RowChanges &changes);
    void frameworksChanged(const meseta::console::RowChanges &changes);
    void tasksChanged(const meseta::console::RowChanges &changes);
    void rolesChanged(const meseta::console::RowChanges &changes);
    void eventsChanged(const meseta::console::RowChanges &changes);
    void flushed(); ///< after those of one flush
    /// A task's state or message is news: told at once, for logs and notifications.
    void taskNews(const QString &taskKey);

private:
    void applyMesos(const mesos::v1::master::Event &event);
    void applySnapshot(const ::meseta::v1::Event::Subscribed &subscribed);
    void takeOffer(OfferRow &&row);
    void awaitAgents();
    bool sweepTask(int slot);
    template <typename Row> int put(RowStore<Row> &store, const QString &key, Row &&row, int &over);
    void settleAgent(const QString &id);

    int putAgent(AgentRow &&row, bool news);
    void removeAgent(const QString &id, int why);
    int putFramework(FrameworkRow &&row);
    void endFramework(const mesos::v1::FrameworkInfo &info);
    int putOffer(OfferRow &&row, bool news);
    void removeOffer(const ::meseta::v1::Event::OfferRemoved &removed);
    int putTask(TaskRow &&row);
    void updateTask(const QString &frameworkId, const mesos::v1::TaskStatus &status,
                    mesos::v1::TaskState state);
    void showProgress(const ::meseta::v1::Event::TaskProgress &progress);
    void markRemoved(const QString &key);
    void forgetOldTasks();
    void dropTask(const QString &key);

    void count(const TaskRow &task, int by);
    void countOn(const QString &agentId, const QString &frameworkId, int by);
    OfferFlowRow &flowOf(const OfferRow &offer);
    void buildRoles();
    EventRow &note(EventRow::Kind kind);
    void noteTask(EventRow::Kind kind, const TaskRow &task);
    void noteLeadership(const ::meseta::v1::Leadership &leadership);
    void noteReregistered(const ::meseta::v1::Event::Reregistered &back);
    void schedule();
    bool flushKind(int kind);
    void flushNext();
    QString frameworkName(const QString &id) const;

    RowStore<AgentRow> m_agents;
    RowStore<OfferRow> m_offers;
    RowStore<OfferFlowRow> m_flows;
    RowStore<FrameworkRow> m_frameworks;
    RowStore<TaskRow> m_tasks;
    RowStore<RoleRow> m_roles;
    RowStore<EventRow> m_events;
    QStringList m_removedTasks; ///< oldest first; bounded
    QStringList m_endedFrameworks; ///< oldest first; bounded

    /// Which rows, by slot, the snapshot that is being taken has named, and what of it is done.
    struct Seen
    {
        std::vector<bool> agents, frameworks, offers, tasks;
        int sweptKinds = 0; ///< of rows, in the order of `endSnapshot`
        int sweptSlots = 0; ///< of the kind that is being swept
    };
    Seen m_seen;
    std::optional<Loading> m_loading;
    LeftOut m_leftOut;

    /// What was there before a failover and is not back yet.
    struct Awaited
    {
        QSet<QString> agents;
        QSet<QString> frameworks;
        QHash<QString, QSet<QString>> tasks; ///< their keys, by agent
    };
    Awaited m_awaited;

    std::array<int, mesos::v1::TaskState_ARRAYSIZE> m_stateCounts{};
    QHash<QString, int> m_tasksOnAgent; ///< not over, by agent id
    QHash<QString, int> m_tasksOfFramework;
    QHash<QString, RoleSettings> m_roleSettings;
    qint64 m_firstEvent = 0; ///< the oldest in the log
    qint64 m_nextEvent = 0;
    double m_eventTime = 0; ///< of the event that is applied
    double m_shownTime = 0;

    /// What the tasks of a role that are not over hold together.
    struct RoleHold
    {
        int tasks = 0;
        Amounts amounts;
    };
    QHash<QString, RoleHold> m_roleHolds;
    mutable ClusterFigures m_figures;
    mutable bool m_figuresDirty = true;

    QString m_clusterName;
    QString m_masterText;
    QString m_masterVersion;
    QString m_masterId;
    ::meseta::v1::Leadership m_leadership; ///< as told last
    QTimer m_flush;
    std::chrono::milliseconds m_flushInterval;
    int m_nextKind = 0; ///< of rows to tell, in the flush under way
    bool m_untold = false; ///< something has changed since it began
    bool m_again = false; ///< another is wanted as soon as it is done
    QElapsedTimer m_rolesBuilt;
    bool m_rolesDirty = true;
};

} // namespace meseta::console
