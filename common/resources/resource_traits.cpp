#include "common/resources/resource_entry.h"

#include <algorithm>

#include "mesos/v1/resource.pb.h"

namespace meseta {

namespace {

using mesos::v1::Labels;
using mesos::v1::Resource;

void sortLabels(Labels &labels)
{
    std::sort(labels.mutable_labels()->begin(), labels.mutable_labels()->end(),
              [](const auto &a, const auto &b) {
                  return std::tie(a.key(), a.value()) < std::tie(b.key(), b.value());
              });
}

/// Any reservation form into the stack of `reservations`.
void copyReservations(const Resource &from, Resource &to)
{
    if (from.reservations_size() > 0) {
        *to.mutable_reservations() = from.reservations();
        return;
    }
    if (!from.has_role() || from.role() == "*")
        return;
    Resource::ReservationInfo &reservation = *to.add_reservations();
    if (from.has_reservation()) {
        reservation = from.reservation();
        reservation.set_type(Resource::ReservationInfo::DYNAMIC);
    } else {
        reservation.set_type(Resource::ReservationInfo::STATIC);
    }
    reservation.set_role(from.role());
}

Resource setApart(const Resource &resource)
{
    Resource shape;
    copyReservations(resource, shape);
    if (resource.has_provider_id())
        *shape.mutable_provider_id() = resource.provider_id();
    if (resource.has_disk())
        *shape.mutable_disk() = resource.disk();
    if (resource.has_revocable())
        shape.mutable_revocable();
    if (resource.has_shared())
        shape.mutable_shared();
    return shape;
}

/// Leaves what Mesos compares: how a volume is used and by whom it was made is not part of what it
/// is.
void makeCanonical(Resource &shape)
{
    for (Resource::ReservationInfo &reservation : *shape.mutable_reservations())
        if (reservation.has_labels())
            sortLabels(*reservation.mutable_labels());
    if (!shape.has_disk())
        return;
    shape.mutable_disk()->clear_volume();
    if (shape.disk().has_persistence())
        shape.mutable_disk()->mutable_persistence()->clear_principal();
    if (shape.disk().has_source() && shape.disk().source().has_metadata())
        sortLabels(*shape.mutable_disk()->mutable_source()->mutable_metadata());
}

bool isExclusive(const Resource::DiskInfo::Source &source)
{
    using Source = Resource::DiskInfo::Source;
    return source.type() == Source::MOUNT || source.type() == Source::BLOCK
        || (source.type() == Source::RAW && source.has_id());
}

} // namespace

QExplicitlySharedDataPointer<const ResourceTraits> ResourceTraits::of(const Resource &resource)
{
    Resource shape = setApart(resource);
    const std::string full = shape.SerializePartialAsString();
    if (full.empty())
        return {};
    auto *traits = new ResourceTraits;
    for (const Resource::ReservationInfo &reservation : shape.reservations())
        traits->reservationRoles.push_back(reservation.role());
    if (shape.reservations_size() > 0)
        traits->dynamic =
            shape.reservations().rbegin()->type() == Resource::ReservationInfo::DYNAMIC;
    traits->revocable = shape.has_revocable();
    traits->shared = shape.has_shared();
    traits->persistent = shape.disk().has_persistence();
    traits->exclusive = shape.disk().has_source() && isExclusive(shape.disk().source());
    traits->volumeId = shape.disk().persistence().id();
    makeCanonical(shape);
    traits->identity = shape.SerializePartialAsString();
    if (traits->identity != full)
        traits->full = full;
    return QExplicitlySharedDataPointer<const ResourceTraits>(traits);
}

} // namespace meseta
