#pragma once

#include <map>

#include "common/base/simulated_clock.h"

namespace meseta::simulation {

/// The clock as one process of the cluster has it: its timers die with it.
class NodeClock final : public Clock
{
public:
    explicit NodeClock(SimulatedClock &clock) : m_clock(clock) { }
    ~NodeClock() override;

    Duration sinceEpoch() const override { return m_clock.sinceEpoch(); }
    Duration monotonic() const override { return m_clock.monotonic(); }
    TimerId after(Duration delay, std::function<void()> callback) override;
    void cancel(TimerId id) override;

    std::size_t pendingTimers() const { return m_pending.size(); }

private:
    SimulatedClock &m_clock;
    std::map<TimerId, TimerId> m_pending; ///< own id to the clock's
    TimerId m_nextId = 1;
};

} // namespace meseta::simulation
