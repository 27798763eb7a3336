#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace google::protobuf {
class MessageLite;
}

namespace meseta::master::wire {

/// Pieces of the protobuf wire format, for messages that are put together from bytes kept since
/// they arrived. Source: Protocol Buffers encoding specification.

void appendVarint(std::uint64_t value, std::string &out);

/// Tag and value of an enum, bool or unsigned integer field.
void appendNumber(int field, std::uint64_t value, std::string &out);

/// Tag, length and bytes of a string, bytes or message field.
void appendBytes(int field, std::string_view bytes, std::string &out);

/// Tag, length and serialized form of a message field, without a copy in between.
void appendMessage(int field, const google::protobuf::MessageLite &message, std::string &out);

/// Tag and length of a field whose `size` bytes the caller appends next.
void appendHeader(int field, std::uint64_t size, std::string &out);

} // namespace meseta::master::wire
