#include "common/base/timer_queue.h"

#include <utility>

namespace meseta {

Clock::TimerId TimerQueue::add(Duration due, std::function<void()> callback)
{
    const Clock::TimerId id = m_nextId++;
    m_timers.emplace(std::pair(due, id), std::move(callback));
    m_dueById.emplace(id, due);
    return id;
}

void TimerQueue::remove(Clock::TimerId id)
{
    const auto found = m_dueById.find(id);
    if (found == m_dueById.end())
        return;
    m_timers.erase({found->second, id});
    m_dueById.erase(found);
}

std::optional<Duration> TimerQueue::next() const
{
    if (m_timers.empty())
        return std::nullopt;
    return m_timers.begin()->first.first;
}

std::function<void()> TimerQueue::takeDue(Duration now, Clock::TimerId before)
{
    // A timer set during this round is due no earlier than `now`, so only those of this very
    // instant are passed over.
    for (auto timer = m_timers.begin(); timer != m_timers.end() && timer->first.first <= now;
         ++timer) {
        if (timer->first.second >= before)
            continue;
        std::function<void()> callback = std::move(timer->second);
        m_dueById.erase(timer->first.second);
        m_timers.erase(timer);
        return callback;
    }
    return {};
}

} // namespace meseta
