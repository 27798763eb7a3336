#include "gui/session/playback.h"

namespace meseta::console {

namespace {

constexpr int tickMs = 80;
constexpr std::size_t mostCheckpoints = 8; // a large cluster takes 100 MB each
constexpr int fewestBetween = 5000;

} // namespace

Playback::Playback(std::unique_ptr<EventFile> file, Replica &replica, QObject *parent)
    : QObject(parent), m_file(std::move(file)), m_replica(replica)
{
    m_replica.setFlushInterval(std::chrono::milliseconds(0));
    m_timer.setInterval(tickMs);
    connect(&m_timer, &QTimer::timeout, this, &Playback::advance);
    m_replica.clear();
    seek(begin());
}

Playback::~Playback() = default;

void Playback::seek(double time)
{
    m_position = std::clamp(time, begin(), end());
    applyUntil(m_file->countUntil(m_position));
    m_replica.setNow(m_position);
    m_replica.flush();
    Q_EMIT moved();
}

void Playback::step(int events)
{
    const int to = std::clamp(m_applied - 1 + events, 0, m_file->count() - 1);
    seek(m_file->time(to));
}

void Playback::applyUntil(int count)
{
    if (count < m_applied) {
        const Checkpoint *nearest = nullptr;
        for (const Checkpoint &checkpoint : m_checkpoints) {
            if (checkpoint.count <= count)
                nearest = &checkpoint;
        }
        if (nearest) {
            m_replica.restore(*nearest->state);
            m_applied = nearest->count;
        } else {
            m_replica.clear();
            m_applied = 0;
        }
    }
    const int between =
        std::max(fewestBetween, m_file->count() / static_cast<int>(mostCheckpoints));
    for (; m_applied < count; ++m_applied) {
        const int last = m_checkpoints.empty() ? 0 : m_checkpoints.back().count;
        if (m_applied >= last + between && m_checkpoints.size() < mostCheckpoints)
            m_checkpoints.push_back({m_applied, m_replica.save()});
        if (const auto event = m_file->read(m_applied))
            m_replica.apply(*event);
    }
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
    seek(m_position + static_cast<double>(m_clock.restart()) / 1000 * m_speed);
    if (m_position >= end())
        setPlaying(false);
}

} // namespace meseta::console
