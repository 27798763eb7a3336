#pragma once

#include <map>

#include "common/base/simulated_clock.h"
#include "tests/simulation/wall_time.h"

namespace meseta::simulation {

/// The clock as one process of the cluster has it: its timers die with it, and its wall clock is
/// that of its machine.
class NodeClock final : public Clock
{
public:
    explicit NodeClock(SimulatedClock &clock, const WallTime *wall = nullptr)
        : m_clock(clock), m_wall(wall)
    { }
    ~NodeClock() override;

    Duration sinceEpoch() const override
    {
        return m_clock.sinceEpoch() + (m_wall ? m_wall->ahead : Duration::zero());
    }
    Duration monotonic() const override
    {
        const bool turned = m_wall && m_wall->turnsMonotonic;
        return m_clock.monotonic() + (turned ? m_wall->ahead : Duration::zero());
    }
    TimerId after(Duration delay, std::function<void()> callback) override;
    void cancel(TimerId id) override;

    std::size_t pendingTimers() const { return m_pending.size(); }

private:
    SimulatedClock &m_clock;
    const WallTime *m_wall;
    std::map<TimerId, TimerId> m_pending; ///< own id to the clock's
    TimerId m_nextId = 1;
};

} // namespace meseta::simulation
