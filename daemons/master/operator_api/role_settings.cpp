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

} // namespace

Result<> updateWeights(Core &core,
                       const google::protobuf::RepeatedPtrField<mesos::v1::WeightInfo> &weights)
{
    for (const mesos::v1::WeightInfo &wish : weights) {
        if (const Result<> role = knownRole(core, wish.role()); !role)
            return fail(role.error().within("invalid WeightInfo.role"));
        if (!(wish.weight() > 0) || !std::isfinite(wish.weight()))
            return fail("WeightInfo.weight of role '" + wish.role() + "' is "
                        + number(wish.weight()) + "; weights must be greater than 0");
    }
    bool stale = false;
    for (const mesos::v1::WeightInfo &wish : weights) {
        core.cluster.weights[wish.role()] = wish.weight();
        core.allocator->setWeight(wish.role(), wish.weight());
        stale = stale || hasFrameworks(core, wish.role());
    }
    if (stale)
        rescindAllOffers(core);
    return {};
}

Result<>
updateQuota(Core &core,
            const google::protobuf::RepeatedPtrField<mesos::v1::quota::QuotaConfig> &configs,
            bool force)
{
    std::map<std::string, mesos::v1::quota::QuotaConfig> quotas = core.cluster.quotas;
    for (const mesos::v1::quota::QuotaConfig &config : configs) {
        if (const Result<> valid = validConfig(core, config); !valid)
            return valid;
        if (const Result<> holds = force ? Result<>() : limitsHold(core, config); !holds)
            return holds;
        if (config.guarantees().empty() && config.limits().empty())
            quotas.erase(config.role());
        else
            quotas[config.role()] = config;
    }
    if (const Result<> fits = force ? Result<>() : guaranteesFit(core, quotas); !fits)
        return fits;
    core.cluster.quotas = std::move(quotas);
    for (const mesos::v1::quota::QuotaConfig &config : configs)
        core.allocator->setQuota(config.role(), quotaQuantities(config.guarantees()),
                                 quotaQuantities(config.limits()));
    if (!configs.empty())
        rescindAllOffers(core);
    return {};
}

} // namespace meseta::master
