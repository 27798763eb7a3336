#pragma once

#include <deque>
#include <memory>
#include <set>
#include <string>

#include <QObject>

#include "common/base/clock.h"
#include "daemons/agent/sandbox/sandbox_store.h"

namespace meseta {
class FileService;
}

namespace meseta::agent {

struct SandboxOptions
{
    std::string workDir;
    Duration gcDelay =
        std::chrono::hours(24 * 7); ///< --gc_delay: longest life of an ended run's sandbox
    double gcDiskHeadroom = 0.1; ///< --gc_disk_headroom: share of the disk to keep free
    Duration diskWatchInterval = std::chrono::minutes(1); ///< --disk_watch_interval
    bool collectNested = false; ///< --gc_non_executor_container_sandboxes
};

/// The figures behind Mesos' `gc/*` metrics.
struct CollectionFigures
{
    std::uint64_t succeeded = 0;
    std::uint64_t failed = 0;
    std::size_t pending = 0;
    Duration maxAge{};
};

/// Sandboxes on disk in Mesos' layout,
/// `<work_dir>/slaves/<agent>/frameworks/<framework>/executors/<executor>/runs/<run>` with `latest`
/// links, shown under /files by their real path, by `…/runs/latest`, and by
/// `/frameworks/<framework>/executors/<executor>/runs/latest`.
///
/// An ended run's sandbox lives for gc_delay, less when the disk is full: gc_delay * max(0, 1 -
/// headroom - usage). Source: Mesos sandbox documentation.
class DiskSandboxes final : public QObject, public SandboxStore
{
    Q_OBJECT
public:
    DiskSandboxes(SandboxOptions options, Clock &clock, FileService &files);
    ~DiskSandboxes() override;

    /// Makes the folders of the work_dir; the error names the folder, the reason, and --work_dir.
    /// Sandboxes of other agents than `agentId`, and what else is kept of those, are collected in
    /// time, and of its own runs those that no `adopt` names by the time they are found.
    Result<> prepare(const std::string &agentId = {});

    bool knowsUser(const std::string &user) const override;
    Result<std::string> create(const SandboxId &id, const std::string &user) override;
    Result<std::string> createNested(const std::string &parentSandbox,
                                     const std::string &containerId,
                                     const std::string &user) override;
    void retireNested(const std::string &sandbox) override;
    Result<> removeNested(const std::string &sandbox) override;
    std::string adopt(const SandboxId &id) override;
    std::string showEnded(const SandboxId &id) override;
    void retire(const SandboxId &id) override;
    void agentRegistered(const mesos::v1::AgentInfo &info) override;
    Result<> makeVolume(const mesos::v1::Resource &volume) override;
    void removeVolume(const mesos::v1::Resource &volume) override;

    CollectionFigures figures() const;

    /// Ended sandboxes kept at most; beyond it the oldest goes whatever its age.
    static constexpr std::size_t maxRetired = 50000;

private:
    struct Retired
    {
        std::string path;
        std::string link; ///< the real `runs/latest`
        std::string virtualLink; ///< "/frameworks/…/runs/latest"
        Duration since{}; ///< wall clock
        SandboxId id = {}; ///< of a run
    };

    std::string runsOf(const SandboxId &id) const;
    Retired ended(SandboxId id, Duration since) const;
    void attach(const SandboxId &id, const std::string &path);
    void scheduleOldAgents(const std::string &folder, const std::string &agentId);
    void findEndedRuns(const std::string &agentId);
    void scheduleEnded(std::vector<std::pair<SandboxId, Duration>> found);
    void retire(Retired retired);
    void keepNested(const std::string &sandbox);
    std::string removedFolder() const { return m_options.workDir + "/meta/removed"; }
    void watchDisk();
    Duration allowedAge() const;
    void collect(Duration maxAge);
    void remove(const Retired &retired);

    SandboxOptions m_options;
    Clock &m_clock;
    FileService &m_files;
    std::deque<Retired> m_retired;
    std::set<std::string> m_live; ///< paths of runs that are not over
    std::string m_agentId;
    std::uint64_t m_removals = 0; ///< names what waits for its removal
    std::shared_ptr<CollectionFigures> m_figures;
    Clock::TimerId m_timer = 0;
};

} // namespace meseta::agent
