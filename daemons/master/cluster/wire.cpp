#include "daemons/master/cluster/wire.h"

#include <google/protobuf/message_lite.h>

namespace meseta::master::wire {

namespace {
constexpr std::uint64_t Varint = 0;
constexpr std::uint64_t LengthDelimited = 2;

std::uint64_t tag(int field, std::uint64_t type)
{
    return (static_cast<std::uint64_t>(field) << 3) | type;
}
} // namespace

void appendVarint(std::uint64_t value, std::string &out)
{
    while (value >= 0x80) {
        out.push_back(static_cast<char>((value & 0x7f) | 0x80));
        value >>= 7;
    }
    out.push_back(static_cast<char>(value));
}

void appendNumber(int field, std::uint64_t value, std::string &out)
{
    appendVarint(tag(field, Varint), out);
    appendVarint(value, out);
}

void appendHeader(int field, std::uint64_t size, std::string &out)
{
    appendVarint(tag(field, LengthDelimited), out);
    appendVarint(size, out);
}

void appendBytes(int field, std::string_view bytes, std::string &out)
{
    appendHeader(field, bytes.size(), out);
    out.append(bytes);
}

void appendMessage(int field, const google::protobuf::MessageLite &message, std::string &out)
{
    appendHeader(field, message.ByteSizeLong(), out);
    message.AppendPartialToString(&out);
}

} // namespace meseta::master::wire
