#include "daemons/agent/containerizer/child_reaper.h"

#include <sys/wait.h>

namespace meseta::agent {

namespace {

/// The wait status; nothing while the child still runs. A child somebody else waited for counts as
/// exit 0.
std::optional<int> poll(pid_t pid)
{
    int status = 0;
    const pid_t result = ::waitpid(pid, &status, WNOHANG);
    if (result == 0)
        return std::nullopt;
    return result == pid ? status : 0;
}

} // namespace

ChildReaper::ChildReaper()
{
    m_timer.setInterval(5);
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { look(); });
}

void ChildReaper::reap(pid_t pid, std::function<void(int)> done)
{
    if (const auto status = poll(pid)) {
        done(*status);
        return;
    }
    m_children.push_back({pid, std::move(done)});
    m_timer.start();
}

void ChildReaper::look()
{
    for (auto child = m_children.begin(); child != m_children.end();) {
        const auto status = poll(child->pid);
        if (!status) {
            ++child;
            continue;
        }
        const auto done = std::move(child->done);
        child = m_children.erase(child);
        done(*status);
    }
    if (m_children.empty())
        m_timer.stop();
}

} // namespace meseta::agent
