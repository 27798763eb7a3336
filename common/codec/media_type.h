#pragma once

#include <optional>
#include <string_view>

namespace meseta::codec {

/// The forms a v1 API message takes on the wire.
enum class MediaType { Json, Protobuf, RecordIo };

/// "application/json", "application/x-protobuf", "application/recordio".
std::string_view mediaTypeName(MediaType type);

/// The type named by a Content-Type header. Compared as an exact string (Mesos: parameters make it
/// unsupported).
std::optional<MediaType> mediaTypeFromContentType(std::string_view contentType);

/// Whether an Accept header admits the type (RFC 9110 §12.5.1; a missing or empty header admits
/// all; `q=0` refuses).
bool accepts(std::string_view acceptHeader, std::string_view mediaType);

/// JSON when acceptable, else protobuf, else nothing: Mesos prefers JSON whenever both are
/// admitted.
std::optional<MediaType> negotiate(std::string_view acceptHeader);

} // namespace meseta::codec
