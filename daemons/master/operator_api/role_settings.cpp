#include "daemons/master/operator_api/role_settings.h"

#include <cmath>

#include "common/codec/json.h"
#include "common/resources/role.h"
#include "daemons/master/core/core.h"
#include "daemons/master/core/offers.h"
#include "daemons/master/state_views/role_figures.h"

namespace meseta::master {

namespace {

/// The largest amount Mesos takes for a guarantee or a limit.
constexpr double maxQuota = 1099511627776.0 * 1024;

std::string number(double value)
{
    std::string text;
    codec::writeDouble(value, text);
    return text;
}

std::string amounts(const Quantities &quantities)
{
    std::string text;
    for (const auto &[name, milli] : quantities)
        text.append(text.empty() ? "" : "; ")
            .append(name)
            .append(":")
            .append(number(fromMilli(milli)));
    return text.empty() ? "nothing" : text;
}

Result<> knownRole(const Core &core, const std::string &role)
{
    if (const Result<> valid = validateRole(role); !valid)
        return valid;
    if (!core.cluster.isWhitelistedRole(role))
        return fail("the role '" + role
                    + "' is not among those this master was started with; add it to --roles");
    return {};
}

void rescindAllOffers(Core &core)
{
    for (const auto &entry : core.cluster.agents())
        rescindOffersOf(core, *entry.second);
}

bool hasFrameworks(const Core &core, const std::string &role)
{
    return std::any_of(core.cluster.frameworks().begin(), core.cluster.frameworks().end(),
                       [&role](const auto &entry) { return entry.second->roles.count(role) > 0; });
}

Result<> validAmounts(const mesos::v1::quota::QuotaConfig &config)
{
    for (const auto &[kind, map] :
         {std::pair("guarantees", &config.guarantees()), std::pair("limits", &config.limits())}) {
        for (const auto &[name, scalar] : *map) {
            const std::string field = std::string("QuotaConfig.") + kind + "['" + name
                + "'] of role '" + config.role() + "'";
            if (!std::isfinite(scalar.value()) || scalar.value() < 0 || scalar.value() > maxQuota)
                return fail(field + " is " + number(scalar.value()) + "; it must be between 0 and "
                            + number(maxQuota));
            const auto limit = config.limits().find(name);
            if (std::string_view(kind) == "guarantees" && limit != config.limits().end()
                && toMilli(scalar.value()) > toMilli(limit->second.value()))
                return fail(field + " is " + number(scalar.value()) + ", more than its limit of "
                            + number(limit->second.value())
                            + "; raise the limit or lower the guarantee");
        }
    }
    return {};
}

Result<> validConfig(const Core &core, const mesos::v1::quota::QuotaConfig &config)
{
    if (const Result<> role = knownRole(core, config.role()); !role)
        return fail(role.error().within("invalid QuotaConfig.role"));
    if (config.role().find('/') != std::string::npos)
        return fail("quota can be set on top-level roles only, not on '" + config.role() + "'");
    return validAmounts(config);
}

/// A limit must not be less than what the role has already.
Result<> limitsHold(const Core &core, const mesos::v1::quota::QuotaConfig &config)
{
    for (const RoleFigures &role : roleFigures(core.cluster)) {
        if (role.name != config.role())
            continue;
        for (const auto &[name, limit] : quotaQuantities(config.limits())) {
            const auto consumed = role.consumed.find(name);
            if (consumed != role.consumed.end() && consumed->second > limit)
                return fail("the role '" + role.name + "' consumes " + amounts(role.consumed)
                            + " already, more than the limit " + name + ":"
                            + number(fromMilli(limit)) + "; free some, or set 'force'");
        }
    }
    return {};
}

Result<> guaranteesFit(const Core &core,
                       const std::map<std::string, mesos::v1::quota::QuotaConfig> &quotas)
{
    Quantities wanted, capacity;
    for (const auto &entry : quotas) {
        for (const auto &[name, milli] : quotaQuantities(entry.second.guarantees()))
            wanted[name] += milli;
    }
    for (const auto &entry : core.cluster.agents()) {
        for (const auto &[name, milli] : entry.second->total.nonRevocable().quantities())
            capacity[name] += milli;
    }
    for (const auto &[name, milli] : wanted) {
        const auto has = capacity.find(name);
        if (milli > (has == capacity.end() ? 0 : has->second))
            return fail("the guarantees of all roles together, " + amounts(wanted)
                        + ", exceed what the cluster has: " + amounts(capacity)
                        + "; lower them, add agents, or set 'force'");
    }
    return {};
}

using Configs = google::protobuf::RepeatedPtrField<mesos::v1::quota::QuotaConfig>;

/// What the cluster would be held to with these configurations.
std::map<std::string, mesos::v1::quota::QuotaConfig> quotasWith(const Core &core,
                                                                const Configs &configs)
{
    std::map<std::string, mesos::v1::quota::QuotaConfig> quotas = core.cluster.quotas;
    for (const mesos::v1::quota::QuotaConfig &config : configs) {
        if (registry::isEmptyQuota(config))
            quotas.erase(config.role());
        else
            quotas[config.role()] = config;
    }
    return quotas;
}

void takeQuota(Core &core, const mesos::v1::quota::QuotaConfig &config)
{
    if (registry::isEmptyQuota(config))
        core.cluster.quotas.erase(config.role());
    else
        core.cluster.quotas[config.role()] = config;
    core.allocator->setQuota(config.role(), quotaQuantities(config.guarantees()),
                             quotaQuantities(config.limits()));
}

void storeQuota(Core &core, const Configs &configs, const Written &written)
{
    core.registry->apply(registry::updateQuota(configs),
                         [&core, configs, written](const Result<> &stored) {
                             if (!stored)
                                 return written(refused(500, stored.error().message));
                             for (const mesos::v1::quota::QuotaConfig &config : configs)
                                 takeQuota(core, config);
                             if (!configs.empty())
                                 rescindAllOffers(core);
                             written({});
                         });
}

/// One amount of a QuotaRequest. Source: Mesos quota, validation of requests.
Result<> validGuarantee(const mesos::v1::Resource &resource)
{
    const std::string named = "QuotaRequest.guarantee '" + resource.name() + "'";
    if (const Result<> valid = Resources::validate(resource); !valid)
        return fail(valid.error().within(named));
    if (resource.type() != mesos::v1::Value::SCALAR)
        return fail(named + " is not a scalar; quota is about amounts");
    if (resource.reservations_size() > 0 || resource.has_reservation()
        || (resource.has_role() && resource.role() != "*"))
        return fail(named + " is reserved; quota is about unreserved resources");
    if (resource.has_disk() || resource.has_revocable() || resource.has_shared())
        return fail(named + " must be a plain amount, without disk, revocable or shared");
    return {};
}

Result<mesos::v1::quota::QuotaConfig> configOf(const mesos::v1::quota::QuotaRequest &request)
{
    mesos::v1::quota::QuotaConfig config;
    config.set_role(request.role());
    if (request.guarantee().empty())
        return fail("QuotaRequest.guarantee is empty; name an amount, such as cpus:4");
    for (const mesos::v1::Resource &resource : request.guarantee()) {
        if (const Result<> valid = validGuarantee(resource); !valid)
            return fail(valid.error());
        if (config.guarantees().count(resource.name()) > 0)
            return fail("QuotaRequest.guarantee names '" + resource.name() + "' twice");
        (*config.mutable_guarantees())[resource.name()] = resource.scalar();
        (*config.mutable_limits())[resource.name()] = resource.scalar();
    }
    return config;
}

} // namespace

void updateWeights(Core &core,
                   const google::protobuf::RepeatedPtrField<mesos::v1::WeightInfo> &weights,
                   const Written &written)
{
    for (const mesos::v1::WeightInfo &wish : weights) {
        if (const Result<> role = knownRole(core, wish.role()); !role)
            return written(refused(400, role.error().within("invalid WeightInfo.role").message));
        if (!(wish.weight() > 0) || !std::isfinite(wish.weight()))
            return written(refused(400,
                                   "WeightInfo.weight of role '" + wish.role() + "' is "
                                       + number(wish.weight()) + "; a weight is a number above 0"));
    }
    const auto take = [&core, weights, written](const Result<> &stored) {
        if (!stored)
            return written(refused(500, stored.error().message));
        bool stale = false;
        for (const mesos::v1::WeightInfo &wish : weights) {
            core.cluster.weights[wish.role()] = wish.weight();
            core.allocator->setWeight(wish.role(), wish.weight());
            stale = stale || hasFrameworks(core, wish.role());
        }
        if (stale)
            rescindAllOffers(core);
        written({});
    };
    core.registry->apply(registry::updateWeights(weights), take);
}

void updateQuota(Core &core, const Configs &configs, bool force, const Written &written)
{
    for (const mesos::v1::quota::QuotaConfig &config : configs) {
        if (const Result<> valid = validConfig(core, config); !valid)
            return written(refused(400, valid.error().message));
        if (const Result<> holds = force ? Result<>() : limitsHold(core, config); !holds)
            return written(refused(400, holds.error().message));
    }
    const Result<> fits = force ? Result<>() : guaranteesFit(core, quotasWith(core, configs));
    if (!fits)
        return written(refused(400, fits.error().message));
    storeQuota(core, configs, written);
}

void setQuota(Core &core, const mesos::v1::quota::QuotaRequest &request, const Written &written)
{
    const Result<mesos::v1::quota::QuotaConfig> config = configOf(request);
    if (!config)
        return written(refused(400, config.error().message));
    if (const Result<> valid = validConfig(core, *config); !valid)
        return written(refused(400, valid.error().message));
    if (core.cluster.quotas.count(config->role()) > 0)
        return written(refused(400,
                               "the role '" + config->role()
                                   + "' has a quota already; remove it first, or use "
                                     "UPDATE_QUOTA, which replaces it"));
    Configs configs;
    *configs.Add() = *config;
    const Result<> fits =
        request.force() ? Result<>() : guaranteesFit(core, quotasWith(core, configs));
    if (!fits)
        return written(refused(409, fits.error().message));
    storeQuota(core, configs, written);
}

void removeQuota(Core &core, const std::string &role, const Written &written)
{
    if (const Result<> known = knownRole(core, role); !known)
        return written(refused(400, known.error().message));
    if (core.cluster.quotas.count(role) == 0)
        return written(refused(
            400, "the role '" + role + "' has no quota; GET_QUOTA lists those that have one"));
    Configs configs;
    configs.Add()->set_role(role);
    storeQuota(core, configs, written);
}

} // namespace meseta::master
