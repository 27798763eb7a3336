#include <cmath>

#include "daemons/master/allocator/offer_constraints.h"
#include "daemons/master/validation/validation.h"
#include "mesos/v1/cluster.pb.h"
#include "mesos/v1/scheduler/scheduler.pb.h"

namespace meseta::master {

using mesos::v1::FrameworkInfo;

namespace {

bool isMultiRole(const FrameworkInfo &info)
{
    for (const FrameworkInfo::Capability &capability : info.capabilities()) {
        if (capability.type() == FrameworkInfo::Capability::MULTI_ROLE)
            return true;
    }
    return false;
}

std::set<std::string> rolesOf(const FrameworkInfo &info)
{
    if (isMultiRole(info))
        return {info.roles().begin(), info.roles().end()};
    return {info.role()};
}

template <typename Names> std::string listed(const Names &names)
{
    std::string text;
    for (const std::string &name : names)
        text += (text.empty() ? "'" : ", '") + name + "'";
    return text;
}

Result<> validateManyRoles(const FrameworkInfo &info)
{
    if (info.has_role())
        return fail(
            "'FrameworkInfo.role' is for frameworks without the capability MULTI_ROLE; put '"
            + info.role() + "' into 'roles'");
    std::set<std::string> seen;
    std::set<std::string> twice;
    for (const std::string &role : info.roles()) {
        if (!seen.insert(role).second)
            twice.insert(role);
    }
    if (!twice.empty())
        return fail("'FrameworkInfo.roles' names twice: " + listed(twice));
    for (const std::string &role : info.roles()) {
        if (auto valid = validateRole(role); !valid)
            return fail(valid.error().within("'FrameworkInfo.roles' has what is no role"));
    }
    return {};
}

Result<> validateRoles(const FrameworkInfo &info)
{
    if (isMultiRole(info))
        return validateManyRoles(info);
    if (info.roles_size() > 0)
        return fail("'FrameworkInfo.roles' needs the capability MULTI_ROLE; use 'role', or add the "
                    "capability");
    if (auto valid = validateRole(info.role()); !valid)
        return fail(valid.error().within("'FrameworkInfo.role' is no role"));
    return {};
}

Result<> validateQuantity(const std::string &name, double value)
{
    if (std::isfinite(value) && std::fpclassify(value) != FP_SUBNORMAL && value >= 0)
        return {};
    return fail("'FrameworkInfo.offer_filters': the quantity of '" + name + "' is "
                + std::to_string(value) + "; it must be a finite number not below 0");
}

Result<> validateFilters(const mesos::v1::OfferFilters &filters)
{
    for (const auto &quantities : filters.min_allocatable_resources().quantities()) {
        if (quantities.quantities().empty())
            return fail("'FrameworkInfo.offer_filters': each of "
                        "'min_allocatable_resources.quantities' must name at least one "
                        "quantity");
        for (const auto &[name, scalar] : quantities.quantities()) {
            if (auto valid = validateQuantity(name, scalar.value()); !valid)
                return valid;
        }
    }
    return {};
}

Result<> validateFailoverTimeout(double seconds)
{
    constexpr double LongestSeconds = 9223372036.0; // 2^63 nanoseconds
    if (std::isfinite(seconds) && std::fabs(seconds) <= LongestSeconds)
        return {};
    return fail("'FrameworkInfo.failover_timeout' (" + std::to_string(seconds)
                + ") is invalid: it must be a number of seconds "
                  "below 292 years");
}

Result<> validateAgainstRules(const FrameworkInfo &info, const FrameworkRules &rules)
{
    std::set<std::string> refused;
    if (rules.roleWhitelist) {
        for (const std::string &role : rolesOf(info)) {
            if (!rules.roleWhitelist->contains(role))
                refused.insert(role);
        }
    }
    if (!refused.empty())
        return fail("Roles " + listed(refused) + " are not among the master's --roles");
    if (info.user() == "root" && !rules.rootSubmissions)
        return fail("The user 'root' may not run frameworks: the master was started with "
                    "--root_submissions=false");
    return {};
}

std::optional<std::string> principalOf(const FrameworkInfo &info)
{
    return info.has_principal() ? std::optional(info.principal()) : std::nullopt;
}

} // namespace

Result<> validateFrameworkInfo(const FrameworkInfo &info, const FrameworkRules &rules)
{
    if (auto valid = validateRoles(info); !valid)
        return valid;
    if (!info.id().value().empty()) {
        if (auto valid = validateId(info.id().value(), "FrameworkInfo.id"); !valid)
            return valid;
    }
    for (const auto &[role, filters] : info.offer_filters()) {
        if (auto valid = validateFilters(filters); !valid)
            return valid;
    }
    if (auto valid = validateFailoverTimeout(info.failover_timeout()); !valid)
        return valid;
    return validateAgainstRules(info, rules);
}

Result<> validateFrameworkResubscribe(const FrameworkInfo &known, const FrameworkInfo &given)
{
    if (principalOf(known) != principalOf(given))
        return fail("'FrameworkInfo.principal' cannot be changed.");
    return {};
}

Result<> validateFrameworkUpdate(const FrameworkInfo &known, const FrameworkInfo &given)
{
    if (auto valid = validateFrameworkResubscribe(known, given); !valid)
        return valid;
    if (known.user() != given.user())
        return fail("'FrameworkInfo.user' cannot be changed: it is '" + known.user()
                    + "' and cannot become '" + given.user() + "'");
    if (known.checkpoint() != given.checkpoint())
        return fail(std::string("'FrameworkInfo.checkpoint' cannot be changed: it stays ")
                    + (known.checkpoint() ? "true" : "false"));
    return {};
}

Result<> validateSuppressedRoles(const google::protobuf::RepeatedPtrField<std::string> &suppressed,
                                 const FrameworkInfo &info)
{
    const std::set<std::string> roles = rolesOf(info);
    std::set<std::string> foreign;
    for (const std::string &role : suppressed) {
        if (!roles.contains(role))
            foreign.insert(role);
    }
    if (foreign.empty())
        return {};
    return fail("Suppressed roles " + listed(foreign) + " are not among the framework's roles ("
                + listed(roles) + ")");
}

Result<> validateOfferConstraints(const mesos::v1::scheduler::OfferConstraints &constraints,
                                  const FrameworkInfo &info, const ConstraintLimits &limits)
{
    const std::set<std::string> roles = rolesOf(info);
    for (const auto &[role, groups] : constraints.role_constraints()) {
        if (!roles.contains(role))
            return fail("The offer constraints name the role '" + role
                        + "', which is not among the framework's roles (" + listed(roles) + ")");
    }
    const auto compiled = OfferConstraints::compile(
        constraints, {limits.re2MaxMemoryBytes, limits.re2MaxProgramSize});
    if (!compiled)
        return fail(compiled.error().within("The offer constraints cannot be used"));
    return {};
}

} // namespace meseta::master
