#include "common/resources/resources.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "common/resources/role.h"

// The rules a Resource message must keep. Source: Mesos resource messages (mesos.proto comments)
// and reservation docs.

namespace meseta {

namespace {

using mesos::v1::Resource;
using mesos::v1::Value;
using Reservation = Resource::ReservationInfo;

std::string quoted(const std::string &text)
{
    return "'" + text + "'";
}

std::string intervalText(const Ranges::Interval &interval)
{
    return "[" + std::to_string(interval.begin) + "-" + std::to_string(interval.end) + "]";
}

Result<> checkScalar(const Resource &resource)
{
    if (!resource.has_scalar() || resource.has_ranges() || resource.has_set())
        return fail(
            "it has the type SCALAR, so it must carry 'scalar', and neither 'ranges' nor 'set'");
    const double value = resource.scalar().value();
    if (!std::isfinite(value) || value < 0)
        return fail("its amount is " + std::to_string(value) + "; it must be a number not below 0");
    if (resource.name() == "gpus" && value != std::floor(value))
        return fail("its amount is " + std::to_string(value) + "; GPUs are handed out whole");
    return {};
}

Result<> checkRanges(const Resource &resource)
{
    if (!resource.has_ranges() || resource.has_scalar() || resource.has_set())
        return fail(
            "it has the type RANGES, so it must carry 'ranges', and neither 'scalar' nor 'set'");
    std::vector<Ranges::Interval> intervals;
    for (const Value::Range &range : resource.ranges().range()) {
        if (range.begin() > range.end())
            return fail("the range " + intervalText({range.begin(), range.end()})
                        + " ends before it begins");
        intervals.push_back({range.begin(), range.end()});
    }
    const auto before = [](const auto &a, const auto &b) { return a.begin < b.begin; };
    std::sort(intervals.begin(), intervals.end(), before);
    for (std::size_t i = 1; i < intervals.size(); ++i)
        if (intervals[i].begin <= intervals[i - 1].end)
            return fail("its ranges " + intervalText(intervals[i - 1]) + " and "
                        + intervalText(intervals[i]) + " overlap");
    return {};
}

Result<> checkSet(const Resource &resource)
{
    if (!resource.has_set() || resource.has_scalar() || resource.has_ranges())
        return fail(
            "it has the type SET, so it must carry 'set', and neither 'scalar' nor 'ranges'");
    std::set<std::string> seen;
    for (const std::string &item : resource.set().item())
        if (!seen.insert(item).second)
            return fail("the item " + quoted(item) + " is twice in its set");
    return {};
}

Result<> checkValue(const Resource &resource)
{
    if (resource.name().empty())
        return fail("it has an empty name");
    if (resource.name() == "gpus" && resource.type() != Value::SCALAR)
        return fail("GPUs are a SCALAR");
    switch (resource.type()) {
    case Value::SCALAR:
        return checkScalar(resource);
    case Value::RANGES:
        return checkRanges(resource);
    case Value::SET:
        return checkSet(resource);
    case Value::TEXT:
        break;
    }
    return fail("the type TEXT is for attributes; a resource is SCALAR, RANGES or SET");
}

/// The form with `role` and `reservation`.
Result<> checkOldReservation(const Resource &resource)
{
    if (auto valid = validateRole(resource.role()); !valid)
        return valid;
    if (!resource.has_reservation())
        return {};
    if (resource.role() == "*")
        return fail(
            "it has a 'reservation' but no role it is for; set 'role' (or use 'reservations')");
    if (resource.reservation().has_type() || resource.reservation().has_role())
        return fail("'reservation' may not hold 'type' or 'role'; put them into 'reservations'");
    return {};
}

Result<> checkReservation(const Reservation &reservation, const Reservation *below)
{
    if (reservation.type() != Reservation::STATIC && reservation.type() != Reservation::DYNAMIC)
        return fail("a reservation must have the type STATIC or DYNAMIC");
    if (!reservation.has_role())
        return fail("a reservation has no role");
    if (auto valid = validateRole(reservation.role()); !valid)
        return valid;
    if (reservation.role() == "*")
        return fail("a reservation for the role '*' is none; name the role it is for");
    if (!below)
        return {};
    if (reservation.type() == Reservation::STATIC)
        return fail("only the first reservation may be STATIC");
    if (!isBelow(reservation.role(), below->role()))
        return fail("the reservation for " + quoted(reservation.role())
                    + " must be for a role below " + quoted(below->role()) + ", which it refines");
    return {};
}

Result<> checkReservations(const Resource &resource)
{
    if (resource.reservations_size() == 0)
        return checkOldReservation(resource);
    const Reservation *below = nullptr;
    for (const Reservation &reservation : resource.reservations()) {
        if (auto valid = checkReservation(reservation, below); !valid)
            return valid;
        below = &reservation;
    }
    return {};
}

Result<> checkDisk(const Resource &resource)
{
    if (resource.has_disk() && resource.name() != "disk")
        return fail("only 'disk' may carry disk information");
    if (resource.disk().has_source()
        && resource.disk().source().type() == Resource::DiskInfo::Source::UNKNOWN)
        return fail("its disk source has no known type; it is one of PATH, MOUNT, BLOCK, RAW");
    if (!resource.has_shared())
        return {};
    if (!resource.disk().has_persistence())
        return fail("what is shared has to be a persistent volume");
    return {};
}

} // namespace

Result<> Resources::validate(const Resource &resource)
{
    for (const auto check : {checkValue, checkReservations, checkDisk})
        if (auto valid = check(resource); !valid)
            return fail(
                valid.error().within("the resource " + quoted(resource.name()) + " is invalid"));
    if (resource.has_allocation_info() && resource.allocation_info().has_role())
        if (auto valid = validateRole(resource.allocation_info().role()); !valid)
            return fail(
                valid.error().within("the allocation of the resource " + quoted(resource.name())));
    return {};
}

Result<> Resources::validate(const Proto &proto)
{
    for (const Resource &resource : proto)
        if (auto valid = validate(resource); !valid)
            return valid;
    return {};
}

} // namespace meseta
