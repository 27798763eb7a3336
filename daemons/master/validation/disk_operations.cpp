#include "daemons/master/validation/operation.h"
#include "daemons/master/validation/resource_rules.h"

namespace meseta::master::operations {

using mesos::v1::Resource;
using Source = Resource::DiskInfo::Source;

namespace {

Result<> validateSource(const Resource &source)
{
    Resources::Proto list;
    *list.Add() = source;
    if (auto valid = rules::wellFormed(list); !valid)
        return valid;
    if (!source.has_provider_id())
        return fail("'source' has no resource provider");
    return {};
}

bool isDisk(const Resource &source, Source::Type type)
{
    return source.disk().has_source() && source.disk().source().type() == type;
}

} // namespace

Result<> validateCreateDisk(const Offer_Operation::CreateDisk &create)
{
    if (auto valid = validateSource(create.source()); !valid)
        return valid;
    if (!isDisk(create.source(), Source::RAW))
        return fail("'source' must be a disk of type RAW");
    if (create.target_type() != Source::MOUNT && create.target_type() != Source::BLOCK)
        return fail("'target_type' must be MOUNT or BLOCK, not "
                    + Source::Type_Name(create.target_type()));
    const bool hasProfile = create.source().disk().source().has_profile();
    if (hasProfile && create.has_target_profile())
        return fail("'source' has a profile: leave out 'target_profile'");
    if (!hasProfile && !create.has_target_profile())
        return fail("'source' has no profile: give 'target_profile'");
    return {};
}

Result<> validateDestroyDisk(const Offer_Operation::DestroyDisk &destroy)
{
    const Resource &source = destroy.source();
    if (auto valid = validateSource(source); !valid)
        return valid;
    if (!isDisk(source, Source::MOUNT) && !isDisk(source, Source::BLOCK)
        && !isDisk(source, Source::RAW))
        return fail("'source' must be a disk of type MOUNT, BLOCK or RAW");
    if (!source.disk().source().has_id())
        return fail("'source' is no CSI volume: it has no 'disk.source.id'");
    if (source.disk().has_persistence())
        return fail("'source' holds the persistent volume '" + source.disk().persistence().id()
                    + "'; destroy the volume first, then the disk");
    return {};
}

} // namespace meseta::master::operations
