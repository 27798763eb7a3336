#pragma once

#include <functional>
#include <map>
#include <optional>
#include <unordered_map>

#include "common/base/clock.h"

namespace meseta {

/// Timers in the order they are due; those of one instant in the order they were set. What both
/// clocks stand on.
class TimerQueue
{
public:
    Clock::TimerId add(Duration due, std::function<void()> callback);
    void remove(Clock::TimerId id);

    /// When the next timer is due.
    std::optional<Duration> next() const;

    /// Takes the first timer that is due at `now` and was set before the timer `before`; empty when
    /// there is none.
    std::function<void()> takeDue(Duration now, Clock::TimerId before);

    /// The id the next timer will get: timers set from now on are not `before` it.
    Clock::TimerId nextId() const { return m_nextId; }
    std::size_t size() const { return m_dueById.size(); }

private:
    std::map<std::pair<Duration, Clock::TimerId>, std::function<void()>> m_timers;
    std::unordered_map<Clock::TimerId, Duration> m_dueById;
    Clock::TimerId m_nextId = 1;
};

} // namespace meseta
