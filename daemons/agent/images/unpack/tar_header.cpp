#include "daemons/agent/images/unpack/tar_header.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace meseta::agent::tar {

namespace {

constexpr std::size_t blockSize = 512;
constexpr std::string_view xattrPrefix = "SCHILY.xattr.";

bool isUstar(const char *header)
{
    return std::memcmp(header + 257, "ustar\0", 6) == 0;
}

std::string nameOf(const char *header)
{
    std::string name(textAt(header, 0, 100));
    if (const auto prefix = textAt(header, 345, 155); isUstar(header) && !prefix.empty())
        name = std::string(prefix) + "/" + name;
    return name;
}

std::optional<std::int64_t> binaryNumber(const unsigned char *bytes, std::size_t size)
{
    const bool negative = (bytes[0] & 0x40) != 0;
    std::uint64_t value = negative ? UINT64_MAX : 0;
    for (std::size_t i = 0; i < size; ++i) {
        const unsigned byte = i == 0 ? (negative ? bytes[0] | 0x80U : bytes[0] & 0x7fU) : bytes[i];
        if (size - i > 8 && byte != (negative ? 0xffU : 0U))
            return std::nullopt;
        value = value << 8 | byte;
    }
    const auto number = static_cast<std::int64_t>(value);
    return (number < 0) == negative ? std::optional(number) : std::nullopt;
}

std::optional<TarEntry::Type> typeFrom(char type)
{
    switch (type) {
    case '\0':
    case '0':
    case '7':
        return TarEntry::Type::File;
    case '1':
        return TarEntry::Type::HardLink;
    case '2':
        return TarEntry::Type::SymbolicLink;
    case '3':
        return TarEntry::Type::CharDevice;
    case '4':
        return TarEntry::Type::BlockDevice;
    case '5':
        return TarEntry::Type::Directory;
    case '6':
        return TarEntry::Type::Fifo;
    default:
        return std::nullopt;
    }
}

/// "1700000000.123456789", with any number of decimals and perhaps a sign.
std::optional<timespec> parseTime(const std::string &text)
{
    const auto dot = text.find('.');
    const std::string whole = text.substr(0, dot);
    std::int64_t seconds = 0;
    const auto parsed = std::from_chars(whole.data(), whole.data() + whole.size(), seconds);
    if (whole.empty() || parsed.ec != std::errc() || parsed.ptr != whole.data() + whole.size())
        return std::nullopt;
    long nanoseconds = 0;
    std::string decimals = dot == std::string::npos ? std::string() : text.substr(dot + 1);
    decimals.resize(9, '0');
    for (const char c : decimals) {
        if (c < '0' || c > '9')
            return std::nullopt;
        nanoseconds = nanoseconds * 10 + (c - '0');
    }
    if (text.front() == '-' && nanoseconds > 0)
        return timespec{seconds - 1, 1'000'000'000L - nanoseconds};
    return timespec{seconds, nanoseconds};
}

template <typename T> bool parseUnsigned(const std::string &text, T &value)
{
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    return !text.empty() && parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
}

bool applyRecord(const std::string &key, const std::string &value, TarEntry &entry)
{
    if (key == "path")
        entry.name = value;
    else if (key == "linkpath")
        entry.link = value;
    else if (key == "size")
        return parseUnsigned(value, entry.size);
    else if (key == "uid")
        return parseUnsigned(value, entry.uid);
    else if (key == "gid")
        return parseUnsigned(value, entry.gid);
    else if (key == "mtime" || key == "atime") {
        const auto time = parseTime(value);
        (key == "mtime" ? entry.modified : entry.accessed) = time.value_or(timespec{});
        return time.has_value();
    } else if (key.starts_with(xattrPrefix) && key.size() > xattrPrefix.size())
        entry.xattrs.emplace_back(key.substr(xattrPrefix.size()), value);
    return true;
}

} // namespace

char typeOf(const char *header)
{
    return header[156];
}

std::string_view textAt(const char *header, std::size_t offset, std::size_t size)
{
    return {header + offset, ::strnlen(header + offset, size)};
}

std::optional<std::int64_t> numberAt(const char *header, std::size_t offset, std::size_t size)
{
    const auto *bytes = reinterpret_cast<const unsigned char *>(header + offset);
    if ((bytes[0] & 0x80) != 0)
        return binaryNumber(bytes, size);
    std::string_view text(header + offset, size);
    while (!text.empty() && (text.front() == ' ' || text.front() == '\0'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\0'))
        text.remove_suffix(1);
    std::int64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '7' || value > INT64_MAX / 8)
            return std::nullopt;
        value = value * 8 + (c - '0');
    }
    return value;
}

bool isZero(const char *header)
{
    return std::all_of(header, header + blockSize, [](char c) { return c == 0; });
}

bool checksumHolds(const char *header)
{
    const auto expected = numberAt(header, 148, 8);
    std::int64_t plain = 0;
    std::int64_t withSigns = 0;
    for (std::size_t i = 0; i < blockSize; ++i) {
        const char c = i >= 148 && i < 156 ? ' ' : header[i];
        plain += static_cast<unsigned char>(c);
        withSigns += static_cast<signed char>(c);
    }
    return expected && (*expected == plain || *expected == withSigns);
}

Result<TarEntry> entryOf(const char *header)
{
    TarEntry entry;
    entry.name = nameOf(header);
    entry.link = textAt(header, 157, 100);
    const auto quoted = "the entry '" + entry.name + "'";
    const auto type = typeFrom(typeOf(header));
    if (typeOf(header) == 'S')
        return fail(quoted + " is a sparse file, which layers of images do not carry");
    if (!type)
        return fail(quoted + " is of the unknown kind '" + std::string(1, typeOf(header)) + "'");
    entry.type = *type;
    const auto mode = numberAt(header, 100, 8), uid = numberAt(header, 108, 8),
               gid = numberAt(header, 116, 8), size = numberAt(header, 124, 12),
               time = numberAt(header, 136, 12);
    const auto outside = [](const auto &id) { return !id || *id < 0 || *id > UINT32_MAX; };
    if (!mode || outside(uid) || outside(gid) || !size || *size < 0 || !time)
        return fail(quoted + " has a malformed header");
    entry.mode = static_cast<mode_t>(*mode) & 07777;
    entry.uid = static_cast<uid_t>(*uid);
    entry.gid = static_cast<gid_t>(*gid);
    entry.size = static_cast<std::uint64_t>(*size);
    entry.modified.tv_sec = *time;
    if (entry.type == TarEntry::Type::CharDevice || entry.type == TarEntry::Type::BlockDevice) {
        const auto major = numberAt(header, 329, 8), minor = numberAt(header, 337, 8);
        if (outside(major) || outside(minor))
            return fail(quoted + " has malformed device numbers");
        entry.deviceMajor = static_cast<std::uint32_t>(*major);
        entry.deviceMinor = static_cast<std::uint32_t>(*minor);
    }
    return entry;
}

Result<std::map<std::string, std::string>> parsePax(std::string_view text)
{
    const auto malformed = [] { return fail("an extended header is malformed"); };
    std::map<std::string, std::string> records;
    while (!text.empty() && text.front() != '\0') {
        std::size_t length = 0;
        const auto parsed = std::from_chars(text.data(), text.data() + text.size(), length);
        const auto digits = static_cast<std::size_t>(parsed.ptr - text.data());
        if (parsed.ec != std::errc() || length > text.size() || length < digits + 4
            || text[digits] != ' ' || text[length - 1] != '\n')
            return malformed();
        const auto record = text.substr(digits + 1, length - digits - 2);
        const auto equals = record.find('=');
        if (equals == std::string_view::npos || equals == 0)
            return malformed();
        records[std::string(record.substr(0, equals))] = record.substr(equals + 1);
        text.remove_prefix(length);
    }
    return records;
}

Result<> applyPax(const std::map<std::string, std::string> &records, TarEntry &entry)
{
    for (const auto &[key, value] : records) {
        if (key.starts_with("GNU.sparse."))
            return fail("the entry '" + entry.name
                        + "' is a sparse file, which layers of images do not carry");
        if (!applyRecord(key, value, entry))
            return fail("the entry '" + entry.name + "' has the malformed " + key + " '" + value
                        + "'");
    }
    return {};
}

} // namespace meseta::agent::tar
