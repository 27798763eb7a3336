#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace meseta::codec {

/// Reads protobuf's wire format from bytes it does not own. Every call says whether the bytes
/// allowed it; nothing is read past the end. (Protocol Buffers, "Encoding".)
class WireReader
{
public:
    enum WireType : std::uint8_t {
        Varint = 0,
        Fixed64 = 1,
        Length = 2,
        StartGroup = 3,
        EndGroup = 4,
        Fixed32 = 5
    };

    struct Tag
    {
        std::uint32_t number;
        std::uint8_t type;
    };

    WireReader(const char *begin, const char *end) : m_p(begin), m_end(end) { }
    explicit WireReader(std::string_view bytes)
        : WireReader(bytes.data(), bytes.data() + bytes.size())
    { }

    bool atEnd() const { return m_p == m_end; }
    const char *position() const { return m_p; }

    bool varint(std::uint64_t &value)
    {
        if (m_p < m_end && static_cast<unsigned char>(*m_p) < 0x80) {
            value = static_cast<unsigned char>(*m_p++);
            return true;
        }
        return longVarint(value);
    }

    bool tag(Tag &tag)
    {
        constexpr std::ptrdiff_t LongestTag = 5;
        const char *const start = m_p;
        std::uint64_t value = 0;
        if (!varint(value) || m_p - start > LongestTag)
            return false;
        const auto bits =
            static_cast<std::uint32_t>(value); // as protobuf does: what is above 32 bits is dropped
        tag = {bits >> 3, static_cast<std::uint8_t>(bits & 7)};
        return tag.number != 0 && tag.type != 6 && tag.type != 7;
    }

    /// The bits of one Varint, Fixed64 or Fixed32.
    bool scalar(std::uint8_t type, std::uint64_t &bits)
    {
        if (type == Varint)
            return varint(bits);
        const std::size_t size = type == Fixed64 ? 8 : 4;
        if (left() < size)
            return false;
        bits = 0;
        std::memcpy(&bits, m_p,
                    size); // little-endian on the wire and on every machine we build for
        m_p += size;
        return true;
    }

    bool bytes(std::string_view &value)
    {
        std::uint64_t length = 0;
        if (!varint(length) || length > left())
            return false;
        value = std::string_view(m_p, static_cast<std::size_t>(length));
        m_p += length;
        return true;
    }

    /// Skips the value after a tag, groups with all they hold.
    bool skip(Tag tag, int groupsLeft = 64);

private:
    std::size_t left() const { return static_cast<std::size_t>(m_end - m_p); }

    bool longVarint(std::uint64_t &value)
    {
        value = 0;
        for (int shift = 0; shift < 70 && m_p < m_end; shift += 7) {
            const auto byte = static_cast<unsigned char>(*m_p++);
            value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
            if (byte < 0x80)
                return true;
        }
        return false;
    }

    const char *m_p;
    const char *m_end;
};

inline bool WireReader::skip(Tag tag, int groupsLeft)
{
    std::uint64_t bits = 0;
    std::string_view value;
    switch (tag.type) {
    case Varint:
    case Fixed64:
    case Fixed32:
        return scalar(tag.type, bits);
    case Length:
        return bytes(value);
    case StartGroup:
        break;
    default:
        return false;
    }
    for (Tag inner{}; groupsLeft > 0 && this->tag(inner);) {
        if (inner.type == EndGroup)
            return inner.number == tag.number;
        if (!skip(inner, groupsLeft - 1))
            return false;
    }
    return false;
}

} // namespace meseta::codec
