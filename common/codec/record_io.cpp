#include "common/codec/record_io.h"

#include <charconv>
#include <cstdint>
#include <utility>

namespace meseta::codec {

namespace {

constexpr std::size_t LongestLengthLine = 20; // digits of 2^64 - 1
constexpr std::size_t TrustedBytes = 1024 * 1024;

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
    std::vector<std::string> records;
    while (!bytes.empty() || m_length == 0U) {
        if (!m_length) {
            if (const auto head = takeHead(bytes); !head) {
                m_failed = true;
                return fail(head.error());
            }
        } else if (takeRecord(bytes)) {
            records.push_back(std::exchange(m_record, {}));
            m_length.reset();
        }
    }
    return records;
}

/// Takes the length of a record off the front of `bytes`, or as much of it as there is.
Result<> RecordDecoder::takeHead(std::string_view &bytes)
{
    const std::string_view room = bytes.substr(0, LongestLengthLine + 1 - m_head.size());
    const std::size_t newline = room.find('\n');
    m_head += room.substr(0, newline);
    bytes.remove_prefix(newline == std::string_view::npos ? room.size() : newline + 1);
    if (newline == std::string_view::npos && m_head.size() <= LongestLengthLine
        && m_head.find_first_not_of("0123456789") == std::string::npos)
        return {};
    const std::string line = std::exchange(m_head, {});
    const auto length = parseLength(line);
    if (!length)
        return fail("a RecordIO record cannot be read: expected its length in decimal digits and a "
                    "newline, but got "
                    + shown(line));
    if (*length > m_max)
        return fail("a RecordIO record cannot be read: its length " + std::to_string(*length)
                    + " is over the limit of " + std::to_string(m_max) + " bytes");
    m_length = static_cast<std::size_t>(*length);
    return {};
}

/// Takes what `bytes` hold of the record; true: it is whole. Room for all of a large one is made
/// when much of it has come, not on its word.
bool RecordDecoder::takeRecord(std::string_view &bytes)
{
    const std::string_view part = bytes.substr(0, *m_length - m_record.size());
    if (m_record.size() >= TrustedBytes && m_record.capacity() < *m_length)
        m_record.reserve(*m_length);
    m_record += part;
    bytes.remove_prefix(part.size());
    return m_record.size() == *m_length;
}

} // namespace meseta::codec
