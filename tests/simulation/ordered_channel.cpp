#include "tests/simulation/ordered_channel.h"

namespace meseta::simulation {

void OrderedChannel::post(std::function<void()> arrive)
{
    m_underWay.push_back(std::move(arrive));
    schedule();
}

void OrderedChannel::schedule()
{
    const bool slow = !m_world.calm && m_world.chance(0.03);
    const Duration delay = slow ? m_world.between(0.01, 2) : m_world.between(0.0001, 0.004);
    const Duration now = m_world.clock.monotonic();
    m_last = std::max(m_last, now + delay);
    m_world.clock.after(m_last - now, [self = weak_from_this(), generation = m_generation] {
        if (const auto alive = self.lock())
            alive->arriveNext(generation);
    });
}

void OrderedChannel::arriveNext(std::uint64_t generation)
{
    if (generation != m_generation || m_underWay.empty())
        return;
    if (m_held) {
        ++m_due;
        return;
    }
    auto next = m_underWay.begin();
    if (m_underWay.size() > 1 && m_world.strikes(Fault::ReordersMessages, 0.3))
        ++next;
    const std::function<void()> arrive = std::move(*next);
    m_underWay.erase(next);
    arrive();
}

void OrderedChannel::cut()
{
    ++m_generation;
    m_underWay.clear();
    m_due = 0;
}

void OrderedChannel::release()
{
    m_held = false;
    for (; m_due > 0; --m_due)
        schedule();
}

} // namespace meseta::simulation
