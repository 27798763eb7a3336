#include "daemons/containerizer/cgroup_membership.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <poll.h>

#include "daemons/containerizer/file_descriptor.h"

namespace meseta::containerizer {

namespace {

constexpr int freezeAttempts = 50; // of 2 ms
constexpr int removeAttempts = 100; // likewise

bool put(const std::string &path, const char *text, std::size_t length)
{
    const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    return file.valid() && ::write(file.get(), text, length) == static_cast<ssize_t>(length);
}

std::string get(const std::string &path)
{
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::string text;
    char buffer[4096];
    for (ssize_t n = 0; file.valid() && (n = ::read(file.get(), buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(n));
    return text;
}

void freeze(const std::string &directory)
{
    for (int attempt = 0; attempt < freezeAttempts; ++attempt) {
        put(directory + "/freezer.state", "FROZEN", 6);
        if (get(directory + "/freezer.state") == "FROZEN\n")
            return;
        ::poll(nullptr, 0, 2);
    }
}

void killAll(const std::string &directory)
{
    const std::string pids = get(directory + "/cgroup.procs");
    for (const char *at = pids.c_str(); *at != '\0';) {
        char *end = nullptr;
        const long pid = std::strtol(at, &end, 10);
        if (end == at)
            return;
        if (pid > 0)
            ::kill(static_cast<pid_t>(pid), SIGKILL);
        at = *end == '\n' ? end + 1 : end;
    }
}

} // namespace

Outcome joinCgroups(const std::vector<CgroupEntry> &cgroups)
{
    for (const CgroupEntry &cgroup : cgroups) {
        if (!cgroup.unified && !put(cgroup.directory + "/cgroup.procs", "0", 1))
            return failed(Step::Cgroup, cgroup.directory);
    }
    return std::nullopt;
}

void killCgroups(const std::vector<CgroupEntry> &cgroups)
{
    for (const CgroupEntry &cgroup : cgroups) {
        if (cgroup.shared)
            continue;
        if (cgroup.unified) {
            put(cgroup.directory + "/cgroup.kill", "1", 1);
        } else if (cgroup.freezer) {
            freeze(cgroup.directory);
            killAll(cgroup.directory);
            put(cgroup.directory + "/freezer.state", "THAWED", 6);
        }
    }
}

namespace {

/// The kernel may still be busy with what has just ended there.
void removeEmpty(const std::string &directory)
{
    for (int attempt = 0; attempt < removeAttempts; ++attempt) {
        if (::rmdir(directory.c_str()) == 0 || errno != EBUSY)
            return;
        ::poll(nullptr, 0, 2);
    }
}

} // namespace

void removeCgroups(const std::vector<CgroupEntry> &cgroups)
{
    for (const CgroupEntry &cgroup : cgroups) {
        if (cgroup.shared)
            continue;
        removeEmpty(cgroup.directory);
        // In version 2 the processes are in a leaf of the container's group.
        if (cgroup.unified && cgroup.directory.ends_with("/leaf"))
            removeEmpty(cgroup.directory.substr(0, cgroup.directory.rfind('/')));
    }
}

} // namespace meseta::containerizer
