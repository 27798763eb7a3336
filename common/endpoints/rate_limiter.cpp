#include "common/endpoints/rate_limiter.h"

#include <string>

#include "common/base/duration_text.h"

namespace meseta {

RateLimiter::~RateLimiter()
{
    m_clock.cancel(m_timer);
}

Result<Duration> RateLimiter::gapOf(std::string_view text)
{
    if (text.empty())
        return Duration::zero();
    const std::size_t slash = text.find('/');
    unsigned long permits = 0;
    for (const char c : text.substr(0, slash)) {
        if (c < '0' || c > '9' || permits > 1'000'000)
            return fail("the rate '" + std::string(text)
                        + "' must be <permits>/<duration>, like 2/1secs");
        permits = permits * 10 + unsigned(c - '0');
    }
    if (permits == 0 || slash == std::string_view::npos)
        return fail("the rate '" + std::string(text)
                    + "' must be <permits>/<duration>, like 2/1secs");
    const Result<Duration> duration = parseDuration(text.substr(slash + 1));
    if (!duration)
        return fail(duration.error().within("the rate '" + std::string(text) + "'"));
    return *duration / static_cast<std::int64_t>(permits);
}

bool RateLimiter::submit(std::function<void()> work)
{
    const Duration now = m_clock.monotonic();
    if (m_waiting.empty() && (!m_last || now - *m_last >= m_gap)) {
        m_last = now;
        work();
        return true;
    }
    if (m_waiting.size() >= maxWaiting)
        return false;
    m_waiting.push_back(std::move(work));
    arm();
    return true;
}

void RateLimiter::arm()
{
    if (m_timer || m_waiting.empty())
        return;
    m_timer = m_clock.after(*m_last + m_gap - m_clock.monotonic(), [this] {
        m_timer = 0;
        m_last = m_clock.monotonic();
        const std::function<void()> work = std::move(m_waiting.front());
        m_waiting.pop_front();
        arm();
        work();
    });
}

} // namespace meseta
