#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>

#include "daemons/agent/containerizer/native/isolator.h"
#include "daemons/agent/containerizer/native/isolators/background_look.h"

namespace meseta::agent {

struct DiskOptions
{
    std::string workDir; ///< where persistent volumes are
    Duration interval = std::chrono::seconds(15); ///< --container_disk_watch_interval
    bool enforce = false; ///< --enforce_container_disk_quota
};

/// Measures what containers have on disk, in their sandboxes and persistent volumes, and ends those
/// that have more than they got. Nested containers count in the outermost one's sandbox; disks of
/// type MOUNT limit themselves. Source: Mesos disk/du isolator.
class DiskIsolator final : public Isolator
{
public:
    explicit DiskIsolator(DiskOptions options);
    ~DiskIsolator() override;

    std::string name() const override { return "disk/du"; }
    void recover(const std::vector<const IsolatedContainer *> &running,
                 const std::vector<std::string> &over, Done done) override;
    void prepare(const IsolatedContainer &container, containerizer::LaunchSpec &launch,
                 Done done) override;
    void watch(const IsolatedContainer &container,
               std::function<void(const ContainerLimitation &)> broken) override;
    void update(const IsolatedContainer &container, const ContainerResources &resources,
                Done done) override;
    void usage(const IsolatedContainer &container,
               mesos::v1::ResourceStatistics &statistics) override;
    void cleanup(const IsolatedContainer &container, Done done) override;

private:
    /// A folder with a quota.
    struct Folder
    {
        std::vector<mesos::v1::Resource> quota;
        std::optional<std::uint64_t> used; ///< once measured

        std::uint64_t limitBytes() const;
        bool limitsItself() const;
    };
    struct Entry
    {
        std::string sandbox;
        std::map<std::string, Folder> folders;
        std::function<void(const ContainerLimitation &)> broken;
        bool told = false;
    };

    void setQuotas(const std::string &id, const std::vector<mesos::v1::Resource> &resources);
    void look();
    void measured(const std::string &id, const std::string &folder, std::uint64_t bytes);

    DiskOptions m_options;
    std::map<std::string, Entry> m_entries;
    std::atomic<bool> m_stop{false};
    BackgroundLook m_look; ///< disks are measured one after the other
};

} // namespace meseta::agent
