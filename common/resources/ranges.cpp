#include "common/resources/ranges.h"

#include <algorithm>
#include <limits>

namespace meseta {

namespace {

constexpr std::uint64_t maximum = std::numeric_limits<std::uint64_t>::max();

/// Adds an interval that begins at or after all those present, merging it with the last when they
/// meet.
void append(std::vector<Ranges::Interval> &sorted, const Ranges::Interval &next)
{
    if (!sorted.empty() && (sorted.back().end == maximum || next.begin <= sorted.back().end + 1))
        sorted.back().end = std::max(sorted.back().end, next.end);
    else
        sorted.push_back(next);
}

} // namespace

Ranges::Ranges(std::vector<Interval> intervals)
{
    std::erase_if(intervals, [](const Interval &i) { return i.begin > i.end; });
    std::sort(intervals.begin(), intervals.end(),
              [](const Interval &a, const Interval &b) { return a.begin < b.begin; });
    m_intervals.reserve(intervals.size());
    for (const Interval &interval : intervals)
        append(m_intervals, interval);
}

bool Ranges::contains(const Ranges &other) const
{
    auto mine = m_intervals.begin();
    for (const Interval &wanted : other.m_intervals) {
        while (mine != m_intervals.end() && mine->end < wanted.begin)
            ++mine;
        if (mine == m_intervals.end() || mine->begin > wanted.begin || mine->end < wanted.end)
            return false;
    }
    return true;
}

bool Ranges::contains(std::uint64_t number) const
{
    return std::any_of(m_intervals.begin(), m_intervals.end(), [number](const Interval &i) {
        return i.begin <= number && number <= i.end;
    });
}

std::uint64_t Ranges::size() const
{
    std::uint64_t count = 0;
    for (const Interval &i : m_intervals) {
        const std::uint64_t length = i.end - i.begin;
        if (length == maximum || count > maximum - length - 1)
            return maximum;
        count += length + 1;
    }
    return count;
}

Ranges Ranges::united(const Ranges &other) const
{
    Ranges result;
    result.m_intervals.reserve(m_intervals.size() + other.m_intervals.size());
    auto a = m_intervals.begin();
    auto b = other.m_intervals.begin();
    while (a != m_intervals.end() || b != other.m_intervals.end()) {
        const bool takeA =
            b == other.m_intervals.end() || (a != m_intervals.end() && a->begin <= b->begin);
        append(result.m_intervals, takeA ? *a++ : *b++);
    }
    return result;
}

Ranges Ranges::minus(const Ranges &other) const
{
    Ranges result;
    result.m_intervals.reserve(m_intervals.size() + other.m_intervals.size());
    auto cut = other.m_intervals.begin();
    for (Interval rest : m_intervals) {
        while (cut != other.m_intervals.end() && cut->end < rest.begin)
            ++cut;
        bool left = true;
        for (auto c = cut; left && c != other.m_intervals.end() && c->begin <= rest.end; ++c) {
            if (c->begin > rest.begin)
                result.m_intervals.push_back({rest.begin, c->begin - 1});
            left = c->end < rest.end;
            if (left)
                rest.begin = c->end + 1;
        }
        if (left)
            result.m_intervals.push_back(rest);
    }
    return result;
}

std::string Ranges::text() const
{
    std::string out = "[";
    for (const Interval &i : m_intervals) {
        if (out.size() > 1)
            out += ", ";
        out += std::to_string(i.begin) + "-" + std::to_string(i.end);
    }
    return out + "]";
}

} // namespace meseta
