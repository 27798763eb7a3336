#include "common/base/patient_timers.h"

#include <utility>

namespace meseta {

PatientTimers::~PatientTimers()
{
    m_clock.cancel(m_beat);
    for (const auto &[own, id] : m_running)
        m_clock.cancel(id);
}

Clock::TimerId PatientTimers::after(Duration delay, std::function<void()> callback)
{
    watch();
    const Clock::TimerId own = m_next++;
    arm(own, delay, std::move(callback));
    return own;
}

void PatientTimers::cancel(Clock::TimerId own)
{
    if (const auto node = m_running.extract(own))
        m_clock.cancel(node.mapped());
}

void PatientTimers::look()
{
    const Duration now = m_clock.monotonic();
    if (now - m_seen > beat + nap)
        m_slept += now - m_seen;
    m_seen = now;
}

void PatientTimers::watch()
{
    if (m_beat != 0)
        return look();
    m_seen = m_clock.monotonic();
    m_beat = m_clock.after(beat, [this] {
        m_beat = 0;
        look();
        if (!m_running.empty())
            watch();
    });
}

void PatientTimers::arm(Clock::TimerId own, Duration delay, std::function<void()> callback)
{
    const Duration due = m_clock.monotonic() + delay;
    m_running[own] = m_clock.after(
        delay, [this, own, due, before = m_slept, run = std::move(callback)]() mutable {
            look();
            const Duration left = due + (m_slept - before) - m_clock.monotonic();
            if (m_slept > before && left > Duration::zero())
                return arm(own, left, std::move(run));
            m_running.erase(own);
            run(); // may end this
        });
}

} // namespace meseta
