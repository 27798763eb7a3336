#include <google/protobuf/message.h>

#include "common/codec/json.h"
#include "common/codec/json_plan.h"
#include "common/codec/json_sink.h"
#include "common/codec/json_transcoder.h"

namespace meseta::codec {

void writeJson(const google::protobuf::Message &message, std::string &out)
{
    std::string bytes;
    message.SerializePartialToString(&bytes);
    transcodeToJson(message.GetDescriptor(), bytes, out);
}

std::string toJson(const google::protobuf::Message &message)
{
    std::string out;
    writeJson(message, out);
    return out;
}

bool transcodeToJson(const google::protobuf::Descriptor *type, std::string_view bytes,
                     std::string &out)
{
    const std::size_t before = out.size();
    bool ok = false;
    {
        JsonSink sink(out);
        ok = JsonTranscoder(sink).message(JsonPlan::of(type), bytes);
    }
    if (!ok)
        out.resize(before);
    return ok;
}

void writeDouble(double value, std::string &out)
{
    JsonSink(out).number(value);
}

void writeString(std::string_view value, std::string &out)
{
    JsonSink(out).string(value);
}

void JsonWriter::separate()
{
    if (!m_first)
        m_out.push_back(',');
    m_first = false;
}

JsonWriter &JsonWriter::open(char bracket)
{
    separate();
    m_out.push_back(bracket);
    m_first = true;
    return *this;
}

JsonWriter &JsonWriter::close(char bracket)
{
    m_out.push_back(bracket);
    m_first = false;
    return *this;
}

JsonWriter &JsonWriter::key(std::string_view name)
{
    separate();
    writeString(name, m_out);
    m_out.push_back(':');
    m_first = true; // no comma between a name and its value
    return *this;
}

JsonWriter &JsonWriter::value(std::string_view text)
{
    separate();
    writeString(text, m_out);
    return *this;
}

JsonWriter &JsonWriter::value(double number)
{
    separate();
    writeDouble(number, m_out);
    return *this;
}

JsonWriter &JsonWriter::signedValue(std::int64_t number)
{
    separate();
    JsonSink(m_out).integer(number);
    return *this;
}

JsonWriter &JsonWriter::unsignedValue(std::uint64_t number)
{
    separate();
    JsonSink(m_out).integer(number);
    return *this;
}

JsonWriter &JsonWriter::value(bool truth)
{
    return raw(truth ? "true" : "false");
}

JsonWriter &JsonWriter::value(const google::protobuf::Message &message)
{
    separate();
    writeJson(message, m_out);
    return *this;
}

JsonWriter &JsonWriter::serialized(const google::protobuf::Descriptor *type, std::string_view bytes)
{
    separate();
    if (!transcodeToJson(type, bytes, m_out))
        m_out.append("{}");
    return *this;
}

JsonWriter &JsonWriter::raw(std::string_view json)
{
    separate();
    m_out.append(json);
    return *this;
}

} // namespace meseta::codec
