#include "common/codec/json_sink.h"

#include <cmath>
#include <cstdint>

namespace meseta::codec {

namespace {

/// Bytes that stand for themselves between quotes: printable ASCII but '"' and '\', and DEL.
constexpr std::array<bool, 256> makePlain()
{
    std::array<bool, 256> plain{};
    for (int c = 0x20; c < 0x80; ++c)
        plain[static_cast<std::size_t>(c)] = c != '"' && c != '\\';
    return plain;
}

constexpr auto Plain = makePlain();
constexpr char HexDigits[] = "0123456789ABCDEF";
constexpr char Base64Digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint32_t Replacement = 0xFFFD;

struct Decoded
{
    std::uint32_t character;
    int bytes;
};

bool isContinuation(const char *p, const char *end)
{
    return p < end && (static_cast<unsigned char>(*p) & 0xC0) == 0x80;
}

/// How many bytes a sequence has by its first one; 0 when none begins so.
int sequenceLength(unsigned char first)
{
    if (first >= 0xC2 && first <= 0xDF)
        return 2;
    if (first >= 0xE0 && first <= 0xEF)
        return 3;
    if (first >= 0xF0 && first <= 0xF4)
        return 4;
    return 0;
}

/// One character of UTF-8 (RFC 3629: no overlong forms, no surrogates), or one bad byte as U+FFFD.
Decoded decodeUtf8(const char *p, const char *end)
{
    const auto first = static_cast<unsigned char>(*p);
    const int length = sequenceLength(first);
    if (length == 0)
        return {Replacement, 1};
    std::uint32_t character = first & (0xFFU >> (length + 1));
    for (int i = 1; i < length; ++i) {
        if (!isContinuation(p + i, end))
            return {Replacement, 1};
        character = character << 6 | (static_cast<unsigned char>(p[i]) & 0x3FU);
    }
    constexpr std::uint32_t Smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
    if (character < Smallest[length] || character > 0x10FFFF || surrogate)
        return {Replacement, 1};
    return {character, length};
}

/// The digits of the shortest decimal that reads back as the same double, and where its point goes.
struct Decimal
{
    char digits[20];
    int count = 0;
    int exponent = 0; ///< of the first digit: d.ddd × 10^exponent
};

Decimal toDecimal(double value)
{
    char text[40];
    const char *end =
        std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
    Decimal decimal;
    const char *p = text;
    for (; p < end && *p != 'e'; ++p) {
        if (*p != '.')
            decimal.digits[decimal.count++] = *p;
    }
    p += p[1] == '+' ? 2 : 1;
    std::from_chars(p, end, decimal.exponent);
    return decimal;
}

} // namespace

void JsonSink::flush()
{
    m_out.append(m_block.data(), m_used);
    m_used = 0;
}

void JsonSink::putLong(std::string_view text)
{
    flush();
    if (text.size() >= m_block.size())
        m_out.append(text);
    else
        put(text);
}

void JsonSink::number(double value)
{
    if (std::isnan(value))
        return put("\"NaN\"");
    if (std::isinf(value))
        return put(value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
    if (std::signbit(value)) {
        put('-');
        value = -value;
    }
    constexpr double ExactIntegers = 9007199254740992.0; // 2^53
    if (value < ExactIntegers && value == std::floor(value)) {
        integer(static_cast<std::int64_t>(value));
        return put(".0");
    }
    const Decimal d = toDecimal(value);
    const std::string_view digits(d.digits, static_cast<std::size_t>(d.count));
    if (d.exponent < -7 || d.exponent >= 21 || value < 1e-6) {
        put(digits.substr(0, 1));
        if (d.count > 1) {
            put('.');
            put(digits.substr(1));
        }
        put('e');
        return integer(d.exponent);
    }
    if (d.exponent < 0) {
        put("0.");
        for (int i = -1; i > d.exponent; --i)
            put('0');
        return put(digits);
    }
    const auto whole = static_cast<std::size_t>(d.exponent) + 1;
    put(digits.substr(0, whole));
    for (std::size_t i = digits.size(); i < whole; ++i)
        put('0');
    put('.');
    put(digits.size() > whole ? digits.substr(whole) : std::string_view("0"));
}

void JsonSink::string(std::string_view value)
{
    put('"');
    const char *p = value.data();
    const char *const end = p + value.size();
    while (p < end) {
        const char *run = p;
        while (p < end && Plain[static_cast<unsigned char>(*p)])
            ++p;
        put(std::string_view(run, static_cast<std::size_t>(p - run)));
        if (p == end)
            break;
        if (static_cast<unsigned char>(*p) < 0x80)
            escape(static_cast<unsigned char>(*p++));
        else
            p = foreign(p, end);
    }
    put('"');
}

void JsonSink::escape(unsigned char c)
{
    switch (c) {
    case '"':
        return put("\\\"");
    case '\\':
        return put("\\\\");
    case '\b':
        return put("\\b");
    case '\f':
        return put("\\f");
    case '\n':
        return put("\\n");
    case '\r':
        return put("\\r");
    case '\t':
        return put("\\t");
    default:
        return utf16Unit(c);
    }
}

void JsonSink::utf16Unit(unsigned unit)
{
    const char text[] = {'\\',
                         'u',
                         HexDigits[unit >> 12 & 15],
                         HexDigits[unit >> 8 & 15],
                         HexDigits[unit >> 4 & 15],
                         HexDigits[unit & 15]};
    put(std::string_view(text, sizeof text));
}

const char *JsonSink::foreign(const char *p, const char *end)
{
    const Decoded decoded = decodeUtf8(p, end);
    if (decoded.character >= 0x10000) {
        const std::uint32_t offset = decoded.character - 0x10000;
        utf16Unit(0xD800 + (offset >> 10));
        utf16Unit(0xDC00 + (offset & 0x3FF));
    } else {
        utf16Unit(decoded.character);
    }
    return p + decoded.bytes;
}

void JsonSink::base64(std::string_view bytes)
{
    const auto byte = [&](std::size_t i) {
        return i < bytes.size() ? static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i]))
                                : 0;
    };
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::uint32_t bits = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
        const char group[] = {Base64Digits[bits >> 18], Base64Digits[bits >> 12 & 63],
                              i + 1 < bytes.size() ? Base64Digits[bits >> 6 & 63] : '=',
                              i + 2 < bytes.size() ? Base64Digits[bits & 63] : '='};
        put(std::string_view(group, sizeof group));
    }
}

} // namespace meseta::codec
