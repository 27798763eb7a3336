#include <algorithm>

#include "daemons/master/allocator/allocator.h"
#include "daemons/master/allocator/allocator_private.h"

// Frameworks and their wishes: roles, suppression, capabilities, constraints.

namespace meseta::master {

namespace {

std::optional<std::vector<Quantities>> minimumOf(const AllocatorFramework &framework,
                                                 const std::string &role)
{
    const auto filters = framework.offerFilters.find(role);
    if (filters == framework.offerFilters.end() || !filters->second.has_min_allocatable_resources())
        return std::nullopt;
    std::vector<Quantities> alternatives;
    for (const auto &alternative : filters->second.min_allocatable_resources().quantities()) {
        Quantities &quantities = alternatives.emplace_back();
        for (const auto &[name, scalar] : alternative.quantities())
            quantities[name] = toMilli(scalar.value());
    }
    return alternatives;
}

} // namespace

void Allocator::Private::describeRole(RoleOfFramework &role, const AllocatorFramework &description)
{
    role.subscribed = description.roles.contains(role.role->path);
    const bool suppressed = description.suppressedRoles.contains(role.role->path);
    // A role that is no longer suppressed is revived; one that is no longer there has nothing to
    // refuse.
    if (!role.subscribed || (role.suppressed && !suppressed))
        state.forgetFilters(role);
    role.suppressed = suppressed;
    state.ownMinimums -= role.minimum ? 1 : 0;
    role.minimum = role.subscribed ? minimumOf(description, role.role->path) : std::nullopt;
    state.ownMinimums += role.minimum ? 1 : 0;
    state.updateActivity(role);
    if (role.active)
        state.markWanted(role);
}

void Allocator::Private::describe(FrameworkState &framework, const AllocatorFramework &description)
{
    framework.known = true;
    framework.multiRole = description.capabilities.contains("MULTI_ROLE");
    framework.gpu = description.capabilities.contains("GPU_RESOURCES");
    framework.regionAware = description.capabilities.contains("REGION_AWARE");
    framework.shared = description.capabilities.contains("SHARED_RESOURCES");
    framework.revocable = description.capabilities.contains("REVOCABLE_RESOURCES");
    framework.refinement = description.capabilities.contains("RESERVATION_REFINEMENT");
    framework.constraints.reset();
    framework.constraintsFault.clear();
    if (description.offerConstraints.role_constraints_size() > 0) {
        auto compiled =
            OfferConstraints::compile(description.offerConstraints, state.options.regexLimits);
        if (compiled)
            framework.constraints = std::move(*compiled);
        else
            framework.constraintsFault = compiled.error().message;
    }
    for (const std::string &path : description.roles)
        state.roleAt(framework, path);
    for (const auto &[path, role] : framework.roles)
        describeRole(*role, description);
    state.releaseUnused(framework);
    requestRun();
}

void Allocator::addFramework(const AllocatorFramework &description)
{
    FrameworkState &framework = d->state.frameworkAt(description.id);
    framework.active = description.active;
    d->describe(framework, description);
}

void Allocator::updateFramework(const AllocatorFramework &description)
{
    if (FrameworkState *framework = d->state.framework(description.id);
        framework && framework->known)
        d->describe(*framework, description);
}

void Allocator::activateFramework(const std::string &id)
{
    FrameworkState *framework = d->state.framework(id);
    if (!framework || !framework->known)
        return;
    framework->active = true;
    for (const auto &[path, role] : framework->roles) {
        d->state.updateActivity(*role);
        if (role->active)
            d->state.markWanted(*role);
    }
    d->requestRun();
}

void Allocator::deactivateFramework(const std::string &id)
{
    FrameworkState *framework = d->state.framework(id);
    if (!framework)
        return;
    framework->active = false;
    for (const auto &[path, role] : framework->roles) {
        d->state.updateActivity(*role);
        d->state.forgetFilters(*role);
    }
}

void Allocator::removeFramework(const std::string &id)
{
    if (!d->state.framework(id))
        return;
    deactivateFramework(id);
    for (const auto &[agentId, agent] : d->state.agents) {
        const auto held = agent->held.find(id);
        if (held == agent->held.end())
            continue;
        const Resources all = held->second;
        d->state.takeBack(*agent, id, all);
        d->freed(*agent);
    }
    FrameworkState *framework = d->state.framework(id);
    framework->known = false;
    for (const auto &[path, role] : framework->roles)
        role->subscribed = false;
    d->state.releaseUnused(*framework);
}

std::vector<RoleOfFramework *> Allocator::Private::rolesOf(const std::string &frameworkId,
                                                           const std::set<std::string> &roles)
{
    std::vector<RoleOfFramework *> result;
    if (FrameworkState *framework = state.framework(frameworkId))
        for (const auto &[path, role] : framework->roles)
            if (role->subscribed && (roles.empty() || roles.contains(path)))
                result.push_back(role.get());
    return result;
}

void Allocator::suppress(const std::string &frameworkId, const std::set<std::string> &roles)
{
    for (RoleOfFramework *role : d->rolesOf(frameworkId, roles)) {
        role->suppressed = true;
        d->state.updateActivity(*role);
    }
}

void Allocator::revive(const std::string &frameworkId, const std::set<std::string> &roles)
{
    for (RoleOfFramework *role : d->rolesOf(frameworkId, roles)) {
        role->suppressed = false;
        d->state.forgetFilters(*role);
        d->state.updateActivity(*role);
        if (role->active)
            d->state.markWanted(*role);
        d->requestRun();
    }
}

} // namespace meseta::master
