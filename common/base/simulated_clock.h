#pragma once

#include "common/base/timer_queue.h"

namespace meseta {

/// A clock for tests and simulations: it stands still until it is told to move, then runs what has
/// become due in order, each at its own instant. Everything is deterministic.
class SimulatedClock final : public Clock
{
public:
    /// `start` is what `sinceEpoch` tells first.
    explicit SimulatedClock(Duration start = std::chrono::seconds(1'700'000'000)) : m_start(start)
    { }

    Duration sinceEpoch() const override { return m_start + m_now; }
    Duration monotonic() const override { return m_now; }
    TimerId after(Duration delay, std::function<void()> callback) override;
    void cancel(TimerId id) override { m_timers.remove(id); }

    /// Moves on by `duration` and runs the timers that become due, also those set meanwhile.
    void advance(Duration duration);

    /// Runs what is due now, and what that asks for without delay, until nothing is left.
    void settle() { advance(Duration::zero()); }

    /// Moves to the next timer and runs it with those of the same instant. False when there is
    /// none.
    bool advanceToNext();

    std::size_t pendingTimers() const { return m_timers.size(); }

private:
    Duration m_start;
    Duration m_now{0};
    TimerQueue m_timers;
};

} // namespace meseta
