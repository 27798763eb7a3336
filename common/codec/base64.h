#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace meseta::codec {

/// Standard base64 with padding (RFC 4648 §4).
std::string encodeBase64(std::string_view bytes);

/// Standard alphabet only; white space is skipped and padding optional, as Mesos reads it. Nothing
/// when it is no base64.
std::optional<std::string> decodeBase64(std::string_view text);

} // namespace meseta::codec
