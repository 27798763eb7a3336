#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/codec/json_plan.h"
#include "common/codec/json_sink.h"
#include "common/codec/wire_reader.h"

namespace meseta::codec {

/// Serialized protobuf to JSON without building messages. Each level is scanned once to learn where
/// its fields are, then written in order of declaration. What protobuf's parser would do holds: the
/// last scalar wins, repeated singular messages merge, lists may be packed or not and in pieces,
/// unknown fields and enum values are not there.
class JsonTranscoder
{
public:
    explicit JsonTranscoder(JsonSink &sink) : m_sink(sink) { }

    /// False when the bytes are no message of the type, or are nested deeper than 100 levels
    /// (protobuf's own limit); what was written until then is of no use.
    bool message(const JsonPlan &plan, std::string_view bytes);

private:
    /// What a scan found of one field.
    struct Slot
    {
        std::uint64_t bits; ///< the last scalar
        const char *begin; ///< payload of the last singular; or first tag of a list
        const char *end; ///< of that payload; or of the last element of the list
        std::uint32_t count; ///< occurrences
    };

    bool members(const JsonPlan &plan, std::string_view bytes, std::size_t base);
    bool scan(const JsonPlan &plan, std::string_view bytes, std::size_t base);
    bool noteSingular(const JsonPlan::Field &field, WireReader &reader, Slot &slot);
    void forgetSiblings(const JsonPlan &plan, std::size_t index, std::size_t base);

    /// Where the writing of one list stands.
    struct ListState
    {
        const JsonPlan::Field &field;
        bool &any; ///< whether the object around it has a member yet
        bool opened = false; ///< whether the list has an element yet
    };

    void key(const JsonPlan::Field &field, bool &any);
    bool member(const JsonPlan::Field &field, const Slot &slot, std::string_view level, bool &any);
    void unset(const JsonPlan::Field &field, bool &any);
    bool merged(const JsonPlan::Field &field, std::string_view level);

    bool list(const JsonPlan::Field &field, const Slot &slot, bool &any);
    bool element(ListState &list, WireReader::Tag tag, WireReader &reader);
    bool packed(ListState &list, WireReader &reader);
    void scalarElement(ListState &list, std::uint64_t bits);
    void nextElement(ListState &list);

    bool map(const JsonPlan::Field &field, const Slot &slot, bool &any);
    bool mapKey(const JsonPlan &entry, std::string_view bytes, std::string &key);
    bool mapValue(const JsonPlan &entry, std::string_view bytes);

    void scalar(const JsonPlan::Field &field, std::uint64_t bits);
    void text(const JsonPlan::Field &field, std::string_view bytes);

    JsonSink &m_sink;
    std::vector<Slot> m_slots; ///< a stack: those of the level being written are on top
    int m_depth = 0;
};

} // namespace meseta::codec
