#include "daemons/containerizer/credentials.h"

#include <algorithm>
#include <cerrno>
#include <vector>

#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "daemons/containerizer/image_users.h"

namespace meseta::containerizer {

namespace {

constexpr int highestCapability = 63;

bool setCapabilities(std::uint64_t effective, std::uint64_t permitted, std::uint64_t inheritable)
{
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct data[2];
    for (int half = 0; half < 2; ++half) {
        data[half].effective = static_cast<std::uint32_t>(effective >> (32 * half));
        data[half].permitted = static_cast<std::uint32_t>(permitted >> (32 * half));
        data[half].inheritable = static_cast<std::uint32_t>(inheritable >> (32 * half));
    }
    return ::syscall(SYS_capset, &header, data) == 0;
}

std::uint64_t permittedCapabilities()
{
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct data[2]{};
    ::syscall(SYS_capget, &header, data);
    return data[0].permitted | (std::uint64_t(data[1].permitted) << 32);
}

bool limitBounding(std::uint64_t bounding)
{
    for (int capability = 0; capability <= highestCapability; ++capability) {
        const int present = ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0);
        if (present < 0)
            return true; // the kernel knows no higher one
        if (present > 0 && (bounding >> capability & 1) == 0
            && ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0)
            return false;
    }
    return true;
}

bool raiseAmbient(std::uint64_t ambient)
{
    ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    for (int capability = 0; capability <= highestCapability; ++capability) {
        if ((ambient >> capability & 1) != 0
            && ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) != 0)
            return false;
    }
    return true;
}

Outcome takeCapabilities(const CapabilitySets &sets)
{
    const auto missing = sets.effective & ~permittedCapabilities();
    if (missing != 0) {
        errno = EPERM;
        std::string names;
        for (int capability = 0; capability <= highestCapability; ++capability) {
            if ((missing >> capability & 1) != 0)
                names += (names.empty() ? "number " : ", ") + std::to_string(capability);
        }
        return failed(Step::Capabilities, names + ", which the agent itself does not have");
    }
    if (!limitBounding(sets.bounding))
        return failed(Step::Capabilities, "the bounding set");
    const auto inheritable = sets.inheritable & permittedCapabilities();
    if (!setCapabilities(sets.effective, sets.effective, inheritable | sets.ambient))
        return failed(Step::Capabilities, "the effective set");
    if (!raiseAmbient(sets.ambient))
        return failed(Step::Capabilities, "the ambient set");
    return std::nullopt;
}

Outcome becomeUser(const LaunchSpec &spec)
{
    const std::vector<gid_t> groups(spec.groups.begin(), spec.groups.end());
    if (::setgroups(groups.size(), groups.data()) != 0 || ::setgid(spec.gid) != 0)
        return failed(Step::Groups);
    if (spec.capabilities && ::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0)
        return failed(Step::Capabilities, "keeping them over the change of user");
    const auto kept = permittedCapabilities();
    if (::setuid(spec.uid) != 0)
        return failed(Step::User);
    if (spec.capabilities && spec.uid != 0 && !setCapabilities(kept, kept, 0))
        return failed(Step::Capabilities, "those kept over the change of user");
    return std::nullopt;
}

Outcome loadFilter(const std::string &filter)
{
    std::vector<sock_filter> program(filter.size() / sizeof(sock_filter));
    std::copy_n(filter.data(), program.size() * sizeof(sock_filter),
                reinterpret_cast<char *>(program.data()));
    const sock_fprog header{static_cast<unsigned short>(program.size()), program.data()};
    if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &header) != 0)
        return failed(Step::Seccomp);
    return std::nullopt;
}

} // namespace

Outcome applyLimits(const LaunchSpec &spec)
{
    for (const LimitEntry &limit : spec.limits) {
        const rlimit value{limit.soft, limit.hard};
        if (::setrlimit(static_cast<__rlimit_resource>(limit.resource), &value) != 0)
            return failed(Step::Limit, "number " + std::to_string(limit.resource));
    }
    return std::nullopt;
}

Outcome resolveImageUser(LaunchSpec &spec)
{
    if (spec.imageUser.empty())
        return std::nullopt;
    const auto user = lookUpInImage(spec.imageUser);
    if (!user) {
        errno = ENOENT;
        return failed(Step::LookUpUser,
                      "'" + spec.imageUser
                          + "', whom neither the host nor the image's /etc/passwd has,");
    }
    if (user->uid == 0) { // an image must not make somebody else of root
        errno = EPERM;
        return failed(Step::LookUpUser, "'" + spec.imageUser + "', who is user 0 in the image,");
    }
    spec.switchUser = true;
    spec.uid = user->uid;
    spec.gid = user->gid;
    spec.groups = user->groups;
    return std::nullopt;
}

Outcome takeCredentials(const LaunchSpec &spec)
{
    if (spec.switchUser) {
        // Without no_new_privs, loading a filter takes a capability that other users do not have.
        const bool filterFirst =
            !spec.seccompFilter.empty() && !spec.noNewPrivileges && !spec.capabilities;
        if (filterFirst) {
            if (auto failure = loadFilter(spec.seccompFilter))
                return failure;
        }
        if (auto failure = becomeUser(spec))
            return failure;
        if (filterFirst)
            return std::nullopt;
    }
    if (spec.noNewPrivileges && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return failed(Step::NoNewPrivileges);
    const bool filterLast = spec.noNewPrivileges;
    if (!spec.seccompFilter.empty() && !filterLast) {
        if (auto failure = loadFilter(spec.seccompFilter))
            return failure;
    }
    if (spec.capabilities) {
        if (auto failure = takeCapabilities(*spec.capabilities))
            return failure;
    }
    if (!spec.seccompFilter.empty() && filterLast)
        return loadFilter(spec.seccompFilter);
    return std::nullopt;
}

} // namespace meseta::containerizer
