#pragma once

#include <string>

#include "common/codec/media_type.h"
#include "common/http/message.h"

namespace google::protobuf {
class Message;
}

namespace meseta {

struct FileError;

/// 200 with JSON, wrapped as `CB(<json>)` of type text/javascript when the request asks with
/// `?jsonp=CB`. A callback that is no JavaScript member expression is a 400.
http::Response jsonAnswer(const http::Request &request, QByteArray json);
http::Response jsonAnswer(const http::Request &request, const std::string &json);

/// 200 with a message in the negotiated form.
http::Response messageAnswer(const google::protobuf::Message &message, codec::MediaType accept);

/// The status and text of a file that cannot be served. A 404 has no text.
http::Response fileErrorAnswer(const FileError &error);

} // namespace meseta
