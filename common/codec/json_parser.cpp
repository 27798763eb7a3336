#include <algorithm>
#include <string>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include "common/codec/json.h"
#include "common/codec/json_setter.h"

namespace meseta::codec {

namespace pb = google::protobuf;

namespace {

constexpr int DeepestLevel = 200;

/// Takes the events of the JSON reader and fills messages. After the first value that does not fit
/// it only listens: the text may still turn out to be no JSON at all, which is told first.
class MessageFiller
{
public:
    /// The text is one object, which fills `message`.
    explicit MessageFiller(pb::Message &message) : m_root(&message) { }

    /// The text is an array; each element fills a message made by `add`.
    explicit MessageFiller(const std::function<pb::Message *()> &add) : m_add(&add) { }

    const std::optional<Error> &error() const { return m_error; }
    bool tooDeep() const { return m_level > DeepestLevel; }
    bool outOfRange() const { return m_outOfRange; }

    bool Null()
    {
        return scalar([](Target) { return Result<>(); });
    }
    bool Bool(bool truth)
    {
        return scalar([&](Target t) { return setBoolean(*t.message, t.field, truth); });
    }
    // numbers come as RawNumber
    bool Int(int) { return false; }
    bool Uint(unsigned) { return false; }
    bool Int64(std::int64_t) { return false; }
    bool Uint64(std::uint64_t) { return false; }
    bool Double(double) { return false; }

    bool RawNumber(const char *text, rapidjson::SizeType length, bool)
    {
        const auto number = readNumber(std::string_view(text, length));
        m_outOfRange = !number;
        return number && scalar([&](Target t) { return setNumber(*t.message, t.field, *number); });
    }

    bool String(const char *text, rapidjson::SizeType length, bool)
    {
        return scalar(
            [&](Target t) { return setText(*t.message, t.field, std::string_view(text, length)); });
    }

    bool Key(const char *name, rapidjson::SizeType length, bool)
    {
        if (m_skipped == 0 && !m_error)
            key(std::string_view(name, length));
        return true;
    }

    bool StartObject()
    {
        if (++m_level > DeepestLevel)
            return false;
        if (!open())
            ++m_skipped;
        return true;
    }

    bool EndObject(rapidjson::SizeType)
    {
        --m_level;
        if (m_skipped > 0)
            --m_skipped;
        else
            m_frames.pop_back();
        return true;
    }

    bool StartArray()
    {
        if (++m_level > DeepestLevel)
            return false;
        if (!openArray())
            ++m_skipped;
        return true;
    }

    bool EndArray(rapidjson::SizeType)
    {
        --m_level;
        if (m_skipped > 0)
            --m_skipped;
        return true;
    }

private:
    /// An object being read.
    struct Frame
    {
        pb::Message *message;
        const pb::FieldDescriptor *map = nullptr; ///< the object is this map of the message
        const pb::FieldDescriptor *field =
            nullptr; ///< where the value after the key goes; null: nowhere
        pb::Message *entry = nullptr; ///< the entry of the map whose value is read
    };

    struct Target
    {
        pb::Message *message;
        const pb::FieldDescriptor *field;
    };

    static Target targetOf(const Frame &frame)
    {
        return {frame.entry ? frame.entry : frame.message, frame.field};
    }

    template <typename Set> bool scalar(Set set)
    {
        if (m_skipped > 0 || m_error)
            return true;
        if (m_frames.empty())
            note(fail(!m_add             ? "this has to be a JSON object"
                          : m_level == 0 ? "this has to be a JSON array"
                                         : "this has to be a JSON array of objects"));
        else if (m_frames.back().field)
            note(set(targetOf(m_frames.back())));
        return true;
    }

    void note(const Result<> &result)
    {
        if (!result && !m_error)
            m_error = result.error();
    }

    void key(std::string_view name)
    {
        Frame &frame = m_frames.back();
        if (frame.map)
            return mapKey(frame, name);
        m_name.assign(name);
        frame.field = frame.message->GetDescriptor()->FindFieldByName(m_name);
        if (frame.field && isPresent(*frame.message, frame.field))
            frame.message->GetReflection()->ClearField(
                frame.message, frame.field); // the last of equal keys counts
    }

    static bool isPresent(const pb::Message &message, const pb::FieldDescriptor *field)
    {
        const pb::Reflection *reflection = message.GetReflection();
        return field->is_repeated() ? reflection->FieldSize(message, field) > 0
                                    : reflection->HasField(message, field);
    }

    void mapKey(Frame &frame, std::string_view name)
    {
        frame.entry = frame.message->GetReflection()->AddMessage(frame.message, frame.map);
        const pb::Descriptor *entry = frame.map->message_type();
        frame.field = entry->map_value();
        note(setText(*frame.entry, entry->map_key(), name));
    }

