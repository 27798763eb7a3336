#include "tests/simulation/node_clock.h"

namespace meseta::simulation {

NodeClock::~NodeClock()
{
    for (const auto &[own, id] : m_pending)
        m_clock.cancel(id);
}

Clock::TimerId NodeClock::after(Duration delay, std::function<void()> callback)
{
    const TimerId own = m_nextId++;
    m_pending[own] = m_clock.after(
        delay, [this, own, run = std::move(callback)]() mutable { due(own, std::move(run)); });
    return own;
}

void NodeClock::due(TimerId own, std::function<void()> run)
{
    if (!m_time || !m_time->asleep) {
        m_pending.erase(own);
        return run(); // may end this process
    }
    m_time->holdTimer([this, own, run, alive = std::weak_ptr(m_alive)] {
        if (!alive.expired() && m_pending.erase(own) > 0)
            run();
    });
}

void NodeClock::cancel(TimerId id)
{
    const auto at = m_pending.find(id);
    if (at == m_pending.end())
        return;
    m_clock.cancel(at->second);
    m_pending.erase(at);
}

} // namespace meseta::simulation
