#pragma once

#include <cstddef>
#include <string_view>

#include <google/protobuf/message.h>

namespace meseta::codec {

/// Whether `bytes`, a message of that type on the wire, hold no more than `most` fields, those of
/// messages within it and packed numbers counted; what is damaged, or deeper than 100 messages, has
/// too many. Two bytes of wire can become hundreds in memory: what a stranger sent is looked at
/// before it is parsed. (Protocol Buffers, "Encoding".)
bool hasAtMostFields(const google::protobuf::Descriptor &type, std::string_view bytes,
                     std::size_t most);

/// Parses what may come from a stranger: as protobuf does, but no more than it costs some ten times
/// its bytes. Required fields may be missing. False: it is damaged, or has too many fields.
template <typename Message> bool parseBounded(Message &message, std::string_view bytes)
{
    constexpr std::size_t small = 1024 * 1024, mostFields = 500'000;
    if (bytes.size() > small && !hasAtMostFields(*Message::descriptor(), bytes, mostFields))
        return false;
    return message.ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

} // namespace meseta::codec
