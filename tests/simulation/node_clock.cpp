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
    m_pending[own] = m_clock.after(delay, [this, own, run = std::move(callback)] {
        m_pending.erase(own);
        run(); // may end this process
    });
    return own;
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
