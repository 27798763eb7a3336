#include "gui/session/cluster.h"

#include <QDateTime>
#include <QSettings>
#include <QStandardPaths>
#include <QUrl>

#include "gui/session/playback.h"
#include "gui/session/role_record.h"

namespace meseta::console {

namespace {

constexpr qsizetype keptFailovers = 100;

double now()
{
    return static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000;
}

} // namespace

/// The framework's id lives in the settings, one a cluster.
class Cluster::Memory : public FrameworkMemory
{
public:
    explicit Memory(const ConnectionProfile &profile) : m_profile(profile) { }

    // By what the person connects to, whichever master leads: the framework moves with the leader.
    QString frameworkId(const QString &) const override
    {
        return m_settings.value(key()).toString();
    }
    void setFrameworkId(const QString &, const QString &id) override
    {
        if (id.isEmpty())
            m_settings.remove(key());
        else
            m_settings.setValue(key(), id);
    }
    QString bookPath(const QString &) const override
    {
        return QStandardPaths::writableLocation(QStandardPaths::AppDataLocation)
            + QStringLiteral("/launches/") + key().section(QLatin1Char('/'), 1)
            + QStringLiteral(".json");
    }

private:
    QString key() const
    {
        const QByteArray plain = QUrl::toPercentEncoding(m_profile.address, ":,");
        return QStringLiteral("frameworks/") + QString::fromLatin1(plain);
    }

    const ConnectionProfile &m_profile;
    QSettings m_settings;
};

Cluster::Cluster(ConnectionProfile profile, QObject *parent)
    : QObject(parent)
    , m_profile(std::move(profile))
    , m_memory(std::make_unique<Memory>(m_profile))
    , m_launcher(*m_memory)
{
    connect(&m_session, &MasterSession::told, this, qOverload<Told &>(&Cluster::take));
    connect(&m_recorder, &EventRecorder::snapshotWanted, &m_session, &MasterSession::refresh);
    const QSettings settings;
    m_recorder.setMaxBytes(settings.value(QStringLiteral("recording/megabytes"), 64).toLongLong()
                           * 1024 * 1024);
    connect(&m_session, &MasterSession::stateChanged, this, &Cluster::noteState);
    connect(&m_replica, &Replica::flushed, this, [this, last = QString()]() mutable {
        if (last != m_replica.clusterName()) {
            last = m_replica.clusterName();
            Q_EMIT changed();
        }
    });
}

Cluster::~Cluster() = default;

void Cluster::open(const MasterAddress &address)
{
    m_replica.clear();
    m_failovers.clear();
    m_lastMaster.clear();
    m_rolesRecorded.clear();
    m_profile.address = address.text();
    m_session.connectTo(address);
    if (address.ensemble.isEmpty())
        m_launcher.setMaster(address); // else when a leader is found
    Q_EMIT changed();
}

void Cluster::openRecording(std::unique_ptr<EventFile> file)
{
    m_profile.address = file->path();
    m_profile.readOnly = true;
    m_playback = std::make_unique<Playback>(std::move(file), m_replica);
    Q_EMIT changed();
}

void Cluster::noteLeadership(const ::meseta::v1::Leadership &leadership)
{
    constexpr double clocksApart = 2; // the master's and ours, seconds
    m_leadership = leadership;
    if (!m_failovers.isEmpty() && leadership.has_elected_time()
        && leadership.elected_time() > m_failovers.last().lost - clocksApart)
        m_failovers.last().leadership = leadership;
    Q_EMIT changed();
}

/// What has no time gets one here, so that the recording and what is shown agree.
void Cluster::take(::meseta::v1::Event &event)
{
    if (!event.has_time())
        event.set_time(now());
    if (event.type() == ::meseta::v1::Event::LEADERSHIP)
        noteLeadership(event.leadership());
    m_recorder.record(event);
    m_replica.apply(event);
}

void Cluster::take(Told &told)
{
    if (auto *event = std::get_if<::meseta::v1::Event>(&told.what))
        return take(*event);
    if (auto *head = std::get_if<SnapshotHead>(&told.what)) {
        if (head->time <= 0)
            head->time = now();
        m_snapshotTime = head->time;
        noteLeadership(head->leadership);
        m_replica.beginSnapshot(*head);
    } else if (auto *piece = std::get_if<SnapshotPiece>(&told.what)) {
        m_replica.takePiece(std::move(*piece));
    } else if (auto *end = std::get_if<SnapshotEnd>(&told.what)) {
        constexpr int sweptAtOnce = 2000;
        told.again = !m_replica.endSnapshot(sweptAtOnce);
        if (told.again)
            return;
        m_recorder.recordSnapshot(std::move(end->record), m_snapshotTime);
        if (!m_rolesRecorded.empty()) {
            m_roles.set_time(m_snapshotTime);
            m_recorder.record(m_roles);
        }
    }
}

void Cluster::close()
{
    m_recorder.stop();
    m_session.disconnectFromMaster();
    Q_EMIT changed();
}

void Cluster::setReadOnly(bool readOnly)
{
    m_profile.readOnly = readOnly;
    Q_EMIT changed();
}

QString Cluster::name() const
{
    const QString shown =
        m_replica.clusterName().isEmpty() ? m_profile.address : m_replica.clusterName();
    return m_playback ? tr("%1 (recording)").arg(shown) : shown;
}

void Cluster::noteState()
{
    using State = MasterSession::State;
    const State state = m_session.state();
    if (state == m_lastState)
        return Q_EMIT changed();
    const QString master = m_session.address().text();
    if (state == State::Waiting && m_lastState == State::Live) {
        m_replica.noteConnection(false, m_lastMaster, m_session.problem());
        m_failovers.append({now(), 0, m_lastMaster, {}, m_session.problem()});
        if (m_failovers.size() > keptFailovers)
            m_failovers.removeFirst();
    }
    if (state == State::Live) {
        m_replica.noteConnection(true, master, {});
        if (!m_failovers.isEmpty() && m_failovers.last().found == 0) {
            m_failovers.last().found = now();
            m_failovers.last().to = master;
        }
        if (!m_session.address().ensemble.isEmpty() && master != m_lastMaster)
            m_launcher.setMaster(m_session.address());
        m_lastMaster = master;
        askRoleSettings();
    }
    m_lastState = state;
    Q_EMIT changed();
}

void Cluster::askRoleSettings()
{
    if (m_session.state() != MasterSession::State::Live)
        return;
    mesos::v1::master::Call roles;
    roles.set_type(mesos::v1::master::Call::GET_ROLES);
    m_session.call(roles, [this](Result<mesos::v1::master::Response> answer) {
        if (!answer)
            return;
        mesos::v1::master::Call quota;
        quota.set_type(mesos::v1::master::Call::GET_QUOTA);
        m_session.call(quota,
                       [this, told = *answer](Result<mesos::v1::master::Response> more) mutable {
                           if (more)
                               *told.mutable_get_quota() = more->get_quota();
                           m_replica.setRoleSettings(roleSettings(told));
                           recordRoles(roleRecord(told));
                       });
    });
}

/// What has changed is news for the recording; a file that begins anew begins with the whole.
void Cluster::recordRoles(const ::meseta::v1::Event &roles)
{
    std::string bytes = roles.SerializeAsString();
    if (bytes == m_rolesRecorded)
        return;
    m_rolesRecorded = std::move(bytes);
    m_roles = roles;
    m_roles.set_time(now());
    m_recorder.record(m_roles);
}

} // namespace meseta::console
