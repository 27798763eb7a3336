#include "daemons/containerizer/image_users.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include <fcntl.h>

#include "daemons/containerizer/file_descriptor.h"

namespace meseta::containerizer {

namespace {

constexpr std::size_t maxFileBytes = 4 << 20;
constexpr std::size_t maxGroups = 1024;

std::string content(const char *path)
{
    const FileDescriptor file(::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    std::string text;
    char buffer[4096];
    for (ssize_t n = 0; file.valid() && text.size() < maxFileBytes
         && (n = ::read(file.get(), buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(n));
    return text;
}

std::vector<std::string_view> split(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    while (true) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos)
            return parts;
        text.remove_prefix(end + 1);
    }
}

std::optional<std::uint32_t> number(std::string_view text)
{
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || text.empty())
        return std::nullopt;
    return value;
}

void addGroups(const std::string &name, ImageUser &user)
{
    const std::string groups = content("/etc/group");
    for (const auto line : split(groups, '\n')) {
        const auto fields = split(line, ':');
        const auto gid = fields.size() >= 4 ? number(fields[2]) : std::nullopt;
        if (!gid || *gid == user.gid || user.groups.size() >= maxGroups)
            continue;
        const auto members = split(fields[3], ',');
        if (std::find(members.begin(), members.end(), name) != members.end())
            user.groups.push_back(*gid);
    }
}

} // namespace

std::optional<ImageUser> lookUpInImage(const std::string &name)
{
    const std::string users = content("/etc/passwd");
    for (const auto line : split(users, '\n')) {
        const auto fields = split(line, ':');
        if (fields.size() < 4 || fields[0] != name)
            continue;
        const auto uid = number(fields[2]);
        const auto gid = number(fields[3]);
        if (!uid || !gid)
            continue;
        ImageUser user{*uid, *gid, {*gid}};
        addGroups(name, user);
        return user;
    }
    return std::nullopt;
}

} // namespace meseta::containerizer
