#include "common/resources/resources.h"

#include <map>

#include "common/codec/json.h"
#include "common/resources/value_text.h"
#include "mesos/v1/resource.pb.h"

// The forms of the flag --resources. Source: Mesos attributes and resources documentation.

namespace meseta {

namespace {

using mesos::v1::Resource;
using mesos::v1::Value;

constexpr const char *form =
    "write it as name:value or name(role):value, for example cpus:4 or ports:[31000-32000]";

std::string quoted(std::string_view text)
{
    return "'" + std::string(text) + "'";
}

/// "disk(role)" into name and role.
Result<> parseNameAndRole(std::string_view text, Resource &resource)
{
    const std::size_t open = text.find('(');
    resource.set_name(std::string(trimmed(text.substr(0, open))));
    if (open == std::string_view::npos)
        return {};
    if (text.back() != ')')
        return fail("the role in " + quoted(text) + " lacks its closing ')'");
    resource.set_role(std::string(trimmed(text.substr(open + 1, text.size() - open - 2))));
    return {};
}

Result<Resource> parseOne(std::string_view text)
{
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos)
        return fail(quoted(text) + " has no value; " + form);
    Resource resource;
    if (auto named = parseNameAndRole(trimmed(text.substr(0, colon)), resource); !named)
        return fail(named.error());
    auto value = parseValue(text.substr(colon + 1));
    if (!value)
        return fail(value.error().within(quoted(text)));
    if (value->type() == Value::TEXT)
        return fail(quoted(text) + " has a value that is no number, range or set; " + form);
    resource.set_type(value->type());
    if (value->has_scalar())
        *resource.mutable_scalar() = value->scalar();
    if (value->has_ranges())
        *resource.mutable_ranges() = value->ranges();
    if (value->has_set())
        *resource.mutable_set() = value->set();
    return resource;
}

Result<Resources::Proto> parseText(std::string_view text)
{
    Resources::Proto list;
    for (const std::string_view part : splitTrimmed(text, ";\n")) {
        auto resource = parseOne(part);
        if (!resource)
            return fail(resource.error());
        *list.Add() = std::move(*resource);
    }
    return list;
}

Result<Resources::Proto> parseJsonList(std::string_view text)
{
    // The codec reads objects; any message with a list of resources does for a frame.
    mesos::v1::TaskResourceLimitation frame;
    const std::string framed = "{\"resources\":" + std::string(text) + "}";
    if (auto parsed = codec::parseJson(framed, frame); !parsed)
        return fail(parsed.error());
    return std::move(*frame.mutable_resources());
}

/// What may not be said on a command line, because frameworks and operators say it to a running
/// cluster.
Result<> checkForCommandLine(const Resource &resource)
{
    if (resource.has_reservation())
        return fail("a dynamic reservation cannot be given here; reserve it once the agent runs");
    for (const Resource::ReservationInfo &reservation : resource.reservations())
        if (reservation.type() != Resource::ReservationInfo::STATIC)
            return fail(
                "a dynamic reservation cannot be given here; reserve it once the agent runs");
    if (resource.disk().has_persistence())
        return fail("a persistent volume cannot be given here; create it once the agent runs");
    if (resource.has_revocable())
        return fail(
            "revocable resources cannot be given here; they come from the agent's estimator");
    if (resource.has_allocation_info())
        return fail("an allocation cannot be given here");
    return {};
}

Result<> finish(Resources::Proto &list, const std::string &defaultRole)
{
    std::map<std::string, Value::Type> types;
    for (Resource &resource : list) {
        if (!resource.has_role() && resource.reservations_size() == 0)
            resource.set_role(defaultRole);
        for (const auto check :
             {+[](const Resource &r) { return Resources::validate(r); }, &checkForCommandLine})
            if (auto valid = check(resource); !valid)
                return fail(valid.error().within(quoted(resource.name())));
        const auto [known, first] = types.try_emplace(resource.name(), resource.type());
        if (!first && known->second != resource.type())
            return fail(quoted(resource.name()) + " is given as " + Value::Type_Name(known->second)
                        + " and as " + Value::Type_Name(resource.type())
                        + "; one name has one type");
    }
    return {};
}

} // namespace

Result<Resources::Proto> Resources::parseList(std::string_view text, const std::string &defaultRole)
{
    const std::string_view whole = trimmed(text);
    auto list = !whole.empty() && whole.front() == '[' ? parseJsonList(whole) : parseText(whole);
    if (!list)
        return fail(list.error().within("cannot read the resources"));
    if (auto finished = finish(*list, defaultRole); !finished)
        return fail(finished.error().within("cannot use the resources"));
    return list;
}

Result<Resources> Resources::parse(std::string_view text, const std::string &defaultRole)
{
    auto list = parseList(text, defaultRole);
    if (!list)
        return fail(list.error());
    return Resources(*list);
}

Result<Quantities> parseQuantities(std::string_view text)
{
    Quantities result;
    auto list = Resources::parseList(text);
    if (!list)
        return fail(list.error());
    for (const Resource &resource : *list) {
        if (resource.type() != Value::SCALAR || resource.role() != "*")
            return fail("the quantity " + quoted(resource.name())
                        + " must be a plain number without a role");
        result[resource.name()] += toMilli(resource.scalar().value());
    }
    return result;
}

} // namespace meseta
