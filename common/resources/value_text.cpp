#include "common/resources/value_text.h"

#include <charconv>
#include <cmath>
#include <optional>

#include "common/resources/ranges.h"

namespace meseta {

namespace {

using mesos::v1::Value;

constexpr std::string_view blanks = " \t\r\n";

std::string quoted(std::string_view text)
{
    return "'" + std::string(text) + "'";
}

template <typename Number> std::optional<Number> number(std::string_view text)
{
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

Result<Ranges::Interval> parseInterval(std::string_view text)
{
    const std::size_t dash = text.find('-');
    const auto begin = number<std::uint64_t>(trimmed(text.substr(0, dash)));
    const auto end = dash == std::string_view::npos
        ? begin
        : number<std::uint64_t>(trimmed(text.substr(dash + 1)));
    if (!begin || !end)
        return fail("the range " + quoted(text)
                    + " is not of the form <first>-<last> with whole numbers");
    if (*begin > *end)
        return fail("the range " + quoted(text) + " ends before it begins");
    return Ranges::Interval{*begin, *end};
}

Result<Value> parseRanges(std::string_view text)
{
    std::vector<Ranges::Interval> intervals;
    for (const std::string_view part : splitTrimmed(text.substr(1, text.size() - 2), ",\n")) {
        auto interval = parseInterval(part);
        if (!interval)
            return fail(interval.error());
        intervals.push_back(*interval);
    }
    Value value;
    value.set_type(Value::RANGES);
    value.mutable_ranges();
    const Ranges merged(std::move(intervals));
    for (const Ranges::Interval &interval : merged.intervals()) {
        Value::Range &range = *value.mutable_ranges()->add_range();
        range.set_begin(interval.begin);
        range.set_end(interval.end);
    }
    return value;
}

Result<Value> parseSet(std::string_view text)
{
    Value value;
    value.set_type(Value::SET);
    value.mutable_set();
    for (const std::string_view part : splitTrimmed(text.substr(1, text.size() - 2), ",\n"))
        value.mutable_set()->add_item(std::string(part));
    return value;
}

} // namespace

std::string_view trimmed(std::string_view text)
{
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string_view> splitTrimmed(std::string_view text, std::string_view separators)
{
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const std::size_t end = text.find_first_of(separators);
        if (const std::string_view part = trimmed(text.substr(0, end)); !part.empty())
            parts.push_back(part);
        if (end == std::string_view::npos)
            break;
        text.remove_prefix(end + 1);
    }
    return parts;
}

Result<Value> parseValue(std::string_view whole)
{
    const std::string_view text = trimmed(whole);
    if (text.empty())
        return fail("the value is empty");
    if (text.front() == '[' || text.front() == '{') {
        const char close = text.front() == '[' ? ']' : '}';
        if (text.size() < 2 || text.back() != close)
            return fail("the value " + quoted(text) + " lacks its closing '" + close + "'");
        return close == ']' ? parseRanges(text) : parseSet(text);
    }
    Value value;
    if (const auto scalar = number<double>(text); scalar && std::isfinite(*scalar)) {
        value.set_type(Value::SCALAR);
        value.mutable_scalar()->set_value(*scalar);
    } else {
        value.set_type(Value::TEXT);
        value.mutable_text()->set_value(std::string(text));
    }
    return value;
}

} // namespace meseta
