#include "common/codec/media_type.h"

#include <charconv>
#include <string>

namespace meseta::codec {

namespace {

constexpr std::string_view Json = "application/json";
constexpr std::string_view Protobuf = "application/x-protobuf";
constexpr std::string_view RecordIo = "application/recordio";

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool sameIgnoringCase(std::string_view a, std::string_view b)
{
    if (a.size() != b.size())
        return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (lower(a[i]) != lower(b[i]))
            return false;
    }
    return true;
}

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view Blank = " \t";
    const std::size_t first = text.find_first_not_of(Blank);
    return first == std::string_view::npos
        ? std::string_view()
        : text.substr(first, text.find_last_not_of(Blank) - first + 1);
}

/// Takes the part before the next separator off the front of `rest`.
std::string_view takePart(std::string_view &rest, char separator)
{
    const std::size_t at = rest.find(separator);
    const std::string_view part = rest.substr(0, at);
    rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
    return trimmed(part);
}

/// The weight among the parameters of a media range; 1 when there is none, or one that cannot be
/// read.
double weightOf(std::string_view parameters)
{
    while (!parameters.empty()) {
        std::string_view value = takePart(parameters, ';');
        const std::string_view name = takePart(value, '=');
        value = trimmed(value);
        double weight = 1;
        if (sameIgnoringCase(name, "q")
            && std::from_chars(value.data(), value.data() + value.size(), weight).ec == std::errc())
            return weight;
    }
    return 1;
}

/// Whether the header names this very range, and with which weight.
std::optional<double> weightOfRange(std::string_view header, std::string_view range)
{
    while (!header.empty()) {
        std::string_view parameters = takePart(header, ',');
        if (sameIgnoringCase(takePart(parameters, ';'), range))
            return weightOf(parameters);
    }
    return std::nullopt;
}

} // namespace

std::string_view mediaTypeName(MediaType type)
{
    switch (type) {
    case MediaType::Json:
        return Json;
    case MediaType::Protobuf:
        return Protobuf;
    case MediaType::RecordIo:
        return RecordIo;
    }
    return {};
}

std::optional<MediaType> mediaTypeFromContentType(std::string_view contentType)
{
    if (contentType == Json)
        return MediaType::Json;
    if (contentType == Protobuf)
        return MediaType::Protobuf;
    if (contentType == RecordIo)
        return MediaType::RecordIo;
    return std::nullopt;
}

bool accepts(std::string_view acceptHeader, std::string_view mediaType)
{
    if (trimmed(acceptHeader).empty())
        return true;
    const std::string wholeKind = std::string(mediaType.substr(0, mediaType.find('/'))) + "/*";
    for (const std::string_view range :
         {mediaType, std::string_view(wholeKind), std::string_view("*/*")}) {
        if (const auto weight = weightOfRange(acceptHeader, range))
            return *weight > 0;
    }
    return false;
}

std::optional<MediaType> negotiate(std::string_view acceptHeader)
{
    for (const MediaType type : {MediaType::Json, MediaType::Protobuf}) {
        if (accepts(acceptHeader, mediaTypeName(type)))
            return type;
    }
    return std::nullopt;
}

} // namespace meseta::codec
