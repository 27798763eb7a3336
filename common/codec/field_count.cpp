#include "common/codec/field_count.h"

#include "common/codec/wire_reader.h"

namespace meseta::codec {

namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr int deepest = 100; // as protobuf allows

/// Takes the fields of a message off `left`; false: there are too many, or it is damaged.
bool take(const Descriptor &type, std::string_view bytes, std::size_t &left, int depth)
{
    if (depth > deepest)
        return false;
    WireReader reader(bytes);
    while (!reader.atEnd()) {
        WireReader::Tag tag{};
        if (left-- == 0 || !reader.tag(tag))
            return false;
        if (tag.type == WireReader::StartGroup)
            return false; // nobody writes them
        if (tag.type != WireReader::Length) {
            if (!reader.skip(tag))
                return false;
            continue;
        }
        std::string_view inner;
        if (!reader.bytes(inner))
            return false;
        const FieldDescriptor *field = type.FindFieldByNumber(static_cast<int>(tag.number));
        if (!field)
            continue;
        if (field->type() == FieldDescriptor::TYPE_MESSAGE) {
            if (!take(*field->message_type(), inner, left, depth + 1))
                return false;
        } else if (field->is_packable()) {
            if (inner.size() > left)
                return false;
            left -= inner.size();
        }
    }
    return true;
}

} // namespace

bool hasAtMostFields(const Descriptor &type, std::string_view bytes, std::size_t most)
{
    return take(type, bytes, most, 0);
}

} // namespace meseta::codec
