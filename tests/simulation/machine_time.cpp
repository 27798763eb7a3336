#include "tests/simulation/machine_time.h"

#include <utility>

namespace meseta::simulation {

void MachineTime::wake(bool timersFirst)
{
    asleep = false;
    const auto timers = std::exchange(m_timers, {});
    const auto arrived = std::exchange(m_arrived, {});
    const auto runTimers = [&] {
        if (sleepsUnnoticed)
            m_pretended = asleepSince;
        for (const auto &timer : timers)
            timer();
        m_pretended.reset();
    };
    if (timersFirst)
        runTimers();
    for (const auto &thing : arrived)
        thing();
    if (!timersFirst)
        runTimers();
}

Duration MachineTime::monotonic(Duration now) const
{
    if (m_pretended)
        return *m_pretended;
    return now - stoodStill + (turnsMonotonic ? ahead : Duration::zero());
}

} // namespace meseta::simulation
