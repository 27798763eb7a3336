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

/// Fills `message` from a body. The error says that the body is not JSON, or what of the JSON does
/// not fit `what` ("Call" mostly), or that it cannot be read as protobuf. With an empty `what`, as
/// in the agent's operator API, the bare reason.
Result<> decode(std::string_view body, MediaType type, google::protobuf::Message &message,
                std::string_view what = "Call");

} // namespace meseta::codec
