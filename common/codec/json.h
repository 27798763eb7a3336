#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"

namespace google::protobuf {
class Message;
class Descriptor;
}

namespace meseta::codec {

/// Writes a message as Mesos' JSON (snake_case names in declaration order, enum names, base64 bytes, declared defaults
/// written unless deprecated, doubles with a fraction). Appends to `out`.
void writeJson(const google::protobuf::Message &message, std::string &out);

/// `writeJson` into a fresh string.
std::string toJson(const google::protobuf::Message &message);

/// The same JSON straight from serialized bytes, without building the message. False when the bytes do not parse.
bool transcodeToJson(const google::protobuf::Descriptor *type, std::string_view bytes, std::string &out);

/// Fills a message from JSON by Mesos' rules: unknown keys and nulls ignored, enum names, numbers as text allowed.
/// Missing required fields are an error naming them.
Result<> parseJson(std::string_view text, google::protobuf::Message &message);

/// A number as Mesos' JSON writes a double: "15.0", "0.1", "1e21", "\"Infinity\"".
void writeDouble(double value, std::string &out);

/// A string with JSON escapes, quoted.
void writeString(std::string_view value, std::string &out);

/// Builds JSON text member by member, for the endpoints that are no protobuf messages. Commas are its own business.
class JsonWriter
{
public:
    explicit JsonWriter(std::string &out) : m_out(out) {}

    JsonWriter &beginObject();
    JsonWriter &endObject();
    JsonWriter &beginArray();
    JsonWriter &endArray();
    JsonWriter &key(std::string_view name);

    JsonWriter &value(std::string_view text);
    JsonWriter &value(const char *text) { return value(std::string_view(text)); }
    JsonWriter &value(double number);
    JsonWriter &value(std::int64_t number);
    JsonWriter &value(std::uint64_t number);
    JsonWriter &value(int number) { return value(static_cast<std::int64_t>(number)); }
    JsonWriter &value(bool truth);
    JsonWriter &value(const google::protobuf::Message &message);

    /// JSON text that is already written.
    JsonWriter &raw(std::string_view json);

    /// `key(name).value(v)`.
    template <typename V> JsonWriter &member(std::string_view name, const V &v) { key(name); return value(v); }

private:
    void separate();

    std::string &m_out;
    bool m_first = true;
};

} // namespace meseta::codec
