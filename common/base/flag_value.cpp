#include "common/base/flag_value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include <QFile>
#include <QJsonDocument>

#include "common/base/bytes_text.h"
#include "common/base/duration_text.h"

namespace meseta {

namespace {

constexpr std::string_view filePrefix = "file://";
constexpr qint64 maxFileBytes = 16 * 1024 * 1024;

Result<std::string> fileContent(const std::string &path)
{
    QFile file(QString::fromStdString(path));
    if (!file.open(QIODevice::ReadOnly))
        return fail("cannot read the file " + path + ": " + file.errorString().toStdString());
    if (file.size() > maxFileBytes)
        return fail("the file " + path + " is larger than 16MB, which no flag needs");
    return file.readAll().toStdString();
}

std::string trimmed(const std::string &text)
{
    const auto isSpace = [](unsigned char c) { return std::isspace(c) != 0; };
    const auto first = std::find_if_not(text.begin(), text.end(), isSpace);
    const auto last =
        std::find_if_not(text.rbegin(), std::make_reverse_iterator(first), isSpace).base();
    return std::string(first, last);
}

Result<std::string> normalBool(const std::string &text)
{
    if (text == "true" || text == "1" || text.empty())
        return "true";
    if (text == "false" || text == "0")
        return "false";
    return fail("'" + text + "' is neither true nor false");
}

Result<std::string> normalInteger(const std::string &text, double least, double most)
{
    std::int64_t number = 0;
    const char *end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    if (parsed.ec != std::errc() || parsed.ptr != end)
        return fail("'" + text + "' is not a whole number");
    if (static_cast<double>(number) < least || static_cast<double>(number) > most)
        return fail("'" + text + "' is out of range: it has to lie between "
                    + std::to_string(static_cast<std::int64_t>(least)) + " and "
                    + std::to_string(static_cast<std::int64_t>(most)));
    return std::to_string(number);
}

Result<std::string> normalDouble(const std::string &text)
{
    bool valid = false;
    const double number = QByteArray::fromStdString(text).toDouble(&valid);
    if (!valid || !std::isfinite(number))
        return fail("'" + text + "' is not a number");
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof(buffer), number);
    return std::string(buffer, end.ptr);
}

Result<std::string> normalJson(const std::string &text)
{
    std::string json = text;
    if (!text.empty() && text.front() == '/') {
        Result<std::string> content = fileContent(text);
        if (!content)
            return content;
        json = std::move(*content);
    }
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(QByteArray::fromStdString(json), &error);
    if (document.isNull())
        return fail("this is not a JSON object or list (" + error.errorString().toStdString()
                    + " at character " + std::to_string(error.offset)
                    + "): " + json.substr(0, 200));
    return document.toJson(QJsonDocument::Compact).toStdString();
}

Result<std::string> normalByType(FlagType type, const std::string &text)
{
    switch (type) {
    case FlagType::Bool:
        return normalBool(text);
    case FlagType::Int:
        return normalInteger(text, std::numeric_limits<std::int32_t>::min(),
                             std::numeric_limits<std::int32_t>::max());
    case FlagType::UInt:
        return normalInteger(text, 0, 9007199254740992.0);
    case FlagType::UInt16:
        return normalInteger(text, 0, 65535);
    case FlagType::Double:
        return normalDouble(text);
    case FlagType::TimeSpan:
        return parseDuration(text).map(durationText);
    case FlagType::Bytes:
        return parseBytes(text).map(bytesText);
    case FlagType::Json:
        return normalJson(text);
    case FlagType::Path:
        return text.starts_with(filePrefix) ? text.substr(filePrefix.size()) : text;
    case FlagType::UIntList:
        for (const QByteArray &item : QByteArray::fromStdString(text).split(',')) {
            if (const auto number = normalInteger(item.toStdString(), 0, 4294967295.0); !number)
                return number;
        }
        return text;
    case FlagType::String:
    case FlagType::Location:
    case FlagType::StringList:
        return text;
    }
    return text;
}

std::string choicesText(const std::vector<std::string> &choices)
{
    std::string text;
    for (std::size_t at = 0; at < choices.size(); ++at) {
        if (at > 0)
            text += at + 1 == choices.size() ? " or " : ", ";
        text += choices[at];
    }
    return text;
}

Result<> checkChoices(const FlagRow &row, const std::string &value)
{
    const bool isList = row.type == FlagType::StringList;
    const QByteArrayList items = isList ? QByteArray::fromStdString(value).split(',')
                                        : QByteArrayList{QByteArray::fromStdString(value)};
    for (const QByteArray &item : items) {
        if (std::find(row.choices.begin(), row.choices.end(), item.toStdString())
            == row.choices.end())
            return fail("'" + item.toStdString()
                        + "' is not among its values: " + choicesText(row.choices));
    }
    return {};
}

} // namespace

std::string flagTypeName(FlagType type)
{
    switch (type) {
    case FlagType::Bool:
        return "BOOL";
    case FlagType::Int:
        return "INT";
    case FlagType::UInt:
        return "COUNT";
    case FlagType::UInt16:
        return "0..65535";
    case FlagType::Double:
        return "NUMBER";
    case FlagType::String:
        return "TEXT";
    case FlagType::Path:
        return "PATH";
    case FlagType::Location:
        return "ADDRESS";
    case FlagType::TimeSpan:
        return "DURATION";
    case FlagType::Bytes:
        return "SIZE";
    case FlagType::Json:
        return "JSON";
    case FlagType::StringList:
        return "LIST";
    case FlagType::UIntList:
        return "NUMBERS";
    }
    return "TEXT";
}

Result<std::string> normalFlagValue(const FlagRow &row, const std::string &text)
{
    std::string value = text;
    if (value.starts_with(filePrefix) && row.type != FlagType::Path
        && row.type != FlagType::Location) {
        const Result<std::string> content = fileContent(value.substr(filePrefix.size()));
        if (!content)
            return fail(content.error());
        // A file usually ends with a line break that nobody means.
        value = trimmed(*content);
    }
    Result<std::string> normal = normalByType(row.type, value);
    if (!normal)
        return normal;
    if (!row.choices.empty()) {
        if (const Result<> checked = checkChoices(row, *normal); !checked)
            return fail(checked.error());
    }
    if (row.check) {
        if (const Result<> checked = row.check(*normal); !checked)
            return fail(checked.error());
    }
    return normal;
}

std::size_t editDistance(const std::string &a, const std::string &b)
{
    std::vector<std::size_t> distances(b.size() + 1);
    for (std::size_t column = 0; column <= b.size(); ++column)
        distances[column] = column;
    for (std::size_t row = 1; row <= a.size(); ++row) {
        std::size_t diagonal = distances[0];
        distances[0] = row;
        for (std::size_t column = 1; column <= b.size(); ++column) {
            const std::size_t replaced = diagonal + (a[row - 1] == b[column - 1] ? 0 : 1);
            diagonal = distances[column];
            distances[column] =
                std::min({replaced, distances[column] + 1, distances[column - 1] + 1});
        }
    }
    return distances.back();
}

} // namespace meseta
