#include "common/base/duration_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace meseta {

namespace {

struct Unit
{
    std::string_view name;
    std::int64_t nanoseconds;
};

constexpr std::array<Unit, 8> units{{{"ns", 1},
                                     {"us", 1'000},
                                     {"ms", 1'000'000},
                                     {"secs", 1'000'000'000},
                                     {"mins", 60'000'000'000},
                                     {"hrs", 3'600'000'000'000},
                                     {"days", 86'400'000'000'000},
                                     {"weeks", 604'800'000'000'000}}};

std::string numberText(double number)
{
    std::array<char, 32> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number,
                                   std::chars_format::general, 15);
    return std::string(text.data(), end.ptr);
}

tl::unexpected<Error> refused(std::string_view text, const std::string &why)
{
    return fail("'" + std::string(text) + "' is not a duration: " + why
                + "; write a number and one of ns, us, ms, secs, mins, hrs, days, weeks, like "
                  "1.5secs or 10mins");
}

} // namespace

Result<Duration> parseDuration(std::string_view text)
{
    const std::size_t unitStart = text.find_first_not_of("0123456789.");
    if (unitStart == 0 || text.empty())
        return refused(text, "it does not begin with a number");
    if (unitStart == std::string_view::npos)
        return refused(text, "the unit is missing");
    double number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + unitStart, number);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + unitStart)
        return refused(text, "'" + std::string(text.substr(0, unitStart)) + "' is not a number");
    const std::string_view unitName = text.substr(unitStart);
    for (const Unit &unit : units) {
        if (unit.name != unitName)
            continue;
        const double nanoseconds = number * static_cast<double>(unit.nanoseconds);
        if (nanoseconds >= static_cast<double>(std::numeric_limits<std::int64_t>::max()))
            return refused(text, "it is longer than 292 years");
        return Duration(std::llround(nanoseconds));
    }
    return refused(text, "'" + std::string(unitName) + "' is not a unit");
}

std::string durationText(Duration duration)
{
    if (duration < Duration::zero() && duration != Duration::min())
        return "-" + durationText(-duration);
    const std::int64_t count = duration.count();
    std::size_t largest = 0;
    while (largest + 1 < units.size() && count >= units[largest + 1].nanoseconds)
        ++largest;
    // 10 days read better than 1.42857142857143 weeks.
    if (largest > 0 && count % units[largest].nanoseconds != 0
        && count % units[largest - 1].nanoseconds == 0)
        --largest;
    const double number =
        static_cast<double>(count) / static_cast<double>(units[largest].nanoseconds);
    return numberText(number) + std::string(units[largest].name);
}

} // namespace meseta
