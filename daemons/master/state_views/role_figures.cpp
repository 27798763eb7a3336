#include "daemons/master/state_views/role_figures.h"

#include "common/resources/role.h"
#include "daemons/master/cluster/cluster.h"

namespace meseta::master {

namespace {

void add(Quantities &to, const Quantities &amounts)
{
    for (const auto &[name, milli] : amounts)
        to[name] += milli;
}

void dropZeros(Quantities &amounts)
{
    std::erase_if(amounts, [](const auto &entry) { return entry.second == 0; });
}

/// Amounts of exactly one role.
struct OwnFigures
{
    Quantities allocated, offered, reserved, usedUnreserved;
    std::vector<std::string> frameworks;
};

/// A scalar as it is, ranges and sets by the number of their elements, in thousandths.
std::int64_t counted(const mesos::v1::Resource &item)
{
    std::int64_t milli = item.has_scalar() ? toMilli(item.scalar().value()) : 0;
    for (const auto &range : item.ranges().range())
        milli += std::int64_t(range.end() - range.begin() + 1) * 1000;
    return milli + std::int64_t(item.set().item_size()) * 1000;
}

/// Item by item: copies of resources would cost more than all else.
void addUsed(const Resources &used, std::map<std::string, OwnFigures> &out)
{
    for (const mesos::v1::Resource &item : used.items()) {
        OwnFigures &role = out[item.allocation_info().role()];
        role.allocated[item.name()] += counted(item);
        if (item.has_scalar() && item.reservations().empty() && !item.has_revocable())
            role.usedUnreserved[item.name()] += counted(item);
    }
}

std::map<std::string, OwnFigures> ownFigures(const Cluster &cluster)
{
    std::map<std::string, OwnFigures> out;
    for (const auto &[id, framework] : cluster.frameworks()) {
        for (const std::string &role : framework->roles)
            out[role].frameworks.push_back(id);
        for (const auto &entry : framework->used)
            addUsed(entry.second, out);
        for (const Offer *offer : framework->offers) {
            for (const mesos::v1::Resource &item : offer->resources.items())
                out[offer->role].offered[item.name()] += counted(item);
        }
    }
    for (const auto &entry : cluster.agents()) {
        for (const mesos::v1::Resource &item : entry.second->total.items()) {
            if (!item.reservations().empty() && item.has_scalar())
                out[item.reservations().rbegin()->role()].reserved[item.name()] += counted(item);
        }
    }
    return out;
}

/// The names to list, with all roles above them.
std::set<std::string> names(const Cluster &cluster, const std::map<std::string, OwnFigures> &own)
{
    std::set<std::string> out;
    const auto addWithAncestors = [&out](std::string role) {
        for (;;) {
            out.insert(role);
            const std::size_t slash = role.find_last_of('/');
            if (slash == std::string::npos)
                return;
            role.resize(slash);
        }
    };
    if (cluster.roleWhitelist)
        std::for_each(cluster.roleWhitelist->begin(), cluster.roleWhitelist->end(),
                      addWithAncestors);
    for (const auto &[role, figures] : own)
        addWithAncestors(role);
    for (const auto &[role, weight] : cluster.weights)
        addWithAncestors(role);
    for (const auto &[role, quota] : cluster.quotas)
        addWithAncestors(role);
    return out;
}

} // namespace

Quantities countedQuantities(const Resources &resources)
{
    Quantities out;
    for (const mesos::v1::Resource &item : resources.items())
        out[item.name()] += counted(item);
    return out;
}

std::vector<RoleFigures> roleFigures(const Cluster &cluster)
{
    const std::map<std::string, OwnFigures> own = ownFigures(cluster);
    std::vector<RoleFigures> out;
    for (const std::string &name : names(cluster, own)) {
        RoleFigures role;
        role.name = name;
        if (const auto weight = cluster.weights.find(name); weight != cluster.weights.end())
            role.weight = weight->second;
        if (const auto quota = cluster.quotas.find(name); quota != cluster.quotas.end()) {
            role.guarantee = quotaQuantities(quota->second.guarantees());
            role.limit = quotaQuantities(quota->second.limits());
        }
        for (const auto &[ownName, figures] : own) {
            if (ownName != name && !isBelow(ownName, name))
                continue;
            add(role.allocated, figures.allocated);
            add(role.offered, figures.offered);
            add(role.reserved, figures.reserved);
            add(role.consumed, figures.usedUnreserved);
            add(role.consumed, figures.reserved);
            if (ownName == name)
                role.frameworks = figures.frameworks;
        }
        for (Quantities *amounts : {&role.allocated, &role.offered, &role.reserved, &role.consumed})
            dropZeros(*amounts);
        out.push_back(std::move(role));
    }
    return out;
}

} // namespace meseta::master
