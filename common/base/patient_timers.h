#pragma once

#include <unordered_map>

#include "common/base/clock.h"

namespace meseta {

/// Timers for the silence of others: who did not answer or come back in time is given up when one
/// goes off. They do not count the time in which this process did not run itself, because its
/// machine was suspended or it was stopped: what others said then may still wait to be read.
/// While there are such timers the process looks every `beat` whether time passed unseen.
class PatientTimers
{
public:
    explicit PatientTimers(Clock &clock) : m_clock(clock) { }
    /// Cancels all of them.
    ~PatientTimers();
    PatientTimers(const PatientTimers &) = delete;
    PatientTimers &operator=(const PatientTimers &) = delete;

    /// As the clock's; the ids are these timers' own.
    Clock::TimerId after(Duration delay, std::function<void()> callback);
    void cancel(Clock::TimerId id);

    static constexpr Duration beat = std::chrono::seconds(2);
    /// A busy process is late for its beat by less.
    static constexpr Duration nap = std::chrono::seconds(3);

private:
    void look();
    void watch();
    void arm(Clock::TimerId own, Duration delay, std::function<void()> callback);

    Clock &m_clock;
    std::unordered_map<Clock::TimerId, Clock::TimerId> m_running; ///< own id to the clock's
    Clock::TimerId m_next = 1;
    Clock::TimerId m_beat = 0;
    Duration m_seen{0}; ///< when this process last ran, as far as is known
    Duration m_slept{0}; ///< in all
};

} // namespace meseta
