#pragma once

#include <cstdint>
#include <queue>
#include <unordered_map>
#include <vector>

#include "common/base/clock.h"
#include "common/resources/resources.h"

namespace meseta::master {

/// What a framework refused of one agent in one role, and until when.
struct OfferFilter
{
    Resources refused; ///< without allocation
    Duration expires{0}; ///< on the monotonic clock
    bool pacing =
        false; ///< refused for 0 s: only keeps the same offer from going round in a circle
};

/// The filters of a candidate, by number of the agent. An offer is filtered when what was refused
/// contains it.
class CandidateFilters
{
public:
    /// At most this many filters for one agent; the one that ends first gives way.
    static constexpr std::size_t maximumPerAgent = 16;

    void add(std::uint64_t agent, OfferFilter filter);
    /// The filter that keeps this offer from being made, or null.
    const OfferFilter *matching(std::uint64_t agent, const Resources &offer) const;
    /// Whether one of the agent's filters was to end by now; those are forgotten.
    bool expire(std::uint64_t agent, Duration now);
    /// Whether one of the agent's filters ends at that time.
    bool endsAt(std::uint64_t agent, Duration at) const;
    void forgetAgent(std::uint64_t agent) { m_byAgent.erase(agent); }
    void clear() { m_byAgent.clear(); }
    bool empty() const { return m_byAgent.empty(); }
    /// How many, pacing ones aside.
    std::size_t count() const;

private:
    std::unordered_map<std::uint64_t, std::vector<OfferFilter>> m_byAgent;
};

/// When filters end, in order of time. Entries of filters that were forgotten meanwhile simply find
/// nothing.
class FilterExpiries
{
public:
    struct Expiry
    {
        Duration at{0};
        std::uint64_t candidate = 0;
        std::uint64_t agent = 0;
        bool operator>(const Expiry &other) const { return at > other.at; }
    };

    void add(const Expiry &expiry) { m_queue.push(expiry); }
    bool empty() const { return m_queue.empty(); }
    std::size_t size() const { return m_queue.size(); }
    Duration next() const { return m_queue.top().at; }
    Expiry take();

    /// Keeps those for which `alive` is true: filters may be forgotten much faster than they end.
    template <typename Alive> void compact(Alive alive)
    {
        Queue kept;
        for (; !m_queue.empty(); m_queue.pop())
            if (alive(m_queue.top()))
                kept.push(m_queue.top());
        m_queue = std::move(kept);
    }

private:
    using Queue = std::priority_queue<Expiry, std::vector<Expiry>, std::greater<>>;
    Queue m_queue;
};

} // namespace meseta::master
