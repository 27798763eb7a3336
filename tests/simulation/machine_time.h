#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "common/base/clock.h"

namespace meseta::simulation {

/// The time of one machine: its wall clock, which somebody sets now and then, and its sleep. While
/// a machine is suspended, or its processes are stopped, nothing in it happens; true time goes on,
/// and on waking everything is there at once that came due or arrived.
struct MachineTime
{
    Duration ahead{0}; ///< of the wall clock, beside the true time
    bool turnsMonotonic = false; ///< a planted bug: the clock that never goes back goes with it
    bool sleepsUnnoticed =
        false; ///< a planted bug: timers that are late do not see that time passed
    Duration stoodStill{0}; ///< a planted bug: for how long a clock did not go on in its sleep
    bool asleep = false;
    Duration asleepSince{0};

    /// In its sleep: happens on waking.
    void hold(std::function<void()> thing) { m_arrived.push_back(std::move(thing)); }
    void holdTimer(std::function<void()> timer) { m_timers.push_back(std::move(timer)); }
    /// What came due is done before what arrived, or after it.
    void wake(bool timersFirst);
    /// What the clock that never goes back shows at this true time.
    Duration monotonic(Duration now) const;

private:
    std::vector<std::function<void()>> m_timers, m_arrived;
    std::optional<Duration> m_pretended;
};

} // namespace meseta::simulation
