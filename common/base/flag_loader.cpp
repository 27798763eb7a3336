#include "common/base/flags.h"

#include <algorithm>
#include <cctype>

#include "common/base/flag_value.h"

namespace meseta {

namespace {

std::string lower(std::string text)
{
    for (char &c : text)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

/// One flag as it was written somewhere.
struct Written
{
    std::string source; ///< as the user wrote it: "--no-hostname_lookup", "MESOS_PORT"
    std::string name; ///< lower case, without "no-"
    bool negated = false;
    std::optional<std::string> value;
};

Written writtenOnCommandLine(const std::string &argument)
{
    Written written;
    const std::size_t equals = argument.find('=');
    written.source = argument.substr(0, equals);
    written.name = lower(written.source.substr(2));
    if (equals != std::string::npos)
        written.value = argument.substr(equals + 1);
    return written;
}

/// "no-x" is the negation of x unless a flag is really called that.
void splitNegation(Written &written, const FlagTable &table)
{
    if (table.find(written.name) == nullptr && written.name.starts_with("no-")) {
        written.negated = true;
        written.name.erase(0, 3);
    }
}

std::string nearestName(const FlagTable &table, const std::string &name)
{
    std::string nearest;
    std::size_t best = std::max<std::size_t>(3, name.size() / 3) + 1;
    for (const FlagRow &row : table.rows) {
        for (const std::string &candidate : {row.name, row.alias}) {
            const std::size_t distance = candidate.empty() ? best : editDistance(name, candidate);
            if (distance < best) {
                best = distance;
                nearest = candidate;
            }
        }
    }
    return nearest;
}

} // namespace

/// Fills FlagValues step by step; the first thing that is wrong ends it.
class FlagLoader
{
public:
    FlagLoader(const FlagTable &table, const Environment &environment)
        : m_environment(environment), m_values(table)
    { }

    Result<FlagValues> load(const std::vector<std::string> &arguments)
    {
        if (asksFor("help", arguments) || asksFor("version", arguments))
            return std::move(m_values);
        for (auto step : {loadCommandLine(arguments), loadEnvironment()}) {
            if (!step)
                return fail(step.error());
        }
        for (const FlagRow &row : table().rows) {
            if (const Result<> completed = complete(row); !completed)
                return fail(completed.error());
        }
        return std::move(m_values);
    }

private:
    const FlagTable &table() const { return m_values.table(); }

    /// --help and --version are answered whatever else is wrong with the command line.
    bool asksFor(const std::string &name, const std::vector<std::string> &arguments)
    {
        if (table().find(name) == nullptr)
            return false;
        for (const std::string &argument : arguments) {
            if (argument == "--")
                return false;
            const std::string text = lower(argument);
            if (text == "--" + name || text == "--" + name + "=true"
                || text == "--" + name + "=1") {
                m_values.m_values[name] = "true";
                return true;
            }
        }
        return false;
    }

    Result<> loadCommandLine(const std::vector<std::string> &arguments)
    {
        for (const std::string &argument : arguments) {
            if (argument == "--")
                break;
            if (!argument.starts_with("--")) {
                m_values.m_warnings.push_back(
                    "The word '" + argument
                    + "' on the command line is ignored: flags are written --name=value");
                continue;
            }
            if (const Result<> set = setFromCommandLine(writtenOnCommandLine(argument)); !set)
                return set;
        }
        return {};
    }

    Result<> setFromCommandLine(Written written)
    {
        splitNegation(written, table());
        const FlagRow *row = table().find(written.name);
        if (row == nullptr)
            return unknown(written);
        const auto earlier = m_values.m_givenAs.find(row->name);
        if (earlier != m_values.m_givenAs.end())
            return fail("the flag --" + row->name + " is given twice, as " + earlier->second
                        + " and as " + written.source + "; leave one of them out");
        return set(*row, written);
    }

    /// Variables of unknown names are somebody else's; the command line wins over the environment.
    Result<> loadEnvironment()
    {
        if (!table().environment)
            return {};
        const std::string prefix = *table().environment;
        for (const auto &[variable, value] : m_environment) {
            if (!variable.starts_with(prefix))
                continue;
            Written written{variable, lower(variable.substr(prefix.size())), false, value};
            splitNegation(written, table());
            const FlagRow *row = table().find(written.name);
            if (row == nullptr || m_values.m_givenAs.contains(row->name))
                continue;
            if (const Result<> done = set(*row, written); !done)
                return done;
        }
        return {};
    }

    Result<> unknown(const Written &written) const
    {
        const std::string nearest = nearestName(table(), written.name);
        const std::string remedy = nearest.empty() ? "" : "; did you mean --" + nearest + "?";
        return fail("there is no flag " + written.source + remedy);
    }

    Result<> set(const FlagRow &row, const Written &written)
    {
        Result<std::string> text = writtenText(row, written);
        if (text)
            text = normalFlagValue(row, *text);
        if (!text)
            return fail(text.error().within("the flag " + written.source));
        if (const Result<> available = checkAvailable(row, written, *text); !available)
            return available;
        if (!row.alias.empty() && written.name == row.alias)
            m_values.m_warnings.push_back("The flag --" + row.alias + " is an older name; write --"
                                          + row.name);
        m_values.m_values[row.name] = *text;
        m_values.m_told[written.name] = *text;
        m_values.m_givenAs[row.name] = written.source;
        return {};
    }

    static Result<std::string> writtenText(const FlagRow &row, const Written &written)
    {
        if (row.type != FlagType::Bool) {
            if (written.negated)
                return fail("only a flag that is true or false can be negated; write --" + row.name
                            + "=VALUE");
            if (!written.value)
                return fail("the value is missing; write --" + row.name + "=VALUE, in one word");
            return *written.value;
        }
        if (!written.negated)
            return written.value.value_or("true");
        if (written.value && !written.value->empty())
            return fail("a negated flag takes no value; write --no-" + row.name + " or --"
                        + row.name + "=false");
        return "false";
    }

    static Result<> checkAvailable(const FlagRow &row, const Written &written,
                                   const std::string &text)
    {
        if (row.notYet.empty() || row.fallback == text)
            return {};
        if (std::find(row.accepted.begin(), row.accepted.end(), text) != row.accepted.end())
            return {};
        const std::string value = text.size() <= 80 ? text : text.substr(0, 77) + "...";
        const std::string fallback =
            row.fallback ? " (the default is '" + *row.fallback + "')" : "";
        return fail("the flag " + written.source + " with the value '" + value + "' is refused"
                    + fallback + ": " + row.notYet);
    }

    Result<> complete(const FlagRow &row)
    {
        if (m_values.m_values.contains(row.name))
            return {};
        if (row.required)
            return fail("the flag --" + row.name + " is required. " + row.help + ignoredWords());
        if (row.fallback)
            m_values.m_told[row.name] = m_values.m_values[row.name] = *row.fallback;
        return {};
    }

    /// A flag may be missing because it was written in a way that is none.
    std::string ignoredWords() const
    {
        std::string text;
        for (const std::string &warning : m_values.m_warnings)
            text += ". " + warning;
        return text;
    }

    const Environment &m_environment;
    FlagValues m_values;
};

Result<FlagValues> loadFlags(const FlagTable &table, const std::vector<std::string> &arguments,
                             const Environment &environment)
{
    return FlagLoader(table, environment).load(arguments);
}

} // namespace meseta
