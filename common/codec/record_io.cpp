#include "common/codec/record_io.h"

#include <charconv>
#include <cstdint>

namespace meseta::codec {

namespace {

constexpr std::size_t LongestLengthLine = 20; // digits of 2^64 - 1
constexpr std::size_t KeptCapacity = 1024 * 1024; // more is given back after a large record

/// The length before a newline: digits and nothing else.
std::optional<std::uint64_t> parseLength(std::string_view digits)
{
    std::uint64_t length = 0;
    const char *const end = digits.data() + digits.size();
    const auto [stop, problem] = std::from_chars(digits.data(), end, length);
    if (digits.empty() || problem != std::errc() || stop != end)
        return std::nullopt;
    return length;
}

std::string shown(std::string_view line)
{
    return "'" + std::string(line.substr(0, LongestLengthLine)) + "'";
}

} // namespace

std::string encodeRecord(std::string_view record)
{
    std::string out = std::to_string(record.size());
    out.reserve(out.size() + 1 + record.size());
    out.push_back('\n');
    out.append(record);
    return out;
}

Result<std::vector<std::string>> RecordDecoder::feed(std::string_view bytes)
{
    if (m_failed)
        return fail("The RecordIO stream already failed; it cannot be read on");
    m_buffer.append(bytes);
    std::vector<std::string> records;
    std::size_t at = 0;
    while (at < m_buffer.size()) {
        const auto next = nextRecord(at);
        if (!next) {
            m_failed = true;
            m_buffer.clear();
            return fail(next.error());
        }
        if (!*next)
            break;
        records.emplace_back(m_buffer, (*next)->begin, (*next)->size);
        at = (*next)->begin + (*next)->size;
    }
    m_buffer.erase(0, at);
    if (m_buffer.capacity() > KeptCapacity && m_buffer.size() < KeptCapacity / 2)
        m_buffer.shrink_to_fit();
    return records;
}

Result<std::optional<RecordDecoder::Span>> RecordDecoder::nextRecord(std::size_t at) const
{
    const std::string_view rest = std::string_view(m_buffer).substr(at);
    const std::string_view head = rest.substr(0, LongestLengthLine + 1);
    const std::size_t newline = head.find('\n');
    const std::string_view line = head.substr(0, newline);
    if (newline == std::string_view::npos && line.size() <= LongestLengthLine
        && line.find_first_not_of("0123456789") == std::string_view::npos)
        return std::nullopt;
    const auto length = parseLength(line);
    if (!length)
        return fail("a RecordIO record cannot be read: expected its length in decimal digits and a "
                    "newline, but got "
                    + shown(line));
    if (*length > m_max)
        return fail("a RecordIO record cannot be read: its length " + std::to_string(*length)
                    + " is over the limit of " + std::to_string(m_max) + " bytes");
    if (rest.size() - newline - 1 < *length)
        return std::nullopt;
    return Span{at + newline + 1, static_cast<std::size_t>(*length)};
}

} // namespace meseta::codec
