#include "common/store/record_format.h"

#include <bit>
#include <cstring>

#include <zlib.h>

namespace meseta::store {

namespace {

constexpr std::size_t lengthBytes = 4;
/// The tag of field 536870911, wire type 5 (fixed32), as a varint.
constexpr std::string_view sumTag = "\xfd\xff\xff\xff\x0f";
constexpr std::size_t trailerBytes = sumTag.size() + 4;

std::uint32_t numberAt(std::string_view bytes, std::size_t at)
{
    std::uint32_t number = 0;
    std::memcpy(&number, bytes.data() + at, sizeof number);
    return number;
}

void appendNumber(std::uint32_t number, std::string &out)
{
    char bytes[sizeof number];
    std::memcpy(bytes, &number, sizeof number);
    out.append(bytes, sizeof number);
}

/// A checksum whose last byte is not zero, nor is with one of its bits changed: a zero there was
/// never written.
std::uint32_t sumOf(std::string_view bytes)
{
    constexpr std::uint32_t mark = std::endian::native == std::endian::little ? 0xc0000000 : 0xc0;
    const auto *data = reinterpret_cast<const unsigned char *>(bytes.data());
    return mark | static_cast<std::uint32_t>(::crc32_z(0, data, bytes.size()));
}

bool allZero(std::string_view bytes)
{
    return bytes.find_first_not_of('\0') == std::string_view::npos;
}

enum class Tag { There, Damaged, Absent };

/// A tag with a few wrong bits is no message of Mesos: it is a tag that changed.
Tag tagAt(std::string_view bytes)
{
    constexpr int fewBits = 6;
    int wrong = 0;
    for (std::size_t i = 0; i < sumTag.size(); ++i)
        wrong += std::popcount(static_cast<unsigned char>(bytes[i] ^ sumTag[i]));
    if (wrong == 0)
        return Tag::There;
    return wrong <= fewBits ? Tag::Damaged : Tag::Absent;
}

bool endsWithTrailer(std::string_view bytes)
{
    return bytes.size() >= trailerBytes + lengthBytes
        && tagAt(bytes.substr(bytes.size() - trailerBytes)) == Tag::There;
}

/// A trailer of which only the beginning was written: the file grew, and its end is zeros.
bool isUnfinished(std::string_view trailer)
{
    const std::size_t last = trailer.find_last_not_of('\0');
    const std::size_t written = last == std::string_view::npos ? 0 : last + 1;
    const std::size_t ofTag = std::min(written, sumTag.size());
    return written < trailer.size() && trailer.substr(0, ofTag) == sumTag.substr(0, ofTag);
}

/// A length, or its first bytes, and nothing of the message, which never is all zeros.
bool hasOnlyItsLength(std::string_view rest)
{
    return rest.size() > lengthBytes && allZero(rest.substr(lengthBytes));
}

/// Whether a record begins here that ends elsewhere than its length says.
bool hasWrongLength(std::string_view rest)
{
    constexpr int candidates = 8;
    std::size_t tag = rest.find(sumTag, lengthBytes);
    for (int i = 0; i < candidates && tag != std::string_view::npos; ++i) {
        const std::size_t end = tag + trailerBytes;
        if (end > rest.size())
            return false;
        std::string record;
        appendNumber(static_cast<std::uint32_t>(end - lengthBytes), record);
        record.append(rest.substr(lengthBytes, tag - lengthBytes));
        if (sumOf(record) == numberAt(rest, tag + sumTag.size()))
            return true;
        tag = rest.find(sumTag, tag + 1);
    }
    return false;
}

enum class Judgement { Good, Torn, WrongLength, WrongSum };

/// One record at the front of `rest`, which is not empty; `message` is what it holds.
Judgement judge(std::string_view rest, std::string_view &message)
{
    if (rest.size() < lengthBytes || allZero(rest) || hasOnlyItsLength(rest))
        return Judgement::Torn;
    const std::uint32_t length = numberAt(rest, 0);
    if (length == 0)
        return Judgement::WrongLength;
    if (length > rest.size() - lengthBytes)
        return endsWithTrailer(rest) ? Judgement::WrongLength : Judgement::Torn;
    message = rest.substr(lengthBytes, length);
    const std::string_view trailer =
        length >= trailerBytes ? message.substr(length - trailerBytes) : std::string_view();
    const bool isLast = allZero(rest.substr(lengthBytes + length));
    if (isLast && !trailer.empty() && isUnfinished(trailer))
        return Judgement::Torn;
    const Tag tag = trailer.empty() ? Tag::Absent : tagAt(trailer);
    if (tag == Tag::Absent)
        return hasWrongLength(rest) ? Judgement::WrongLength : Judgement::Good;
    message.remove_suffix(trailerBytes);
    const std::uint32_t sum = sumOf(rest.substr(0, lengthBytes + message.size()));
    const bool holds = tag == Tag::There && numberAt(trailer, sumTag.size()) == sum;
    return holds ? Judgement::Good : Judgement::WrongSum;
}

} // namespace

std::string framed(std::string_view message)
{
    std::string record;
    record.reserve(lengthBytes + message.size() + trailerBytes);
    appendNumber(static_cast<std::uint32_t>(message.size() + trailerBytes), record);
    record.append(message);
    const std::uint32_t sum = sumOf(record);
    record.append(sumTag);
    appendNumber(sum, record);
    return record;
}

RecordsFound findRecords(std::string_view bytes)
{
    RecordsFound found;
    const auto at = [&found] { return "at byte " + std::to_string(found.goodBytes); };
    while (found.goodBytes < bytes.size()) {
        const std::string_view rest = bytes.substr(found.goodBytes);
        std::string_view message;
        switch (judge(rest, message)) {
        case Judgement::Good:
            found.records.push_back(message);
            found.goodBytes += lengthBytes + numberAt(rest, 0);
            continue;
        case Judgement::Torn:
            found.torn = true;
            break;
        case Judgement::WrongLength:
            found.damage = at() + " the length of a record is wrong";
            break;
        case Judgement::WrongSum:
            found.damage = at() + " a record does not match its checksum";
            break;
        }
        break;
    }
    return found;
}

} // namespace meseta::store
