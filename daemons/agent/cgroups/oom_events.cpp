#include "daemons/agent/cgroups/oom_events.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "daemons/agent/cgroups/cgroup_files.h"
#include "daemons/agent/cgroups/cgroup_text.h"

namespace meseta::agent {

using containerizer::FileDescriptor;

namespace {

std::uint64_t counter(const std::string &file, std::string_view key)
{
    const auto text = CgroupFiles().read(file);
    if (!text)
        return 0;
    const auto values = flatKeyed(*text);
    const auto found = values.find(key);
    return found == values.end() ? 0 : found->second;
}

tl::unexpected<Error> failed(const std::string &group)
{
    return fail("cannot watch the memory of " + group + ": " + std::strerror(errno));
}

} // namespace

OomEvents::OomEvents() : m_epoll(::epoll_create1(EPOLL_CLOEXEC)) { }

OomEvents::~OomEvents() = default;

Result<> OomEvents::add(const std::string &id, const std::string &group, bool unified)
{
    remove(id);
    Watch watch;
    watch.group = group;
    watch.unified = unified;
    const std::uint64_t key = m_nextKey++;
    if (const Result<> done = unified ? listenV2(group, watch) : listenV1(group, watch, key); !done)
        return done;
    if (unified)
        m_byInotify[watch.inotify] = id;
    else
        m_byKey[key] = id;
    m_watches.emplace(id, std::move(watch));
    return {};
}

Result<> OomEvents::listenV1(const std::string &group, Watch &watch, std::uint64_t key)
{
    FileDescriptor event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    const FileDescriptor control(
        ::open((group + "/memory.oom_control").c_str(), O_RDONLY | O_CLOEXEC));
    if (!event.valid() || !control.valid())
        return failed(group);
    const std::string registration =
        std::to_string(event.get()) + " " + std::to_string(control.get());
    if (const Result<> done = CgroupFiles().write(group + "/cgroup.event_control", registration);
        !done)
        return done;
    epoll_event interest{};
    interest.events = EPOLLIN;
    interest.data.u64 = key;
    if (::epoll_ctl(m_epoll.get(), EPOLL_CTL_ADD, event.get(), &interest) != 0)
        return failed(group);
    watch.event = std::move(event);
    return {};
}

Result<> OomEvents::listenV2(const std::string &group, Watch &watch)
{
    if (!m_inotify.valid()) {
        m_inotify = FileDescriptor(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
        epoll_event interest{};
        interest.events = EPOLLIN;
        if (!m_inotify.valid()
            || ::epoll_ctl(m_epoll.get(), EPOLL_CTL_ADD, m_inotify.get(), &interest) != 0)
            return failed(group);
    }
    watch.inotify =
        ::inotify_add_watch(m_inotify.get(), (group + "/memory.events").c_str(), IN_MODIFY);
    if (watch.inotify < 0)
        return failed(group);
    return {};
}

void OomEvents::remove(const std::string &id)
{
    const auto found = m_watches.find(id);
    if (found == m_watches.end())
        return;
    if (found->second.unified) {
        m_byInotify.erase(found->second.inotify);
        ::inotify_rm_watch(m_inotify.get(), found->second.inotify);
    } else {
        ::epoll_ctl(m_epoll.get(), EPOLL_CTL_DEL, found->second.event.get(), nullptr);
        std::erase_if(m_byKey, [&id](const auto &entry) { return entry.second == id; });
    }
    m_watches.erase(found);
}

std::vector<std::string> OomEvents::take()
{
    std::vector<std::string> changed;
    epoll_event ready[64];
    const int count = ::epoll_wait(m_epoll.get(), ready, 64, 0);
    for (int i = 0; i < count; ++i) {
        if (ready[i].data.u64 != 0) {
            const auto found = m_byKey.find(ready[i].data.u64);
            std::uint64_t ignored = 0;
            if (found != m_byKey.end()
                && ::read(m_watches.at(found->second).event.get(), &ignored, sizeof ignored) > 0)
                changed.push_back(found->second);
            continue;
        }
        alignas(inotify_event) char block[4096];
        for (ssize_t size = 0; (size = ::read(m_inotify.get(), block, sizeof block)) > 0;) {
            for (const char *at = block; at < block + size;) {
                const auto *event = reinterpret_cast<const inotify_event *>(at);
                if (const auto found = m_byInotify.find(event->wd); found != m_byInotify.end())
                    changed.push_back(found->second);
                at += sizeof(inotify_event) + event->len;
            }
        }
    }
    std::vector<std::string> result;
    for (const auto &id : changed) {
        const Watch &watch = m_watches.at(id);
        const bool seen = std::find(result.begin(), result.end(), id) != result.end();
        // memory.events changes for other reasons too; a version 1 event comes before the count.
        if (!seen
            && (watch.unified ? happened(watch.group, true) : CgroupFiles().exists(watch.group)))
            result.push_back(id);
    }
    return result;
}

bool OomEvents::happened(const std::string &group, bool unified)
{
    if (unified)
        return counter(group + "/memory.events", "oom_kill") > 0;
    return counter(group + "/memory.oom_control", "oom_kill") > 0;
}

} // namespace meseta::agent
