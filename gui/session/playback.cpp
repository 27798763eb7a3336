#include "gui/session/playback.h"

#include "gui/session/event_decoder.h"
#include "gui/session/role_record.h"

namespace meseta::console {

namespace {

constexpr int tickMs = 80;
constexpr std::size_t mostCheckpoints = 10;
constexpr std::size_t mostKeptTasks = 250000; // of all of them; 100,000 take 100 MB
constexpr int fewestBetween = 5000;
// How long the window may be busy with the way to a moment.
constexpr qint64 busyNs = 4'000'000;
constexpr quint32 largeEvent = 256 * 1024;
constexpr qint64 readAtOnce = 1024 * 1024;
constexpr std::size_t rowsAtOnce = 200;
constexpr int sweptAtOnce = 2000;

} // namespace

/// A snapshot on its way: it is read, then taken, then what it does not name is forgotten.
struct Playback::Snapshot
{
    std::string bytes;
    std::optional<SnapshotReader> reader;
    bool taken = false;
};

Playback::Playback(std::unique_ptr<EventFile> file, Replica &replica, QObject *parent)
    : QObject(parent), m_file(std::move(file)), m_replica(replica)
{
    m_replica.setFlushInterval(std::chrono::milliseconds(0));
    m_timer.setInterval(tickMs);
    connect(&m_more, &Turn::taken, this, &Playback::work);
    connect(&m_timer, &QTimer::timeout, this, &Playback::advance);
    m_replica.clear();
    m_checkpoints.push_back({0, m_replica.save()});
    m_position = begin();
    m_wanted = m_file->countUntil(m_position);
    m_more.start(); // whoever shows it is built first
}

Playback::~Playback() = default;

void Playback::seek(double time)
{
    m_position = std::clamp(time, begin(), end());
    m_wanted = m_file->countUntil(m_position);
    if (!m_more.isActive() || !m_begun)
        work();
    if (m_more.isActive())
        Q_EMIT moved();
}

void Playback::step(int events)
{
    const int to = std::clamp(m_wanted - 1 + events, 0, m_file->count() - 1);
    seek(m_file->time(to));
}

void Playback::work()
{
    m_begun = true;
    m_more.stop();
    QElapsedTimer busy;
    busy.start();
    if (m_wanted < m_applied + (m_snapshot ? 1 : 0))
        goBack();
    while (!isThere()) {
        if (m_snapshot)
            takeSnapshot();
        else
            applyNext();
        if (!isThere() && busy.nsecsElapsed() > busyNs)
            return m_more.start();
    }
    m_replica.setNow(m_position);
    m_replica.flushInFrames();
    Q_EMIT moved();
}

void Playback::goBack()
{
    const Checkpoint *nearest = &m_checkpoints.front();
    for (const Checkpoint &checkpoint : m_checkpoints) {
        if (checkpoint.count <= m_wanted)
            nearest = &checkpoint;
    }
    m_snapshot.reset();
    m_replica.restore(*nearest->state);
    m_applied = nearest->count;
}

void Playback::applyNext()
{
    if (m_file->length(m_applied) > largeEvent && m_file->isSnapshot(m_applied)) {
        m_snapshot = std::make_unique<Snapshot>();
        m_snapshot->bytes.reserve(m_file->length(m_applied));
        return;
    }
    const auto event = m_file->read(m_applied);
    if (!event)
        ++m_damaged;
    else if (const auto roles = rolesIn(*event))
        m_replica.setRoleSettings(roleSettings(*roles));
    else
        m_replica.apply(*event);
    applied();
}

/// One piece of it.
void Playback::takeSnapshot()
{
    Snapshot &snapshot = *m_snapshot;
    const auto length = static_cast<qint64>(m_file->length(m_applied));
    const auto have = static_cast<qint64>(snapshot.bytes.size());
    if (have < length) {
        const QByteArray part = m_file->bytes(m_applied, have, readAtOnce);
        snapshot.bytes.append(part.constData(), static_cast<std::size_t>(part.size()));
        if (!part.isEmpty())
            return;
        ++m_damaged;
        return applied();
    }
    if (!snapshot.reader) {
        const auto subscribed = snapshotIn(snapshot.bytes);
        auto reader = subscribed ? SnapshotReader::open(*subscribed) : fail("no snapshot");
        if (!reader) {
            ++m_damaged;
            return applied();
        }
        snapshot.reader = std::move(*reader);
        SnapshotHead head = snapshot.reader->head();
        head.time = m_file->time(m_applied);
        return m_replica.beginSnapshot(head);
    }
    if (!snapshot.taken) {
        auto piece = snapshot.reader->next(rowsAtOnce);
        if (piece && !piece->isEmpty())
            return m_replica.takePiece(std::move(*piece));
        m_damaged += piece ? 0 : 1;
        snapshot.taken = true;
    } else if (m_replica.endSnapshot(sweptAtOnce)) {
        applied();
    }
}

/// The event is taken. Where much has happened since the last, and after the first, its state is
/// kept to come back to.
void Playback::applied()
{
    m_snapshot.reset();
    ++m_applied;
    const int between =
        std::max(fewestBetween, m_file->count() / static_cast<int>(mostCheckpoints - 2));
    const int last = m_checkpoints.back().count;
    const bool due = last == 0 || m_applied >= last + between;
    const std::size_t kept =
        m_checkpoints.size() * static_cast<std::size_t>(m_replica.tasks().size());
    if (m_applied > last && due && m_checkpoints.size() < mostCheckpoints && kept < mostKeptTasks)
        m_checkpoints.push_back({m_applied, m_replica.save()});
}

void Playback::setPlaying(bool playing)
{
    if (playing == isPlaying())
        return;
    if (playing) {
        if (m_position >= end())
            seek(begin());
        m_clock.start();
        m_timer.start();
    } else {
        m_timer.stop();
    }
    Q_EMIT playingChanged();
}

void Playback::advance()
{
    if (isSeeking())
        return; // it is played as fast as it can be shown
    seek(m_position + static_cast<double>(m_clock.restart()) / 1000 * m_speed);
    if (m_position >= end())
        setPlaying(false);
}

} // namespace meseta::console
