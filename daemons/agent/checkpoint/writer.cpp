#include "daemons/agent/checkpoint/writer.h"

#include <QMetaObject>

#include "daemons/agent/checkpoint/crash_point.h"

namespace meseta::agent {

namespace {

/// Files flushed at the same time: enough for the file system to take them together.
constexpr int flushersAtMost = 16;
constexpr int flusherIdleMilliseconds = 1000;

std::size_t bytesOf(const std::vector<CheckpointChange> &changes)
{
    std::size_t sum = 0;
    for (const CheckpointChange &change : changes)
        sum += change.path.size() + change.bytes.size();
    return sum;
}

std::string_view nameOf(const std::string &path)
{
    return std::string_view(path).substr(path.rfind('/') + 1);
}

} // namespace

CheckpointWriter::CheckpointWriter(store::Disk &disk, std::string metaFolder)
    : m_disk(disk), m_metaFolder(std::move(metaFolder)), m_thread([this] { run(); })
{
    m_flushers.setMaxThreadCount(flushersAtMost);
    m_flushers.setExpiryTimeout(flusherIdleMilliseconds);
}

CheckpointWriter::~CheckpointWriter()
{
    {
        const std::lock_guard lock(m_mutex);
        m_ending = true;
    }
    m_wake.notify_one();
    m_thread.join();
}

void CheckpointWriter::write(std::vector<CheckpointChange> changes, Done done)
{
    Job job{std::move(changes), std::move(done)};
    job.flush = std::any_of(job.changes.begin(), job.changes.end(),
                            [](const auto &change) { return change.survivesPowerCut; });
    const std::size_t bytes = bytesOf(job.changes);
    {
        const std::lock_guard lock(m_mutex);
        if (m_waitingBytes + bytes > maxWaitingBytes) {
            job.result = fail("the disk of " + m_metaFolder
                              + " does not keep up: more than 64 MB wait to be written; move "
                                "--work_dir to a disk that is less busy");
            job.changes.clear();
        } else {
            m_waitingBytes += bytes;
        }
        m_waiting.push_back(std::move(job));
    }
    m_wake.notify_one();
}

void CheckpointWriter::run()
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_wake.wait(lock, [this] { return m_ending || !m_waiting.empty(); });
        if (m_waiting.empty())
            return;
        std::deque<Job> jobs;
        while (!m_waiting.empty() && jobs.size() < maxJobsAtOnce) {
            m_waitingBytes -= bytesOf(m_waiting.front().changes);
            jobs.push_back(std::move(m_waiting.front()));
            m_waiting.pop_front();
        }
        lock.unlock();
        process(std::move(jobs));
        lock.lock();
    }
}

void CheckpointWriter::process(std::deque<Job> jobs)
{
    CheckpointFiles files(m_disk, m_metaFolder, m_flushed);
    for (Job &job : jobs) {
        for (const CheckpointChange &change : job.changes) {
            crashPoint("before", nameOf(change.path));
            if (job.result = files.apply(change); !job.result)
                break;
            crashPoint("after", nameOf(change.path));
        }
    }
    tell(jobs, false);
    if (jobs.empty())
        return;
    if (const Result<> flushed = flush(files.toFlush()); !flushed) {
        m_flushed.clear();
        for (Job &job : jobs)
            job.result = job.result ? flushed : job.result;
    }
    tell(jobs, true);
}

/// Hands results to the owner's thread: those that need no flush (or cannot have one), then the
/// others.
void CheckpointWriter::tell(std::deque<Job> &jobs, bool flushed)
{
    std::deque<Job> finished, rest;
    for (Job &job : jobs)
        (flushed || !job.flush || !job.result ? finished : rest).push_back(std::move(job));
    jobs = std::move(rest);
    if (finished.empty())
        return;
    QMetaObject::invokeMethod(
        this,
        [all = std::make_shared<std::deque<Job>>(std::move(finished))] {
            for (const Job &job : *all) {
                if (job.done)
                    job.done(job.result);
            }
        },
        Qt::QueuedConnection);
}

Result<> CheckpointWriter::flush(const std::vector<store::DiskFile *> &files)
{
    if (files.size() == 1)
        return files.front()->sync();
    std::mutex mutex;
    Result<> first;
    for (store::DiskFile *file : files) {
        m_flushers.start([&first, &mutex, file] {
            const Result<> synced = file->sync();
            const std::lock_guard lock(mutex);
            if (first && !synced)
                first = synced;
        });
    }
    m_flushers.waitForDone();
    return first;
}

} // namespace meseta::agent
