#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/result.h"

namespace meseta {

/// Lets work through evenly, at most so often: what comes too early waits its turn.
class RateLimiter
{
public:
    static constexpr std::size_t maxWaiting = 1024;

    /// `gap` is the least time between two; zero lets everything through.
    RateLimiter(Clock &clock, Duration gap) : m_clock(clock), m_gap(gap) { }
    ~RateLimiter();
    RateLimiter(const RateLimiter &) = delete;
    RateLimiter &operator=(const RateLimiter &) = delete;

    /// The gap of "2/1secs" (permits a duration); the empty text is no limit.
    static Result<Duration> gapOf(std::string_view text);

    /// Runs `work` now or in its turn. False, and never run, when `maxWaiting` wait already.
    bool submit(std::function<void()> work);

private:
    void arm();

    Clock &m_clock;
    Duration m_gap;
    std::optional<Duration> m_last;
    std::deque<std::function<void()>> m_waiting;
    Clock::TimerId m_timer = 0;
};

} // namespace meseta
