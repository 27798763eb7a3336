#include "common/codec/message_codec.h"

#include <limits>

#include <google/protobuf/message.h>

#include "common/codec/json.h"

namespace meseta::codec {

namespace {

Result<> decodeJson(std::string_view body, google::protobuf::Message &message,
                    const std::string &what)
{
    const auto error = findJsonError(body, message);
    if (!error)
        return {};
    if (error->kind == JsonError::Kind::Syntax)
        return fail("the body is not JSON: " + error->message);
    return fail(what.empty() ? error->message : "this JSON is no " + what + ": " + error->message);
}

} // namespace

std::string encode(const google::protobuf::Message &message, MediaType type)
{
    return type == MediaType::Json ? toJson(message) : message.SerializePartialAsString();
}

Result<> decode(std::string_view body, MediaType type, google::protobuf::Message &message,
                std::string_view what)
{
    if (type == MediaType::Json)
        return decodeJson(body, message, std::string(what));
    const bool fits = body.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max());
    if (fits && message.ParsePartialFromArray(body.data(), static_cast<int>(body.size()))
        && message.IsInitialized())
        return {};
    return fail(what.empty()
                    ? std::string("the body cannot be read as protobuf")
                    : "the body cannot be read as protobuf: it is no " + std::string(what));
}

} // namespace meseta::codec
