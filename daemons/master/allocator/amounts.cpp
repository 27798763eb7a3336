#include "daemons/master/allocator/amounts.h"

#include <algorithm>

namespace meseta::master {

std::size_t ResourceNames::idOf(const std::string &name)
{
    const auto found = std::find(m_names.begin(), m_names.end(), name);
    if (found != m_names.end())
        return static_cast<std::size_t>(found - m_names.begin());
    m_names.push_back(name);
    return m_names.size() - 1;
}

void Amounts::add(const Amounts &other, int sign)
{
    for (std::size_t id = 0; id < other.size(); ++id)
        if (other.m_milli[id] != 0)
            add(id, sign * other.m_milli[id]);
}

bool Amounts::isZero() const
{
    return std::all_of(m_milli.begin(), m_milli.end(),
                       [](std::int64_t milli) { return milli == 0; });
}

Quantities Amounts::named(const ResourceNames &names) const
{
    Quantities result;
    for (std::size_t id = 0; id < size(); ++id)
        if (m_milli[id] != 0)
            result[names.name(id)] = m_milli[id];
    return result;
}

Amounts Amounts::of(const Quantities &quantities, ResourceNames &names)
{
    Amounts result;
    for (const auto &[name, milli] : quantities)
        result.set(names.idOf(name), milli);
    return result;
}

} // namespace meseta::master
