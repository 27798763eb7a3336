#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "common/base/result.h"

namespace google::protobuf {
class FieldDescriptor;
class Message;
} // namespace google::protobuf

namespace meseta::codec {

/// A JSON number as it was read.
using JsonNumber = std::variant<std::int64_t, std::uint64_t, double>;

/// Reads a JSON number exactly: whole ones that fit as integers, others as the nearest double.
/// Nothing when the text is no number, or its size is beyond a double's.
std::optional<JsonNumber> readNumber(std::string_view text);

/// Puts one JSON value into a field (appends to a repeated one), by Mesos' rules of what fits
/// where. The errors name the field.
Result<> setNumber(google::protobuf::Message &message,
                   const google::protobuf::FieldDescriptor *field, JsonNumber number);
Result<> setBoolean(google::protobuf::Message &message,
                    const google::protobuf::FieldDescriptor *field, bool truth);
Result<> setText(google::protobuf::Message &message, const google::protobuf::FieldDescriptor *field,
                 std::string_view text);

/// "the field '<name>' does not take a JSON <kind>".
tl::unexpected<Error> notExpecting(std::string_view kind,
                                   const google::protobuf::FieldDescriptor *field);

} // namespace meseta::codec
