#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace meseta {

using Duration = std::chrono::nanoseconds;

/// Time, as the deterministic cores see it. The daemons run on QtClock; tests on SimulatedClock,
/// which only moves when told to. Callbacks run on the thread that owns the clock, never from
/// inside `after`.
class Clock
{
public:
    using TimerId = std::uint64_t; // never 0

    virtual ~Clock() = default;

    /// Wall clock, since the Unix epoch.
    virtual Duration sinceEpoch() const = 0;

    /// A clock that never goes back, from an arbitrary start.
    virtual Duration monotonic() const = 0;

    /// Calls `callback` once, `delay` from now (at the next turn when zero or negative).
    virtual TimerId after(Duration delay, std::function<void()> callback) = 0;

    /// Forgets a timer. Unknown, fired and zero ids are ignored.
    virtual void cancel(TimerId id) = 0;

    /// `sinceEpoch` in seconds, as the Mesos messages tell times.
    double seconds() const { return std::chrono::duration<double>(sinceEpoch()).count(); }
};

} // namespace meseta
