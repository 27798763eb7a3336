#include "daemons/agent/checkpoint/writer.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <unistd.h>

#include <QMetaObject>

#include "common/store/record_file.h"
#include "common/store/record_format.h"
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
    Files files;
    for (Job &job : jobs) {
        for (const CheckpointChange &change : job.changes) {
            crashPoint("before", nameOf(change.path));
            if (job.result = apply(change, files); !job.result)
                break;
            crashPoint("after", nameOf(change.path));
        }
    }
    tell(jobs, false);
    if (jobs.empty())
        return;
    if (const Result<> flushed = flush(files); !flushed) {
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

Result<> CheckpointWriter::apply(const CheckpointChange &change, Files &files)
{
    const std::string path = m_metaFolder + "/" + change.path;
    const auto durability =
        change.survivesPowerCut ? store::Durability::PowerCut : store::Durability::ProcessDeath;
    if (change.kind == CheckpointChange::Kind::Remove) {
        std::erase_if(files, [&](const auto &open) { return open.first.starts_with(path + "/"); });
        std::error_code error;
        std::filesystem::remove_all(path, error);
        return error ? fail("cannot remove " + path + ": " + error.message()) : Result<>();
    }
    if (auto made = m_disk.makeFolder(store::folderOf(path)); !made)
        return made;
    switch (change.kind) {
    case CheckpointChange::Kind::Record:
        return store::replaceFile(m_disk, path, store::framed(change.bytes), durability);
    case CheckpointChange::Kind::Text:
        return store::replaceFile(m_disk, path, change.bytes, durability);
    case CheckpointChange::Kind::Link:
        return pointLink(path, m_metaFolder + "/" + change.bytes);
    default:
        return append(change, path, files);
    }
}

Result<> CheckpointWriter::append(const CheckpointChange &change, const std::string &path,
                                  Files &files)
{
    OpenFile &open = files[path];
    if (!open.file) {
        auto opened = m_disk.open(path, store::Disk::Open::Append);
        if (!opened) {
            files.erase(path);
            return fail(opened.error());
        }
        open.file = std::move(*opened);
    }
    Result<> done = open.file->append(store::framed(change.bytes));
    if (!done) { // a part of it may be there; the next has to follow a whole one
        if (const auto list = store::readRecords(m_disk, path))
            (void)open.file->truncate(list->goodBytes);
    }
    open.flush = open.flush || change.survivesPowerCut;
    return done;
}

/// Replaces a symbolic link in one step, so that a reader always finds one.
Result<> CheckpointWriter::pointLink(const std::string &path, const std::string &target)
{
    const std::string fresh = path + ".new";
    ::unlink(fresh.c_str());
    if (::symlink(target.c_str(), fresh.c_str()) == 0 && ::rename(fresh.c_str(), path.c_str()) == 0)
        return {};
    return fail("cannot point the link " + path + " to " + target + ": " + std::strerror(errno));
}

Result<> CheckpointWriter::flush(Files &files)
{
    std::erase_if(files, [](const auto &open) { return !open.second.flush; });
    if (files.size() == 1)
        return files.begin()->second.file->sync();
    std::mutex mutex;
    Result<> first;
    for (auto &[path, open] : files) {
        m_flushers.start([&first, &mutex, raw = open.file.get()] {
            const Result<> synced = raw->sync();
            const std::lock_guard lock(mutex);
            if (first && !synced)
                first = synced;
        });
    }
    m_flushers.waitForDone();
    return first;
}

} // namespace meseta::agent
