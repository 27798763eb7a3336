#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "common/base/result.h"

namespace google::protobuf {
class Message;
class Descriptor;
} // namespace google::protobuf

/// JSON as the Mesos APIs speak it (not the proto3 mapping). Output is ASCII: other characters are
/// written as \uXXXX, which every JSON reader takes and which keeps the length in bytes that in
/// characters; bytes that are no UTF-8 become U+FFFD.
namespace meseta::codec {

/// Writes a message as Mesos' JSON (snake_case names in declaration order, enum names, base64
/// bytes, declared defaults written unless deprecated, doubles with a fraction). Appends to `out`.
/// Missing required fields are just not written.
void writeJson(const google::protobuf::Message &message, std::string &out);

/// `writeJson` into a fresh string.
std::string toJson(const google::protobuf::Message &message);

/// The same JSON straight from serialized bytes, without building the message. False, with `out` as
/// it was, when the bytes are no such message.
bool transcodeToJson(const google::protobuf::Descriptor *type, std::string_view bytes,
                     std::string &out);

/// Fills a message from JSON by Mesos' rules: unknown keys and nulls ignored, the last of equal
/// keys counts, enums by name, numbers as text allowed, at most 200 levels deep. Missing required
/// fields are an error naming them. On error the message holds what was read until then.
Result<> parseJson(std::string_view text, google::protobuf::Message &message);

/// Where a JSON text went wrong, for callers that answer the two differently.
struct JsonError
{
    enum class Kind { Syntax, Conversion };
    Kind kind;
    std::string message;
};

/// `parseJson`, telling bad JSON from JSON that does not fit the message. Bad JSON is told first.
/// Nothing when all is well.
std::optional<JsonError> findJsonError(std::string_view text, google::protobuf::Message &message);

/// A JSON array of messages, for endpoints whose body is one; `add` makes the message of each
/// element.
Result<> parseJsonArray(std::string_view text,
                        const std::function<google::protobuf::Message *()> &add);

template <typename M> Result<std::vector<M>> parseJsonArray(std::string_view text)
{
    std::vector<std::unique_ptr<M>> made;
    const auto result =
        parseJsonArray(text, [&] { return made.emplace_back(std::make_unique<M>()).get(); });
    if (!result)
        return fail(result.error());
    std::vector<M> messages;
    for (auto &message : made)
        messages.push_back(std::move(*message));
    return messages;
}

/// A number as Mesos' JSON writes a double: "15.0", "0.1", "1e21", "\"Infinity\"" ("\"NaN\"" is
/// ours: Mesos' bare NaN is no JSON).
void writeDouble(double value, std::string &out);

/// A string with JSON escapes, quoted.
void writeString(std::string_view value, std::string &out);

/// Builds JSON text member by member, for the endpoints that are no protobuf messages. Commas are
/// its own business.
class JsonWriter
{
public:
    explicit JsonWriter(std::string &out) : m_out(out) { }

    JsonWriter &beginObject() { return open('{'); }
    JsonWriter &endObject() { return close('}'); }
    JsonWriter &beginArray() { return open('['); }
    JsonWriter &endArray() { return close(']'); }
    JsonWriter &key(std::string_view name);

    JsonWriter &value(std::string_view text);
    JsonWriter &value(const std::string &text) { return value(std::string_view(text)); }
    JsonWriter &value(const char *text) { return value(std::string_view(text)); }
    JsonWriter &value(double number);
    JsonWriter &value(bool truth);
    JsonWriter &value(const google::protobuf::Message &message);

    template <std::integral T>
    requires(!std::same_as<T, bool>) JsonWriter &value(T number)
    {
        if constexpr (std::is_signed_v<T>)
            return signedValue(number);
        else
            return unsignedValue(number);
    }

    /// A message from its serialized bytes; `{}` when they are none.
    JsonWriter &serialized(const google::protobuf::Descriptor *type, std::string_view bytes);

    /// JSON text that is already written.
    JsonWriter &raw(std::string_view json);

    /// `key(name).value(v)`.
    template <typename V> JsonWriter &member(std::string_view name, const V &v)
    {
        key(name);
        return value(v);
    }

private:
    JsonWriter &open(char bracket);
    JsonWriter &close(char bracket);
    JsonWriter &signedValue(std::int64_t number);
    JsonWriter &unsignedValue(std::uint64_t number);
    void separate();

    std::string &m_out;
    bool m_first = true;
};

} // namespace meseta::codec
