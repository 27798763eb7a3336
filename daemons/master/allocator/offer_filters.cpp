#include "daemons/master/allocator/offer_filters.h"

#include <algorithm>

namespace meseta::master {

void CandidateFilters::add(std::uint64_t agent, OfferFilter filter)
{
    std::vector<OfferFilter> &filters = m_byAgent[agent];
    for (OfferFilter &known : filters) {
        if (known.pacing != filter.pacing || !(known.refused == filter.refused))
            continue;
        known.expires = std::max(known.expires, filter.expires);
        return;
    }
    if (filters.size() >= maximumPerAgent) {
        const auto earlier = [](const OfferFilter &a, const OfferFilter &b) {
            return a.expires < b.expires;
        };
        filters.erase(std::min_element(filters.begin(), filters.end(), earlier));
    }
    filters.push_back(std::move(filter));
}

const OfferFilter *CandidateFilters::matching(std::uint64_t agent, const Resources &offer) const
{
    const auto filters = m_byAgent.find(agent);
    if (filters == m_byAgent.end())
        return nullptr;
    for (const OfferFilter &filter : filters->second)
        if (filter.refused.contains(offer))
            return &filter;
    return nullptr;
}

bool CandidateFilters::expire(std::uint64_t agent, Duration now)
{
    const auto filters = m_byAgent.find(agent);
    if (filters == m_byAgent.end())
        return false;
    const std::size_t ended =
        std::erase_if(filters->second, [now](const OfferFilter &f) { return f.expires <= now; });
    if (filters->second.empty())
        m_byAgent.erase(filters);
    return ended > 0;
}

bool CandidateFilters::endsAt(std::uint64_t agent, Duration at) const
{
    const auto filters = m_byAgent.find(agent);
    return filters != m_byAgent.end()
        && std::any_of(filters->second.begin(), filters->second.end(),
                       [at](const OfferFilter &f) { return f.expires == at; });
}

std::size_t CandidateFilters::count() const
{
    std::size_t count = 0;
    for (const auto &[agent, filters] : m_byAgent)
        count += static_cast<std::size_t>(std::count_if(
            filters.begin(), filters.end(), [](const OfferFilter &f) { return !f.pacing; }));
    return count;
}

FilterExpiries::Expiry FilterExpiries::take()
{
    const Expiry expiry = m_queue.top();
    m_queue.pop();
    return expiry;
}

} // namespace meseta::master
