#include "common/resources/attributes.h"

#include "common/resources/ranges.h"
#include "common/resources/resources.h"
#include "common/resources/value_text.h"

namespace meseta {

namespace {

using mesos::v1::Attribute;
using mesos::v1::Value;

Result<Attribute> parseOne(std::string_view text)
{
    const std::string shown = "the attribute '" + std::string(text) + "'";
    const std::size_t colon = text.find(':');
    const std::string_view name = trimmed(text.substr(0, colon));
    if (colon == std::string_view::npos || name.empty())
        return fail(shown + " is not of the form name:value");
    auto value = parseValue(text.substr(colon + 1));
    if (!value)
        return fail(value.error().within(shown));
    if (value->type() == Value::SET)
        return fail(shown
                    + " is a set, which agents do not have; give each item an attribute of its "
                      "own, or use text");
    Attribute attribute;
    attribute.set_name(std::string(name));
    attribute.set_type(value->type());
    if (value->has_scalar())
        *attribute.mutable_scalar() = value->scalar();
    if (value->has_ranges())
        *attribute.mutable_ranges() = value->ranges();
    if (value->has_text())
        *attribute.mutable_text() = value->text();
    return attribute;
}

} // namespace

Result<Attributes> parseAttributes(std::string_view text)
{
    Attributes attributes;
    for (const std::string_view part : splitTrimmed(text, ";\n")) {
        auto attribute = parseOne(part);
        if (!attribute)
            return fail(attribute.error());
        *attributes.Add() = std::move(*attribute);
    }
    return attributes;
}

std::string attributeText(const Attribute &attribute)
{
    switch (attribute.type()) {
    case Value::SCALAR:
        return milliText(toMilli(attribute.scalar().value()));
    case Value::TEXT:
        return attribute.text().value();
    case Value::RANGES: {
        std::vector<Ranges::Interval> intervals;
        for (const Value::Range &range : attribute.ranges().range())
            intervals.push_back({range.begin(), range.end()});
        return Ranges(std::move(intervals)).text();
    }
    case Value::SET:
        break;
    }
    std::string out = "{";
    for (const std::string &item : attribute.set().item())
        out += (out.size() > 1 ? ", " : "") + item;
    return out + "}";
}

} // namespace meseta
