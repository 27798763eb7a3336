#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "tests/simulation/world.h"

namespace meseta::simulation {

/// One direction of a connection, as TCP has it: what is posted arrives later, in order and at most
/// once. When it is cut, what is under way is lost. While it is held nothing arrives.
class OrderedChannel : public std::enable_shared_from_this<OrderedChannel>
{
public:
    explicit OrderedChannel(World &world) : m_world(world) { }

    void post(std::function<void()> arrive);
    void cut();
    void hold() { m_held = true; }
    void release();
    bool empty() const { return m_underWay.empty(); }

private:
    void arriveNext(std::uint64_t generation);
    void schedule();

    World &m_world;
    std::deque<std::function<void()>> m_underWay;
    Duration m_last{0}; ///< when the last one is due
    std::size_t m_due = 0; ///< that became due while it was held
    std::uint64_t m_generation = 0; ///< counts the cuts
    bool m_held = false;
};

} // namespace meseta::simulation
