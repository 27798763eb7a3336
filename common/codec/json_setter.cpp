#include "common/codec/json_setter.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "common/codec/base64.h"

namespace meseta::codec {

namespace pb = google::protobuf;

namespace {

/// Truncates as a C cast does, but without what C leaves undefined: what is too large becomes the
/// largest.
template <typename To> To toInteger(double value)
{
    if (std::isnan(value))
        return 0;
    if (value >= static_cast<double>(std::numeric_limits<To>::max()))
        return std::numeric_limits<To>::max();
    if (value <= static_cast<double>(std::numeric_limits<To>::min()))
        return std::numeric_limits<To>::min();
    return static_cast<To>(value);
}

template <typename To> To castNumber(JsonNumber number)
{
    if (const double *real = std::get_if<double>(&number)) {
        if constexpr (std::is_floating_point_v<To>)
            return static_cast<To>(*real);
        else
            return toInteger<To>(*real);
    }
    if (const std::int64_t *integer = std::get_if<std::int64_t>(&number))
        return static_cast<To>(*integer);
    return static_cast<To>(std::get<std::uint64_t>(number));
}

void putNumber(pb::Message &message, const pb::FieldDescriptor *field, JsonNumber number)
{
    const pb::Reflection *r = message.GetReflection();
    const bool add = field->is_repeated();
    switch (field->cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_INT32: {
        const auto value = castNumber<std::int32_t>(number);
        return add ? r->AddInt32(&message, field, value) : r->SetInt32(&message, field, value);
    }
    case pb::FieldDescriptor::CPPTYPE_INT64: {
        const auto value = castNumber<std::int64_t>(number);
        return add ? r->AddInt64(&message, field, value) : r->SetInt64(&message, field, value);
    }
    case pb::FieldDescriptor::CPPTYPE_UINT32: {
        const auto value = castNumber<std::uint32_t>(number);
        return add ? r->AddUInt32(&message, field, value) : r->SetUInt32(&message, field, value);
    }
    case pb::FieldDescriptor::CPPTYPE_UINT64: {
        const auto value = castNumber<std::uint64_t>(number);
        return add ? r->AddUInt64(&message, field, value) : r->SetUInt64(&message, field, value);
    }
    case pb::FieldDescriptor::CPPTYPE_FLOAT: {
        const auto value = castNumber<float>(number);
        return add ? r->AddFloat(&message, field, value) : r->SetFloat(&message, field, value);
    }
    case pb::FieldDescriptor::CPPTYPE_DOUBLE: {
        const auto value = castNumber<double>(number);
        return add ? r->AddDouble(&message, field, value) : r->SetDouble(&message, field, value);
    }
    default:
        return;
    }
}

bool isNumeric(const pb::FieldDescriptor *field)
{
    switch (field->cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_INT32:
    case pb::FieldDescriptor::CPPTYPE_INT64:
    case pb::FieldDescriptor::CPPTYPE_UINT32:
    case pb::FieldDescriptor::CPPTYPE_UINT64:
    case pb::FieldDescriptor::CPPTYPE_FLOAT:
    case pb::FieldDescriptor::CPPTYPE_DOUBLE:
        return true;
    default:
        return false;
    }
}

bool isReal(const pb::FieldDescriptor *field)
{
    return field->cpp_type() == pb::FieldDescriptor::CPPTYPE_DOUBLE
        || field->cpp_type() == pb::FieldDescriptor::CPPTYPE_FLOAT;
}

template <typename T> std::optional<JsonNumber> readAs(std::string_view text)
{
    T value{};
    const char *const end = text.data() + text.size();
    const auto [stop, problem] = std::from_chars(text.data(), end, value);
    if (problem != std::errc() || stop != end)
        return std::nullopt;
    return value;
}

/// A number too small for a double is zero; one too large is nothing.
std::optional<JsonNumber> readReal(std::string_view text)
{
    double value = 0;
    const char *const end = text.data() + text.size();
    const auto [stop, problem] = std::from_chars(text.data(), end, value);
    if (stop != end || problem == std::errc::invalid_argument)
        return std::nullopt;
    if (problem == std::errc::result_out_of_range)
        value = std::strtod(std::string(text).c_str(), nullptr);
    if (std::isinf(value))
        return std::nullopt;
    return value;
}

std::optional<JsonNumber> readSpecialReal(std::string_view text)
{
    if (text == "Infinity")
        return std::numeric_limits<double>::infinity();
    if (text == "-Infinity")
        return -std::numeric_limits<double>::infinity();
    if (text == "NaN")
        return std::numeric_limits<double>::quiet_NaN();
    return std::nullopt;
}

std::string quotedText(std::string_view text)
{
    constexpr std::size_t Longest = 100;
    return "'" + std::string(text.substr(0, Longest)) + (text.size() > Longest ? "…'" : "'");
}

Result<> setNumberText(pb::Message &message, const pb::FieldDescriptor *field,
                       std::string_view text)
{
    auto number = isReal(field) ? readSpecialReal(text) : std::nullopt;
    if (!number)
        number = readNumber(text);
    if (!number)
        return fail("the field '" + field->name() + "' does not take " + quotedText(text)
                    + ": write digits, with '-', '.' and 'e' where needed");
    putNumber(message, field, *number);
    return {};
}

Result<> setBooleanText(pb::Message &message, const pb::FieldDescriptor *field,
                        std::string_view text)
{
    if (text != "true" && text != "false")
        return fail("the field '" + field->name() + "' does not take " + quotedText(text)
                    + ": write true or false");
    return setBoolean(message, field, text == "true");
}

Result<> setEnumName(pb::Message &message, const pb::FieldDescriptor *field, std::string_view name)
{
    const pb::EnumValueDescriptor *value = field->enum_type()->FindValueByName(std::string(name));
    if (!value) {
        if (field->is_required())
            return fail("there is no such enum value: " + quotedText(name));
        return {}; // a name of another version
    }
    const pb::Reflection *r = message.GetReflection();
    field->is_repeated() ? r->AddEnum(&message, field, value) : r->SetEnum(&message, field, value);
    return {};
}

void putString(pb::Message &message, const pb::FieldDescriptor *field, std::string value)
{
    const pb::Reflection *r = message.GetReflection();
    field->is_repeated() ? r->AddString(&message, field, std::move(value))
                         : r->SetString(&message, field, std::move(value));
}

} // namespace

std::optional<JsonNumber> readNumber(std::string_view text)
{
    const std::size_t digit = text.starts_with('-') ? 1 : 0;
    if (text.size() <= digit || text[digit] < '0' || text[digit] > '9')
        return std::nullopt; // from_chars would take "inf" and "nan"
    if (const auto integer = readAs<std::int64_t>(text))
        return integer;
    if (const auto large = readAs<std::uint64_t>(text))
        return large;
    return readReal(text);
}

tl::unexpected<Error> notExpecting(std::string_view kind, const pb::FieldDescriptor *field)
{
    return fail("the field '" + field->name() + "' does not take a JSON " + std::string(kind));
}

Result<> setNumber(pb::Message &message, const pb::FieldDescriptor *field, JsonNumber number)
{
    if (!isNumeric(field))
        return notExpecting("number", field);
    putNumber(message, field, number);
    return {};
}

Result<> setBoolean(pb::Message &message, const pb::FieldDescriptor *field, bool truth)
{
    if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_BOOL)
        return notExpecting("boolean", field);
    const pb::Reflection *r = message.GetReflection();
    field->is_repeated() ? r->AddBool(&message, field, truth) : r->SetBool(&message, field, truth);
    return {};
}

Result<> setText(pb::Message &message, const pb::FieldDescriptor *field, std::string_view text)
{
    switch (field->cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_MESSAGE:
        return notExpecting("string", field);
    case pb::FieldDescriptor::CPPTYPE_BOOL:
        return setBooleanText(message, field, text);
    case pb::FieldDescriptor::CPPTYPE_ENUM:
        return setEnumName(message, field, text);
    case pb::FieldDescriptor::CPPTYPE_STRING:
        break;
    default:
        return setNumberText(message, field, text);
    }
    if (field->type() == pb::FieldDescriptor::TYPE_STRING) {
        putString(message, field, std::string(text));
        return {};
    }
    auto bytes = decodeBase64(text);
    if (!bytes)
        return fail("not base64, as a field of bytes has to be: '" + field->name()
                    + "': " + quotedText(text) + " is not the standard alphabet, or is cut off");
    putString(message, field, std::move(*bytes));
    return {};
}

} // namespace meseta::codec
