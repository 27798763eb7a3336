#include "daemons/master/cluster/agent.h"

namespace meseta::master {

Resources Agent::totalUsed() const
{
    Resources sum;
    for (const auto &entry : used)
        sum += entry.second;
    return sum;
}

Resources Agent::totalOffered() const
{
    Resources sum;
    for (const Offer *offer : offers)
        sum += offer->resources;
    return sum;
}

bool Agent::hasExecutor(const std::string &frameworkId, const std::string &executorId) const
{
    const auto own = executors.find(frameworkId);
    return own != executors.end() && own->second.contains(executorId);
}

} // namespace meseta::master
