#include "common/codec/base64.h"

#include <array>
#include <cstdint>

#include "common/codec/json_sink.h"

namespace meseta::codec {

namespace {

constexpr std::int8_t Invalid = -1;
constexpr std::int8_t Space = -2;

constexpr std::array<std::int8_t, 256> makeDigits()
{
    std::array<std::int8_t, 256> digits{};
    digits.fill(Invalid);
    const char *alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::int8_t i = 0; i < 64; ++i)
        digits[static_cast<unsigned char>(alphabet[i])] = i;
    for (const unsigned char c : {' ', '\t', '\n', '\r', '\v', '\f'})
        digits[c] = Space;
    return digits;
}

constexpr auto Digits = makeDigits();

/// The bits left over after whole bytes: 6 of them can be no byte at all, and padding only fills up
/// a group of four.
bool endsWell(int digits, int padding)
{
    const int rest = digits % 4;
    return rest != 1 && (padding == 0 || (rest > 0 && rest + padding == 4));
}

} // namespace

std::string encodeBase64(std::string_view bytes)
{
    std::string out;
    JsonSink(out).base64(bytes);
    return out;
}

std::optional<std::string> decodeBase64(std::string_view text)
{
    std::string bytes;
    bytes.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    int digits = 0;
    int padding = 0;
    for (const char c : text) {
        const std::int8_t digit = Digits[static_cast<unsigned char>(c)];
        if (digit == Space)
            continue;
        if (c == '=') {
            ++padding;
            continue;
        }
        if (digit == Invalid || padding > 0)
            return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        ++digits;
        if (const int rest = digits % 4; rest != 1)
            bytes.push_back(static_cast<char>(bits >> (rest == 2 ? 4 : rest == 3 ? 2 : 0)));
    }
    if (!endsWell(digits, padding))
        return std::nullopt;
    return bytes;
}

} // namespace meseta::codec
