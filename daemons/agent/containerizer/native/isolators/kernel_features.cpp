#include "daemons/agent/containerizer/native/isolators/kernel_features.h"

#include <cerrno>

#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "daemons/agent/cgroups/cgroup_layout.h"
#include "daemons/agent/cgroups/device_program.h"
#include "daemons/agent/containerizer/native/isolator_table.h"
#include "daemons/agent/containerizer/native/isolators/ports/listening_sockets.h"

namespace meseta::agent {

namespace {

/// The calls get arguments that are refused by a kernel that knows them.
bool isKnown(long result)
{
    return result >= 0 || errno != ENOSYS;
}

std::optional<std::string> textOf(const Result<> &result)
{
    return result ? std::nullopt : std::optional(result.error().message);
}

} // namespace

std::optional<std::string> lackOfNamespace(const char *kind)
{
    if (::access((std::string("/proc/self/ns/") + kind).c_str(), F_OK) == 0)
        return std::nullopt;
    return std::string("the kernel has no ") + kind + " namespaces";
}

std::optional<std::string> lackOfMountCalls()
{
    if (isKnown(::syscall(SYS_openat2, -1, nullptr, nullptr, 0))
        && isKnown(::syscall(SYS_open_tree, -1, nullptr, 0)))
        return lackOfNamespace("mnt");
    return "the kernel has no openat2 and open_tree; Linux 5.6 has";
}

std::optional<std::string> lackOfSeccomp()
{
    const unsigned action = SECCOMP_RET_ERRNO;
    if (::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0)
        return std::nullopt;
    return "the kernel was built without seccomp filters (CONFIG_SECCOMP_FILTER)";
}

std::optional<std::string> lackOfSocketLists()
{
    const auto sockets = listeningSockets();
    return sockets ? std::nullopt : std::optional(sockets.error().message);
}

std::optional<std::string> lackOfController(const IsolatorContext &context,
                                            const std::string &controller)
{
    CgroupPlaces places;
    places.hierarchy = context.flags.string("cgroups_hierarchy");
    const auto layout = CgroupLayout::look(places);
    if (!layout)
        return layout.error().message;
    if (layout->kind() == CgroupLayout::Kind::None)
        return "no cgroups are mounted at " + places.hierarchy + " (see --cgroups_hierarchy)";
    if (controller.empty())
        return std::nullopt;
    const CgroupHierarchy *hierarchy = layout->of(controller);
    if (hierarchy == nullptr)
        return "the cgroup controller '" + controller + "' is not mounted here (" + layout->text()
            + ")";
    if (controller == "devices" && hierarchy->unified)
        return textOf(canUseDevicePrograms());
    return std::nullopt;
}

} // namespace meseta::agent
