#include "common/codec/json_transcoder.h"

#include <bit>
#include <map>

namespace meseta::codec {

namespace {

using Kind = JsonPlan::Kind;

constexpr int DeepestMessage = 100;

std::int64_t unzigzag(std::uint64_t bits)
{
    return static_cast<std::int64_t>(bits >> 1) ^ -static_cast<std::int64_t>(bits & 1);
}

bool isPackable(const JsonPlan::Field &field)
{
    return field.wireType != WireReader::Length;
}

bool isUnknownEnum(const JsonPlan::Field &field, std::uint64_t bits)
{
    return field.kind == Kind::Enum && !field.enumName(static_cast<int>(bits));
}

/// The bytes of the parts of a level that belong to one singular field, one after the other.
bool collectPieces(const JsonPlan::Field &field, std::string_view level, std::string &pieces)
{
    WireReader reader(level);
    WireReader::Tag tag{};
    std::string_view piece;
    while (!reader.atEnd()) {
        if (!reader.tag(tag))
            return false;
        const bool ours = tag.number == field.number && tag.type == field.wireType;
        if (ours ? !reader.bytes(piece) : !reader.skip(tag))
            return false;
        if (ours)
            pieces.append(piece);
    }
    return true;
}

} // namespace

bool JsonTranscoder::message(const JsonPlan &plan, std::string_view bytes)
{
    if (m_depth == DeepestMessage)
        return false;
    ++m_depth;
    const std::size_t base = m_slots.size();
    m_slots.resize(base + plan.fields.size(), Slot{});
    m_sink.put('{');
    const bool ok = scan(plan, bytes, base) && members(plan, bytes, base);
    m_sink.put('}');
    m_slots.resize(base);
    --m_depth;
    return ok;
}

bool JsonTranscoder::scan(const JsonPlan &plan, std::string_view bytes, std::size_t base)
{
    WireReader reader(bytes);
    WireReader::Tag tag{};
    while (!reader.atEnd()) {
        const char *const start = reader.position();
        if (!reader.tag(tag))
            return false;
        const int index = plan.indexOf(tag.number);
        const JsonPlan::Field *field =
            index < 0 ? nullptr : &plan.fields[static_cast<std::size_t>(index)];
        const bool packed =
            field && field->repeated && isPackable(*field) && tag.type == WireReader::Length;
        if (!field || (tag.type != field->wireType && !packed)) {
            if (!reader.skip(tag))
                return false;
            continue;
        }
        Slot &slot = m_slots[base + static_cast<std::size_t>(index)];
        if (field->repeated) {
            if (!reader.skip(tag))
                return false;
            slot.begin = slot.count == 0 ? start : slot.begin;
            slot.end = reader.position();
            ++slot.count;
            continue;
        }
        if (!noteSingular(*field, reader, slot))
            return false;
        if (plan.hasOneof && field->oneof >= 0)
            forgetSiblings(plan, static_cast<std::size_t>(index), base);
    }
    return true;
}

bool JsonTranscoder::noteSingular(const JsonPlan::Field &field, WireReader &reader, Slot &slot)
{
    if (field.wireType == WireReader::Length) {
        std::string_view value;
        if (!reader.bytes(value))
            return false;
        slot.begin = value.data();
        slot.end = value.data() + value.size();
        ++slot.count;
        return true;
    }
    std::uint64_t bits = 0;
    if (!reader.scalar(field.wireType, bits))
        return false;
    if (isUnknownEnum(field, bits))
        return true; // a number of a later version: not there, as protobuf has it
    slot.bits = bits;
    ++slot.count;
    return true;
}

void JsonTranscoder::forgetSiblings(const JsonPlan &plan, std::size_t index, std::size_t base)
{
    for (std::size_t i = 0; i < plan.fields.size(); ++i) {
        if (i != index && plan.fields[i].oneof == plan.fields[index].oneof)
            m_slots[base + i].count = 0;
    }
}

bool JsonTranscoder::members(const JsonPlan &plan, std::string_view bytes, std::size_t base)
{
    bool any = false;
    for (std::size_t i = 0; i < plan.fields.size(); ++i) {
        const Slot slot = m_slots[base + i]; // a copy: writing nested messages moves the stack
        if (!member(plan.fields[i], slot, bytes, any))
            return false;
    }
    return true;
}

void JsonTranscoder::key(const JsonPlan::Field &field, bool &any)
{
    if (any)
        m_sink.put(',');
    any = true;
    m_sink.put(field.key);
}

bool JsonTranscoder::member(const JsonPlan::Field &field, const Slot &slot, std::string_view level,
                            bool &any)
{
    if (field.repeated && slot.count > 0)
        return field.map ? map(field, slot, any) : list(field, slot, any);
    const bool implicitlyUnset = field.implicit && slot.bits == 0 && slot.begin == slot.end;
    if (slot.count == 0 || implicitlyUnset) {
        unset(field, any);
        return true;
    }
    key(field, any);
    if (isPackable(field)) {
        scalar(field, slot.bits);
        return true;
    }
    const std::string_view payload(slot.begin, static_cast<std::size_t>(slot.end - slot.begin));
    if (field.kind == Kind::Message)
        return slot.count == 1 ? message(*field.message, payload) : merged(field, level);
    text(field, payload);
    return true;
}

void JsonTranscoder::unset(const JsonPlan::Field &field, bool &any)
{
    if (!field.alwaysWritten && field.defaultText.empty())
        return;
    key(field, any);
    m_sink.put(field.alwaysWritten ? std::string_view("[]") : field.defaultText);
}

/// A singular message sent in several pieces: their concatenation is the merged message.
bool JsonTranscoder::merged(const JsonPlan::Field &field, std::string_view level)
{
    std::string pieces;
    return collectPieces(field, level, pieces) && message(*field.message, pieces);
}

bool JsonTranscoder::list(const JsonPlan::Field &field, const Slot &slot, bool &any)
{
    ListState list{field, any};
    WireReader reader(slot.begin, slot.end);
    WireReader::Tag tag{};
    while (!reader.atEnd()) {
        if (!reader.tag(tag) || !element(list, tag, reader))
            return false;
    }
    if (list.opened)
        m_sink.put(']');
    else
        unset(field, any);
    return true;
}

bool JsonTranscoder::element(ListState &list, WireReader::Tag tag, WireReader &reader)
{
    const JsonPlan::Field &field = list.field;
    if (tag.number == field.number && isPackable(field) && tag.type == WireReader::Length)
        return packed(list, reader);
    if (tag.number != field.number || tag.type != field.wireType)
        return reader.skip(tag);
    if (isPackable(field)) {
        std::uint64_t bits = 0;
        if (!reader.scalar(field.wireType, bits))
            return false;
        scalarElement(list, bits);
        return true;
    }
    std::string_view bytes;
    if (!reader.bytes(bytes))
        return false;
    nextElement(list);
    if (field.kind == Kind::Message)
        return message(*field.message, bytes);
    text(field, bytes);
    return true;
}

bool JsonTranscoder::packed(ListState &list, WireReader &reader)
{
    std::string_view bytes;
    if (!reader.bytes(bytes))
        return false;
    WireReader values(bytes);
    while (!values.atEnd()) {
        std::uint64_t bits = 0;
        if (!values.scalar(list.field.wireType, bits))
            return false;
        scalarElement(list, bits);
    }
    return true;
}

void JsonTranscoder::scalarElement(ListState &list, std::uint64_t bits)
{
    if (isUnknownEnum(list.field, bits))
        return;
    nextElement(list);
    scalar(list.field, bits);
}

void JsonTranscoder::nextElement(ListState &list)
{
    if (list.opened)
        return m_sink.put(',');
    list.opened = true;
    key(list.field, list.any);
    m_sink.put('[');
}

/// Maps are written with sorted keys; of entries with one key the last counts.
bool JsonTranscoder::map(const JsonPlan::Field &field, const Slot &slot, bool &any)
{
    std::map<std::string, std::string_view> entries;
    WireReader reader(slot.begin, slot.end);
    WireReader::Tag tag{};
    while (!reader.atEnd()) {
        std::string_view bytes;
        std::string name;
        if (!reader.tag(tag))
            return false;
        const bool ours = tag.number == field.number && tag.type == field.wireType;
        if (ours ? !reader.bytes(bytes) || !mapKey(*field.message, bytes, name) : !reader.skip(tag))
            return false;
        if (ours)
            entries[std::move(name)] = bytes;
    }
    key(field, any);
    char separator = '{';
    for (const auto &[name, bytes] : entries) {
        m_sink.put(separator);
        separator = ',';
        m_sink.string(name);
        m_sink.put(':');
        if (!mapValue(*field.message, bytes))
            return false;
    }
    m_sink.put('}');
    return true;
}

/// The key of a serialized map entry as text.
bool JsonTranscoder::mapKey(const JsonPlan &entry, std::string_view bytes, std::string &key)
{
    const JsonPlan::Field &field = entry.fields.front();
    Slot slot{};
    WireReader reader(bytes);
    WireReader::Tag tag{};
    while (!reader.atEnd()) {
        if (!reader.tag(tag))
            return false;
        const bool ours = tag.number == field.number && tag.type == field.wireType;
        if (ours ? !noteSingular(field, reader, slot) : !reader.skip(tag))
            return false;
    }
    if (!isPackable(field)) {
        key.assign(slot.begin, slot.end);
        return true;
    }
    JsonSink text(key);
    JsonTranscoder(text).scalar(field, slot.bits);
    return true;
}

/// The value of a serialized map entry; one that was not sent is its type's zero.
bool JsonTranscoder::mapValue(const JsonPlan &entry, std::string_view bytes)
{
    const JsonPlan::Field &field = entry.fields.back();
    Slot slot{};
    WireReader reader(bytes);
    WireReader::Tag tag{};
    while (!reader.atEnd()) {
        if (!reader.tag(tag))
            return false;
        const bool ours = tag.number == field.number && tag.type == field.wireType;
        if (ours ? !noteSingular(field, reader, slot) : !reader.skip(tag))
            return false;
    }
    const std::string_view payload(slot.begin, static_cast<std::size_t>(slot.end - slot.begin));
    if (isPackable(field))
        scalar(field, slot.bits);
    else if (field.kind != Kind::Message)
        text(field, payload);
    else
        return slot.count <= 1 ? message(*field.message, payload) : merged(field, bytes);
    return true;
}

void JsonTranscoder::scalar(const JsonPlan::Field &field, std::uint64_t bits)
{
    switch (field.kind) {
    case Kind::Int32:
    case Kind::Sfixed32:
        return m_sink.integer(static_cast<std::int32_t>(bits));
    case Kind::Int64:
    case Kind::Sfixed64:
        return m_sink.integer(static_cast<std::int64_t>(bits));
    case Kind::Uint32:
    case Kind::Fixed32:
        return m_sink.integer(static_cast<std::uint32_t>(bits));
    case Kind::Uint64:
    case Kind::Fixed64:
        return m_sink.integer(bits);
    case Kind::Sint32:
        return m_sink.integer(static_cast<std::int32_t>(unzigzag(bits & 0xFFFFFFFFU)));
    case Kind::Sint64:
        return m_sink.integer(unzigzag(bits));
    case Kind::Float:
        return m_sink.number(
            static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits))));
    case Kind::Double:
        return m_sink.number(std::bit_cast<double>(bits));
    case Kind::Bool:
        return m_sink.put(bits != 0 ? "true" : "false");
    case Kind::Enum:
        if (const std::string *name = field.enumName(static_cast<int>(bits)))
            return m_sink.put(*name);
        return m_sink.integer(static_cast<int>(bits));
    default:
        return;
    }
}

void JsonTranscoder::text(const JsonPlan::Field &field, std::string_view bytes)
{
    if (field.kind == Kind::String)
        return m_sink.string(bytes);
    m_sink.put('"');
    m_sink.base64(bytes);
    m_sink.put('"');
}

} // namespace meseta::codec