    /// Begins an object; false when it goes nowhere.
    bool open()
    {
        if (m_skipped > 0 || m_error)
            return false;
        if (m_frames.empty())
            return openRoot();
        const Target target = targetOf(m_frames.back());
        if (!target.field)
            return false;
        if (target.field->is_map()) {
            m_frames.push_back({target.message, target.field});
            return true;
        }
        if (target.field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) {
            note(notExpecting("object", target.field));
            return false;
        }
        const pb::Reflection *reflection = target.message->GetReflection();
        pb::Message *inner = target.field->is_repeated()
            ? reflection->AddMessage(target.message, target.field)
            : reflection->MutableMessage(target.message, target.field);
        m_frames.push_back({inner});
        return true;
    }

    bool openRoot()
    {
        if (m_add && m_level < 2) {
            note(fail("this has to be a JSON array"));
            return false;
        }
        m_frames.push_back({m_add ? (*m_add)() : m_root});
        return true;
    }

    /// Begins an array; false when it goes nowhere.
    bool openArray()
    {
        if (m_skipped > 0 || m_error)
            return false;
        if (m_frames.empty()) {
            if (m_add && m_level == 1)
                return true;
            note(fail(m_add ? "this has to be a JSON array of objects"
                            : "this has to be a JSON object"));
            return false;
        }
        const pb::FieldDescriptor *field = m_frames.back().field;
        if (field && !field->is_repeated())
            note(notExpecting("array", field));
        return field && field->is_repeated();
    }

    pb::Message *m_root = nullptr;
    const std::function<pb::Message *()> *m_add = nullptr;
    std::vector<Frame> m_frames;
    std::string m_name;
    int m_level = 0;
    bool m_outOfRange = false;
    int m_skipped = 0; ///< levels open of a subtree that goes nowhere
    std::optional<Error> m_error;
};

std::string lineNumber(std::string_view text, std::size_t offset)
{
    return std::to_string(
        1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

std::string restOfLine(std::string_view text, std::size_t offset)
{
    constexpr std::size_t Longest = 200;
    const std::string_view rest = text.substr(offset);
    return std::string(rest.substr(0, std::min(rest.find('\n'), Longest)));
}

/// The wording of Mesos, which says where.
std::string syntaxMessage(std::string_view text, rapidjson::ParseErrorCode code, std::size_t offset)
{
    offset = std::min(offset, text.size());
    switch (code) {
    case rapidjson::kParseErrorDocumentRootNotSingular:
        while (offset > 0
               && std::string_view(" \t\r\n").find(text[offset - 1]) != std::string_view::npos)
            --offset;
        return "something follows the end of the JSON: " + restOfLine(text, offset);
    case rapidjson::kParseErrorNumberTooBig:
        return "a number is too large";
    default:
        return "syntax error at line " + lineNumber(text, offset)
            + " near: " + restOfLine(text, offset);
    }
}

std::optional<JsonError> readInto(std::string_view text, MessageFiller &filler)
{
    rapidjson::MemoryStream stream(text.data(), text.size());
    rapidjson::Reader reader;
    const rapidjson::ParseResult result =
        reader.Parse<rapidjson::kParseNumbersAsStringsFlag>(stream, filler);
    if (filler.tooDeep())
        return JsonError{JsonError::Kind::Syntax,
                         "nested deeper than " + std::to_string(DeepestLevel)
                             + " levels, which is the limit"};
    if (filler.outOfRange())
        return JsonError{JsonError::Kind::Syntax, "a number is too large"};
    if (!result)
        return JsonError{JsonError::Kind::Syntax,
                         syntaxMessage(text, result.Code(), result.Offset())};
    if (filler.error())
        return JsonError{JsonError::Kind::Conversion, filler.error()->message};
    return std::nullopt;
}

std::optional<JsonError> findMissing(const pb::Message &message)
{
    if (message.IsInitialized())
        return std::nullopt;
    return JsonError{JsonError::Kind::Conversion,
                     "required fields are missing: " + message.InitializationErrorString()};
}

} // namespace

std::optional<JsonError> findJsonError(std::string_view text, pb::Message &message)
{
    message.Clear();
    MessageFiller filler(message);
    if (auto error = readInto(text, filler))
        return error;
    return findMissing(message);
}

Result<> parseJson(std::string_view text, pb::Message &message)
{
    if (const auto error = findJsonError(text, message))
        return fail(error->message);
    return {};
}

Result<> parseJsonArray(std::string_view text, const std::function<pb::Message *()> &add)
{
    std::vector<pb::Message *> made;
    const std::function<pb::Message *()> addAndRemember = [&] { return made.emplace_back(add()); };
    MessageFiller filler(addAndRemember);
    if (const auto error = readInto(text, filler))
        return fail(error->message);
    for (const pb::Message *message : made) {
        if (const auto missing = findMissing(*message))
            return fail(missing->message);
    }
    return {};
}

} // namespace meseta::codec
