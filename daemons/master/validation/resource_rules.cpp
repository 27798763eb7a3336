#include "daemons/master/validation/resource_rules.h"

#include <algorithm>
#include <set>

#include "common/validation/calls.h"
#include "common/validation/ids.h"

namespace meseta::master::rules {

using mesos::v1::Resource;
using mesos::v1::Value;

namespace {

Result<> notTooSmall(const Resource &resource)
{
    if (resource.type() != Value::SCALAR || resource.scalar().value() == 0
        || toMilli(resource.scalar().value()) > 0)
        return {};
    return fail("the resource '" + resource.name()
                + "' is invalid: its amount is below 0.001, the smallest that counts");
}

Result<> persistence(const Resource &resource)
{
    if (resource.has_revocable())
        return fail("a persistent volume cannot be made of revocable resources");
    if (!isReserved(resource))
        return fail(
            "a persistent volume cannot be made of unreserved resources; reserve the disk first");
    if (!resource.disk().has_volume())
        return fail("'disk.volume' is missing: a persistent volume needs it");
    if (resource.disk().volume().has_host_path())
        return fail("'disk.volume.host_path' is set: leave it out, the agent chooses the path of a "
                    "persistent volume");
    return validateId(resource.disk().persistence().id(), "disk.persistence.id");
}

Result<> disk(const Resource &resource)
{
    if (!resource.has_disk())
        return {};
    if (resource.disk().has_persistence())
        return persistence(resource);
    if (resource.disk().has_volume())
        return fail("'disk.volume' is set without 'disk.persistence': only persistent volumes are "
                    "supported");
    if (!resource.disk().has_source())
        return fail("'disk' is set but empty; leave it out");
    return {};
}

Result<> each(const Resource &resource)
{
    if (auto valid = notTooSmall(resource); !valid)
        return valid;
    if (auto valid = disk(resource); !valid)
        return fail(valid.error().within("the disk '" + text(resource) + "'"));
    if (isDynamicallyReserved(resource) && resource.has_revocable())
        return fail("the resource '" + text(resource) + "' is revocable, so it cannot be reserved");
    return {};
}

/// The numbers or items that two entries of one name have in common, as text; empty when none.
std::string overlap(const ResourceEntry &a, const ResourceEntry &b)
{
    if (a.kind != b.kind || a.isScalar() || a.name != b.name)
        return {};
    if (a.kind == ResourceEntry::Kind::Ranges) {
        const Ranges common = a.ranges().minus(a.ranges().minus(b.ranges()));
        return common.empty() ? std::string() : common.text();
    }
    std::vector<std::string> common;
    std::set_intersection(a.items().begin(), a.items().end(), b.items().begin(), b.items().end(),
                          std::back_inserter(common));
    return common.empty() ? std::string() : "'" + common.front() + "'";
}

Result<> disjointPair(const Resources &a, const Resources &b)
{
    for (const ResourceEntry &one : a.entries()) {
        for (const ResourceEntry &other : b.entries()) {
            if (const std::string common = overlap(one, other); !common.empty())
                return fail("the resources overlap: " + common + " of '" + one.name.text()
                            + "' is asked for twice");
        }
    }
    return {};
}

} // namespace

Result<> wellFormed(const Resources::Proto &resources)
{
    if (auto valid = Resources::validate(resources); !valid)
        return valid;
    if (auto valid = validateGpus(resources); !valid)
        return valid;
    for (const Resource &resource : resources) {
        if (auto valid = each(resource); !valid)
            return valid;
    }
    return {};
}

Result<> uniquePersistenceIds(const Resources &resources)
{
    std::set<std::pair<std::string, std::string>> seen;
    for (const ResourceEntry &entry : resources.entries()) {
        if (!entry.isPersistent())
            continue;
        const std::string *role = entry.traits->role();
        if (!seen.emplace(role ? *role : "*", entry.traits->volumeId).second)
            return fail("Persistence ID '" + entry.traits->volumeId + "' is not unique: the role '"
                        + (role ? *role : "*") + "' has it twice on this agent");
    }
    return {};
}

Result<> allocatedToOneRole(const Resources::Proto &resources)
{
    const Resource *first = nullptr;
    for (const Resource &resource : resources) {
        if (!resource.allocation_info().has_role())
            return fail("the resource '" + text(resource) + "' lacks its 'allocation_info.role'");
        if (first && first->allocation_info().role() != resource.allocation_info().role())
            return fail("the resources are allocated to different roles ('"
                        + first->allocation_info().role() + "' and '"
                        + resource.allocation_info().role() + "'); use one");
        first = first ? first : &resource;
    }
    return {};
}

Result<> revocableApart(const Resources &resources)
{
    std::set<std::string> revocable;
    for (const ResourceEntry &entry : resources.entries()) {
        if (entry.isRevocable())
            revocable.insert(entry.name.text());
    }
    for (const ResourceEntry &entry : resources.entries()) {
        if (!entry.isRevocable() && revocable.contains(entry.name.text()))
            return fail("Revocable and other '" + entry.name.text()
                        + "' are asked for at once; use one kind");
    }
    return {};
}

Result<> disjoint(const std::vector<Resources> &parties)
{
    for (std::size_t i = 0; i < parties.size(); ++i) {
        for (std::size_t j = i + 1; j < parties.size(); ++j) {
            if (auto valid = disjointPair(parties[i], parties[j]); !valid)
                return valid;
        }
    }
    return {};
}

Result<> persistentVolumes(const Resources::Proto &volumes)
{
    for (const Resource &volume : volumes) {
        if (!volume.disk().has_persistence())
            return fail("'" + text(volume)
                        + "' is no persistent volume: it has no 'disk.persistence'");
        if (!volume.disk().has_volume())
            return fail("'" + text(volume) + "' is no persistent volume: it has no 'disk.volume'");
        if (volume.disk().volume().mode() == mesos::v1::Volume::RO)
            return fail("the volume '" + volume.disk().persistence().id()
                        + "' has the mode RO: a persistent volume must be RW");
    }
    return {};
}

Result<> oneProvider(const Resources::Proto &resources)
{
    std::set<std::string> providers;
    for (const Resource &resource : resources)
        providers.insert(resource.provider_id().value());
    if (providers.size() == 1)
        return {};
    if (providers.empty())
        return fail("no resources are given");
    if (providers.contains(std::string()))
        return fail("some of the resources are of a resource provider, others are not; use an "
                    "operation for each");
    return fail("the resources have several resource providers; use an operation for each");
}

bool isReserved(const Resource &resource)
{
    return resource.reservations_size() > 0 || resource.role() != "*";
}

bool isDynamicallyReserved(const Resource &resource)
{
    if (resource.reservations_size() == 0)
        return resource.has_reservation();
    return resource.reservations().rbegin()->type() == Resource::ReservationInfo::DYNAMIC;
}

bool isRefined(const Resource &resource)
{
    return resource.reservations_size() > 1;
}

std::string reservationRole(const Resource &resource)
{
    return resource.reservations_size() > 0 ? resource.reservations().rbegin()->role()
                                            : resource.role();
}

std::string text(const Resource &resource)
{
    return Resources(resource).text();
}

} // namespace meseta::master::rules
