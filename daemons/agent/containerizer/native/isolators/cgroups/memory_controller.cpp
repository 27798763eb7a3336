#include "daemons/agent/containerizer/native/isolators/cgroups/memory_controller.h"

#include <cmath>

#include <QSocketNotifier>

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/base/bytes_text.h"
#include "daemons/agent/cgroups/cgroup_text.h"

namespace meseta::agent {

using containerizer::FileDescriptor;
using mesos::v1::ResourceStatistics;

namespace {

constexpr std::uint64_t megabyte = 1024 * 1024;
constexpr std::uint64_t leastBytes = 32 * megabyte;

/// The bytes a container may use at most; none: no limit.
std::optional<std::uint64_t> limitOf(const ContainerResources &resources)
{
    const double bytes = resources.memLimitBytes.value_or(resources.memBytes);
    if (!std::isfinite(bytes))
        return std::nullopt;
    return std::max(static_cast<std::uint64_t>(std::max(bytes, 0.0)), leastBytes);
}

std::uint64_t requestOf(const ContainerResources &resources)
{
    return std::max(static_cast<std::uint64_t>(std::max(resources.memBytes, 0.0)), leastBytes);
}

std::uint64_t totalMemory()
{
    static const auto total = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES))
        * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return total;
}

std::optional<std::uint64_t> read(const CgroupFiles &files, const std::string &file)
{
    const auto text = files.exists(file) ? files.read(file) : Result<std::string>("");
    return text ? numberOf(*text) : std::nullopt;
}

FileDescriptor pressureEvent(CgroupFiles &files, const std::string &path, const char *level)
{
    FileDescriptor event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    const FileDescriptor control(
        ::open((path + "/memory.pressure_level").c_str(), O_RDONLY | O_CLOEXEC));
    if (!event.valid() || !control.valid()
        || !files.write(path + "/cgroup.event_control",
                        std::to_string(event.get()) + " " + std::to_string(control.get()) + " "
                            + level))
        return {};
    return event;
}

/// Where a statistic comes from in memory.stat of each version.
struct Source
{
    const char *first;
    const char *second;
    void (ResourceStatistics::*set)(std::uint64_t);
};
constexpr Source sources[] = {
    {"total_cache", "file", &ResourceStatistics::set_mem_file_bytes},
    {"total_cache", "file", &ResourceStatistics::set_mem_cache_bytes},
    {"total_rss", "anon", &ResourceStatistics::set_mem_anon_bytes},
    {"total_rss", "anon", &ResourceStatistics::set_mem_rss_bytes},
    {"total_mapped_file", "file_mapped", &ResourceStatistics::set_mem_mapped_file_bytes},
    {"total_swap", "", &ResourceStatistics::set_mem_swap_bytes},
    {"total_unevictable", "unevictable", &ResourceStatistics::set_mem_unevictable_bytes},
    {"", "kernel", &ResourceStatistics::set_mem_kmem_usage_bytes},
    {"", "sock", &ResourceStatistics::set_mem_kmem_tcp_usage_bytes},
};

} // namespace

int oomScoreAdjustment(std::uint64_t requestBytes, std::uint64_t totalBytes)
{
    return 1000 - static_cast<int>(1000 * std::min(requestBytes, totalBytes) / totalBytes);
}

MemoryController::MemoryController(bool limitSwap)
    : m_limitSwap(limitSwap)
    , m_notifier(std::make_unique<QSocketNotifier>(m_events.descriptor(), QSocketNotifier::Read))
{
    QObject::connect(m_notifier.get(), &QSocketNotifier::activated, m_notifier.get(),
                     [this] { outOfMemory(); });
}

MemoryController::~MemoryController() = default;

Result<> MemoryController::listen(const ContainerGroup &group)
{
    const std::string &id = group.container.id();
    if (const Result<> added = m_events.add(id, group.path, group.unified); !added)
        return added;
    Entry &entry = m_entries[id];
    entry.path = group.path;
    entry.unified = group.unified;
    const char *levels[] = {"low", "medium", "critical"};
    for (std::size_t i = 0; !group.unified && i < entry.pressures.size(); ++i)
        entry.pressures[i].event = pressureEvent(group.files, group.path, levels[i]);
    return {};
}

Result<> MemoryController::prepare(const ContainerGroup &group, containerizer::LaunchSpec &launch)
{
    if (const Result<> listening = listen(group); !listening)
        return listening;
    const ContainerResources resources = resourcesOf(group.container.spec);
    const auto limit = limitOf(resources);
    const std::uint64_t request = requestOf(resources);
    const bool isTask = !group.container.spec.isExecutor || group.container.parent != nullptr;
    if (!group.unified && isTask && (!limit || request < *limit))
        launch.oomScoreAdjustment = oomScoreAdjustment(request, totalMemory());
    return {};
}

Result<> MemoryController::recover(const ContainerGroup &group)
{
    const Result<> listening = listen(group);
    if (listening)
        m_entries[group.container.id()].limitSet = true;
    return listening;
}

