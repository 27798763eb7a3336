#pragma once

#include <memory>
#include <unordered_map>

#include "common/base/simulated_clock.h"
#include "tests/simulation/machine_time.h"

namespace meseta::simulation {

/// The clock as one process of the cluster has it: its timers die with it, its wall clock is that
/// of its machine, and so is its sleep.
class NodeClock final : public Clock
{
public:
    explicit NodeClock(SimulatedClock &clock, MachineTime *time = nullptr)
        : m_clock(clock), m_time(time)
    { }
    ~NodeClock() override;

    Duration sinceEpoch() const override
    {
        return m_clock.sinceEpoch() + (m_time ? m_time->ahead : Duration::zero());
    }
    Duration monotonic() const override
    {
        return m_time ? m_time->monotonic(m_clock.monotonic()) : m_clock.monotonic();
    }
    TimerId after(Duration delay, std::function<void()> callback) override;
    void cancel(TimerId id) override;

    std::size_t pendingTimers() const { return m_pending.size(); }

private:
    void due(TimerId own, std::function<void()> run);

    SimulatedClock &m_clock;
    MachineTime *m_time;
    std::unordered_map<TimerId, TimerId> m_pending; ///< own id to the clock's
    TimerId m_nextId = 1;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace meseta::simulation
