#include "common/base/qt_clock.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace meseta {

QtClock::QtClock()
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { runDue(); });
}

Duration QtClock::sinceEpoch() const
{
    return std::chrono::system_clock::now().time_since_epoch();
}

Duration QtClock::monotonic() const
{
    return std::chrono::steady_clock::now().time_since_epoch();
}

Clock::TimerId QtClock::after(Duration delay, std::function<void()> callback)
{
    // A delay of centuries would overflow the sum; nobody waits that long.
    const Duration bounded =
        std::clamp(delay, Duration::zero(), Duration(std::chrono::hours(24 * 365 * 100)));
    const TimerId id = m_timers.add(monotonic() + bounded, std::move(callback));
    arm();
    return id;
}

void QtClock::cancel(TimerId id)
{
    m_timers.remove(id); // at worst the QTimer fires once for nothing
}

void QtClock::arm()
{
    const std::optional<Duration> next = m_timers.next();
    if (m_running || !next)
        return;
    if (m_armedFor >= Duration::zero() && m_armedFor <= *next)
        return;
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(
        std::max(*next - monotonic(), Duration::zero()));
    constexpr std::chrono::milliseconds longest(std::numeric_limits<int>::max());
    m_timer.start(std::min(wait, longest));
    m_armedFor = *next;
}

void QtClock::runDue()
{
    m_armedFor = Duration(-1);
    m_running = true;
    const Duration now = monotonic();
    const TimerId before = m_timers.nextId();
    while (const std::function<void()> callback = m_timers.takeDue(now, before))
        callback();
    m_running = false;
    arm();
}

} // namespace meseta
