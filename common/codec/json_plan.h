#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
} // namespace google::protobuf

namespace meseta::codec {

/// How a message type becomes JSON: computed once per type, then only tables are read.
struct JsonPlan
{
    /// What the bytes of a value mean.
    enum class Kind : std::uint8_t {
        Int32,
        Int64,
        Uint32,
        Uint64,
        Sint32,
        Sint64,
        Fixed32,
        Fixed64,
        Sfixed32,
        Sfixed64,
        Float,
        Double,
        Bool,
        Enum,
        String,
        Bytes,
        Message
    };

    struct Field
    {
        std::uint32_t number = 0;
        Kind kind = Kind::Int32;
        std::uint8_t wireType = 0; ///< of one value (a packed list has its own)
        bool repeated = false; ///< maps too
        bool map = false;
        bool alwaysWritten = false; ///< an empty list is written as []
        bool implicit = false; ///< proto3 without presence: zero is unset
        int oneof = -1; ///< members of one oneof share its index
        std::string key; ///< `"name":`
        std::string
            defaultText; ///< the value written when unset; empty when nothing is written then
        const JsonPlan *message = nullptr; ///< of the value's type, or of the map's entry
        std::vector<std::pair<int, std::string>> enumNames; ///< sorted by number, quoted

        /// The quoted name of an enum value, null when the number has none.
        const std::string *enumName(int value) const;
    };

    std::vector<Field> fields; ///< in order of declaration
    bool hasOneof = false;

    /// The index in `fields` of a field number, -1 when the type has none.
    int indexOf(std::uint32_t number) const
    {
        return number < m_byNumber.size() ? m_byNumber[number] : indexOfLarge(number);
    }

    /// The plan of a type, for good. Safe from any thread.
    static const JsonPlan &of(const google::protobuf::Descriptor *type);

private:
    friend class JsonPlanCache;
    int indexOfLarge(std::uint32_t number) const;

    std::vector<std::int16_t> m_byNumber; ///< small numbers
};

} // namespace meseta::codec
