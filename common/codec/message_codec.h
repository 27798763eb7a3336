#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/codec/media_type.h"

namespace google::protobuf {
class Message;
}

namespace meseta::codec {

/// One message in the chosen form: JSON as Mesos writes it, or protobuf. (RecordIO is no form of a
/// message but of a stream; here it stands for protobuf.)
std::string encode(const google::protobuf::Message &message, MediaType type);

/// Fills `message` from a body. The error text begins like Mesos': "Failed to parse body into JSON:
/// …", "Failed to convert JSON into <what> protobuf: …", "Failed to parse body into <what>
/// protobuf"; `what` is "Call" mostly; when empty, the texts are those of the agent's operator API:
/// the bare conversion error, and "Failed to parse body into a protobuf object".
Result<> decode(std::string_view body, MediaType type, google::protobuf::Message &message,
                std::string_view what = "Call");

} // namespace meseta::codec
