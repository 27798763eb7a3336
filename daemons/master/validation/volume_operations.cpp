#include "daemons/master/validation/operation.h"
#include "daemons/master/validation/resource_rules.h"
#include "mesos/v1/cluster.pb.h"

namespace meseta::master::operations {

using mesos::v1::FrameworkInfo;
using mesos::v1::Resource;

namespace {

bool canShare(const FrameworkInfo &info)
{
    for (const FrameworkInfo::Capability &capability : info.capabilities()) {
        if (capability.type() == FrameworkInfo::Capability::SHARED_RESOURCES)
            return true;
    }
    return false;
}

Result<> validateVolumes(const Resources::Proto &volumes)
{
    if (auto valid = rules::wellFormed(volumes); !valid)
        return valid;
    if (auto valid = rules::oneProvider(volumes); !valid)
        return valid;
    return rules::persistentVolumes(volumes);
}

Result<> validatePrincipal(const Resource::DiskInfo::Persistence &persistence,
                           const std::string &principal)
{
    const std::string volume =
        "the volume '" + persistence.id() + "' is created by principal '" + principal + "', but ";
    if (!persistence.has_principal())
        return fail(volume + "'disk.persistence.principal' is not set; set it to the same");
    if (persistence.principal() != principal)
        return fail(volume + "'disk.persistence.principal' is '" + persistence.principal() + "'");
    return {};
}

Result<> validateNew(const Resource &volume, const OperationContext &context)
{
    if (context.framework && volume.has_shared() && !canShare(*context.framework))
        return fail("the volume '" + volume.disk().persistence().id()
                    + "' is shared, but the framework has no SHARED_RESOURCES capability");
    if (auto valid = validateForAgent(volume, context.agentCapabilities); !valid)
        return valid;
    return context.principal ? validatePrincipal(volume.disk().persistence(), *context.principal)
                             : Result<>();
}

/// Rules that growing and shrinking share.
Result<> validateResizable(const Resource &volume, const OperationContext &context)
{
    if (volume.has_provider_id())
        return fail("the volume is of a resource provider; only volumes on an agent's own disks "
                    "can change their size");
    Resources::Proto list;
    *list.Add() = volume;
    if (auto valid = rules::persistentVolumes(list); !valid)
        return valid;
    if (volume.has_shared())
        return fail("the volume '" + volume.disk().persistence().id()
                    + "' is shared; shared volumes cannot change their size");
    if (!context.agentCapabilities.contains("RESIZE_VOLUME"))
        return fail("the agent lacks the capability RESIZE_VOLUME");
    return {};
}

/// The disk that a volume was made of.
Resource withoutPersistence(Resource volume)
{
    if (volume.disk().has_source()) {
        volume.mutable_disk()->clear_persistence();
        volume.mutable_disk()->clear_volume();
    } else {
        volume.clear_disk();
    }
    return volume;
}

} // namespace

Result<> validateCreate(const Offer_Operation::Create &create, const OperationContext &context)
{
    if (auto valid = validateVolumes(create.volumes()); !valid)
        return valid;
    const Resources volumes = Resources(create.volumes()).unallocated();
    if (auto valid = rules::uniquePersistenceIds(context.checkpointed.unallocated()
                                                 + volumes.withoutSharedCopies());
        !valid)
        return valid;
    for (const Resource &volume : create.volumes()) {
        if (auto valid = validateNew(volume, context); !valid)
            return valid;
    }
    return context.framework ? rules::allocatedToOneRole(create.volumes()) : Result<>();
}

Result<> validateDestroy(const Offer_Operation::Destroy &destroy, const OperationContext &context)
{
    if (auto valid = validateVolumes(destroy.volumes()); !valid)
        return valid;
    const Resources known = context.checkpointed.unallocated();
    const Resources used = context.used.unallocated();
    for (const Resource &resource : destroy.volumes()) {
        const Resources volume = Resources(resource).unallocated();
        const std::string named = "the volume '" + resource.disk().persistence().id() + "'";
        if (!resource.has_provider_id() && !known.contains(volume))
            return fail(named + " is not known on this agent: Persistent volumes not found");
        if (used.contains(volume))
            return fail(named + " is used by a task or executor: Persistent volumes in use");
    }
    return {};
}

Result<> validateGrow(const Offer_Operation::GrowVolume &grow, const OperationContext &context)
{
    if (auto valid = Resources::validate(grow.volume()); !valid)
        return fail(valid.error().within("'grow_volume.volume'"));
    if (auto valid = Resources::validate(grow.addition()); !valid)
        return fail(valid.error().within("'grow_volume.addition'"));
    if (toMilli(grow.addition().scalar().value()) <= 0)
        return fail("'grow_volume.addition' has to be above 0");
    if (auto valid = validateResizable(grow.volume(), context); !valid)
        return fail(valid.error().within("'grow_volume'"));
    const Resources together =
        Resources(withoutPersistence(grow.volume())) + Resources(grow.addition());
    if (together.entries().size() != 1)
        return fail("'grow_volume.addition' (" + rules::text(grow.addition())
                    + ") is not of the same kind as the disk of the "
                      "volume ("
                    + rules::text(withoutPersistence(grow.volume())) + ")");
    return {};
}

Result<> validateShrink(const Offer_Operation::ShrinkVolume &shrink,
                        const OperationContext &context)
{
    if (auto valid = Resources::validate(shrink.volume()); !valid)
        return fail(valid.error().within("'shrink_volume.volume'"));
    const std::int64_t subtract = toMilli(shrink.subtract().value());
    if (subtract <= 0)
        return fail("'shrink_volume.subtract' has to be above 0");
    if (toMilli(shrink.volume().scalar().value()) <= subtract)
        return fail(
            "'shrink_volume.subtract' takes the whole volume or more; destroy the volume instead");
    if (shrink.volume().disk().source().type() == Resource::DiskInfo::Source::MOUNT)
        return fail("'shrink_volume.volume' is on a MOUNT disk, which is always used whole");
    if (auto valid = validateResizable(shrink.volume(), context); !valid)
        return fail(valid.error().within("'shrink_volume'"));
    return {};
}

} // namespace meseta::master::operations
