#pragma once

#include <string>
#include <vector>

#include "common/resources/resources.h"

namespace meseta::master {

class Cluster;

/// What /roles, GET_ROLES and the quota metrics say of a role. Amounts include those of the roles
/// below it.
struct RoleFigures
{
    std::string name;
    double weight = 1.0;
    Quantities guarantee;
    Quantities limit;
    Quantities consumed; ///< of its quota: used and unreserved, and everything reserved
    Quantities allocated;
    Quantities offered;
    Quantities reserved;
    std::vector<std::string> frameworks; ///< subscribed to this very role
};

/// Every role there is, by name: whitelisted, or with a framework, reservation, weight or quota,
/// and all above those.
std::vector<RoleFigures> roleFigures(const Cluster &cluster);

/// Scalars as they are, ranges and sets by the number of their elements, all in thousandths.
Quantities countedQuantities(const Resources &resources);

/// Guarantees or limits of a QuotaConfig.
template <typename Map> Quantities quotaQuantities(const Map &amounts)
{
    Quantities out;
    for (const auto &[name, scalar] : amounts)
        out[name] = toMilli(scalar.value());
    return out;
}

} // namespace meseta::master
