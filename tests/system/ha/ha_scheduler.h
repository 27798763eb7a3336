#pragma once

#include <QElapsedTimer>
#include <QJsonArray>
#include <QMap>
#include <QSet>
#include <QTimer>

#include "common/base/qt_clock.h"
#include "common/http/client.h"
#include "common/zookeeper/detector.h"
#include "common/zookeeper/session.h"
#include "tests/system/support/event_stream.h"

namespace meseta::test {

/// A scheduler that never gives up: it finds the leader in ZooKeeper, subscribes again with its id,
/// reconciles, and goes on launching short tasks. It keeps account of everything it was told, and
/// notes each broken promise.
class HaScheduler : public QObject
{
    Q_OBJECT
public:
    /// Each task writes its id as a line into `startsFile` when it starts.
    HaScheduler(const QString &zkUrl, const QString &startsFile);

    /// Launches tasks that stay; they must never be told in another state than TASK_RUNNING.
    void launchLasting(int count) { m_lastingWanted += count; }
    /// Keeps about this many short tasks going; 0 ends it.
    void keepGoing(int count);
    /// Subscribes from now on with another connection, as another process of the framework would.
    void failOver() { drop(true); }

    bool isSubscribed() const { return m_subscribed; }
    int lastingRunning() const;
    /// Lasting tasks whose agent the master has lost sight of; they run on.
    int lastingUnreachable() const;
    int finished() const { return m_finished; }
    int launched() const { return m_launched; }
    /// When a launch was last answered 202 (milliseconds of `now`), and by the master at which
    /// port.
    qint64 lastAccepted() const { return m_lastAccepted; }
    quint16 lastAcceptedBy() const { return m_lastAcceptedBy; }
    qint64 now() const { return m_time.elapsed(); }
    /// Tasks that may yet come to an end.
    int open() const { return static_cast<int>(m_open.size()); }

    /// The leader is about to die: what was acknowledged some time ago has reached the agents.
    void leaderIsAboutToDie();

    /// Broken promises, in words; also compares with the lines of the file.
    QStringList violations() const;

private:
    struct Task
    {
        bool lasting = false;
        QString agent;
        QString state; ///< the last told
        bool everRan = false;
        qint64 since = 0; ///< when it was sent
    };

    void follow();
    void subscribe();
    void drop(bool again);
    void onRecord(const QJsonObject &record);
    void onUpdate(const QJsonObject &status);
    void useOffers();
    void reconcile();
    void call(QJsonObject body, std::function<void(int status)> done = {});
    void note(const QString &violation) { m_violations += violation; }

    QtClock m_clock;
    zookeeper::Session m_session;
    zookeeper::Detector m_detector;
    QString m_startsFile;
    QElapsedTimer m_time;
    QString m_id;
    QString m_host;
    quint16 m_port = 0;
    http::Client m_client;
    std::unique_ptr<EventStream> m_stream;
    QTimer m_retry;
    QTimer m_reconcile;
    bool m_subscribed = false;
    QList<QJsonObject> m_offers;
    QMap<QString, Task> m_tasks;
    QSet<QString> m_open; ///< ids of short tasks without an end
    int m_lastingWanted = 0;
    int m_goal = 0;
    int m_next = 0;
    int m_launched = 0;
    int m_finished = 0;
    qint64 m_lastAccepted = 0;
    quint16 m_lastAcceptedBy = 0;
    QMap<QString, qint64> m_acknowledged; ///< by uuid: when the master took it
    QSet<QString> m_settled; ///< acknowledged for good: may not come again
    QStringList m_violations;
};

} // namespace meseta::test
