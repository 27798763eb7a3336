#include "daemons/containerizer/launch_description.h"

#include <charconv>

namespace meseta::containerizer {

namespace {

void put(std::string &out, char tag, std::string_view value)
{
    out += tag;
    out += std::to_string(value.size());
    out += ':';
    out += value;
}

void put(std::string &out, char tag, std::uint64_t value)
{
    put(out, tag, std::string_view(std::to_string(value)));
}

std::uint64_t number(std::string_view text)
{
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

/// Takes one `tag length:value` off the front; false when the rest is malformed.
bool take(std::string_view &rest, char &tag, std::string_view &value)
{
    tag = rest.front();
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), length);
    const auto start = static_cast<std::size_t>(end - rest.data()) + 1;
    if (error != std::errc() || start > rest.size() || *end != ':' || length > rest.size() - start)
        return false;
    value = rest.substr(start, length);
    rest.remove_prefix(start + length);
    return true;
}

void assign(LaunchDescription &d, char tag, std::string_view value)
{
    switch (tag) {
    case 'f':
        d.file = value;
        break;
    case 'a':
        d.arguments.emplace_back(value);
        break;
    case 'e':
        d.environment.emplace_back(value);
        break;
    case 'd':
        d.directory = value;
        break;
    case 'u':
        d.switchUser = true;
        d.uid = static_cast<uid_t>(number(value));
        break;
    case 'g':
        d.gid = static_cast<gid_t>(number(value));
        break;
    case 's':
        d.groups.push_back(static_cast<gid_t>(number(value)));
        break;
    case '1':
        d.maxStdoutBytes = number(value);
        break;
    case '2':
        d.maxStderrBytes = number(value);
        break;
    case 'k':
        d.keepLogs = number(value);
        break;
    case 'r':
        d.runtimeDirectory = value;
        break;
    case 't':
        d.recoveryMilliseconds = number(value);
        break;
    default:
        break;
    }
}

} // namespace

std::string LaunchDescription::encode() const
{
    std::string out;
    put(out, 'f', file);
    for (const auto &argument : arguments)
        put(out, 'a', argument);
    for (const auto &entry : environment)
        put(out, 'e', entry);
    put(out, 'd', directory);
    if (switchUser) {
        put(out, 'u', std::uint64_t(uid));
        put(out, 'g', std::uint64_t(gid));
        for (const auto group : groups)
            put(out, 's', std::uint64_t(group));
    }
    put(out, '1', maxStdoutBytes);
    put(out, '2', maxStderrBytes);
    put(out, 'k', keepLogs);
    put(out, 'r', runtimeDirectory);
    put(out, 't', recoveryMilliseconds);
    return out;
}

std::optional<LaunchDescription> LaunchDescription::decode(std::string_view bytes)
{
    LaunchDescription description;
    while (!bytes.empty()) {
        char tag = 0;
        std::string_view value;
        if (!take(bytes, tag, value))
            return std::nullopt;
        assign(description, tag, value);
    }
    if (description.file.empty() || description.directory.empty())
        return std::nullopt;
    return description;
}

const char *describe(Step step)
{
    switch (step) {
    case Step::Directory:
        return "opening the sandbox";
    case Step::Logs:
        return "creating stdout and stderr in the sandbox";
    case Step::Runtime:
        return "writing to the runtime directory";
    case Step::Fork:
        return "creating a process";
    case Step::EnterDirectory:
        return "entering the sandbox as working directory";
    case Step::Groups:
        return "taking on the groups of the user";
    case Step::User:
        return "becoming the user";
    }
    return "starting";
}

} // namespace meseta::containerizer
