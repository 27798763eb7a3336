#include "daemons/agent/containerizer/native/isolators/disk/disk_isolator.h"

#include "common/base/bytes_text.h"
#include "common/resources/persistent_volume.h"
#include "daemons/agent/containerizer/native/isolators/disk/disk_usage.h"

namespace meseta::agent {

using mesos::v1::Resource;
using mesos::v1::ResourceStatistics;
using MountSource = Resource::DiskInfo::Source;

namespace {

constexpr double megabyte = 1024 * 1024;

/// Something to measure, apart from the agent's own thread.
struct Job
{
    std::string id;
    std::string folder;
    std::vector<std::string> excluded;
};

} // namespace

std::uint64_t DiskIsolator::Folder::limitBytes() const
{
    double sum = 0;
    for (const Resource &resource : quota)
        sum += resource.scalar().value();
    return static_cast<std::uint64_t>(sum * megabyte);
}

bool DiskIsolator::Folder::limitsItself() const
{
    return std::any_of(quota.begin(), quota.end(), [](const Resource &resource) {
        return resource.disk().source().type() == MountSource::MOUNT
            && resource.disk().has_source();
    });
}

DiskIsolator::DiskIsolator(DiskOptions options)
    : m_options(std::move(options)), m_look(m_options.interval, [this] { look(); })
{ }

DiskIsolator::~DiskIsolator()
{
    m_stop = true;
}

void DiskIsolator::recover(const std::vector<const IsolatedContainer *> &running,
                           const std::vector<std::string> &, Done done)
{
    for (const IsolatedContainer *container : running) {
        if (container->parent != nullptr)
            continue;
        m_entries[container->id()].sandbox = container->spec.sandbox;
        setQuotas(container->id(), container->spec.resources);
    }
    done({});
}

void DiskIsolator::prepare(const IsolatedContainer &container, containerizer::LaunchSpec &,
                           Done done)
{
    if (container.parent == nullptr) {
        m_entries[container.id()].sandbox = container.spec.sandbox;
        setQuotas(container.id(), container.spec.resources);
    }
    done({});
}

void DiskIsolator::watch(const IsolatedContainer &container,
                         std::function<void(const ContainerLimitation &)> broken)
{
    if (const auto found = m_entries.find(container.id()); found != m_entries.end())
        found->second.broken = std::move(broken);
}

void DiskIsolator::update(const IsolatedContainer &container, const ContainerResources &resources,
                          Done done)
{
    if (m_entries.contains(container.id()))
        setQuotas(container.id(), resources.requests);
    done({});
}

void DiskIsolator::setQuotas(const std::string &id, const std::vector<Resource> &resources)
{
    Entry &entry = m_entries[id];
    std::map<std::string, Folder> folders;
    for (const Resource &resource : resources) {
        if (resource.name() != "disk")
            continue;
        const std::string folder = isPersistentVolume(resource)
            ? persistentVolumePath(m_options.workDir, resource)
            : entry.sandbox;
        folders[folder].quota.push_back(resource);
    }
    for (auto &[path, folder] : folders)
        if (const auto before = entry.folders.find(path); before != entry.folders.end())
            folder.used = before->second.used;
    entry.folders = std::move(folders);
    if (!entry.folders.empty())
        m_look.start();
}

void DiskIsolator::look()
{
    std::vector<Job> jobs;
    for (const auto &[id, entry] : m_entries) {
        for (const auto &[path, folder] : entry.folders) {
            Job job{id, path, {}};
            for (const auto &[other, ignored] : entry.folders)
                if (other != path)
                    job.excluded.push_back(other);
            jobs.push_back(std::move(job));
        }
    }
    if (jobs.empty()) {
        m_look.stop();
        return;
    }
    m_look.run([this, jobs = std::move(jobs)]() -> BackgroundLook::Report {
        std::vector<std::pair<Job, std::uint64_t>> results;
        for (const Job &job : jobs)
            if (const auto bytes = diskUsage(job.folder, job.excluded, m_stop); bytes && !m_stop)
                results.emplace_back(job, *bytes);
        return [this, results = std::move(results)] {
            for (const auto &[job, bytes] : results)
                measured(job.id, job.folder, bytes);
        };
    });
}

void DiskIsolator::measured(const std::string &id, const std::string &path, std::uint64_t bytes)
{
    const auto found = m_entries.find(id);
    if (found == m_entries.end())
        return;
    const auto place = found->second.folders.find(path);
    if (place == found->second.folders.end())
        return;
    Folder &folder = place->second;
    folder.used = bytes;
    Entry &entry = found->second;
    if (!m_options.enforce || folder.limitsItself() || bytes <= folder.limitBytes() || entry.told
        || !entry.broken)
        return;
    entry.told = true;
    ContainerLimitation limitation;
    limitation.reason = mesos::v1::TaskStatus::REASON_CONTAINER_LIMITATION_DISK;
    limitation.message = "The container has " + bytesText(bytes) + " in "
        + (path == entry.sandbox ? std::string("its sandbox") : path) + ", more than its quota of "
        + bytesText(folder.limitBytes()) + ". Give the task more disk, or let it write less.";
    limitation.resources = folder.quota;
    const auto broken = entry.broken; // may end in forgetting the container
    broken(limitation);
}

void DiskIsolator::usage(const IsolatedContainer &container, ResourceStatistics &statistics)
{
    const auto found = m_entries.find(container.id());
    if (found == m_entries.end())
        return;
    const auto &folders = found->second.folders;
    for (const auto &[path, folder] : folders) {
        auto *disk = statistics.add_disk_statistics();
        disk->set_limit_bytes(folder.limitBytes());
        if (folder.used)
            disk->set_used_bytes(*folder.used);
        if (path == found->second.sandbox) {
            statistics.set_disk_limit_bytes(folder.limitBytes());
            if (folder.used)
                statistics.set_disk_used_bytes(*folder.used);
            continue;
        }
        const auto &info = folder.quota.front().disk();
        if (info.has_source())
            *disk->mutable_source() = info.source();
        *disk->mutable_persistence() = info.persistence();
    }
}

void DiskIsolator::cleanup(const IsolatedContainer &container, Done done)
{
    m_entries.erase(container.id());
    done({});
}

} // namespace meseta::agent
