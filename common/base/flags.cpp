#include "common/base/flags.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <iostream>

#include <unistd.h>

#include "common/base/bytes_text.h"
#include "common/base/duration_text.h"

namespace meseta {

const FlagRow *FlagTable::find(std::string_view nameOrAlias) const
{
    for (const FlagRow &row : rows) {
        if (row.name == nameOrAlias || (!row.alias.empty() && row.alias == nameOrAlias))
            return &row;
    }
    return nullptr;
}

Environment processEnvironment()
{
    Environment environment;
    for (char **entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const std::size_t equals = text.find('=');
        if (equals != std::string_view::npos)
            environment.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return environment;
}

const FlagRow &FlagValues::row(std::string_view name) const
{
    const FlagRow *row = m_table.find(name);
    if (row == nullptr)
        qFatal("%s has no flag named %s", m_table.program.c_str(), std::string(name).c_str());
    return *row;
}

bool FlagValues::given(std::string_view name) const
{
    return m_givenAs.contains(row(name).name);
}

std::optional<std::string> FlagValues::text(std::string_view name) const
{
    const auto found = m_values.find(row(name).name);
    if (found == m_values.end())
        return std::nullopt;
    return found->second;
}

std::string FlagValues::string(std::string_view name) const
{
    return text(name).value_or(std::string());
}

bool FlagValues::flag(std::string_view name) const
{
    return text(name) == "true";
}

std::optional<std::int64_t> FlagValues::integer(std::string_view name) const
{
    const std::optional<std::string> value = text(name);
    return value ? std::optional(std::strtoll(value->c_str(), nullptr, 10)) : std::nullopt;
}

std::optional<double> FlagValues::number(std::string_view name) const
{
    const std::optional<std::string> value = text(name);
    return value ? std::optional(QByteArray::fromStdString(*value).toDouble()) : std::nullopt;
}

std::optional<Duration> FlagValues::duration(std::string_view name) const
{
    const std::optional<std::string> value = text(name);
    if (!value)
        return std::nullopt;
    const Result<Duration> parsed = parseDuration(*value);
    return parsed ? std::optional(*parsed) : std::nullopt;
}

std::optional<std::uint64_t> FlagValues::bytes(std::string_view name) const
{
    const std::optional<std::string> value = text(name);
    if (!value)
        return std::nullopt;
    const Result<std::uint64_t> parsed = parseBytes(*value);
    return parsed ? std::optional(*parsed) : std::nullopt;
}

std::vector<std::string> FlagValues::list(std::string_view name) const
{
    std::vector<std::string> items;
    const std::string value = string(name);
    for (std::size_t start = 0; start < value.size();) {
        const std::size_t comma = std::min(value.find(',', start), value.size());
        if (comma > start)
            items.push_back(value.substr(start, comma - start));
        start = comma + 1;
    }
    return items;
}

FlagsOutcome loadFlagsOrExplain(const FlagTable &table, int argc, const char *const *argv)
{
    std::vector<std::string> arguments;
    for (int at = 1; at < argc; ++at)
        arguments.emplace_back(argv[at]);
    Result<FlagValues> values = loadFlags(table, arguments, processEnvironment());
    if (!values) {
        std::cerr << table.program << ": " << values.error().message << "\nSee " << table.program
                  << " --help for every flag." << std::endl;
        return {std::nullopt, EXIT_FAILURE};
    }
    if (values->flag("help")) {
        std::cout << flagsHelp(table) << std::flush;
        return {std::nullopt, EXIT_SUCCESS};
    }
    if (table.find("version") != nullptr && values->flag("version")) {
        std::cout << table.version << std::endl;
        return {std::nullopt, EXIT_SUCCESS};
    }
    return {std::move(*values), EXIT_SUCCESS};
}

std::vector<FlagRow> loggingFlagRows()
{
    return {
        {.name = "quiet",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "Write no log lines on stderr."},
        {.name = "logging_level",
         .fallback = "INFO",
         .help = "The least severe log lines that are written: INFO, WARNING or ERROR. GLOG_v=1 in "
                 "the environment adds "
                 "detail to INFO.",
         .choices = {"INFO", "WARNING", "ERROR"}},
        {.name = "log_dir",
         .type = FlagType::Path,
         .help = "A folder for log files, beside the log on stderr. It is made when missing."},
        {.name = "logbufsecs",
         .type = FlagType::Int,
         .fallback = "0",
         .help = "For how many seconds log lines may be held back. They are written at once "
                 "whatever this says.",
         .check = numberWithin(0, 86400)},
        {.name = "initialize_driver_logging",
         .type = FlagType::Bool,
         .fallback = "true",
         .help = "Whether scheduler and executor drivers in this process set up their log. There "
                 "are none in it."},
        {.name = "external_log_file",
         .type = FlagType::Path,
         .help = "A log file that something else writes, to be shown as this program's log by the "
                 "files API."},
    };
}

std::function<Result<>(const std::string &)> durationWithin(Duration least, Duration most)
{
    return [least, most](const std::string &text) -> Result<> {
        const Result<Duration> duration = parseDuration(text);
        if (!duration)
            return fail(duration.error());
        if (*duration < least || *duration > most) {
            const std::string rule = most == Duration::max()
                ? "it has to be at least " + durationText(least)
                : "it has to lie between " + durationText(least) + " and " + durationText(most);
            return fail("'" + text + "' is out of range: " + rule);
        }
        return {};
    };
}

std::function<Result<>(const std::string &)> numberWithin(double least, double most)
{
    return [least, most](const std::string &text) -> Result<> {
        const double number = QByteArray::fromStdString(text).toDouble();
        if (number < least || number > most) {
            return fail("'" + text + "' is out of range: it has to lie between "
                        + QByteArray::number(least, 'g', 15).toStdString() + " and "
                        + QByteArray::number(most, 'g', 15).toStdString());
        }
        return {};
    };
}

} // namespace meseta
