#include "common/base/simulated_clock.h"

#include <algorithm>
#include <utility>

namespace meseta {

Clock::TimerId SimulatedClock::after(Duration delay, std::function<void()> callback)
{
    return m_timers.add(m_now + std::max(delay, Duration::zero()), std::move(callback));
}

void SimulatedClock::advance(Duration duration)
{
    const Duration target = m_now + duration;
    while (true) {
        const std::optional<Duration> next = m_timers.next();
        if (!next || *next > target)
            break;
        m_now = std::max(m_now, *next);
        if (const auto callback = m_timers.takeDue(m_now, m_timers.nextId()))
            callback();
    }
    m_now = std::max(m_now, target);
}

bool SimulatedClock::advanceToNext()
{
    const std::optional<Duration> next = m_timers.next();
    if (!next)
        return false;
    advance(std::max(*next - m_now, Duration::zero()));
    return true;
}

} // namespace meseta
