#include "daemons/agent/cgroups/cgroup_text.h"

#include <charconv>

namespace meseta::agent {

namespace {

std::string_view takeUntil(std::string_view &text, char separator)
{
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view piece = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return piece;
}

std::vector<std::string_view> pieces(std::string_view text, char separator)
{
    std::vector<std::string_view> result;
    while (!text.empty())
        if (const auto piece = takeUntil(text, separator); !piece.empty())
            result.push_back(piece);
    return result;
}

template <typename Number> std::optional<Number> parsed(std::string_view text)
{
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

std::optional<std::pair<unsigned, unsigned>> deviceOf(std::string_view text)
{
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    const auto major = parsed<unsigned>(text.substr(0, colon));
    const auto minor = parsed<unsigned>(text.substr(colon + 1));
    if (!major || !minor)
        return std::nullopt;
    return std::pair(*major, *minor);
}

} // namespace

std::map<std::string, std::uint64_t, std::less<>> flatKeyed(std::string_view text)
{
    std::map<std::string, std::uint64_t, std::less<>> values;
    for (const std::string_view line : pieces(text, '\n')) {
        const std::size_t space = line.find(' ');
        if (space == std::string_view::npos)
            continue;
        if (const auto value = parsed<std::uint64_t>(line.substr(space + 1)))
            values.emplace(line.substr(0, space), *value);
    }
    return values;
}

std::optional<std::uint64_t> numberOf(std::string_view text)
{
    while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
        text.remove_suffix(1);
    return parsed<std::uint64_t>(text);
}

std::vector<pid_t> pidsOf(std::string_view text)
{
    std::vector<pid_t> pids;
    for (const std::string_view line : pieces(text, '\n'))
        if (const auto pid = parsed<pid_t>(line); pid && *pid > 0)
            pids.push_back(*pid);
    return pids;
}

std::vector<DeviceCounter> deviceCounters(std::string_view text)
{
    std::vector<DeviceCounter> counters;
    for (const std::string_view line : pieces(text, '\n')) {
        const auto words = pieces(line, ' ');
        const auto value = words.empty() ? std::nullopt : parsed<std::uint64_t>(words.back());
        if (!value || words.size() < 2)
            continue;
        DeviceCounter counter;
        counter.device = deviceOf(words[0]);
        if (!counter.device)
            counter.operation = words[0];
        else if (words.size() > 2)
            counter.operation = words[1];
        counter.value = *value;
        counters.push_back(std::move(counter));
    }
    return counters;
}

std::vector<DeviceCounter> nestedKeyed(std::string_view text)
{
    std::vector<DeviceCounter> counters;
    for (const std::string_view line : pieces(text, '\n')) {
        const auto words = pieces(line, ' ');
        const auto device = words.empty() ? std::nullopt : deviceOf(words[0]);
        for (std::size_t i = 1; device && i < words.size(); ++i) {
            const std::size_t equals = words[i].find('=');
            if (equals == std::string_view::npos)
                continue;
            if (const auto value = parsed<std::uint64_t>(words[i].substr(equals + 1)))
                counters.push_back({device, std::string(words[i].substr(0, equals)), *value});
        }
    }
    return counters;
}

} // namespace meseta::agent
