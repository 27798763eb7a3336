#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include <QObject>
#include <QThreadPool>

#include "common/base/result.h"
#include "common/store/disk.h"
#include "daemons/agent/checkpoint/files.h"

namespace meseta::agent {

/// Makes the changes of the checkpoint on a thread of its own, in the order they were asked for.
/// What has to survive a power cut is flushed once for all that waits, many files at a time: a
/// journaling file system flushes them together.
class CheckpointWriter final : public QObject
{
    Q_OBJECT
public:
    using Done = std::function<void(const Result<> &)>;

    /// `metaFolder` is `<work_dir>/meta`. The disk must outlive this.
    CheckpointWriter(store::Disk &disk, std::string metaFolder);
    /// Writes what was asked for; its `done`s are not called any more.
    ~CheckpointWriter() override;

    /// `done` is called later, on this object's thread, when all of them are kept, or with the
    /// first that could not be made (those after it are not). The error names the file and what to
    /// do.
    void write(std::vector<CheckpointChange> changes, Done done);

    /// Done, and flushed, in one go at most: bounds the files open at a time.
    static constexpr std::size_t maxJobsAtOnce = 128;
    /// Waiting for the disk at most; beyond it a write fails.
    static constexpr std::size_t maxWaitingBytes = 64 * 1024 * 1024;

private:
    struct Job
    {
        std::vector<CheckpointChange> changes;
        Done done;
        Result<> result = {};
        bool flush = false;
    };
    void run();
    void process(std::deque<Job> jobs);
    Result<> flush(const std::vector<store::DiskFile *> &files);
    void tell(std::deque<Job> &jobs, bool flushed);

    store::Disk &m_disk;
    const std::string m_metaFolder;
    CheckpointFiles::Flushed m_flushed; ///< the thread's
    QThreadPool m_flushers;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<Job> m_waiting;
    std::size_t m_waitingBytes = 0;
    bool m_ending = false;
    std::thread m_thread; ///< last: it uses all of the above
};

} // namespace meseta::agent
