#include "daemons/containerizer/process_tree.h"

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include <dirent.h>
#include <fcntl.h>

#include "daemons/containerizer/file_descriptor.h"

namespace meseta::containerizer {

namespace {

constexpr std::size_t maxProcesses = 100'000;

/// Calls `use` with each number that names an entry of the directory; false when it cannot be
/// opened.
template <typename Use> bool forEachNumber(const std::string &path, Use use)
{
    const std::unique_ptr<DIR, int (*)(DIR *)> directory(::opendir(path.c_str()), ::closedir);
    if (!directory)
        return false;
    while (const dirent *entry = ::readdir(directory.get())) {
        if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9')
            use(static_cast<pid_t>(std::atol(entry->d_name)));
    }
    return true;
}

std::string readAll(const std::string &path)
{
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::string text;
    char buffer[4096];
    for (ssize_t n = 0; file.valid() && (n = ::read(file.get(), buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(n));
    return text;
}

void childrenOf(pid_t pid, std::vector<pid_t> &out)
{
    const std::string tasks = "/proc/" + std::to_string(pid) + "/task";
    forEachNumber(tasks, [&](pid_t thread) {
        const std::string text = readAll(tasks + "/" + std::to_string(thread) + "/children");
        for (const char *at = text.c_str(); *at != '\0';) {
            char *end = nullptr;
            const long child = std::strtol(at, &end, 10);
            if (end == at)
                break;
            out.push_back(static_cast<pid_t>(child));
            at = *end == ' ' ? end + 1 : end;
        }
    });
}

/// For kernels without /proc/<pid>/task/<tid>/children.
std::vector<pid_t> descendantsByParent(pid_t root)
{
    std::vector<std::pair<pid_t, pid_t>> parents;
    forEachNumber("/proc", [&](pid_t pid) {
        if (const auto stat = processStat(pid))
            parents.emplace_back(stat->parent, pid);
    });
    std::vector<pid_t> found{root};
    for (std::size_t i = 0; i < found.size() && found.size() < maxProcesses; ++i) {
        for (const auto &[parent, child] : parents) {
            if (parent == found[i])
                found.push_back(child);
        }
    }
    found.erase(found.begin());
    return found;
}

bool kernelListsChildren()
{
    static const bool known = ::access("/proc/thread-self/children", R_OK) == 0;
    return known;
}

} // namespace

std::vector<pid_t> descendants(pid_t root)
{
    if (!kernelListsChildren())
        return descendantsByParent(root);
    std::vector<pid_t> found;
    childrenOf(root, found);
    for (std::size_t i = 0; i < found.size() && found.size() < maxProcesses; ++i)
        childrenOf(found[i], found);
    return found;
}

std::vector<pid_t> sessionMembers(pid_t leader)
{
    std::vector<pid_t> members;
    forEachNumber("/proc", [&](pid_t pid) {
        const auto stat = pid == leader ? std::nullopt : processStat(pid);
        if (stat && stat->session == leader && stat->state != 'Z')
            members.push_back(pid);
    });
    return members;
}

std::optional<ProcessStat> processStat(pid_t pid)
{
    const std::string text = readAll("/proc/" + std::to_string(pid) + "/stat");
    const auto nameEnd = text.rfind(')'); // the name before it may hold anything
    if (nameEnd == std::string::npos || nameEnd + 2 >= text.size())
        return std::nullopt;
    ProcessStat s;
    int parent = 0, session = 0;
    const int fields =
        std::sscanf(text.c_str() + nameEnd + 2,
                    "%c %d %*d %d %*d %*d %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64 " %" SCNu64
                    " %" SCNu64 " %*d %*d %" SCNu64 " %*d %" SCNu64 " %*u %" SCNu64,
                    &s.state, &parent, &session, &s.userTime, &s.systemTime, &s.childrenUserTime,
                    &s.childrenSystemTime, &s.threads, &s.startTime, &s.residentPages);
    if (fields != 10)
        return std::nullopt;
    s.parent = parent;
    s.session = session;
    return s;
}

} // namespace meseta::containerizer
