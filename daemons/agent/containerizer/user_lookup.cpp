#include "daemons/agent/containerizer/user_lookup.h"

#include <cstring>

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

namespace meseta::agent {

namespace {

constexpr int maxGroups = 65536; // NGROUPS_MAX of Linux

std::vector<gid_t> groupsOf(const std::string &name, gid_t gid)
{
    std::vector<gid_t> groups(32);
    int count = static_cast<int>(groups.size());
    while (::getgrouplist(name.c_str(), gid, groups.data(), &count) < 0
           && static_cast<int>(groups.size()) < maxGroups) {
        groups.resize(std::max<std::size_t>(groups.size() * 2, static_cast<std::size_t>(count)));
        count = static_cast<int>(groups.size());
    }
    groups.resize(static_cast<std::size_t>(std::min<int>(count, static_cast<int>(groups.size()))));
    return groups;
}

} // namespace

Result<UserIds> lookUpUser(const std::string &name)
{
    passwd entry{};
    passwd *found = nullptr;
    std::vector<char> buffer(4096);
    int error = 0;
    while ((error = ::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found))
               == ERANGE
           && buffer.size() < (1u << 20))
        buffer.resize(buffer.size() * 2);
    if (error != 0)
        return fail("looking up the user '" + name + "' failed: " + std::strerror(error));
    if (found == nullptr)
        return fail(
            "the user '" + name
            + "' does not exist on this agent: create it, name another in CommandInfo.user or "
              "FrameworkInfo.user, or start the agent with --switch_user=false");
    return UserIds{found->pw_uid, found->pw_gid, groupsOf(name, found->pw_gid)};
}

bool isCurrentUser(const UserIds &ids)
{
    return ids.uid == ::geteuid() && ids.gid == ::getegid();
}

} // namespace meseta::agent