Result<> MemoryController::update(const ContainerGroup &group, const ContainerResources &resources)
{
    const std::uint64_t request = requestOf(resources);
    const char *soft = group.unified ? "memory.low" : "memory.soft_limit_in_bytes";
    if (const Result<> done = group.files.write(group.file(soft), std::to_string(request)); !done)
        return done;
    const auto limit = limitOf(resources);
    const auto now =
        read(group.files, group.file(group.unified ? "memory.max" : "memory.limit_in_bytes"));
    Entry &entry = m_entries[group.container.id()];
    const bool grows = !limit || (now && *limit > *now);
    if (entry.limitSet && !grows)
        return {}; // lowered, it could end a container for what it was allowed to use
    const Result<> done = setLimit(group, limit, entry.limitSet);
    if (done)
        entry.limitSet = true;
    return done;
}

/// With swap counted, the sum must never be less than the memory alone.
Result<> MemoryController::setLimit(const ContainerGroup &group, std::optional<std::uint64_t> limit,
                                    bool grows)
{
    if (group.unified)
        return group.files.write(group.file("memory.max"), limit ? std::to_string(*limit) : "max");
    std::vector<const char *> names{"memory.limit_in_bytes"};
    if (m_limitSwap)
        names.insert(grows ? names.begin() : names.end(), "memory.memsw.limit_in_bytes");
    for (const char *name : names) {
        if (const Result<> done =
                group.files.write(group.file(name), limit ? std::to_string(*limit) : "-1");
            !done)
            return done;
    }
    return {};
}

void MemoryController::watch(const ContainerGroup &group,
                             std::function<void(const ContainerLimitation &)> broken)
{
    m_entries[group.container.id()].broken = std::move(broken);
}

void MemoryController::outOfMemory()
{
    for (const auto &id : m_events.take()) {
        const auto found = m_entries.find(id);
        if (found == m_entries.end() || found->second.told || !found->second.broken)
            continue;
        found->second.told = true;
        const auto broken = found->second.broken; // may end in forgetting the container
        broken(limitation(found->second));
    }
}

std::optional<ContainerLimitation> MemoryController::brokenLimit(const ContainerGroup &group)
{
    const auto found = m_entries.find(group.container.id());
    if (found == m_entries.end() || found->second.told
        || !OomEvents::happened(group.path, group.unified))
        return std::nullopt;
    found->second.told = true;
    return limitation(found->second);
}

ContainerLimitation MemoryController::limitation(const Entry &entry) const
{
    const auto limit =
        read(m_files, entry.path + (entry.unified ? "/memory.max" : "/memory.limit_in_bytes"));
    const auto most =
        read(m_files, entry.path + (entry.unified ? "/memory.peak" : "/memory.max_usage_in_bytes"));
    ContainerLimitation limitation;
    limitation.reason = mesos::v1::TaskStatus::REASON_CONTAINER_LIMITATION_MEMORY;
    limitation.message = "The container ran out of memory:";
    if (limit)
        limitation.message += " its limit is " + bytesText(*limit);
    if (most)
        limitation.message += (limit ? ", " : " ") + bytesText(*most) + " were used at most";
    limitation.message += ". The kernel ended a process of it; give the task more mem.";
    if (const auto stat = m_files.read(entry.path + "/memory.stat"))
        limitation.message += "\n\nmemory.stat:\n" + *stat;
    auto &resource = limitation.resources.emplace_back();
    resource.set_name("mem");
    resource.set_type(mesos::v1::Value::SCALAR);
    resource.mutable_scalar()->set_value(static_cast<double>(most.value_or(limit.value_or(0)))
                                         / megabyte);
    return limitation;
}

void MemoryController::addPressure(Entry &entry, ResourceStatistics &statistics)
{
    for (Pressure &pressure : entry.pressures) {
        std::uint64_t more = 0;
        if (pressure.event.valid()
            && ::read(pressure.event.get(), &more, sizeof more) == sizeof more)
            pressure.count += more;
    }
    if (!entry.pressures[0].event.valid())
        return;
    statistics.set_mem_low_pressure_counter(entry.pressures[0].count);
    statistics.set_mem_medium_pressure_counter(entry.pressures[1].count);
    statistics.set_mem_critical_pressure_counter(entry.pressures[2].count);
}

void MemoryController::usage(const ContainerGroup &group, ResourceStatistics &statistics)
{
    const auto set = [&](const char *name, void (ResourceStatistics::*setter)(std::uint64_t)) {
        if (const auto value = read(group.files, group.file(name)))
            (statistics.*setter)(*value);
    };
    set(group.unified ? "memory.current" : "memory.usage_in_bytes",
        &ResourceStatistics::set_mem_total_bytes);
    if (!group.unified) {
        set("memory.kmem.usage_in_bytes", &ResourceStatistics::set_mem_kmem_usage_bytes);
        set("memory.kmem.tcp.usage_in_bytes", &ResourceStatistics::set_mem_kmem_tcp_usage_bytes);
        if (m_limitSwap)
            set("memory.memsw.usage_in_bytes", &ResourceStatistics::set_mem_total_memsw_bytes);
    } else {
        set("memory.swap.current", &ResourceStatistics::set_mem_swap_bytes);
    }
    if (const auto text = group.files.read(group.file("memory.stat"))) {
        const auto stat = flatKeyed(*text);
        for (const Source &source : sources) {
            const auto found = stat.find(group.unified ? source.second : source.first);
            if (found != stat.end())
                (statistics.*source.set)(found->second);
        }
    }
    if (const auto found = m_entries.find(group.container.id()); found != m_entries.end())
        addPressure(found->second, statistics);
}

void MemoryController::forget(const std::string &containerId)
{
    m_events.remove(containerId);
    m_entries.erase(containerId);
}

} // namespace meseta::agent
