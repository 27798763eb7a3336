#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemons/agent/containerizer/native/isolators/volumes/live_mounts.h"
#include "daemons/agent/containerizer/native/isolators/volumes/volume_paths.h"

namespace meseta::agent {

/// Persistent volumes among a container's resources: mounted, or linked, into its sandbox. Those of
/// a task of a group go into the task's own. A custom executor that runs gets those of a task
/// before the task is delivered, and loses them when the task has ended; the data stay. Source:
/// Mesos filesystem isolators; its default executor, which hands them on as volumes of type
/// SANDBOX_PATH.
class PersistentVolumes final : public Isolator
{
public:
    explicit PersistentVolumes(VolumeSettings settings) : m_settings(std::move(settings)) { }

    std::string name() const override { return "volume/persistent"; }
    void prepare(const IsolatedContainer &container, containerizer::LaunchSpec &launch,
                 Done done) override;
    void watch(const IsolatedContainer &container,
               std::function<void(const ContainerLimitation &)> broken) override;
    /// As long as the container's process is not known, `done` waits for it.
    void update(const IsolatedContainer &container, const ContainerResources &resources,
                Done done) override;
    void cleanup(const IsolatedContainer &container, Done done) override;

private:
    using Places = std::vector<LiveMount>;

    /// A custom executor's container, whose tasks come and go.
    struct Entry
    {
        Places placed; ///< also on record, for a later agent
        bool sure = true; ///< that all of `placed` are there
        Places wanted; ///< of the newest update
        std::vector<Done> waiting; ///< updates, for the container's process
    };

    Result<Places> placesOf(const IsolatedContainer &container,
                            const std::vector<mesos::v1::Resource> &resources) const;
    Result<> makeReady(const IsolatedContainer &container, const mesos::v1::Resource &volume,
                       const std::string &folder) const;
    Result<> add(const IsolatedContainer &container, const LiveMount &place,
                 containerizer::LaunchSpec &launch) const;
    Entry &entryOf(const IsolatedContainer &container);
    Result<> apply(const IsolatedContainer &container, Entry &entry);
    Result<> place(const IsolatedContainer &container, const LiveMount &mount) const;
    Result<> takeAway(const IsolatedContainer &container, const LiveMount &mount) const;

    VolumeSettings m_settings;
    std::map<std::string, Entry> m_entries;
};

} // namespace meseta::agent
