#include "common/base/bytes_text.h"

#include <array>
#include <cctype>
#include <charconv>
#include <limits>

namespace meseta {

namespace {

constexpr std::array<std::string_view, 5> units{"B", "KB", "MB", "GB", "TB"};

tl::unexpected<Error> refused(std::string_view text, const std::string &why)
{
    return fail("'" + std::string(text) + "' is not a size: " + why
                + "; write a whole number and one of B, KB, MB, GB, TB, like 512MB");
}

std::string upper(std::string_view text)
{
    std::string result(text);
    for (char &c : result)
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return result;
}

} // namespace

Result<std::uint64_t> parseBytes(std::string_view text)
{
    std::uint64_t number = 0;
    const char *end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    if (parsed.ec == std::errc::result_out_of_range)
        return refused(text, "the number is too large");
    if (parsed.ec != std::errc())
        return refused(text, "it does not begin with a whole number");
    if (parsed.ptr == end)
        return refused(text, "the unit is missing");
    if (*parsed.ptr == '.')
        return refused(text, "fractions are not allowed");
    const std::string unit =
        upper(std::string_view(parsed.ptr, static_cast<std::size_t>(end - parsed.ptr)));
    std::uint64_t factor = 1;
    for (const std::string_view name : units) {
        if (name == unit) {
            if (number > std::numeric_limits<std::uint64_t>::max() / factor)
                return refused(text, "the number is too large");
            return number * factor;
        }
        factor *= 1024;
    }
    return refused(text, "'" + unit + "' is not a unit");
}

std::string bytesText(std::uint64_t bytes)
{
    std::size_t unit = 0;
    while (bytes != 0 && bytes % 1024 == 0 && unit + 1 < units.size()) {
        bytes /= 1024;
        ++unit;
    }
    return std::to_string(bytes) + std::string(units[unit]);
}

} // namespace meseta
