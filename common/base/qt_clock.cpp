#include "common/base/qt_clock.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
#include <utility>

namespace meseta {

QtClock::QtClock()
    : m_timer(::timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC))
    , m_fired(m_timer, QSocketNotifier::Read)
{
    if (m_timer < 0)
        qFatal("cannot make a timer: %s", std::strerror(errno));
    QObject::connect(&m_fired, &QSocketNotifier::activated, &m_fired, [this] {
        std::uint64_t times = 0;
        if (::read(m_timer, &times, sizeof times) > 0) // else it was set anew meanwhile
            runDue();
    });
}

QtClock::~QtClock()
{
    m_fired.setEnabled(false);
    ::close(m_timer);
}

Duration QtClock::sinceEpoch() const
{
    return std::chrono::system_clock::now().time_since_epoch();
}

Duration QtClock::monotonic() const
{
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return std::chrono::seconds(now.tv_sec) + Duration(now.tv_nsec);
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
    const auto seconds = std::chrono::floor<std::chrono::seconds>(*next);
    itimerspec when{};
    when.it_value.tv_sec = seconds.count();
    when.it_value.tv_nsec = std::max<Duration::rep>((*next - seconds).count(), 1); // 0: never
    ::timerfd_settime(m_timer, TFD_TIMER_ABSTIME, &when, nullptr);
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
