#include "daemons/master/registry/registry_head.h"

#include <charconv>

#include "common/store/record_format.h"

namespace meseta::master {

namespace {

constexpr std::string_view Title = "meseta-registry 1";

std::string_view takeLine(std::string_view &rest)
{
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return line;
}

std::string nodeName(const char *kind, std::uint64_t generation, std::uint64_t number)
{
    return kind + ("-" + std::to_string(generation)) + "-" + std::to_string(number);
}

} // namespace

std::string RegistryHead::text() const
{
    std::string out(Title);
    const auto line = [&out](const char *name, const std::string &value) {
        out.append("\n").append(name).append(" ").append(value);
    };
    line("generation", std::to_string(generation));
    line("shards", std::to_string(shards));
    line("pieces", std::to_string(pieces));
    line("term", std::to_string(term));
    line("writes", std::to_string(writes));
    line("owner", owner);
    return out + "\n";
}

Result<RegistryHead> RegistryHead::parse(std::string_view text)
{
    RegistryHead head;
    if (text.empty())
        return head;
    if (takeLine(text) != Title)
        return fail("it does not begin with '" + std::string(Title)
                    + "': it is not a registry this version of Meseta can read");
    std::map<std::string_view, std::uint64_t *> numbers{{"generation", &head.generation},
                                                        {"shards", &head.shards},
                                                        {"pieces", &head.pieces},
                                                        {"term", &head.term},
                                                        {"writes", &head.writes}};
    while (!text.empty()) {
        const std::string_view line = takeLine(text);
        const std::size_t space = std::min(line.find(' '), line.size());
        const std::string_view name = line.substr(0, space);
        const std::string_view value = line.substr(std::min(space + 1, line.size()));
        if (name == "owner")
            head.owner = value;
        const auto number = numbers.find(name);
        if (number == numbers.end())
            continue;
        const auto [end, error] =
            std::from_chars(value.data(), value.data() + value.size(), *number->second);
        if (error != std::errc() || end != value.data() + value.size())
            return fail("'" + std::string(line) + "' is not a number");
        numbers.erase(number);
    }
    if (!numbers.empty())
        return fail("it lacks '" + std::string(numbers.begin()->first) + "'");
    return head;
}

std::string RegistryHead::shardName(std::uint64_t number) const
{
    return nodeName("snapshot", generation, number);
}

std::string RegistryHead::pieceName(std::uint64_t number) const
{
    return nodeName("log", generation, number);
}

bool RegistryHead::names(const std::string &child) const
{
    const std::size_t dash = child.rfind('-');
    std::uint64_t number = 0;
    if (dash == std::string::npos)
        return false;
    std::from_chars(child.data() + dash + 1, child.data() + child.size(), number);
    return (number < shards && child == shardName(number))
        || (number < pieces && child == pieceName(number));
}

namespace registry_pieces {

std::vector<std::string> cut(std::string_view bytes, std::size_t most)
{
    constexpr std::size_t overhead = 64; // length, checksum, the mark
    const std::size_t room = most - overhead;
    std::vector<std::string> parts;
    do {
        const std::string_view part = bytes.substr(0, room);
        bytes.remove_prefix(part.size());
        parts.push_back(store::framed((bytes.empty() ? "." : "+") + std::string(part)));
    } while (!bytes.empty());
    return parts;
}

Result<std::vector<std::string>> join(const std::vector<std::string> &parts)
{
    std::vector<std::string> whole;
    bool open = false;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const store::RecordsFound found = store::findRecords(parts[i]);
        if (found.records.size() != 1 || found.goodBytes != parts[i].size()
            || found.records.front().empty())
            return fail("part " + std::to_string(i) + " is damaged"
                        + (found.damage.empty() ? "" : ": " + found.damage));
        const std::string_view part = found.records.front();
        if (!open)
            whole.emplace_back();
        whole.back().append(part.substr(1));
        open = part.front() == '+';
    }
    if (open)
        return fail("the end is missing");
    return whole;
}

} // namespace registry_pieces
} // namespace meseta::master
