#include <algorithm>

#include <google/protobuf/util/message_differencer.h>

#include "daemons/master/validation/operation.h"
#include "daemons/master/validation/resource_rules.h"
#include "mesos/v1/cluster.pb.h"

namespace meseta::master::operations {

using mesos::v1::FrameworkInfo;
using mesos::v1::Resource;

namespace {

bool hasRole(const FrameworkInfo &info, const std::string &role)
{
    for (const FrameworkInfo::Capability &capability : info.capabilities()) {
        if (capability.type() == FrameworkInfo::Capability::MULTI_ROLE)
            return std::find(info.roles().begin(), info.roles().end(), role) != info.roles().end();
    }
    return info.role() == role;
}

bool sameReservations(const Resource &a, const Resource &b)
{
    using google::protobuf::util::MessageDifferencer;
    return std::equal(a.reservations().begin(), a.reservations().end(), b.reservations().begin(),
                      b.reservations().end(), [](const auto &one, const auto &other) {
                          return MessageDifferencer::Equals(one, other);
                      });
}

Result<> requireOneReservation(const Resources::Proto &resources, const char *field)
{
    if (resources.empty())
        return fail(std::string("'") + field + "' must not be empty when a reservation is changed");
    for (const Resource &resource : resources) {
        if (!sameReservations(resource, resources.Get(0)))
            return fail(std::string("'") + field + "' mixes reservations; change one at a time");
    }
    return {};
}

/// A reservation that replaces another: `source` becomes `resources`.
Result<> validateChange(const Offer_Operation::Reserve &reserve)
{
    if (auto valid = rules::wellFormed(reserve.source()); !valid)
        return fail(valid.error().within("'source'"));
    if (auto valid = requireOneReservation(reserve.source(), "source"); !valid)
        return valid;
    if (auto valid = requireOneReservation(reserve.resources(), "resources"); !valid)
        return valid;
    if (!(Resources(reserve.source()).toUnreserved()
          == Resources(reserve.resources()).toUnreserved()))
        return fail(
            "'source' and 'resources' must be the same amounts, but for their reservations");
    return {};
}

Result<> validatePrincipal(const Resource &resource, const std::string &principal)
{
    const bool refined = resource.reservations_size() > 0;
    const Resource::ReservationInfo &reservation =
        refined ? *resource.reservations().rbegin() : resource.reservation();
    if (!reservation.has_principal())
        return fail("'" + rules::text(resource) + "' is to be reserved by principal '" + principal
                    + "', but its reservation names no principal; set it to the same");
    if (reservation.principal() != principal)
        return fail("'" + rules::text(resource) + "' is to be reserved by principal '" + principal
                    + "', but its reservation names principal '" + reservation.principal() + "'");
    return {};
}

Result<> validateOfFramework(const Resource &resource, const FrameworkInfo &framework)
{
    const std::string role = rules::reservationRole(resource);
    if (!resource.allocation_info().has_role())
        return fail("'" + rules::text(resource)
                    + "' is not allocated: a framework can only reserve what it is offered");
    if (resource.allocation_info().role() != role)
        return fail("'" + rules::text(resource) + "' is to be reserved for role '" + role
                    + "', but it is allocated to role '" + resource.allocation_info().role()
                    + "'; they must be the same");
    if (!hasRole(framework, role))
        return fail("'" + rules::text(resource) + "' is to be reserved for role '" + role
                    + "', which is not among the framework's roles");
    return {};
}

Result<> validateOne(const Resource &resource, const OperationContext &context)
{
    if (!rules::isDynamicallyReserved(resource))
        return fail("'" + rules::text(resource)
                    + "' is not dynamically reserved: its last reservation must be DYNAMIC");
    if (auto valid = validateForAgent(resource, context.agentCapabilities); !valid)
        return valid;
    if (auto valid =
            context.principal ? validatePrincipal(resource, *context.principal) : Result<>();
        !valid)
        return valid;
    if (context.framework)
        return validateOfFramework(resource, *context.framework);
    if (resource.has_allocation_info())
        return fail(
            "'" + rules::text(resource)
            + "' has 'allocation_info': operators reserve resources that are not allocated");
    return {};
}

} // namespace

Result<> validateReserve(const Offer_Operation::Reserve &reserve, const OperationContext &context)
{
    if (context.framework && reserve.source_size() > 0)
        return fail("A reservation is changed by an operator's call; a scheduler unreserves and "
                    "reserves again.");
    if (auto valid = rules::wellFormed(reserve.resources()); !valid)
        return valid;
    if (auto valid = reserve.source_size() > 0 ? validateChange(reserve) : Result<>(); !valid)
        return valid;
    if (auto valid = rules::oneProvider(reserve.resources()); !valid)
        return valid;
    for (const Resource &resource : reserve.resources()) {
        if (auto valid = validateOne(resource, context); !valid)
            return valid;
    }
    return context.framework ? rules::allocatedToOneRole(reserve.resources()) : Result<>();
}

Result<> validateUnreserve(const Offer_Operation::Unreserve &unreserve)
{
    if (auto valid = rules::wellFormed(unreserve.resources()); !valid)
        return valid;
    if (auto valid = rules::oneProvider(unreserve.resources()); !valid)
        return valid;
    for (const Resource &resource : unreserve.resources()) {
        if (!rules::isDynamicallyReserved(resource))
            return fail(
                "'" + rules::text(resource)
                + "' is not dynamically reserved: static reservations are the agent's flags");
        if (resource.disk().has_persistence())
            return fail("'" + rules::text(resource)
                        + "' is a persistent volume; destroy the volume first, then unreserve it");
    }
    return {};
}

} // namespace meseta::master::operations
