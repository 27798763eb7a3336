#include "common/base/flags.h"

#include <algorithm>

#include "common/base/flag_value.h"

namespace meseta {

namespace {

constexpr std::size_t lineWidth = 88;

std::string upper(std::string text)
{
    for (char &c : text)
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
}

/// Appends `text` broken at spaces, each line indented.
void wrap(const std::string &text, std::size_t indent, std::string &out)
{
    const std::string margin(indent, ' ');
    std::string line;
    const auto flush = [&] {
        if (!line.empty())
            out += margin + line + '\n';
        line.clear();
    };
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t space = std::min(text.find(' ', start), text.size());
        const std::string word = text.substr(start, space - start);
        if (!line.empty() && indent + line.size() + 1 + word.size() > lineWidth)
            flush();
        if (!word.empty())
            line += (line.empty() ? "" : " ") + word;
        start = space + 1;
    }
    flush();
}

std::string writtenForm(const FlagRow &row, const std::string &name)
{
    return row.type == FlagType::Bool ? "--[no-]" + name
                                      : "--" + name + "=" + flagTypeName(row.type);
}

std::string defaultText(const FlagRow &row)
{
    if (row.required)
        return "Required.";
    if (!row.fallback)
        return "";
    return "Default: " + (row.fallback->empty() ? std::string("empty") : *row.fallback) + ".";
}

std::string choicesText(const FlagRow &row)
{
    std::string text;
    for (const std::string &choice : row.choices)
        text += (text.empty() ? "One of " : ", ") + choice;
    return text.empty() ? text : text + ".";
}

void describe(const FlagRow &row, std::string &out)
{
    out += "  " + writtenForm(row, row.name);
    if (!row.alias.empty())
        out += "   (older name: --" + row.alias + ")";
    out += '\n';
    wrap(row.help + ' ' + choicesText(row) + ' ' + defaultText(row), 8, out);
    if (!row.notYet.empty())
        wrap("Other values are refused today: " + row.notYet + ".", 8, out);
}

} // namespace

std::string flagsHelp(const FlagTable &table)
{
    std::string out = "Usage: " + table.program + " [--name=value ...]\n\n";
    wrap(table.summary, 0, out);
    out += '\n';
    wrap("A flag is written --name=value, or --name and --no-name where it is true or false. A "
         "value file:///path "
         "stands for the content of that file. DURATION is a number and ns, us, ms, secs, mins, "
         "hrs, days or weeks "
         "(15secs); SIZE is a whole number and B, KB, MB, GB or TB (512MB); LIST is comma "
         "separated.",
         0, out);
    if (table.environment) {
        wrap("Each flag can also be set in the environment, as " + *table.environment + "NAME ("
                 + *table.environment + upper(table.rows.front().name)
                 + "); the command line wins.",
             0, out);
    }
    out += "\nFlags:\n";
    std::vector<const FlagRow *> sorted;
    for (const FlagRow &row : table.rows)
        sorted.push_back(&row);
    std::sort(sorted.begin(), sorted.end(),
              [](const FlagRow *a, const FlagRow *b) { return a->name < b->name; });
    for (const FlagRow *row : sorted)
        describe(*row, out);
    return out;
}

} // namespace meseta
