#pragma once

#include <QObject>

#include "gui/launch/launch_framework.h"
#include "gui/model/replica.h"
#include "gui/session/connection_profile.h"
#include "gui/session/event_file.h"
#include "gui/session/master_session.h"

namespace meseta::console {

class Playback;

/// One cluster that the console is connected to: the session with its master, the replica that the
/// session feeds, and the console's own framework on it. Windows look at it; it knows none of them.
class Cluster : public QObject
{
    Q_OBJECT
public:
    explicit Cluster(ConnectionProfile profile, QObject *parent = nullptr);
    ~Cluster() override;

    void open(const MasterAddress &address);
    void close();

    /// Shows a recording instead of a master; nothing can be done to it.
    void openRecording(std::unique_ptr<EventFile> file);
    Playback *playback() { return m_playback.get(); } ///< nullptr: it is live
    bool isRecording() const { return m_playback != nullptr; }
    EventRecorder &recorder() { return m_recorder; }

    MasterSession &session() { return m_session; }
    const MasterSession &session() const { return m_session; }
    Replica &replica() { return m_replica; }
    const Replica &replica() const { return m_replica; }
    LaunchFramework &launcher() { return m_launcher; }

    const ConnectionProfile &profile() const { return m_profile; }
    void setReadOnly(bool readOnly);
    bool isReadOnly() const { return m_profile.readOnly; }
    QString name() const; ///< of the cluster, else its address

    /// Weights and quotas, which no event tells: asked when a page that shows them is opened.
    void askRoleSettings();

    /// How often the leader was lost and found again, newest last.
    struct Failover
    {
        double lost = 0; ///< seconds since the epoch
        double found = 0; ///< 0: not yet
        QString from;
        QString to;
        QString reason;
        /// What the leader that was found told of its way back; not set by a stock master, nor when
        /// it had been leading before.
        std::optional<::meseta::v1::Leadership> leadership;
    };
    const ::meseta::v1::Leadership &leadership() const { return m_leadership; }
    const QList<Failover> &failovers() const { return m_failovers; }

Q_SIGNALS:
    void changed(); ///< state of the connection, name, read-only

private:
    class Memory;

    void take(Told &told);
    void take(::meseta::v1::Event &event);
    void noteState();
    void recordRoles(const ::meseta::v1::Event &roles);
    void noteLeadership(const ::meseta::v1::Leadership &leadership);

    ConnectionProfile m_profile;
    Replica m_replica;
    MasterSession m_session;
    std::unique_ptr<Memory> m_memory;
    LaunchFramework m_launcher;
    EventRecorder m_recorder;
    std::unique_ptr<Playback> m_playback;
    MasterSession::State m_lastState = MasterSession::State::Idle;
    QString m_lastMaster;
    double m_snapshotTime = 0; // of the one that is being taken
    std::string m_rolesRecorded; // what the recording was told last of weights and quotas
    ::meseta::v1::Event m_roles; // the same, with its time
    QList<Failover> m_failovers;
    ::meseta::v1::Leadership m_leadership;
};

} // namespace meseta::console
