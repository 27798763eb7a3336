#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "common/resources/resources.h"

namespace meseta::master {

/// The names of scalar resources as small numbers, so that sums are arrays. Grows with the kinds of
/// resources agents have.
class ResourceNames
{
public:
    std::size_t idOf(const std::string &name);
    const std::string &name(std::size_t id) const { return m_names[id]; }
    std::size_t size() const { return m_names.size(); }

private:
    std::vector<std::string> m_names;
};

/// Scalar amounts in thousandths, by the number of their name. What is beyond the end is zero.
class Amounts
{
public:
    static constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max();

    std::size_t size() const { return m_milli.size(); }
    std::int64_t at(std::size_t id) const { return id < m_milli.size() ? m_milli[id] : 0; }
    void set(std::size_t id, std::int64_t milli) { slot(id) = milli; }
    void add(std::size_t id, std::int64_t milli) { slot(id) += milli; }
    void add(const Amounts &other, int sign = 1);
    bool isZero() const;

    Quantities named(const ResourceNames &names) const;
    static Amounts of(const Quantities &quantities, ResourceNames &names);
    /// The scalars of `resources` for which `counts(entry)` is true.
    template <typename Counts>
    static Amounts of(const Resources &resources, ResourceNames &names, Counts counts)
    {
        Amounts result;
        for (const ResourceEntry &entry : resources.entries())
            if (entry.isScalar() && counts(entry))
                result.add(names.idOf(entry.name.text()), entry.milli);
        return result;
    }

private:
    std::int64_t &slot(std::size_t id)
    {
        if (id >= m_milli.size())
            m_milli.resize(id + 1);
        return m_milli[id];
    }

    std::vector<std::int64_t> m_milli;
};

/// Counts against quota when it is allocated: unreserved and not revocable.
inline bool countsAsQuota(const ResourceEntry &entry)
{
    return entry.isScalar() && !entry.isReserved() && !entry.isRevocable();
}

} // namespace meseta::master
