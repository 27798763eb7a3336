#pragma once

#include <deque>

#include <QHash>
#include <QNetworkAccessManager>
#include <QObject>
#include <QSet>
#include <QTimer>

#include "gui/launch/launch_book.h"
#include "gui/launch/launch_fit.h"
#include "gui/model/look.h"
#include "gui/session/event_stream.h"
#include "gui/session/master_address.h"
#include "mesos/v1/scheduler/scheduler.pb.h"

namespace meseta::console {

/// Where the console's framework remembers its id between runs, by cluster.
class FrameworkMemory
{
public:
    virtual ~FrameworkMemory() = default;
    virtual QString frameworkId(const QString &cluster) const = 0;
    virtual void setFrameworkId(const QString &cluster, const QString &id) = 0;
    /// The file with what was launched on it; "": it is forgotten at the end.
    virtual QString bookPath(const QString &) const { return {}; }
};

/// The console as a scheduler: it subscribes with a framework of its own (checkpointed, a failover
/// timeout of a week, its id kept), so that what it launches outlives it. Idle, it suppresses
/// offers. Source: Mesos scheduler HTTP API.
class LaunchFramework : public QObject
{
    Q_OBJECT
public:
    explicit LaunchFramework(FrameworkMemory &memory, QObject *parent = nullptr);

    /// The master to use from now on. Subscribes at once when this cluster knows a framework of
    /// ours, else at the first launch.
    void setMaster(const MasterAddress &address);

    /// Waits for offers that fit, launches each instance on one. Gives the tasks' ids, by which
    /// `progress` tells what becomes of them.
    QStringList launch(const LaunchRequest &request);
    void
    cancel(const QString &taskId); ///< kills it, or forgets it when it still waits for an offer

    /// Whether that task was launched from here and what with is remembered.
    bool knows(const QString &taskId) const { return m_book.knows(taskId); }
    std::optional<LaunchRequest> requestFor(const QString &taskId) const
    {
        return m_book.find(taskId);
    }
    /// Launches what that task was, once more; false: it is not remembered.
    bool launchAgain(const QString &taskId);
    /// Its end was asked for and has not come yet.
    bool isEnding(const QString &taskId) const { return m_ending.contains(taskId); }
    /// Kills it, and launches it again once it has ended.
    void restart(const QString &taskId);

    QString frameworkId() const { return m_frameworkId; }
    bool isSubscribed() const { return m_subscribed; }

Q_SIGNALS:
    /// How a launch goes on; `ended` when nothing more will come.
    void progress(const QString &taskId, const QString &text, bool ended,
                  meseta::console::Tone tone);
    void launched(const QString &taskId, const QString &frameworkId);

private:
    struct Waiting
    {
        QString taskId;
        LaunchRequest request;
        std::shared_ptr<TakenValues> taken; ///< of the instances of one launch
        int tooSmall = 0; ///< offers seen that did not fit
    };

    void subscribe();
    mesos::v1::FrameworkInfo frameworkInfo() const;
    void joinRole(const QString &role);
    void handle(const std::string &record);
    void handleOffers(const mesos::v1::scheduler::Event::Offers &offers);
    void tell(const QString &taskId, const QString &text, Tone tone = Tone::Accent);
    void tellEnd(const QString &taskId, const QString &text, Tone tone);
    void handleUpdate(const mesos::v1::TaskStatus &status);
    void handleError(const QString &message);
    bool place(Waiting &waiting, const mesos::v1::Offer &offer);
    void decline(const std::vector<mesos::v1::OfferID> &ids, double seconds);
    void suppress();
    void revive();
    void lost(const QString &reason);
    mesos::v1::scheduler::Call makeCall(mesos::v1::scheduler::Call::Type type) const;
    void send(const mesos::v1::scheduler::Call &call,
              std::function<void(const QString &problem)> failed = {});

    FrameworkMemory &m_memory;
    QNetworkAccessManager m_streamNetwork;
    QNetworkAccessManager m_callNetwork;
    EventStream m_stream;
    QTimer m_retry;
    MasterAddress m_given;
    MasterAddress m_address;
    QString m_frameworkId;
    QByteArray m_streamId;
    QStringList m_roles{QStringLiteral("*")};
    bool m_wanted = false;
    bool m_subscribed = false;
    std::deque<Waiting> m_waiting;
    LaunchBook m_book;
    QSet<QString> m_ending; ///< tasks whose end was asked for
    QSet<QString> m_restarting; ///< tasks that are launched again when they have ended
    QHash<QString, std::string> m_agents; ///< of launched tasks, for KILL
};

} // namespace meseta::console
