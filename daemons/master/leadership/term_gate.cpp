#include "daemons/master/leadership/term_gate.h"

#include <unordered_map>

namespace meseta::master {

bool TermGate::pass(std::function<void()> thing)
{
    if (m_closed)
        return false;
    if (m_held.empty() && !m_releasing && m_acts()) {
        thing(); // may close this
        return true;
    }
    if (m_held.size() >= maxHeld)
        return false;
    m_held.push_back(std::move(thing));
    return true;
}

void TermGate::release()
{
    if (m_releasing)
        return;
    m_releasing = true;
    const std::weak_ptr<bool> alive = m_alive;
    while (!alive.expired() && !m_closed && !m_held.empty() && m_acts()) {
        const std::function<void()> thing = std::move(m_held.front());
        m_held.pop_front();
        thing();
    }
    if (!alive.expired())
        m_releasing = false;
}

void TermGate::close()
{
    m_closed = true;
    m_held.clear();
}

struct TermClock::Timers
{
    std::unordered_map<TimerId, TimerId> running; ///< own number to the clock's
    std::unordered_map<TimerId, std::function<void()>> due; ///< went off in a pause
    TimerId next = 1;

    void fire(TimerId own)
    {
        if (const auto node = due.extract(own))
            node.mapped()();
    }
};

TermClock::TermClock(Clock &clock, TermGate &gate)
    : m_clock(clock), m_gate(gate), m_timers(std::make_shared<Timers>())
{ }

TermClock::~TermClock()
{
    for (const auto &[own, id] : m_timers->running)
        m_clock.cancel(id);
}

Clock::TimerId TermClock::after(Duration delay, std::function<void()> callback)
{
    const TimerId own = m_timers->next++;
    m_timers->running[own] =
        m_clock.after(delay, [this, own, callback = std::move(callback)]() mutable {
            m_timers->running.erase(own);
            m_timers->due.emplace(own, std::move(callback));
            const auto fire = [timers = std::weak_ptr(m_timers), own] {
                if (const auto alive = timers.lock())
                    alive->fire(own);
            };
            if (const auto timers = m_timers; !m_gate.pass(fire))
                timers->due.erase(own);
        });
    return own;
}

void TermClock::cancel(TimerId id)
{
    if (const auto node = m_timers->running.extract(id))
        m_clock.cancel(node.mapped());
    m_timers->due.erase(id);
}

} // namespace meseta::master
