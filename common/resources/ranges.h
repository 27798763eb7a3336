#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace meseta {

/// Whole numbers as sorted, disjoint, closed intervals that do not touch: [1-2, 4-9]. Exact over
/// all of uint64.
class Ranges
{
public:
    struct Interval
    {
        std::uint64_t begin = 0;
        std::uint64_t end = 0; ///< inclusive
        bool operator==(const Interval &) const = default;
    };

    Ranges() = default;
    /// Intervals in any order; overlapping and touching ones are merged, backward ones (begin >
    /// end) dropped.
    explicit Ranges(std::vector<Interval> intervals);

    const std::vector<Interval> &intervals() const { return m_intervals; }
    bool empty() const { return m_intervals.empty(); }
    bool contains(const Ranges &other) const;
    bool contains(std::uint64_t number) const;
    /// How many numbers, at most 2^64 - 1.
    std::uint64_t size() const;

    Ranges united(const Ranges &other) const;
    Ranges minus(const Ranges &other) const;
    bool operator==(const Ranges &) const = default;

    std::string text() const; ///< "[31000-32000, 33000-33000]"

private:
    std::vector<Interval> m_intervals;
};

} // namespace meseta
