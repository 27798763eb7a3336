#include "daemons/agent/containerizer/docker/removal_queue.h"

#include "daemons/agent/containerizer/docker/engine.h"

namespace meseta::agent {

using std::chrono::milliseconds;

DockerRemovalQueue::DockerRemovalQueue(DockerEngine &engine, Duration delay, QObject *parent)
    : QObject(parent), m_engine(engine), m_delay(delay)
{
    m_clock.start();
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &DockerRemovalQueue::removeDue);
}

void DockerRemovalQueue::add(const QString &dockerId, bool atOnce)
{
    if (atOnce) {
        remove(dockerId);
        return;
    }
    m_entries.push_back({dockerId, now() + std::chrono::ceil<milliseconds>(m_delay)});
    removeDue();
}

void DockerRemovalQueue::removeDue()
{
    while (!m_entries.empty() && (m_entries.front().due <= now() || m_entries.size() > maxKept)) {
        remove(m_entries.front().dockerId);
        m_entries.pop_front();
    }
    if (!m_entries.empty())
        m_timer.start(std::clamp(m_entries.front().due - now(), milliseconds(1),
                                 milliseconds(std::chrono::hours(24))));
}

void DockerRemovalQueue::remove(const QString &dockerId)
{
    m_engine.call("DELETE", "/containers/" + dockerId.toLatin1() + "?v=1&force=1", {},
                  [](Result<DockerReply>) {});
}

} // namespace meseta::agent
