#pragma once

#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meseta::containerizer {

/// Records as bytes, between programs of one machine and one build. A record type lists its fields
/// once, for both directions:
///
///     template <typename Wire> void wire(Wire &w, MountEntry &m) { w('s', m.source); ... }
///
/// Each field is a tag, the length in four bytes, and the value: bytes, a number in eight bytes, or
/// a record. Lists repeat their tag; what is at its default is left out.
class WireWriter
{
public:
    template <typename T> void operator()(char tag, T &value)
    {
        if (!(value == T{}))
            put(tag, value);
    }
    template <typename T> void operator()(char tag, std::vector<T> &values)
    {
        for (T &value : values)
            put(tag, value);
    }
    template <typename T> void operator()(char tag, std::optional<T> &value)
    {
        if (value)
            put(tag, *value);
    }

    std::string take() { return std::move(m_bytes); }

private:
    void putBytes(char tag, std::string_view bytes)
    {
        const auto length = static_cast<std::uint32_t>(bytes.size());
        m_bytes += tag;
        m_bytes.append(reinterpret_cast<const char *>(&length), sizeof length);
        m_bytes += bytes;
    }
    void put(char tag, std::string &value) { putBytes(tag, value); }
    template <typename T> void put(char tag, T &value)
    {
        if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
            const auto number = static_cast<std::uint64_t>(value);
            putBytes(tag, {reinterpret_cast<const char *>(&number), sizeof number});
        } else {
            WireWriter inner;
            wire(inner, value);
            putBytes(tag, inner.m_bytes);
        }
    }

    std::string m_bytes;
};

/// The other direction. A field that the bytes lack keeps its value.
class WireReader
{
public:
    explicit WireReader(std::string_view bytes)
    {
        while (!bytes.empty() && m_valid)
            m_valid = takeField(bytes);
    }

    bool valid() const { return m_valid; }

    template <typename T> void operator()(char tag, T &value)
    {
        for (const auto &[found, bytes] : m_fields) {
            if (found == tag)
                get(bytes, value);
        }
    }
    template <typename T> void operator()(char tag, std::vector<T> &values)
    {
        for (const auto &[found, bytes] : m_fields) {
            if (found == tag)
                get(bytes, values.emplace_back());
        }
    }
    template <typename T> void operator()(char tag, std::optional<T> &value)
    {
        for (const auto &[found, bytes] : m_fields) {
            if (found == tag)
                get(bytes, value.emplace());
        }
    }

private:
    bool takeField(std::string_view &bytes)
    {
        std::uint32_t length = 0;
        constexpr std::size_t head = 1 + sizeof length;
        if (bytes.size() < head)
            return false;
        std::memcpy(&length, bytes.data() + 1, sizeof length);
        if (length > bytes.size() - head)
            return false;
        m_fields.emplace_back(bytes.front(), bytes.substr(head, length));
        bytes.remove_prefix(head + length);
        return true;
    }
    void get(std::string_view bytes, std::string &value) { value = bytes; }
    template <typename T> void get(std::string_view bytes, T &value)
    {
        if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
            std::uint64_t number = 0;
            m_valid = m_valid && bytes.size() == sizeof number;
            if (m_valid)
                std::memcpy(&number, bytes.data(), sizeof number);
            value = static_cast<T>(number);
        } else {
            WireReader inner(bytes);
            wire(inner, value);
            m_valid = m_valid && inner.m_valid;
        }
    }

    std::vector<std::pair<char, std::string_view>> m_fields;
    bool m_valid = true;
};

} // namespace meseta::containerizer
